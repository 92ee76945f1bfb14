//! The record and its table have the same columns.

use service_kit::testing::{assert_columns, instant};
use sqlx::PgPool;
use tasks::import::{Meta, Task};

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn each_column_of_a_task_is_a_field_of_the_record(pool: PgPool) {
    let now = instant(super::city::NOW);
    let meta = Meta::first(schema::new_id(now), "test", "1".to_owned(), "test", now);
    assert_columns(&pool, "tasks.task", &Task::draft(meta, "T".to_owned(), "Nhiệm vụ".to_owned())).await;
}

/// Who pushes reads what is accepted, in both languages.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn each_rule_of_a_table_is_refused_in_words(pool: PgPool) {
    service_kit::testing::assert_rules_have_words(&pool, tasks::push::KINDS).await;
}
