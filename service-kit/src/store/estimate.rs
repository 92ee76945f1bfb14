//! Statistics of tables: the estimated number of rows, and how they are taken anew.

use sqlx::{AssertSqlSafe, Error, PgPool};

/// The number of rows of a table at the last ANALYZE.
///
/// # Errors
/// The error of the database.
pub async fn rows(pool: &PgPool, table: &str) -> Result<u64, Error> {
    let rows = sqlx::query_scalar!(
        r#"SELECT greatest(reltuples, 0)::bigint AS "rows!" FROM pg_class WHERE oid = to_regclass($1)"#,
        table
    );
    Ok(u64::try_from(rows.fetch_optional(pool).await?.unwrap_or_default()).unwrap_or_default())
}

/// Takes the statistics of all tables of the services, so that the first questions after a large load are planned for what is there,
/// and not only when PostgreSQL comes to it by itself. Those of PostgreSQL, and temporary ones of
/// other sessions, are not ours to read.
///
/// # Errors
/// The error of the database.
pub async fn analyze(pool: &PgPool) -> Result<(), Error> {
    let tables: String = sqlx::query_scalar(
        "SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') FROM pg_tables
         WHERE schemaname <> 'information_schema' AND schemaname !~ '^pg_'",
    )
    .fetch_one(pool)
    .await?;
    sqlx::raw_sql(AssertSqlSafe(format!("ANALYZE {tables}"))).execute(pool).await?;
    Ok(())
}
