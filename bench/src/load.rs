//! The load generator: a number of connections, each of which sends its next request when it has received the last
//! answer.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use tokio::task::JoinSet;

use crate::http_client::Connection;

/// The request, and the expected answer.
pub struct Load {
    pub address: SocketAddr,
    pub request: Vec<u8>,
    /// Every answer is compared with this, byte for byte.
    pub expected: Bytes,
    pub connections: usize,
}

/// The result of a load.
pub struct Outcome {
    pub elapsed: Duration,
    /// Answers of any kind.
    pub requests: u64,
    /// Broken connections, and answers that differ from the expected one.
    pub errors: u64,
    latencies_us: Vec<u32>,
}

impl Outcome {
    /// The latency percentile in milliseconds: a share of the requests was answered within this time.
    pub fn latency_ms(&self, share: f64) -> f64 {
        percentile_ms(&self.latencies_us, share)
    }
}

/// The percentile in milliseconds of sorted latencies in microseconds; 0 without any.
pub fn percentile_ms(sorted_us: &[u32], share: f64) -> f64 {
    let last = sorted_us.len().saturating_sub(1);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index into a list that fits into memory"
    )]
    let index = (last as f64 * share).round() as usize;
    sorted_us.get(index).map_or(0.0, |&us| f64::from(us) / 1000.0)
}

/// The time since an instant in microseconds.
pub fn elapsed_us(began: Instant) -> u32 {
    u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX)
}

/// Generates load for some time, and waits for the last answers.
pub async fn run(load: &Arc<Load>, duration: Duration) -> Outcome {
    let began = Instant::now();
    let end = began + duration;
    let mut connections = JoinSet::new();
    for _ in 0..load.connections {
        connections.spawn(drive(load.clone(), end));
    }
    let (errors, latencies_us): (Vec<u64>, Vec<Vec<u32>>) = connections.join_all().await.into_iter().unzip();
    let elapsed = began.elapsed();
    let mut latencies_us = latencies_us.concat();
    latencies_us.sort_unstable();
    Outcome { elapsed, requests: latencies_us.len() as u64, errors: errors.iter().sum(), latencies_us }
}

async fn drive(load: Arc<Load>, end: Instant) -> (u64, Vec<u32>) {
    let (mut errors, mut latencies_us) = (0, Vec::new());
    let mut open = None;
    while Instant::now() < end {
        let Some(connection) = &mut open else {
            open = Connection::open(load.address).await.ok();
            errors += u64::from(open.is_none());
            tokio::task::yield_now().await;
            continue;
        };
        let began = Instant::now();
        if let Ok(answer) = connection.exchange(&load.request).await {
            latencies_us.push(elapsed_us(began));
            errors += u64::from(answer.status != 200 || answer.body != load.expected);
        } else {
            errors += 1;
            open = None;
        }
    }
    (errors, latencies_us)
}
