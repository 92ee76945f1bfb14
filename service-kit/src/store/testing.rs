//! Statements of tests.

use sqlx::{AssertSqlSafe, PgPool};

/// Runs statements of a test's own.
///
/// # Panics
/// When the database refuses one.
pub async fn run(pool: &PgPool, sql: impl Into<String>) {
    sqlx::raw_sql(AssertSqlSafe(sql.into())).execute(pool).await.expect("the test's statement");
}

/// The columns of a table that are written, in their order.
///
/// # Panics
/// When there is no such table.
pub async fn columns(pool: &PgPool, table: &str) -> Vec<String> {
    let sql = "SELECT attname::text FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum";
    sqlx::query_scalar(sql).bind(table).fetch_all(pool).await.expect("the columns of a table")
}
