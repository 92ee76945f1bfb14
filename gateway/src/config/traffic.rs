//! Settings for concurrency limits, timeouts, retries, circuit breakers and request coalescing.

use std::{collections::BTreeMap, time::Duration};

use http::HeaderName;
use serde::Deserialize;

use super::written;

/// Traffic rules, for the gateway as a whole and for each subgraph.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub struct Traffic {
    /// How many client requests may run at the same time; `None` means no limit.
    #[serde(deserialize_with = "written::switch")]
    pub requests: Option<Concurrency>,
    /// Rules for every subgraph without its own rules.
    pub every_subgraph: SubgraphTraffic,
    /// Rules for single subgraphs, by name. They replace all rules of `every_subgraph`. In a configuration file, keys
    /// that are missing here are taken from `every_subgraph`.
    pub subgraphs: BTreeMap<String, SubgraphTraffic>,
}

impl Traffic {
    /// The rules of one subgraph.
    #[must_use]
    pub fn of(&self, subgraph: &str) -> &SubgraphTraffic {
        self.subgraphs.get(subgraph).unwrap_or(&self.every_subgraph)
    }
}

impl Default for Traffic {
    fn default() -> Self {
        Self {
            requests: Some(Concurrency::default()),
            every_subgraph: SubgraphTraffic::default(),
            subgraphs: BTreeMap::new(),
        }
    }
}

/// Traffic rules for one subgraph.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub struct SubgraphTraffic {
    /// Timeout of one fetch, including its retries. The deadline of the client's request applies as well.
    #[serde(deserialize_with = "written::optional_time")]
    pub timeout: Option<Duration>,
    /// Retries of reads; `None` disables retries.
    #[serde(deserialize_with = "written::switch")]
    pub retry: Option<Retry>,
    /// Circuit breaker; `None` disables it.
    #[serde(deserialize_with = "written::switch")]
    pub breaker: Option<Breaker>,
    /// How many fetches may run at the same time; `None` means no limit.
    #[serde(deserialize_with = "written::switch")]
    pub concurrency: Option<Concurrency>,
}

impl Default for SubgraphTraffic {
    fn default() -> Self {
        Self { timeout: None, retry: Some(Retry::default()), breaker: Some(Breaker::default()), concurrency: None }
    }
}

/// Retries of reads that failed before any part of the response arrived. Mutations are never retried.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table, true for its defaults, or false for none")]
pub struct Retry {
    /// Largest number of retries, not counting the first attempt.
    pub max_retries: u32,
    /// Upper bound of the pause before the first retry. It doubles with each further retry.
    #[serde(deserialize_with = "written::time_or_zero")]
    pub base_delay: Duration,
    /// Upper bound of any pause. If `Retry-After` asks for a longer one, there is no retry.
    #[serde(deserialize_with = "written::time_or_zero")]
    pub max_delay: Duration,
    /// Retries that are allowed for each read. This prevents retries from multiplying the load of a failing subgraph.
    #[serde(deserialize_with = "written::amount")]
    pub budget_ratio: f64,
    /// Retries per second that are always allowed, even with few reads.
    #[serde(deserialize_with = "written::amount")]
    pub budget_per_second: f64,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            max_retries: 2,
            base_delay: Duration::from_millis(20),
            max_delay: Duration::from_secs(1),
            budget_ratio: 0.2,
            budget_per_second: 10.0,
        }
    }
}

/// Circuit breaker of a subgraph.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table, true for its defaults, or false for none")]
pub struct Breaker {
    /// Failure ratio at which the breaker opens.
    #[serde(deserialize_with = "written::share")]
    pub failure_ratio: f64,
    /// Minimum number of attempts in the window before the breaker can open.
    #[serde(deserialize_with = "written::positive")]
    pub min_attempts: u64,
    /// Length of the window in which attempts count.
    #[serde(deserialize_with = "written::time")]
    pub window: Duration,
    /// How long an open breaker refuses fetches.
    #[serde(deserialize_with = "written::time")]
    pub open_for: Duration,
    /// How many probes run at the same time after that, and how many must succeed before the breaker closes.
    #[serde(deserialize_with = "written::positive")]
    pub probes: u32,
}

impl Default for Breaker {
    fn default() -> Self {
        Self {
            failure_ratio: 0.5,
            min_attempts: 20,
            window: Duration::from_secs(10),
            open_for: Duration::from_secs(1),
            probes: 3,
        }
    }
}

/// A concurrency limit with a bounded queue.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table, true for its defaults, or false for none")]
pub struct Concurrency {
    /// How many may run at the same time.
    #[serde(deserialize_with = "written::positive")]
    pub max_in_flight: usize,
    /// How many may wait in the queue. Further ones are refused at once.
    pub max_queued: usize,
    /// How long one may wait before it is refused.
    #[serde(deserialize_with = "written::time_or_zero")]
    pub queue_timeout: Duration,
}

impl Default for Concurrency {
    fn default() -> Self {
        Self { max_in_flight: 2_000, max_queued: 2_000, queue_timeout: Duration::from_secs(1) }
    }
}

/// Coalescing of identical requests that run at the same time.
///
/// Only reads are coalesced, and only with a read that is still running: nothing is cached afterwards. A read that
/// starts after a mutation has ended never joins a read that started before.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub struct Dedupe {
    /// Coalesces identical reads of a subgraph: the same operation, variables and forwarded headers.
    pub subgraph_reads: bool,
    /// Coalesces identical client requests: the same document, operation, variables, and headers that can affect the
    /// answer. [`GatewayBuilder::visibility`](crate::GatewayBuilder::visibility) may stand for the credentials.
    pub requests: bool,
    /// Headers that only identify a request and do not affect its answer. Requests that differ only in them are
    /// identical. The subgraphs get the headers of the first request.
    #[serde(deserialize_with = "written::header_names")]
    pub ignore_headers: Vec<HeaderName>,
}

impl Default for Dedupe {
    fn default() -> Self {
        Self {
            subgraph_reads: false,
            requests: false,
            ignore_headers: ["x-request-id", "traceparent", "tracestate"]
                .into_iter()
                .map(HeaderName::from_static)
                .collect(),
        }
    }
}
