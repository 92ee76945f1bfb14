//! Sequential requests: several answerers of one question, which take turns.

use std::{
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

/// Asks all answerers in turns and returns the latencies of each. Those of `equal` must give the same data as the first.
/// An error when an answer has errors or other data.
pub async fn take_turns(answerers: &mut [Answerer<'_>], equal: &[usize], runs: usize) -> anyhow::Result<Vec<Latency>> {
    let first = answerers[0].answer().await?;
    for (place, answerer) in answerers.iter_mut().enumerate().skip(1) {
        let other = answerer.answer().await?;
        let same = !equal.contains(&place) || as_numbers(other.clone()) == as_numbers(first.clone());
        ensure!(same, "the answers differ:\n{first}\n{other}");
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

/// Rounds the numbers of an answer, because a quotient may be computed in other steps.
fn as_numbers(value: Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().map_or(Value::Null, |number| json!(format!("{number:.9}"))),
        Value::Array(values) => values.into_iter().map(as_numbers).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, value)| (name, as_numbers(value))).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_and_rounded_numbers_are_equal_and_others_are_not() {
        assert_eq!(as_numbers(json!({ "a": [1, 0.1] })), as_numbers(json!({ "a": [1.0, 0.100_000_000_000_1] })));
        assert_ne!(as_numbers(json!(0.1)), as_numbers(json!(0.101)));
    }

    #[test]
    fn a_percentile_is_one_of_the_latencies() {
        let latency = Latency::of(vec![3000, 1000, 2000]);
        assert_eq!((latency.runs, latency.p50_ms, latency.p99_ms), (3, 2.0, 3.0));
    }
}
