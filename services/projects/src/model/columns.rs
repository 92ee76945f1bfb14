//! Each record and its table have the same columns.

use chrono::NaiveDate;
use service_kit::record::{Meta, Record};
use service_kit::testing::{assert_columns, instant};
use sqlx::PgPool;

use super::{CompensationRow, Milestone, MilestoneKind, ParcelCase, Project};

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn each_column_is_a_field_of_its_record(pool: PgPool) {
    let now = instant("2026-11-27T02:00:00Z");
    let meta = Meta::first(schema::new_id(now), "test", "1".to_owned(), "test", now);
    let milestone = Milestone {
        meta: meta.clone(),
        parcel_id: meta.id,
        kind: MilestoneKind::Scoped,
        happened_on: NaiveDate::default(),
        happened_at: None,
        area: None,
        document: None,
        actor: None,
        note: None,
    };
    let plan = CompensationRow {
        meta: meta.clone(),
        site_code: String::new(),
        party_code: String::new(),
        revision: 1,
        amount: 1.into(),
        coefficient: 1.into(),
        coefficient_basis: None,
        posted_on: None,
        approved_on: None,
        effective_on: None,
        document: None,
    };
    assert_columns(&pool, Project::TABLE, &Project { meta: meta.clone(), ..Project::default() }).await;
    assert_columns(&pool, ParcelCase::TABLE, &ParcelCase { meta, ..ParcelCase::default() }).await;
    assert_columns(&pool, Milestone::TABLE, &milestone).await;
    assert_columns(&pool, CompensationRow::TABLE, &plan).await;
}
