//! The sample city in the database of a test: a copy of one that is loaded once for all tests.

use std::time::UNIX_EPOCH;

use anyhow::Result;
use sample::NoProgress;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, PgPool};

/// Until when the sample is loaded: after the briefing of the week 47.
pub const NOW: &str = "2026-11-24T03:00:00Z";

/// Puts the loaded sample in place of the test's database, which is to have no migrations yet, and returns its address.
pub async fn hanoi(pool: &PgPool) -> Result<String> {
    let options = pool.connect_options();
    let mut server = PgConnection::connect_with(&(*options).clone().database("postgres")).await?;
    // One test loads, the others wait for it.
    sqlx::query("SELECT pg_advisory_lock(hashtextextended('e2e/hanoi', 0))").execute(&mut server).await?;
    let template = template()?;
    if !is_loaded(&mut server, &template).await? {
        load(&mut server, &options, &template).await?;
    }
    let own = options.get_database().unwrap_or_default();
    drop_database(&mut server, own).await?;
    execute(&mut server, format!("CREATE DATABASE \"{own}\" TEMPLATE \"{template}\"")).await?;
    server.close().await?;
    Ok(options.to_url_lossy().to_string())
}

/// The name of the template: of the sample and the migrations that this program has.
fn template() -> Result<String> {
    let built = std::env::current_exe()?.metadata()?.modified()?.duration_since(UNIX_EPOCH)?;
    Ok(format!("e2e_hanoi_{}", built.as_millis()))
}

/// Whether the sample was loaded whole.
async fn is_loaded(server: &mut PgConnection, template: &str) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate)";
    Ok(sqlx::query_scalar(sql).bind(template).fetch_one(server).await?)
}

async fn load(server: &mut PgConnection, options: &PgConnectOptions, template: &str) -> Result<()> {
    drop_database(server, template).await?;
    execute(server, format!("CREATE DATABASE \"{template}\"")).await?;
    let pool = PgPoolOptions::new().connect_with(options.clone().database(template)).await?;
    migrations::MIGRATOR.run(&pool).await?;
    sample::load("hanoi", &pool, NOW.parse()?, &NoProgress).await?;
    pool.close().await;
    execute(server, format!("ALTER DATABASE \"{template}\" IS_TEMPLATE true")).await
}

/// Ends the clients' connections first. `WITH (FORCE)` would fail when an autovacuum worker is in the database, because
/// it has no role that this one is a member of; a plain `DROP DATABASE` makes the worker leave and waits for it.
async fn drop_database(server: &mut PgConnection, name: &str) -> Result<()> {
    let end = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
               WHERE datname = $1 AND backend_type = 'client backend'";
    sqlx::query(end).bind(name).execute(&mut *server).await?;
    execute(server, format!("DROP DATABASE IF EXISTS \"{name}\"")).await
}

async fn execute(server: &mut PgConnection, sql: String) -> Result<()> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(server).await?;
    Ok(())
}
