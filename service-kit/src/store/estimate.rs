//! Estimated number of rows in a table.

use sqlx::{Error, PgPool};

/// The number of rows of a table at the last ANALYZE.
pub async fn rows(pool: &PgPool, table: &str) -> Result<u64, Error> {
    let rows = sqlx::query_scalar!(
        r#"SELECT greatest(reltuples, 0)::bigint AS "rows!" FROM pg_class WHERE oid = to_regclass($1)"#,
        table
    );
    Ok(u64::try_from(rows.fetch_optional(pool).await?.unwrap_or_default()).unwrap_or_default())
}
