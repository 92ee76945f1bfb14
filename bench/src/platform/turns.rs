//! Sequential requests: several answerers of one question, which take turns.

use std::{
    collections::HashMap,
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use serde::Serialize;
use serde_json::{Value, json};
use sqlx::{Executor, PgConnection, Row};

use crate::{
    http_client::{Connection, post, post_as},
    load::{elapsed_us, percentile_ms},
};

/// Runs that do not count. PostgreSQL may keep the plan of a prepared statement from the sixth on.
const WARM_UP: usize = 6;
/// Runs of an answerer end after this time, but not before [`MINIMUM`] of them.
const PATIENCE: Duration = Duration::from_secs(10);
const MINIMUM: usize = 3;
/// Number of values of which a difference tells.
const SHOWN: usize = 5;

/// Somebody who answers a question.
pub enum Answerer<'a> {
    /// A GraphQL server, over one connection.
    Http { connection: Connection, request: Vec<u8> },
    /// PostgreSQL: a prepared statement with one value, the answer as JSON.
    Sql { database: &'a mut PgConnection, statement: &'static str },
}

/// Latencies of an answerer in milliseconds.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Latency {
    pub runs: usize,
    pub p50_ms: f64,
    pub p99_ms: f64,
}

impl Latency {
    /// Summarizes latencies in microseconds.
    pub fn of(mut latencies_us: Vec<u32>) -> Self {
        latencies_us.sort_unstable();
        let percentile = |share| percentile_ms(&latencies_us, share);
        Self { runs: latencies_us.len(), p50_ms: percentile(0.5), p99_ms: percentile(0.99) }
    }
}

impl Answerer<'_> {
    /// A GraphQL server that gets a query, with a credential if it needs one. An error when nothing listens at the
    /// address.
    pub async fn http(address: SocketAddr, credential: Option<&str>, query: &str) -> anyhow::Result<Self> {
        let body = json!({ "query": query }).to_string();
        let request = match credential {
            Some(credential) => post_as(address, "/graphql", credential, &body),
            None => post(address, "/graphql", &body),
        };
        Ok(Self::Http { connection: Connection::open(address).await?, request })
    }

    /// The data of the answer.
    async fn answer(&mut self) -> anyhow::Result<Value> {
        match self {
            Self::Http { connection, request } => {
                let answer = connection.exchange(request).await?;
                let mut body: Value = serde_json::from_slice(answer.body).context("the answer is no JSON")?;
                ensure!(body.get("errors").is_none(), "{}", body["errors"][0]["message"]);
                Ok(body["data"].take())
            }
            Self::Sql { database, statement } => Ok(database.fetch_one(sqlx::query(*statement)).await?.try_get(0)?),
        }
    }

    async fn run(&mut self) -> anyhow::Result<u32> {
        let began = Instant::now();
        match self {
            Self::Http { connection, request } => {
                let status = connection.exchange(request).await?.status;
                ensure!(status == 200, "status {status}");
            }
            Self::Sql { database, statement } => {
                database.fetch_one(sqlx::query(*statement)).await?;
            }
        }
        Ok(elapsed_us(began))
    }
}

/// Asks all answerers in turns and returns the latencies of each. What those of `equal` answer must be in the answer of the first.
/// An error when an answer has errors or other data.
pub async fn take_turns(answerers: &mut [Answerer<'_>], equal: &[usize], runs: usize) -> anyhow::Result<Vec<Latency>> {
    let first = answerers[0].answer().await?;
    for (place, answerer) in answerers.iter_mut().enumerate().skip(1) {
        let other = answerer.answer().await?;
        if equal.contains(&place) {
            ensure!(!leaves(&other, String::new()).is_empty(), "the other answer has no value");
            let absent = absent(&first, &other);
            ensure!(absent.is_empty(), "the answers differ: ours has no {}", absent.join(", "));
        }
    }
    let mut latencies_us = vec![Vec::new(); answerers.len()];
    let began = Instant::now();
    for run in 0..WARM_UP + runs {
        let late = began.elapsed() > PATIENCE * u32::try_from(answerers.len())?;
        if late && latencies_us[0].len() >= MINIMUM {
            break;
        }
        for (answerer, latencies_us) in answerers.iter_mut().zip(&mut latencies_us) {
            let latency_us = answerer.run().await?;
            // A question that takes seconds needs no warm-up, and would take minutes for it.
            if run >= WARM_UP || late {
                latencies_us.push(latency_us);
            }
        }
    }
    Ok(latencies_us.into_iter().map(Latency::of).collect())
}

/// Places and values of another answer that ours does not have, or not as often. A statement may give its answer in a form of its own.
fn absent(ours: &Value, other: &Value) -> Vec<String> {
    let mut values: HashMap<String, usize> = HashMap::new();
    for (_, value) in leaves(ours, String::new()) {
        *values.entry(value).or_default() += 1;
    }
    let mut is_absent = |value: &String| match values.get_mut(value) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    let absent = leaves(other, String::new()).into_iter().filter(|(_, value)| is_absent(value));
    absent.map(|(place, value)| format!("{value} at {place}")).take(SHOWN).collect()
}

/// Each value of an answer with its place. A number is rounded, because a quotient may be computed in other steps, and a decimal
/// number is a text in GraphQL.
fn leaves(value: &Value, place: String) -> Vec<(String, String)> {
    let number = |number: f64| format!("{number:.9e}");
    match value {
        Value::Object(fields) => {
            fields.iter().flat_map(|(name, value)| leaves(value, format!("{place}.{name}"))).collect()
        }
        Value::Array(values) => {
            (0..).zip(values).flat_map(|(index, value)| leaves(value, format!("{place}.{index}"))).collect()
        }
        Value::Number(value) => vec![(place, value.as_f64().map_or_else(String::new, number))],
        Value::String(text) => vec![(place, text.parse().map_or_else(|_| text.clone(), number))],
        other => vec![(place, other.to_string())],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_answer_has_is_in_ours_as_often_and_in_any_form() {
        let ours = json!({ "a": [1, 0.1, 1], "b": { "c": "x", "money": "12.50" } });
        assert_eq!(absent(&ours, &json!({ "rows": [1.0, 0.100_000_000_000_1], "c": "x", "sum": 12.5 })), [""; 0]);
        assert_eq!(absent(&ours, &json!([0.101])), ["1.010000000e-1 at .0"]);
        assert_eq!(absent(&ours, &json!({ "d": ["x", "x"] })), ["x at .d.1"]);
    }

    #[test]
    fn a_percentile_is_one_of_the_latencies() {
        let latency = Latency::of(vec![3000, 1000, 2000]);
        assert_eq!((latency.runs, latency.p50_ms, latency.p99_ms), (3, 2.0, 3.0));
    }
}
