//! What `ioc up` does by default to stay in service: equal requests share one execution, and costly ones are refused.

use std::sync::Arc;

use anyhow::Result;
use e2e::{Process, SECRET, credential};
use futures::future::join_all;
use serde_json::json;
use service_kit::{Principal, Role};
use sqlx::{ConnectOptions, PgPool};

const DASHBOARD: &str = include_str!("../../schema/operations/first-look.graphql");

/// More requests than the pool has connections, so that they can all be in time only when they share.
const SCREENS: usize = 300;

fn screen(secret: &str, number: usize) -> String {
    let roles = vec![Role::Ioc];
    credential(secret, &Principal { subject: Some(format!("screen-{number}")), roles, ..Principal::default() })
}

async fn platform(pool: &PgPool, data: &tempfile::TempDir) -> Result<Process> {
    let url = pool.connect_options().to_url_lossy().to_string();
    let data = data.path().to_string_lossy();
    let arguments = ["up", "--sample", "hanoi", "--listen", "127.0.0.1:0", "--data-dir", &data];
    Process::start(&arguments, &[("DATABASE_URL", &url), ("IOC_SECRET", SECRET)]).await
}

/// Fetches from a subgraph so far.
async fn fetches(platform: &Process, subgraph: &str) -> Result<usize> {
    let metrics = platform.get("/metrics").await?.text;
    let name = format!("gateway_subgraph_fetch_duration_seconds_count{{subgraph=\"{subgraph}\"}} ");
    Ok(metrics.lines().find_map(|line| line.strip_prefix(&name)).map_or(Ok(0), str::parse)?)
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn screens_with_credentials_of_their_own_share_one_execution(pool: PgPool) -> Result<()> {
    let data = tempfile::tempdir()?;
    let platform = Arc::new(platform(&pool, &data).await?);
    let credentials: Vec<_> = (0..SCREENS).map(|number| screen(SECRET, number)).collect();
    let forged = screen("another secret", 0);
    let ask = |credential| platform.ask(DASHBOARD, json!({}), Some(credential));
    let asked = credentials.iter().map(|credential| ask(credential.as_str()));
    let (answers, refused) = tokio::join!(join_all(asked), ask(forged.as_str()));
    assert_eq!(refused?.status, 401);
    let answers = answers.into_iter().collect::<Result<Vec<_>>>()?;
    let first = answers[0].data();
    assert_eq!(first["areas"]["totalCount"], 126);
    assert!(answers.iter().all(|answer| answer.data() == first));
    let fetches = fetches(&platform, "directory").await?;
    assert!((1..SCREENS / 2).contains(&fetches), "{fetches} fetches for {SCREENS} requests");
    Ok(())
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn an_operation_that_costs_too_much_is_refused_before_any_fetch(pool: PgPool) -> Result<()> {
    let data = tempfile::tempdir()?;
    let platform = platform(&pool, &data).await?;
    let before = fetches(&platform, "directory").await?;
    let query = "{ areas(first: 200) { edges { node { tasks(first: 100) { edges { node { lead { name } } } } } } } }";
    let answer = platform.ask(query, json!({}), None).await?;
    let error = &answer.json()["errors"][0]["extensions"];
    assert_eq!(
        (&error["code"], &error["limit"]["maximum"]),
        (&json!("COST_LIMIT_EXCEEDED"), &json!(50_000)),
        "{}",
        answer.text
    );
    assert_eq!(fetches(&platform, "directory").await?, before);
    Ok(())
}
