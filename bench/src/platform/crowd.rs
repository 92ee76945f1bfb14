//! Many requests at once, each over a connection of its own.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::future::join_all;
use serde::Serialize;
use tokio::{sync::Barrier, task::JoinSet};

use super::turns::Latency;
use crate::{http_client::Connection, load::elapsed_us};

/// The result of requests that were sent at once or in a stream.
#[derive(Debug, Serialize)]
pub struct Crowd {
    pub requests: usize,
    /// Requests without an answer, with another status than 200, or with errors in the answer.
    pub failed: usize,
    /// What the first failed request was answered.
    pub failure: Option<String>,
    #[serde(flatten)]
    pub latency: Latency,
}

/// Latency, and what went wrong.
type Outcome = (u32, Result<(), String>);

impl Crowd {
    fn of(outcomes: &[Outcome]) -> Self {
        let failed = outcomes.iter().filter(|(_, result)| result.is_err()).count();
        let failure = outcomes.iter().find_map(|(_, result)| result.clone().err());
        let latencies_us = outcomes.iter().map(|&(latency_us, _)| latency_us).collect();
        Self { requests: outcomes.len(), failed, failure, latency: Latency::of(latencies_us) }
    }

    /// Sends each request once, all at the same moment.
    pub async fn at_once(address: SocketAddr, requests: Vec<Vec<u8>>) -> anyhow::Result<Self> {
        let ready = Arc::new(Barrier::new(requests.len()));
        let mut asked = JoinSet::new();
        for request in requests {
            let (mut connection, ready) = (Connection::open(address).await?, ready.clone());
            asked.spawn(async move {
                ready.wait().await;
                ask(&mut connection, &request).await
            });
        }
        Ok(Self::of(&asked.join_all().await))
    }

    /// Sends the requests again and again over some connections, for a time.
    pub async fn stream(
        address: SocketAddr,
        requests: &[Vec<u8>],
        connections: usize,
        time: Duration,
    ) -> anyhow::Result<Self> {
        let end = Instant::now() + time;
        let drive = |place: usize| async move {
            let mut connection = Connection::open(address).await?;
            let mut outcomes = Vec::new();
            for request in requests.iter().cycle().skip(place) {
                if Instant::now() >= end {
                    break;
                }
                let outcome = ask(&mut connection, request).await;
                if outcome.1.is_err() {
                    connection = Connection::open(address).await?;
                }
                outcomes.push(outcome);
            }
            anyhow::Ok(outcomes)
        };
        let outcomes = join_all((0..connections).map(drive)).await.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
        Ok(Self::of(&outcomes.concat()))
    }
}

/// Sends a request. The failure is the answer's beginning.
async fn ask(connection: &mut Connection, request: &[u8]) -> Outcome {
    let began = Instant::now();
    let answer = connection.exchange(request).await;
    let latency_us = elapsed_us(began);
    let result = match answer {
        Ok(answer) if answer.status == 200 && !has_errors(answer.body) => Ok(()),
        Ok(answer) => Err(format!("{}: {:.300}", answer.status, String::from_utf8_lossy(answer.body))),
        Err(error) => Err(error.to_string()),
    };
    (latency_us, result)
}

fn has_errors(body: &[u8]) -> bool {
    body.windows(9).any(|window| window == b"\"errors\":")
}
