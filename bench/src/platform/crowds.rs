//! Loads of many requests at once: equal dashboards, different questions beside writes, and a request that costs much.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, ensure};
use serde::Serialize;
use serde_json::{Value, json};
use sqlx::PgConnection;

use super::{city::Platform, crowd::Crowd};
use crate::http_client::{Connection, post_as};

const DASHBOARD: &str = include_str!("../../../schema/operations/first-look.graphql");
/// Time of a stream of requests.
const STREAM: Duration = Duration::from_secs(10);
/// Connections of a stream.
const CONNECTIONS: usize = 4;

/// The results of the loads.
#[derive(Debug, Serialize)]
pub struct Crowds {
    /// Equal dashboards with different credentials.
    pub dashboards: Crowd,
    /// Different questions while tasks are written.
    pub questions: Crowd,
    /// Mutations beside the different questions.
    pub writes: u64,
    /// Small requests alone.
    pub alone: Crowd,
    /// Small requests while a request that costs much is repeated.
    pub beside_costly: Crowd,
    /// The request that costs much.
    pub costly: Crowd,
}

impl Crowds {
    /// Runs the loads one after the other.
    pub async fn run(
        platform: &Platform,
        database: &mut PgConnection,
        dashboards: usize,
        questions: usize,
    ) -> anyhow::Result<Self> {
        let (address, developer) = (platform.address, platform.developer.as_str());
        let body = json!({ "query": DASHBOARD }).to_string();
        let credentials = platform.credentials(dashboards).await?;
        let requests = credentials.iter().map(|credential| post_as(address, "/graphql", credential, &body)).collect();
        let dashboards = Crowd::at_once(address, requests).await?;

        let organizations = organizations(database).await?;
        let different = (0..questions).map(|number| {
            let organization = &organizations[number % organizations.len()];
            let (month, day) = (1 + number % 10, 1 + number % 28);
            let query = format!(
                "{{ taskStats(period: \"2026\", asOf: \"2026-{month:02}-{day:02}\", filter: {{ organization: [\"{organization}\"] }}, \
                 groupBy: [STATUS]) {{ totals {{ total overdue }} rows {{ status measures {{ total overdue atRisk onTime {{ value }} }} }} }} }}"
            );
            post_as(address, "/graphql", developer, &json!({ "query": query }).to_string())
        });
        let (ended, writes) = (AtomicBool::new(false), AtomicU64::new(0));
        let asked = async {
            let questions = Crowd::at_once(address, different.collect()).await;
            ended.store(true, Ordering::Relaxed);
            questions
        };
        let (questions, written) = tokio::join!(asked, write_until(&ended, platform, &writes));
        written.context("a mutation failed")?;

        let small = [
            "{ tasks(first: 20, orderBy: [{ field: CODE }]) { edges { node { code title status } } } }",
            "{ taskStats(period: \"2026\", filter: { organization: [\"SXD\"] }, groupBy: [STATUS]) { rows { status measures { total } } } }",
        ];
        let small = small.map(|query| post_as(address, "/graphql", developer, &json!({ "query": query }).to_string()));
        let alone = Crowd::stream(address, &small, CONNECTIONS, STREAM).await?;
        let costly_request = [post_as(address, "/graphql", developer, &json!({ "query": costly() }).to_string())];
        let (beside_costly, costly) = tokio::join!(
            Crowd::stream(address, &small, CONNECTIONS, STREAM),
            Crowd::stream(address, &costly_request, 1, STREAM)
        );
        Ok(Self {
            dashboards,
            questions: questions?,
            writes: writes.into_inner(),
            alone,
            beside_costly: beside_costly?,
            costly: costly?,
        })
    }

    /// How many times longer the slowest small requests take beside the costly one.
    pub fn slowdown(&self) -> f64 {
        self.beside_costly.latency.p99_ms / self.alone.latency.p99_ms
    }
}

/// Sixteen times the year by days, each as of another day, so that no part is shared.
fn costly() -> String {
    let alias = |number: usize| {
        format!(
            "a{number}: taskStats(period: \"2026\", grain: DAY, asOf: \"2026-11-{:02}\") \
             {{ rows {{ bucket measures {{ total overdue atRisk completed }} }} }}",
            number + 1
        )
    };
    format!("{{ {} }}", (0..16).map(alias).collect::<Vec<_>>().join(" "))
}

async fn organizations(database: &mut PgConnection) -> anyhow::Result<Vec<String>> {
    let sql =
        "SELECT lead FROM tasks.fact WHERE to_day = 'infinity' GROUP BY lead ORDER BY count(*) DESC, lead LIMIT 200";
    Ok(sqlx::query_scalar(sql).fetch_all(database).await?)
}

/// Creates, changes and withdraws drafts, so that the data are the same afterwards.
async fn write_until(ended: &AtomicBool, platform: &Platform, writes: &AtomicU64) -> anyhow::Result<()> {
    let mut connection = Connection::open(platform.address).await?;
    let run = SystemTime::now().duration_since(UNIX_EPOCH)?.as_micros();
    for number in 0.. {
        let create = "mutation($input: CreateTaskInput!) { done: createTask(input: $input) { task { id version } } }";
        let input = json!({ "code": format!("BENCH-{run}-{number}"), "title": "Nhiệm vụ đo hiệu năng", "leadOrganization": "SXD" });
        let mut task = mutate(platform, &mut connection, create, input).await?["task"].take();
        let update = "mutation($input: UpdateTaskInput!) { done: updateTask(input: $input) { task { id version } } }";
        let input = json!({ "id": task["id"], "expectedVersion": task["version"], "priority": "HIGH" });
        task = mutate(platform, &mut connection, update, input).await?["task"].take();
        let withdraw = "mutation($input: WithdrawTaskInput!) { done: withdrawTask(input: $input) { id } }";
        let input = json!({ "id": task["id"], "expectedVersion": task["version"] });
        mutate(platform, &mut connection, withdraw, input).await?;
        writes.fetch_add(3, Ordering::Relaxed);
        if ended.load(Ordering::Relaxed) {
            break;
        }
    }
    Ok(())
}

async fn mutate(platform: &Platform, connection: &mut Connection, query: &str, input: Value) -> anyhow::Result<Value> {
    let body = json!({ "query": query, "variables": { "input": input } }).to_string();
    let request = post_as(platform.address, "/graphql", &platform.developer, &body);
    let mut answer: Value = serde_json::from_slice(connection.exchange(&request).await?.body)?;
    ensure!(answer.get("errors").is_none(), "{answer}");
    Ok(answer["data"]["done"].take())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_costly_request_asks_for_sixteen_different_years() {
        let query = costly();
        assert_eq!((query.matches("taskStats").count(), query.matches("2026-11-16").count()), (16, 1));
    }
}
