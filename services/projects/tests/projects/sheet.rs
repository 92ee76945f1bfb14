//! The land office's sheet, one row for each household with milestones as columns, ends in the same rows as the long kinds.

use serde_json::{Value, json};
use service_kit::Role;
use sqlx::PgPool;
use uuid::Uuid;

use crate::city::{Asked, NOW, event, give, parcel, party, person, right, with, with_site};

/// What is stored, without ids and external ids.
async fn stored(pool: &PgPool) -> Vec<Value> {
    sqlx::query_scalar(
        "SELECT jsonb_build_object('parcel', p.parcel_number, 'area', p.area_to_acquire, 'land', p.land_type, 'blocker', p.blocker,
                'rights', (SELECT jsonb_agg(jsonb_build_array(r.party_code, r.share) ORDER BY r.party_code) FROM projects.parcel_right AS r WHERE r.parcel_id = p.id AND r.deleted_at IS NULL),
                'stones', (SELECT jsonb_agg(jsonb_build_array(m.kind, m.happened_on, m.document) ORDER BY m.kind) FROM projects.milestone AS m WHERE m.parcel_id = p.id AND m.deleted_at IS NULL),
                'facts', (SELECT jsonb_agg(jsonb_build_array(f.to_acquire, f.notified_on, f.handed_on, f.handed_area, f.is_first) ORDER BY f.party) FROM projects.parcel_fact AS f
                          WHERE f.parcel_id = p.id AND f.to_day = 'infinity'))
         FROM projects.parcel_case AS p WHERE p.deleted_at IS NULL ORDER BY p.parcel_number",
    )
    .fetch_all(pool)
    .await
    .expect("parcels")
}

fn wide(id: &str, number: &str, party: &str, more: Value) -> Value {
    let base = json!({ "externalId": id, "observedAt": "2026-05-04T02:00:00Z", "site": "K1", "mapSheet": "1", "parcelNumber": number,
                       "landType": "AGRI", "areaToAcquire": "100", "party": party });
    with(base, more)
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn wide_and_long_rows_end_in_the_same_records(pool: PgPool) {
    with_site(&pool).await;
    let half = json!({ "share": "0.5", "notifiedOn": "2026-01-05", "notice": "TB" });
    let rows = [
        wide(
            "1",
            "1",
            "H1",
            json!({ "notifiedOn": "2026-01-05", "notice": "TB", "inventoriedOn": "2026-02-02", "handedOverOn": "2026-04-01" }),
        ),
        wide("2", "2", "H1", half.clone()),
        wide("3", "2", "H2", half),
    ];
    give(&pool, "clearance-sheet", &rows).await;
    let by_sheet = stored(&pool).await;
    assert_eq!(by_sheet.len(), 2, "{by_sheet:?}");
    // The same file again changes nothing.
    give(&pool, "clearance-sheet", &rows).await;
    assert_eq!(stored(&pool).await, by_sheet);
    crate::city::run(
        &pool,
        "UPDATE projects.parcel_case SET deleted_at = now(), version = version + 1, observed_at = now()",
    )
    .await;

    give(
        &pool,
        "parcel-cases",
        &[
            parcel("L1", "K1", json!({ "parcelNumber": "1", "areaHandedOver": "100" })),
            parcel("L2", "K1", json!({ "parcelNumber": "2" })),
        ],
    )
    .await;
    give(&pool, "parties", &[with(party("H3"), json!({}))]).await;
    give(&pool, "parcel-rights", &[right("L1", "H1", "1"), right("L2", "H1", "0.5"), right("L2", "H2", "0.5")]).await;
    let named = |parcel: &str, kind: &str, day: &str| {
        with(
            event(parcel, kind, day),
            json!({ "document": if kind == "NOTIFIED" { json!("TB") } else { Value::Null } }),
        )
    };
    give(
        &pool,
        "parcel-events",
        &[
            named("L1", "NOTIFIED", "2026-01-05"),
            named("L1", "INVENTORIED", "2026-02-02"),
            named("L1", "HANDED_OVER", "2026-04-01"),
            named("L2", "NOTIFIED", "2026-01-05"),
        ],
    )
    .await;
    assert_eq!(stored(&pool).await, by_sheet);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_corrected_row_moves_its_milestones_and_a_cleared_cell_removes_one(pool: PgPool) {
    with_site(&pool).await;
    let first =
        wide("1", "1", "H1", json!({ "notifiedOn": "2026-01-05", "notice": "TB", "inventoriedOn": "2026-02-02" }));
    give(&pool, "clearance-sheet", &[first]).await;
    let second = json!({ "externalId": "1", "observedAt": "2026-06-01T02:00:00Z", "inventoriedOn": null, "notifiedOn": "2026-01-06" });
    give(&pool, "clearance-sheet", &[second]).await;
    let stones = stored(&pool).await[0]["stones"].clone();
    assert_eq!(stones, json!([["NOTIFIED", "2026-01-06", "TB"]]));
}

/// What one row alone stated goes with it: a parcel without a row would stay in the area to acquire for ever.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_removed_row_takes_its_parcel_with_it_and_a_moved_one_leaves_none_behind(pool: PgPool) {
    with_site(&pool).await;
    let stated = json!({ "notifiedOn": "2026-01-05", "notice": "TB" });
    let rows = [
        wide("1", "1", "H1", stated.clone()),
        wide("2", "2", "H1", json!({ "share": "0.5" })),
        wide("3", "2", "H2", json!({ "share": "0.5" })),
    ];
    give(&pool, "clearance-sheet", &rows).await;
    let numbers = |parcels: &[Value]| -> Vec<String> {
        parcels.iter().map(|parcel| parcel["parcel"].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(numbers(&stored(&pool).await), ["1", "2"]);
    let gone = |id: &str| json!({ "externalId": id, "observedAt": "2026-06-01T02:00:00Z", "deleted": true });
    // Another household still has parcel 2.
    give(&pool, "clearance-sheet", &[gone("1"), gone("2")]).await;
    let left = stored(&pool).await;
    assert_eq!(numbers(&left), ["2"]);
    assert_eq!(left[0]["rights"], json!([["H2", 0.5]]));
    let moved = json!({ "externalId": "3", "observedAt": "2026-06-02T02:00:00Z", "parcelNumber": "3" });
    give(&pool, "clearance-sheet", &[moved]).await;
    assert_eq!(numbers(&stored(&pool).await), ["3"]);
    // A row that comes back brings its parcel back.
    let back = with(wide("1", "1", "H1", stated), json!({ "observedAt": "2026-07-01T02:00:00Z" }));
    give(&pool, "clearance-sheet", &[back]).await;
    let again = stored(&pool).await;
    assert_eq!(numbers(&again), ["1", "3"]);
    assert_eq!(again[0]["stones"], json!([["NOTIFIED", "2026-01-05", "TB"]]));
    // A push that was wrong altogether is withdrawn with all that it stated.
    give(&pool, "clearance-sheet", &[wide("4", "4", "H4", json!({}))]).await;
    assert_eq!(numbers(&stored(&pool).await), ["1", "3", "4"]);
    let receipt: Uuid = sqlx::query_scalar(
        "SELECT e.receipt_id FROM projects.clearance_sheet_event AS e JOIN projects.clearance_sheet AS r USING (id) WHERE r.external_id = '4'",
    )
    .fetch_one(&pool)
    .await
    .expect("the receipt");
    let undone = Asked::at(&pool, NOW, projects::subgraph)
        .ask(
            &person("adm", &[Role::Admin], None, None),
            "mutation($receipt: ID!) { undoProjectsPush(receipt: $receipt) { records } }",
            json!({ "receipt": receipt }),
        )
        .await;
    assert_eq!(undone["data"]["undoProjectsPush"], json!({ "records": 1 }), "{undone}");
    assert_eq!(stored(&pool).await, again);
}

/// A household is paid when its own row says so.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_payment_of_one_household_settles_no_other_one_of_the_parcel(pool: PgPool) {
    with_site(&pool).await;
    let stated = |party: &str, approved: &str, more: Value| {
        let base = json!({ "share": "0.5", "notifiedOn": "2026-01-05", "notice": "TB", "approvedOn": approved, "approval": "QĐ" });
        wide(party, "1", party, with(base, more))
    };
    let first = stated("H1", "2026-03-02", json!({ "paidOn": "2026-03-20" }));
    give(&pool, "clearance-sheet", &[first, stated("H2", "2026-04-01", json!({}))]).await;
    let city = Asked::at(&pool, NOW, projects::subgraph);
    let at = async |day: &str| {
        let document = format!(
            "{{ clearanceStats(asOf: \"{day}\") {{ totals {{ plansApproved {{ numerator }} settled {{ numerator denominator }} paymentsLate }} }} }}"
        );
        let found = city.data(&document).await["clearanceStats"]["totals"].take();
        let number = |of: &Value| of.as_str().and_then(|text| text.parse::<i64>().ok()).unwrap_or(-1);
        assert_eq!(number(&found["settled"]["denominator"]), 2);
        (
            number(&found["plansApproved"]["numerator"]),
            number(&found["settled"]["numerator"]),
            found["paymentsLate"].as_i64(),
        )
    };
    assert_eq!(at("2026-03-31").await, (1, 1, Some(0)));
    // 30 days after 1 April.
    assert_eq!(at("2026-05-01").await, (2, 1, Some(0)));
    assert_eq!(at("2026-05-02").await, (2, 1, Some(1)));
    // The second household is paid later than the first: no milestone of the parcel changes.
    let paid = json!({ "externalId": "H2", "observedAt": "2026-06-10T02:00:00Z", "paidOn": "2026-06-08" });
    give(&pool, "clearance-sheet", &[paid]).await;
    assert_eq!(at("2026-06-07").await, (2, 1, Some(1)));
    assert_eq!(at("2026-06-08").await, (2, 2, Some(0)));
    // A deposit that was recorded for the parcel in another way is one for all of it.
    let back = json!({ "externalId": "H2", "observedAt": "2026-06-11T02:00:00Z", "paidOn": null });
    give(&pool, "clearance-sheet", &[back]).await;
    assert_eq!(at("2026-06-08").await, (2, 1, Some(1)));
    crate::city::run(
        &pool,
        "INSERT INTO projects.milestone (id, source, external_id, parcel_id, kind, happened_on, recorded_by, observed_at)
         SELECT gen_random_uuid(), 'ioc', 'D', id, 'DEPOSITED', '2026-07-01', 'han', now() FROM projects.parcel_case",
    )
    .await;
    assert_eq!(at("2026-06-30").await, (2, 1, Some(1)));
    assert_eq!(at("2026-07-01").await, (2, 2, Some(0)));
    let differ = service_kit::store::facts::recompute(&pool, projects::FACTS, false, |_, _| {}).await.expect("a check");
    assert_eq!(differ, 0);
}

/// Households that state another area of their parcel are told, and none of them loses its row.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn rows_that_disagree_on_their_parcel_are_told(pool: PgPool) {
    with_site(&pool).await;
    let half = |party: &str, more: Value| wide(party, "1", party, with(json!({ "share": "0.5" }), more));
    let agreed = crate::city::offer(&pool, "clearance-sheet", &[half("H1", json!({})), half("H2", json!({}))]).await;
    assert!(agreed.iter().all(|result| result.errors.is_empty()), "{agreed:?}");
    let later = json!({ "observedAt": "2026-06-01T02:00:00Z", "areaToAcquire": "250", "landType": "OTHER" });
    let told = crate::city::offer(&pool, "clearance-sheet", &[half("H2", later.clone())]).await;
    assert_eq!(told[0].status, service_kit::push::PushStatus::Updated);
    let notes: Vec<(&str, &str)> = told[0].errors.iter().map(|note| (&*note.path, &*note.code)).collect();
    assert_eq!(notes, [("areaToAcquire", "DIFFERS"), ("landType", "DIFFERS")]);
    assert!(told[0].errors[0].en.contains("the row H1 of this parcel states 100;"), "{:?}", told[0].errors);
    assert_eq!(stored(&pool).await[0]["area"], 250);
    // The other row follows: they agree again.
    let told = crate::city::offer(&pool, "clearance-sheet", &[half("H1", later)]).await;
    assert!(told[0].errors.is_empty(), "{told:?}");
}
