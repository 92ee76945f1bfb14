//! Pushed reference data.

use serde_json::{Value, json};
use service_kit::push::RowResult;
use service_kit::testing::push;
use sqlx::PgPool;

const NOW: &str = "2026-03-15T05:00:00Z";

async fn pushed(pool: &PgPool, kind: &str, source: &str, rows: &[Value]) -> Vec<RowResult> {
    push(pool, NOW, directory::push::KINDS, (kind, source), rows).await
}

fn statuses(results: &[RowResult]) -> Vec<&'static str> {
    results.iter().map(|result| result.status.as_str()).collect()
}

fn organization(code: &str, parent: Option<&str>) -> Value {
    json!({ "externalId": code, "code": code, "name": format!("Cơ quan {code}"), "axis": "COMMITTEE", "level": "DEPARTMENT", "parent": parent })
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_term_that_overlaps_another_is_rejected_alone_and_in_words(pool: PgPool) {
    pushed(&pool, "organizations", "ha", &[organization("SXD", None)]).await;
    pushed(
        &pool,
        "positions",
        "ha",
        &[json!({ "externalId": "GD", "code": "GD", "title": "Giám đốc", "organization": "SXD" })],
    )
    .await;
    let official = |code: &str| json!({ "externalId": code, "code": code, "displayName": code });
    pushed(&pool, "officials", "ha", &[official("O1"), official("O2"), official("O3")]).await;
    let term = |id: &str, official: &str, from: &str, to: Option<&str>| json!({ "externalId": id, "official": official, "position": "GD", "fromOn": from, "toOn": to });
    let rows = [
        term("1", "O1", "2025-01-01", Some("2025-06-01")),
        term("2", "O2", "2025-05-31", None),
        term("3", "O3", "2025-06-01", None),
        term("4", "O3", "2024-06-01", Some("2024-01-01")),
    ];
    let results = pushed(&pool, "appointments", "ha", &rows).await;
    // The second begins a day before the first ends, so the third finds the position free.
    assert_eq!(statuses(&results), ["CREATED", "REJECTED", "CREATED", "REJECTED"], "{results:?}");
    assert_eq!(results[1].errors[0].path, "position");
    assert_eq!(results[3].errors[0].path, "toOn");
    // The end of a term is a change of the same record.
    let ended = pushed(&pool, "appointments", "ha", &[json!({ "externalId": "3", "toOn": "2026-01-01" })]).await;
    assert_eq!(statuses(&ended), ["UPDATED"]);
    let holders: Vec<String> = sqlx::query_scalar(
        "SELECT official_code FROM directory.published_appointment WHERE position_code = 'GD' ORDER BY from_on",
    )
    .fetch_all(&pool)
    .await
    .expect("holders");
    assert_eq!(holders, ["O1", "O3"]);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn what_the_platform_brings_has_one_master_too(pool: PgPool) {
    let day = |working: bool| json!({ "externalId": "2026-12-31", "day": "2026-12-31", "working": working, "document": "99/TB" });
    let taken = pushed(&pool, "calendar-days", "ha", &[day(false)]).await;
    assert_eq!((statuses(&taken), taken[0].errors[0].path.as_str()), (vec!["REJECTED"], "day"));
    // The platform's own source adopts its row by the day.
    assert_eq!(statuses(&pushed(&pool, "calendar-days", "ioc", &[day(false)]).await), ["UPDATED"]);
    assert_eq!(statuses(&pushed(&pool, "calendar-days", "ioc", &[day(false)]).await), ["UNCHANGED"]);
    let days: Option<i64> = sqlx::query_scalar("SELECT directory.published_working_days('2026-12-30', '2027-01-01')")
        .fetch_one(&pool)
        .await
        .expect("days");
    assert_eq!(days, Some(1));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_tree_may_arrive_in_any_order_but_not_as_a_circle(pool: PgPool) {
    let rows = [organization("C", Some("B")), organization("B", Some("A")), organization("A", None)];
    assert_eq!(statuses(&pushed(&pool, "organizations", "ha", &rows).await), ["CREATED", "CREATED", "CREATED"]);
    let circle = pushed(&pool, "organizations", "ha", &[organization("A", Some("C")), organization("D", None)]).await;
    assert_eq!(statuses(&circle), ["REJECTED", "CREATED"], "{circle:?}");
    assert_eq!(circle[0].errors[0].path, "parent");
    let waiting = [organization("X", Some("Y")), organization("Y", Some("X"))];
    assert_eq!(statuses(&pushed(&pool, "organizations", "ha", &waiting).await), ["PARKED", "PARKED"]);
    // A code does not change, and a code of another source is not taken over.
    let renamed = json!({ "externalId": "A", "code": "A2" });
    assert_eq!(pushed(&pool, "organizations", "ha", &[renamed]).await[0].errors[0].path, "code");
    let other = pushed(&pool, "organizations", "dms", &[organization("A", None)]).await;
    assert!(other[0].errors[0].en.contains("source ha"), "{other:?}");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn an_earlier_name_arrives_late_and_is_the_name_of_its_days(pool: PgPool) {
    let named = |name: &str, at: &str| json!({ "externalId": "SYT", "code": "SYT", "name": name, "axis": "COMMITTEE", "level": "DEPARTMENT", "observedAt": at });
    pushed(&pool, "organizations", "ha", &[named("Sở Y tế", "2026-02-01T00:00:00Z")]).await;
    let late = pushed(&pool, "organizations", "ha", &[named("Ty Y tế", "2026-01-01T00:00:00Z")]).await;
    assert_eq!(statuses(&late), ["STALE"]);
    let name = |instant: &'static str| {
        let pool = pool.clone();
        async move {
            let sql = "SELECT name FROM directory.organization_at($1::timestamptz)";
            sqlx::query_scalar::<_, String>(sql)
                .bind(service_kit::testing::instant(instant))
                .fetch_one(&pool)
                .await
                .expect("a name")
        }
    };
    assert_eq!(name("2026-01-15T00:00:00Z").await, "Ty Y tế");
    assert_eq!(name("2026-02-15T00:00:00Z").await, "Sở Y tế");
    let known: Option<String> =
        sqlx::query_scalar("SELECT name FROM directory.organization_known('SYT', '2026-01-15Z', '2020-01-01Z')")
            .fetch_optional(&pool)
            .await
            .expect("what was known");
    assert_eq!(known, None);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn parts_of_an_old_area_are_at_most_the_whole_together(pool: PgPool) {
    let area = |code: &str| json!({ "externalId": code, "code": code, "name": code, "kind": "WARD" });
    pushed(&pool, "areas", "ha", &[area("00001"), area("00002"), area("00003")]).await;
    let part = |to: &str, share: &str, day: &str| {
        json!({ "externalId": format!("{to}/{day}"), "fromCode": "88801", "fromName": "Cũ",
        "toCode": to, "share": share, "effectiveOn": day })
    };
    let day = "2025-07-01";
    let first = [part("00001", "0.7", day), part("00002", "0.4", day), part("00003", "0.9", "2020-01-01")];
    let results = pushed(&pool, "area-successions", "ha", &first).await;
    assert_eq!(statuses(&results), ["CREATED", "REJECTED", "CREATED"], "{results:?}");
    assert_eq!((results[1].errors[0].path.as_str(), results[1].errors[0].code.as_str()), ("share", "CONFLICT"));
    // Parts change together, whatever the order.
    let moved = [part("00002", "0.5", day), part("00001", "0.5", day)];
    assert_eq!(statuses(&pushed(&pool, "area-successions", "ha", &moved).await), ["CREATED", "UPDATED"]);
    // Nor can two sources exceed it, or a write that is no push.
    let other = part("00003", "0.1", day);
    assert_eq!(statuses(&pushed(&pool, "area-successions", "dms", &[other]).await), ["REJECTED"]);
    let written = sqlx::query("UPDATE directory.area_succession SET share = 0.6").execute(&pool).await;
    let constraint =
        written.expect_err("too much").as_database_error().and_then(|error| error.constraint()).map(str::to_owned);
    assert_eq!(constraint.as_deref(), Some("area_succession_shares"));
}

async fn stored(pool: &PgPool, code: &str) -> Value {
    let sql =
        "SELECT jsonb_build_array(name, short_name, level, parent_code) FROM directory.organization WHERE code = $1";
    sqlx::query_scalar(sql).bind(code).fetch_one(pool).await.expect("an organization")
}

async fn waited(pool: &PgPool, external_id: &str) -> Vec<String> {
    let sql = "SELECT status FROM platform.receipt_row WHERE external_id = $1 ORDER BY receipt_id, row";
    sqlx::query_scalar(sql).bind(external_id).fetch_all(pool).await.expect("rows")
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_row_without_a_time_that_waited_does_not_overwrite_a_newer_one(pool: PgPool) {
    pushed(&pool, "organizations", "ha", &[organization("SXD", None), organization("M1", None)]).await;
    let second =
        pushed(&pool, "organizations", "ha", &[json!({ "externalId": "M1", "parent": "M-NEW", "name": "v2" })]).await;
    let third =
        pushed(&pool, "organizations", "ha", &[json!({ "externalId": "M1", "parent": "SXD", "name": "v3" })]).await;
    assert_eq!((statuses(&second), statuses(&third)), (vec!["PARKED"], vec!["UPDATED"]));
    pushed(&pool, "organizations", "ha", &[organization("M-NEW", None)]).await;
    assert_eq!(waited(&pool, "M1").await, ["STALE"]);
    assert_eq!(stored(&pool, "M1").await, json!(["v3", null, "DEPARTMENT", "SXD"]));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn rows_of_several_pushes_that_waited_for_the_first_are_an_event_each(pool: PgPool) {
    // The clock stands still: nothing but their order tells the pushes apart.
    for part in
        [json!({ "shortName": "K", "name": "Tên 1" }), json!({ "level": "COMMUNE" }), json!({ "name": "Tên 3" })]
    {
        let mut row = part;
        row["externalId"] = json!("K1");
        assert_eq!(statuses(&pushed(&pool, "organizations", "ha", &[row]).await), ["PARKED"]);
    }
    assert_eq!(statuses(&pushed(&pool, "organizations", "ha", &[organization("K1", None)]).await), ["CREATED"]);
    assert_eq!(waited(&pool, "K1").await, ["UPDATED", "UPDATED", "UPDATED"]);
    assert_eq!(stored(&pool, "K1").await, json!(["Tên 3", "K", "COMMUNE", null]));
    let events: i64 = sqlx::query_scalar("SELECT count(*) FROM directory.organization_event WHERE code = 'K1'")
        .fetch_one(&pool)
        .await
        .expect("events");
    assert_eq!(events, 4);
    // A late row folds the record anew from all of them.
    let late = json!({ "externalId": "K1", "observedAt": NOW, "name": "Tên muộn", "axis": "PARTY" });
    pushed(&pool, "organizations", "ha", &[late]).await;
    assert_eq!(stored(&pool, "K1").await, json!(["Tên 3", "K", "COMMUNE", null]));
}

/// Who pushes reads what is accepted, in both languages.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn each_rule_of_a_table_is_refused_in_words(pool: PgPool) {
    service_kit::testing::assert_rules_have_words(&pool, directory::push::KINDS).await;
}
