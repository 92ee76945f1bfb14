//! Each record and its table have the same columns.

use service_kit::record::{Meta, Record};
use service_kit::testing::{assert_columns, instant};
use sqlx::PgPool;

use super::{Observation, ObservationFlag, ObservationStatus, StoredTarget};

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn each_column_is_a_field_of_its_record(pool: PgPool) {
    let now = instant("2026-11-27T02:00:00Z");
    let meta = Meta::first(schema::new_id(now), "test", "1".to_owned(), "test", now);
    let observation = Observation {
        meta: meta.clone(),
        indicator_code: String::new(),
        area_code: None,
        organization_code: None,
        period: String::new(),
        revision: 1,
        value: None,
        numerator: None,
        denominator: None,
        flags: vec![ObservationFlag::Missing],
        status: ObservationStatus::Draft,
        reason: None,
        return_reason: None,
        withdrawal_reason: None,
        note: None,
        document: None,
        submitted_by: None,
        verified_by: None,
        shown: None,
    };
    assert_columns(&pool, Observation::TABLE, &observation).await;
    assert_columns(&pool, StoredTarget::TABLE, &StoredTarget { meta, ..StoredTarget::default() }).await;
}
