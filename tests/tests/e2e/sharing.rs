//! What `ioc up` does by default to stay in service: equal requests share one execution, and costly ones are refused.

use std::sync::Arc;

use anyhow::Result;
use e2e::{Answer, Process, SECRET, credential};
use futures::future::join_all;
use serde_json::json;
use service_kit::{Principal, Role};
use sqlx::{ConnectOptions, PgPool};

use crate::hanoi::hanoi;

const DASHBOARD: &str = include_str!("../../../schema/operations/first-look.graphql");

/// More requests than the pool has connections, so that they can all be in time only when they share.
const SCREENS: usize = 300;
/// Classes of screens that may see the same.
const CLASSES: usize = 10;

/// A screen of one of ten classes, each of which may see something else.
fn screen(secret: &str, number: usize) -> String {
    let of = |role, organization: Option<&str>, areas: &[&str]| Principal {
        subject: Some(format!("screen-{number}")),
        roles: vec![role],
        organization: organization.map(str::to_owned),
        areas: areas.iter().map(|area| (*area).to_owned()).collect(),
        ..Principal::default()
    };
    let principal = match number % CLASSES {
        0 => of(Role::Ioc, None, &[]),
        1 => of(Role::Issuer, None, &[]),
        2 => of(Role::Approver, None, &[]),
        3 => of(Role::Inspector, None, &[]),
        4 => of(Role::Ward, None, &["00004"]),
        5 => of(Role::Ward, None, &["00008"]),
        6 => of(Role::Department, Some("SXD"), &[]),
        7 => of(Role::Department, Some("SYT"), &[]),
        8 => of(Role::Lead, Some("SXD"), &[]),
        _ => of(Role::Admin, None, &[]),
    };
    credential(secret, &principal)
}

async fn platform(pool: &PgPool, data: &tempfile::TempDir) -> Result<Process> {
    let url = hanoi(pool).await?;
    let data = data.path().to_string_lossy();
    let arguments = ["up", "--listen", "127.0.0.1:0", "--data-dir", &data];
    Process::start(&arguments, &[("DATABASE_URL", &url), ("IOC_SECRET", SECRET)]).await
}

/// Fetches from a subgraph so far.
async fn fetches(platform: &Process, subgraph: &str) -> Result<usize> {
    let metrics = platform.get("/metrics").await?.text;
    let name = format!("gateway_subgraph_fetch_duration_seconds_count{{subgraph=\"{subgraph}\"}} ");
    Ok(metrics.lines().find_map(|line| line.strip_prefix(&name)).map_or(Ok(0), str::parse)?)
}

#[sqlx::test(migrations = false)]
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
    let tasks = |answer: &Answer| answer.data()["tasks"]["totalCount"].as_i64();
    for (number, answer) in answers.iter().enumerate() {
        assert_eq!(answer.data(), answers[number % CLASSES].data(), "the class of screen {number}");
        assert_eq!(answer.data()["areas"]["totalCount"], 126);
        assert_eq!(answer.data()["taskStats"], answers[0].data()["taskStats"], "aggregates are public");
    }
    assert_eq!(tasks(&answers[0]), Some(230));
    assert!(tasks(&answers[6]).is_some_and(|seen| (1..230).contains(&seen)), "a department sees a part");
    let fetches = fetches(&platform, "directory").await?;
    assert!((1..SCREENS / 2).contains(&fetches), "{fetches} fetches for {SCREENS} requests");
    Ok(())
}

#[sqlx::test(migrations = false)]
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

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn who_has_spent_its_limit_is_refused_and_others_are_not(pool: PgPool) -> Result<()> {
    let data = tempfile::tempdir()?;
    let url = pool.connect_options().to_url_lossy().to_string();
    let arguments = ["up", "--listen", "127.0.0.1:0", "--data-dir", &data.path().to_string_lossy()];
    let limits = [("IOC_RATE_LIMIT", "1"), ("IOC_VISITOR_RATE_LIMIT", "1")];
    let environment = [&[("DATABASE_URL", url.as_str()), ("IOC_SECRET", SECRET)], &limits[..]].concat();
    let platform = Process::start(&arguments, &environment).await?;
    let query = "{ areas { totalCount edges { node { code } } } }";
    let (one, other) = (screen(SECRET, 0), screen(SECRET, 10));
    for credential in [Some(one.as_str()), Some(other.as_str()), None] {
        // The first request is admitted and leaves a debt.
        assert_eq!(platform.ask(query, json!({}), credential).await?.status, 200);
        let refused = platform.ask(query, json!({}), credential).await?;
        assert_eq!(
            (refused.status, refused.problems()),
            (429, vec!["RATE_LIMITED at ".to_owned()]),
            "{}",
            refused.text
        );
    }
    let ready = platform.get("/health/ready").await?;
    assert_eq!(ready.status, 200, "who looks after the platform is no visitor: {}", ready.text);
    Ok(())
}
