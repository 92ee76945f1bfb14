//! The stored facts against an oracle that is written from the domain, for each day of a year, after random writes, late events
//! and deletions; and against their rebuild.

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};
use service_kit::store::facts::recompute;
use service_kit::testing::Dice;
use sqlx::PgPool;

use crate::city::{Asked, NOW, event, found, give, parcel, party, project, right, run, site, with_site};

fn any_day(dice: &mut Dice) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day") + Days::new(dice.below(330))
}

const KINDS: [&str; 10] = [
    "NOTIFIED",
    "INVENTORIED",
    "POSTED",
    "APPROVED",
    "PAID",
    "RECOVERY_DECIDED",
    "HANDED_OVER",
    "WITHDRAWN",
    "ON_HOLD",
    "RESUMED",
];

/// What DOMAIN says of land clearance on a day, from the base tables alone.
const ORACLE: &str = "
    WITH happened AS (SELECT parcel_id, kind, min(happened_on) AS day FROM projects.milestone WHERE deleted_at IS NULL AND happened_on <= $1 GROUP BY 1, 2),
    parcel AS (
        SELECT p.id, p.area_to_acquire AS area, p.land_type, least(p.area_to_acquire, a.area) AS cleared, a.area >= p.area_to_acquire AS handed,
               coalesce((SELECT m.kind = 'ON_HOLD' FROM projects.milestone AS m WHERE m.parcel_id = p.id AND m.kind IN ('ON_HOLD', 'RESUMED') AND m.deleted_at IS NULL AND m.happened_on <= $1
                         ORDER BY m.happened_on DESC, (SELECT min(e.observed_at) FROM projects.milestone_event AS e WHERE e.id = m.id) DESC,
                                  (SELECT min(e.recorded_at) FROM projects.milestone_event AS e WHERE e.id = m.id) DESC, m.kind = 'RESUMED' DESC LIMIT 1), false) AS on_hold
        FROM projects.parcel_case AS p
        CROSS JOIN LATERAL (SELECT coalesce(sum(coalesce(m.area, p.area_to_acquire)), 0) AS area FROM projects.milestone AS m
                            WHERE m.parcel_id = p.id AND m.kind = 'HANDED_OVER' AND m.deleted_at IS NULL AND m.happened_on <= $1) AS a
        WHERE p.deleted_at IS NULL AND NOT EXISTS (SELECT FROM happened AS h WHERE h.parcel_id = p.id AND h.kind = 'WITHDRAWN')),
    household AS (
        SELECT r.party_code, bool_and(p.handed) AS cleared FROM parcel AS p JOIN projects.parcel_right AS r ON r.parcel_id = p.id AND r.deleted_at IS NULL GROUP BY 1)
    SELECT jsonb_build_object(
        'parcels', (SELECT count(*) FROM parcel), 'parties', (SELECT count(*) FROM household),
        'toAcquire', (SELECT coalesce(sum(area), 0) FROM parcel), 'cleared', (SELECT coalesce(sum(cleared), 0) FROM parcel), 'handed', (SELECT count(*) FROM parcel WHERE handed), 'onHold', (SELECT count(*) FROM parcel WHERE on_hold),
        'partiesCleared', (SELECT count(*) FROM household WHERE cleared),
        'approved', (SELECT count(*) FROM parcel AS p WHERE EXISTS (SELECT FROM happened AS h WHERE h.parcel_id = p.id AND h.kind = 'APPROVED')),
        'lapsed', (SELECT count(*) FROM parcel AS p JOIN happened AS n ON n.parcel_id = p.id AND n.kind = 'NOTIFIED'
                   WHERE (n.day + interval '12 months')::date < $1 AND NOT p.handed AND NOT EXISTS (SELECT FROM happened AS h WHERE h.parcel_id = p.id AND h.kind = 'RECOVERY_DECIDED')))";

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_figures_of_each_day_are_those_of_the_domain(pool: PgPool) {
    found(&pool).await;
    give(&pool, "projects", &[project("DA", json!({}))]).await;
    give(&pool, "sites", &[site("K1", "DA", "00004"), site("K2", "DA", "00008")]).await;
    let mut dice = Dice(7);
    let names: Vec<String> = (1..=12).map(|number| format!("T{number}")).collect();
    let parcels: Vec<Value> = names
        .iter()
        .map(|name| {
            let (site, area) = (if dice.below(2) == 0 { "K1" } else { "K2" }, (dice.below(50) + 1).to_string());
            let land = *dice.pick(&["AGRI", "RESIDENTIAL", "OTHER"]);
            parcel(name, site, json!({ "areaToAcquire": area, "landType": land }))
        })
        .collect();
    give(&pool, "parcel-cases", &parcels).await;
    let households: Vec<String> = (1..=6).map(|number| format!("H{number}")).collect();
    give(&pool, "parties", &households.iter().map(|code| party(code)).collect::<Vec<_>>()).await;
    let rights: Vec<Value> = names
        .iter()
        .flat_map(|name| {
            let first = dice.below(6_usize);
            let mut rights = vec![right(name, &households[first], "0.5")];
            if dice.below(2) == 0 {
                rights.push(right(name, &households[(first + 1) % 6], "0.5"));
            }
            rights
        })
        .collect();
    give(&pool, "parcel-rights", &rights).await;
    // Random events, in random order, some of them corrected later and some deleted.
    for _ in 0..14 {
        let rows: Vec<Value> = (0..15).map(|_| {
            let name = dice.pick(&names);
            let kind = *dice.pick(&KINDS);
            // Some notices are of the year before, so that they lapse within the year.
            let day = if kind == "NOTIFIED" { any_day(&mut dice) - Days::new(300) } else { any_day(&mut dice) };
            let observed = any_day(&mut dice);
            // Some are handed over in parts.
            let (part, area) = (dice.below(3), (dice.below(30) + 1).to_string());
            let (id, area) = match (kind, part) {
                ("HANDED_OVER", 0) => (format!("{name}/{kind}"), None),
                ("HANDED_OVER", _) => (format!("{name}/{kind}/{part}"), Some(area)),
                _ => (format!("{name}/{kind}"), None),
            };
            json!({ "externalId": id, "area": area, "observedAt": format!("{observed}T0{}:00:00Z", dice.below(9)), "parcel": name, "kind": kind,
                    "happenedOn": day, "document": "VB", "deleted": dice.below(12) == 0 })
        }).collect();
        crate::city::offer(&pool, "parcel-events", &rows).await;
    }
    give(&pool, "parcel-rights", &[json!({ "externalId": rights[0]["externalId"], "deleted": true })]).await;
    let city = Asked::at(&pool, NOW, projects::subgraph);
    let mut day = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
    let last = NaiveDate::from_ymd_opt(2026, 11, 27).expect("a day");
    let mut changes = std::collections::BTreeSet::new();
    while day <= last {
        let expected: Value = sqlx::query_scalar(ORACLE).bind(day).fetch_one(&pool).await.expect("the oracle");
        let document = format!(
            "{{ clearanceStats(asOf: \"{day}\") {{ totals {{ parcels parties toAcquire noticesLapsed onHold areaCleared {{ numerator }} partiesCleared {{ numerator }} reached {{ approved handedOver }} }} }} }}"
        );
        let found = city.data(&document).await["clearanceStats"]["totals"].clone();
        let number = |value: &Value| value.as_str().and_then(|text| text.parse::<i64>().ok()).unwrap_or_default();
        let measured = json!({
            "parcels": found["parcels"], "parties": found["parties"], "toAcquire": number(&found["toAcquire"]), "cleared": number(&found["areaCleared"]["numerator"]),
            "partiesCleared": number(&found["partiesCleared"]["numerator"]), "approved": found["reached"]["approved"], "lapsed": found["noticesLapsed"],
            "handed": found["reached"]["handedOver"], "onHold": found["onHold"],
        });
        assert_eq!(measured, expected, "{day}");
        changes.insert(expected.to_string());
        day = day + Days::new(1);
    }
    assert!(changes.len() > 20, "the year has many different days: {}", changes.len());
    assert_eq!(recompute(&pool, projects::FACTS, false, |_, _| {}).await.expect("a rebuild"), 0);
}

/// Facts that somebody has spoiled are found and mended.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_rebuild_finds_and_mends_what_differs(pool: PgPool) {
    found(&pool).await;
    give(&pool, "projects", &[project("DA", json!({}))]).await;
    give(&pool, "sites", &[site("K1", "DA", "00004")]).await;
    give(&pool, "parcel-cases", &[parcel("1", "K1", json!({}))]).await;
    run(&pool, "UPDATE projects.fact SET late_from = '2026-01-01'; UPDATE projects.parcel_fact SET to_acquire = 7")
        .await;
    assert_eq!(
        recompute(&pool, projects::FACTS, false, |_, _| {}).await.expect("a check"),
        4,
        "two rows removed, two made"
    );
    assert_eq!(recompute(&pool, projects::FACTS, true, |_, _| {}).await.expect("a rebuild"), 4);
    assert_eq!(recompute(&pool, projects::FACTS, false, |_, _| {}).await.expect("a check"), 0);
}

/// What hangs on a project and a parcel as of a past day is what there was on it.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn children_of_a_past_day_are_those_of_the_day(pool: PgPool) {
    with_site(&pool).await;
    let paid = |id: &str, day: &str| json!({ "externalId": id, "project": "DA", "planYear": 2026, "paidOn": day, "amount": "5" });
    give(&pool, "disbursements", &[paid("1", "2026-03-01"), paid("2", "2026-03-02")]).await;
    let contract = json!({ "externalId": "C", "project": "DA", "number": "1", "title": "Xây", "signedOn": "2026-03-01", "amount": "9" });
    give(&pool, "contracts", &[contract]).await;
    let change = |id: &str, day: &str| json!({ "externalId": id, "contract": "C", "kind": "SCOPE", "document": "VB", "decidedOn": day, "reason": "Đổi" });
    give(&pool, "contract-modifications", &[change("1", "2026-03-01"), change("2", "2026-03-02")]).await;
    give(&pool, "parcel-cases", &[parcel("1", "K1", json!({}))]).await;
    give(&pool, "parties", &[party("H1")]).await;
    give(&pool, "parcel-rights", &[right("1", "H1", "1")]).await;
    give(&pool, "parcel-events", &[event("1", "NOTIFIED", "2026-03-01"), event("1", "INVENTORIED", "2026-03-02")])
        .await;
    let plan = json!({ "externalId": "P", "observedAt": "2026-02-01T02:00:00Z", "site": "K1", "party": "H1", "amount": "10",
        "postedOn": "2026-02-01", "approvedOn": "2026-03-02", "effectiveOn": "2026-03-02", "document": "QĐ" });
    give(&pool, "compensation-plans", &[plan]).await;
    let payment = json!({ "externalId": "T", "observedAt": "2026-03-02T02:00:00Z", "plan": "P", "kind": "PAID", "amount": "10", "happenedOn": "2026-03-02" });
    give(&pool, "compensation-payments", &[payment]).await;
    let city = Asked::at(&pool, NOW, projects::subgraph);
    let at = async |day: &str| {
        city.data(&format!(
            "{{ projects(asOf: \"{day}\") {{ nodes {{ disbursements {{ paidOn }} contracts {{ modifications {{ decidedOn }} }} phases {{ phase }} }} }} \
               parcelCases(asOf: \"{day}\") {{ nodes {{ milestones {{ kind }} rights {{ plans {{ postedOn approvedOn document payments {{ kind }} }} }} }} }} }}"
        ))
        .await
    };
    let first = at("2026-03-01").await;
    assert_eq!(
        first["projects"]["nodes"],
        json!([{ "disbursements": [{ "paidOn": "2026-03-01" }], "contracts": [{ "modifications": [{ "decidedOn": "2026-03-01" }] }],
                 "phases": [{ "phase": "IMPLEMENTATION" }] }])
    );
    assert_eq!(
        first["parcelCases"]["nodes"],
        json!([{ "milestones": [{ "kind": "NOTIFIED" }],
                 "rights": [{ "plans": [{ "postedOn": "2026-02-01", "approvedOn": null, "document": null, "payments": [] }] }] }])
    );
    let second = at("2026-03-02").await;
    let project = &second["projects"]["nodes"][0];
    assert_eq!(project["disbursements"].as_array().map(Vec::len), Some(2));
    assert_eq!(project["contracts"][0]["modifications"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        second["parcelCases"]["nodes"],
        json!([{ "milestones": [{ "kind": "NOTIFIED" }, { "kind": "INVENTORIED" }],
                 "rights": [{ "plans": [{ "postedOn": "2026-02-01", "approvedOn": "2026-03-02", "document": "QĐ", "payments": [{ "kind": "PAID" }] }] }] }])
    );
    // Nothing was signed the day before.
    assert_eq!(at("2026-02-28").await["projects"]["nodes"][0]["contracts"], json!([]));
}
