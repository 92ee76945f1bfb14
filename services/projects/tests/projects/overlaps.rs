//! No total counts twice and no rate is weighted by a join: parcels with several rights, parties with several parcels, plans with
//! several payments.

use serde_json::{Value, json};
use service_kit::testing::operator;
use sqlx::PgPool;

use crate::city::{Asked, NOW, event, found, give, parcel, party, problem, project, right, site};

/// Two sites in two wards; parcel 2 has two rights, household H1 has parcels on both sites.
async fn two_wards(pool: &PgPool) -> Asked {
    found(pool).await;
    give(
        pool,
        "projects",
        &[project("DA", json!({ "areas": ["00004", "00008", "00025"], "programmes": ["CT1", "CT2"] }))],
    )
    .await;
    give(pool, "sites", &[site("K1", "DA", "00004"), site("K2", "DA", "00008")]).await;
    give(
        pool,
        "parcel-cases",
        &[
            parcel("1", "K1", json!({ "areaToAcquire": "100" })),
            parcel("2", "K1", json!({ "areaToAcquire": "300", "landType": "RESIDENTIAL" })),
            parcel("3", "K2", json!({ "areaToAcquire": "600" })),
            parcel("4", "K2", json!({ "areaToAcquire": "50" })),
        ],
    )
    .await;
    give(pool, "parties", &[party("H1"), party("H2"), party("H3")]).await;
    give(
        pool,
        "parcel-rights",
        &[
            right("1", "H1", "1"),
            right("2", "H1", "0.5"),
            right("2", "H2", "0.5"),
            right("3", "H1", "1"),
            right("4", "H3", "1"),
        ],
    )
    .await;
    give(
        pool,
        "parcel-events",
        &[
            event("1", "HANDED_OVER", "2026-02-02"),
            event("2", "HANDED_OVER", "2026-03-02"),
            event("4", "WITHDRAWN", "2026-03-03"),
        ],
    )
    .await;
    Asked::at(pool, NOW, projects::subgraph)
}

const MEASURES: &str = "parcels parties toAcquire remaining areaCleared { numerator denominator value } residentialCleared { value } \
     partiesCleared { numerator denominator value } withdrawn";

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn area_and_household_rates_stand_side_by_side_and_neither_counts_twice(pool: PgPool) {
    let city = two_wards(&pool).await;
    let found =
        city.data(&format!("{{ clearanceStats {{ totals {{ {MEASURES} }} }} }}")).await["clearanceStats"]["totals"]
            .clone();
    // Three parcels in scope; parcel 4 was withdrawn, and H3 with it.
    assert_eq!(
        (found["parcels"].as_i64(), found["parties"].as_i64(), found["withdrawn"].as_i64()),
        (Some(3), Some(2), Some(1)),
        "{found}"
    );
    assert_eq!((found["toAcquire"].as_str(), found["remaining"].as_str()), (Some("1000"), Some("600")));
    assert_eq!(found["areaCleared"], json!({ "numerator": "400", "denominator": "1000", "value": 0.4 }));
    assert_eq!(found["residentialCleared"]["value"], 1.0);
    // H2 has all its parcels handed over, H1 still has parcel 3.
    assert_eq!(found["partiesCleared"], json!({ "numerator": "1", "denominator": "2", "value": 0.5 }));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_party_in_two_wards_is_one_in_the_total_and_cleared_in_one_of_them(pool: PgPool) {
    let city = two_wards(&pool).await;
    let document = format!(
        "{{ clearanceStats(groupBy: [AREA]) {{ rows {{ area {{ code }} measures {{ {MEASURES} }} }} totals {{ parties partiesCleared {{ value }} }} freshness {{ rowsOverlap }} }} }}"
    );
    let found = city.data(&document).await["clearanceStats"].clone();
    let rows: Vec<(Option<&str>, Option<i64>, Value)> = found["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| {
            (
                row["area"]["code"].as_str(),
                row["measures"]["parties"].as_i64(),
                row["measures"]["partiesCleared"]["value"].clone(),
            )
        })
        .collect();
    // In ward 00004 both households are cleared, in 00008 H1 is not.
    assert_eq!(rows, [(Some("00004"), Some(2), json!(1.0)), (Some("00008"), Some(1), json!(0.0))], "{found}");
    assert_eq!(
        (found["totals"]["parties"].as_i64(), &found["totals"]["partiesCleared"]["value"]),
        (Some(2), &json!(0.5))
    );
    assert_eq!(found["freshness"]["rowsOverlap"], true);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_project_in_three_areas_with_two_programmes_is_one_in_each_total(pool: PgPool) {
    let city = two_wards(&pool).await;
    let found = city
        .data("{ clearanceStats(groupBy: [PROGRAMME]) { rows { programme { code } measures { parcels toAcquire } } totals { parcels toAcquire } } }")
        .await["clearanceStats"]
        .clone();
    assert_eq!(found["rows"].as_array().map(Vec::len), Some(2));
    for row in found["rows"].as_array().expect("rows") {
        assert_eq!(
            (row["measures"]["parcels"].as_i64(), row["measures"]["toAcquire"].as_str()),
            (Some(3), Some("1000"))
        );
    }
    assert_eq!((found["totals"]["parcels"].as_i64(), found["totals"]["toAcquire"].as_str()), (Some(3), Some("1000")));
    // The measures of each entity are those of its group.
    let entity = city
        .ask(
            &operator(),
            "query($of: [_Any!]!) { _entities(representations: $of) { ... on Area { clearanceMeasures { parcels parties } } ... on Project { clearanceMeasures { parcels parties } } } }",
            json!({ "of": [{ "__typename": "Area", "code": "00004" }, { "__typename": "Project", "code": "DA" }] }),
        )
        .await;
    assert_eq!(entity["data"]["_entities"][0]["clearanceMeasures"], json!({ "parcels": 2, "parties": 2 }), "{entity}");
    assert_eq!(entity["data"]["_entities"][1]["clearanceMeasures"], json!({ "parcels": 3, "parties": 2 }));
}

/// A parcel counts under each kind of its parties once, and a party under its own kind only.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_parcel_of_parties_of_two_kinds_counts_under_both_and_its_parties_under_their_own(pool: PgPool) {
    found(&pool).await;
    give(&pool, "projects", &[project("DA", json!({}))]).await;
    give(&pool, "sites", &[site("K1", "DA", "00004")]).await;
    let areas = [("1", "100"), ("2", "200"), ("3", "400"), ("4", "800")];
    let parcels: Vec<Value> =
        areas.iter().map(|(number, area)| parcel(number, "K1", json!({ "areaToAcquire": area }))).collect();
    give(&pool, "parcel-cases", &parcels).await;
    let kind = |code: &str, kind: &str| crate::city::with(party(code), json!({ "kind": kind }));
    // Whichever party is the first, one of these parcels has it in the other kind.
    give(
        &pool,
        "parties",
        &[party("H1"), party("H2"), kind("O1", "ORGANIZATION"), kind("O2", "ORGANIZATION"), kind("O3", "ORGANIZATION")],
    )
    .await;
    let third = |parcel: &str, party: &str| right(parcel, party, "0.25");
    give(
        &pool,
        "parcel-rights",
        &[
            third("1", "H1"),
            third("1", "H2"),
            third("1", "O1"),
            third("1", "O2"),
            right("2", "H2", "0.5"),
            right("2", "O3", "0.5"),
            right("3", "O2", "1"),
        ],
    )
    .await;
    let city = Asked::at(&pool, NOW, projects::subgraph);
    let counts =
        |of: &Value| (of["parcels"].as_i64(), of["toAcquire"].as_str().map(str::to_owned), of["parties"].as_i64());
    let found = city
        .data("{ clearanceStats(groupBy: [PARTY_KIND]) { rows { partyKind measures { parcels toAcquire parties } } totals { parcels toAcquire parties } } }")
        .await["clearanceStats"]
        .take();
    let mut rows: Vec<_> = found["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| (row["partyKind"].as_str(), counts(&row["measures"])))
        .collect();
    rows.sort();
    let text = |area: &str| Some(area.to_owned());
    assert_eq!(
        rows,
        [
            (None, (Some(1), text("800"), Some(0))),
            (Some("HOUSEHOLD"), (Some(2), text("300"), Some(2))),
            (Some("ORGANIZATION"), (Some(3), text("700"), Some(3))),
        ],
        "{found}"
    );
    assert_eq!(counts(&found["totals"]), (Some(4), text("1500"), Some(5)));
    for (filter, expected) in [
        ("partyKind: [HOUSEHOLD]", (Some(2), text("300"), Some(2))),
        ("partyKind: [HOUSEHOLD, ORGANIZATION]", (Some(3), text("700"), Some(5))),
        ("party: [\"O3\"]", (Some(1), text("200"), Some(1))),
        ("without: [PARTY_KIND]", (Some(1), text("800"), Some(0))),
    ] {
        let document = format!(
            "{{ clearanceStats(filter: {{ {filter} }}) {{ totals {{ parcels toAcquire parties }} }} parcelCases(filter: {{ {filter} }}) {{ totalCount }} }}"
        );
        let found = city.data(&document).await;
        assert_eq!(counts(&found["clearanceStats"]["totals"]), expected, "{filter}");
        assert_eq!(found["parcelCases"]["totalCount"].as_i64(), expected.0, "{filter}");
    }
    // Of parcel 2, which a household shares with O3, only O3 should have been paid by now.
    let plan = json!({ "externalId": "P1", "observedAt": "2026-01-05T02:00:00Z", "site": "K1", "party": "O3", "amount": "1000",
                       "approvedOn": "2026-04-01", "effectiveOn": "2026-04-10", "document": "QĐ" });
    give(&pool, "compensation-plans", &[plan]).await;
    for (filter, expected) in [
        ("partyKind: [HOUSEHOLD]", 0),
        ("partyKind: [ORGANIZATION]", 1),
        ("party: [\"H2\"]", 0),
        ("party: [\"O3\"]", 1),
        ("paymentLate: true", 1),
    ] {
        let document = format!(
            "{{ clearanceStats(filter: {{ {filter} }}) {{ totals {{ paymentsLate }} }}
               parcelCases(filter: {{ {filter}, counted: {{ measure: PAYMENTS_LATE, period: \"2026\" }} }}) {{ totalCount }} }}"
        );
        let found = city.data(&document).await;
        assert_eq!(found["clearanceStats"]["totals"]["paymentsLate"], json!(expected), "{filter}: {found}");
        assert_eq!(found["parcelCases"]["totalCount"], json!(expected), "{filter}: {found}");
    }
}

/// A refused payment is deposited, a paid one is taken back: the party is not settled, and its delay runs.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_reversed_payment_settles_nothing_and_several_payments_count_one_party(pool: PgPool) {
    let city = two_wards(&pool).await;
    let plan = |id: &str, site: &str, party: &str| {
        json!({ "externalId": id, "observedAt": "2026-01-05T02:00:00Z", "site": site, "party": party, "amount": "1000",
                "approvedOn": "2026-04-01", "effectiveOn": "2026-04-10", "document": "QĐ" })
    };
    give(&pool, "compensation-plans", &[plan("P1", "K1", "H1"), plan("P2", "K1", "H2")]).await;
    let pay = |id: &str, plan: &str, kind: &str, day: &str, amount: &str| json!({ "externalId": id, "observedAt": format!("{day}T02:00:00Z"), "plan": plan, "kind": kind, "happenedOn": day, "amount": amount });
    give(
        &pool,
        "compensation-payments",
        &[
            pay("1", "P1", "PAID", "2026-05-04", "1000"),
            pay("2", "P1", "REVERSED", "2026-06-01", "1000"),
            pay("3", "P2", "REFUSED", "2026-05-04", "1000"),
            pay("4", "P2", "DEPOSITED", "2026-05-06", "400"),
            pay("5", "P2", "DEPOSITED", "2026-05-08", "600"),
        ],
    )
    .await;
    let measured = |as_of: &'static str| {
        let city = &city;
        async move {
            let document = format!(
                "{{ clearanceStats(asOf: \"{as_of}\", filter: {{ site: [\"K1\"] }}) {{ totals {{ settled {{ numerator denominator }} paymentsLate refused plansApproved {{ numerator denominator }} }} }} }}"
            );
            city.data(&document).await["clearanceStats"]["totals"].clone()
        }
    };
    let expected = |settled: &str, late: i64, refused: i64| json!({ "settled": { "numerator": settled, "denominator": "2" }, "paymentsLate": late, "refused": refused, "plansApproved": { "numerator": "2", "denominator": "2" } });
    // Effect on 10 April, 30 days: until 10 May.
    assert_eq!(measured("2026-05-05").await, expected("1", 0, 1));
    assert_eq!(measured("2026-05-07").await, expected("1", 0, 1));
    assert_eq!(measured("2026-05-31").await, expected("2", 0, 0));
    assert_eq!(measured("2026-06-01").await, expected("1", 1, 0));
}

/// What was paid under a revision counts for the next one: the party is not late because its plan was written anew.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn payments_of_an_earlier_revision_settle_the_later_one(pool: PgPool) {
    let city = two_wards(&pool).await;
    let plan = |revision: i64, amount: &str, approved: &str| {
        json!({ "externalId": format!("P{revision}"), "observedAt": format!("{approved}T02:00:00Z"), "site": "K1", "party": "H1", "revision": revision,
                "amount": amount, "approvedOn": approved, "effectiveOn": approved, "document": "QĐ" })
    };
    let pay = |id: &str, plan: &str, day: &str, amount: &str| json!({ "externalId": id, "observedAt": format!("{day}T02:00:00Z"), "plan": plan, "kind": "PAID", "happenedOn": day, "amount": amount });
    give(&pool, "compensation-plans", &[plan(1, "1000", "2026-03-02"), plan(2, "1500", "2026-06-01")]).await;
    give(&pool, "compensation-payments", &[pay("1", "P1", "2026-03-16", "1000")]).await;
    let late = async |as_of: &str| {
        let document = format!(
            "{{ clearanceStats(asOf: \"{as_of}\", filter: {{ party: [\"H1\"], site: [\"K1\"] }}) {{ totals {{ settled {{ numerator }} paymentsLate }} }} }}"
        );
        let found = city.data(&document).await["clearanceStats"]["totals"].take();
        (found["settled"]["numerator"].as_str().map(str::to_owned), found["paymentsLate"].as_i64())
    };
    // 500 of 1,500 are still to be paid, within 30 days.
    assert_eq!(late("2026-07-01").await, (Some("0".into()), Some(0)));
    assert_eq!(late("2026-07-02").await, (Some("0".into()), Some(1)));
    give(&pool, "compensation-payments", &[pay("2", "P2", "2026-07-10", "500")]).await;
    assert_eq!(late("2026-07-10").await, (Some("1".into()), Some(0)));
    // A revision that is below what was paid leaves nothing to be paid.
    give(&pool, "compensation-plans", &[plan(3, "900", "2026-09-01")]).await;
    assert_eq!(late("2026-11-20").await, (Some("1".into()), Some(0)));
}

/// A later revision changes nothing of the days before its approval.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_day_has_the_revision_that_was_approved_by_then(pool: PgPool) {
    let city = two_wards(&pool).await;
    let plan = |revision: i64, amount: &str, approved: &str| {
        json!({ "externalId": format!("P{revision}"), "observedAt": format!("{approved}T02:00:00Z"), "site": "K1", "party": "H2", "revision": revision,
                "amount": amount, "approvedOn": approved, "document": "QĐ" })
    };
    let pay = |id: &str, plan: &str, day: &str, amount: &str| json!({ "externalId": id, "observedAt": format!("{day}T02:00:00Z"), "plan": plan, "kind": "PAID", "happenedOn": day, "amount": amount });
    give(&pool, "compensation-plans", &[plan(1, "1000", "2026-03-10")]).await;
    give(&pool, "compensation-payments", &[pay("1", "P1", "2026-03-20", "1000")]).await;
    let at = async |as_of: &str| {
        let document = format!(
            "{{ clearanceStats(asOf: \"{as_of}\", filter: {{ party: [\"H2\"] }}) {{ totals {{ plansApproved {{ numerator }} settled {{ numerator }} paymentsLate }} }} }}"
        );
        let found = city.data(&document).await["clearanceStats"]["totals"].take();
        let number = |name: &str| found[name]["numerator"].as_str().and_then(|text| text.parse::<i64>().ok());
        (number("plansApproved"), number("settled"), found["paymentsLate"].as_i64())
    };
    let past = ["2026-03-09", "2026-03-10", "2026-03-19", "2026-03-20", "2026-05-01", "2026-07-31"];
    let expected =
        [(0, 0), (1, 0), (1, 0), (1, 1), (1, 1), (1, 1)].map(|(plans, settled)| (Some(plans), Some(settled), Some(0)));
    for (day, expected) in past.iter().zip(expected) {
        assert_eq!(at(day).await, expected, "{day}");
    }
    give(&pool, "compensation-plans", &[plan(2, "1500", "2026-08-01")]).await;
    for (day, expected) in past.iter().zip(expected) {
        assert_eq!(at(day).await, expected, "{day}");
    }
    // 500 are due within 30 days of the second approval.
    assert_eq!(at("2026-08-01").await, (Some(1), Some(0), Some(0)));
    assert_eq!(at("2026-08-31").await, (Some(1), Some(0), Some(0)));
    assert_eq!(at("2026-09-01").await, (Some(1), Some(0), Some(1)));
    give(&pool, "compensation-payments", &[pay("2", "P2", "2026-09-10", "500")]).await;
    assert_eq!(at("2026-09-09").await, (Some(1), Some(0), Some(1)));
    assert_eq!(at("2026-09-10").await, (Some(1), Some(1), Some(0)));
    // A third one that was approved before the second: the second was never in force again.
    give(&pool, "compensation-plans", &[plan(3, "1200", "2026-07-01")]).await;
    assert_eq!(at("2026-06-30").await, (Some(1), Some(1), Some(0)));
    assert_eq!(at("2026-08-01").await, (Some(1), Some(0), Some(1)));
    assert_eq!(at("2026-09-10").await, (Some(1), Some(1), Some(0)));
    let differ = service_kit::store::facts::recompute(&pool, projects::FACTS, false, |_, _| {}).await.expect("a check");
    assert_eq!(differ, 0);
}

/// The list behind a rate is that of its numerator or of its denominator.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_numerator_of_a_rate_of_parties_or_of_land_has_a_list_of_its_own(pool: PgPool) {
    let city = two_wards(&pool).await;
    for measure in ["PARTIES_CLEARED", "AREA_CLEARED"] {
        for (numerator, expected) in [(true, "1 2"), (false, "1 2 3")] {
            let document = format!(
                "{{ parcelCases(filter: {{ counted: {{ measure: {measure}, period: \"2026\", numerator: {numerator} }} }}) {{ nodes {{ parcelNumber }} }} }}"
            );
            let found = city.data(&document).await["parcelCases"]["nodes"].take();
            let mut numbers: Vec<&str> = found
                .as_array()
                .expect("parcels")
                .iter()
                .filter_map(|parcel| parcel["parcelNumber"].as_str())
                .collect();
            numbers.sort_unstable();
            assert_eq!(numbers.join(" "), expected, "{measure} {numerator}");
        }
    }
}

/// Without a period the flows would be those of one day, which is 0 on most days.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn what_was_handed_over_is_asked_with_its_period(pool: PgPool) {
    let city = two_wards(&pool).await;
    for document in [
        "{ clearanceStats { totals { handedOver } } }",
        "{ clearanceStats { totals { parcels ...flow } } } fragment flow on ClearanceMeasures { areaHandedOver }",
        "{ clearanceStats(groupBy: [AREA]) { rows { measures { handedOver } } } }",
        "{ clearanceStats(groupBy: [AREA], compareTo: PREVIOUS) { rows { previous { handedOver } } } }",
        "{ clearanceStats(groupBy: [AREA], orderBy: [{ measure: HANDED_OVER }]) { rows { measures { parcels } } } }",
        "{ clearanceStats(groupBy: [AREA], having: [{ measure: AREA_HANDED_OVER, gt: 0 }]) { rows { measures { parcels } } } }",
        "{ project(code: \"DA\") { clearanceMeasures { handedOver } } }",
        "{ _entities(representations: [{ __typename: \"Area\", code: \"00004\" }]) { ... on Area { clearanceMeasures { handedOver } } } }",
    ] {
        let answer = city.ask(&operator(), document, json!({})).await;
        assert_eq!(problem(&answer), ("VALIDATION".into(), "period".into()), "{document}: {answer}");
    }
    let found = city.data("{ clearanceStats(period: \"2026\") { totals { handedOver parcels } } }").await;
    assert_eq!(found["clearanceStats"]["totals"], json!({ "handedOver": 2, "parcels": 3 }));
}
