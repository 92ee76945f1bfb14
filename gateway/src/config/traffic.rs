//! How requests and fetches are held apart, repeated, refused and shared.

use std::{collections::BTreeMap, time::Duration};

use http::HeaderName;
use serde::Deserialize;

use super::written;

/// Traffic rules, for the gateway as a whole and for each subgraph.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub struct Traffic {
    /// How many client requests run at once; `None` sets no bound.
    #[serde(deserialize_with = "written::switch")]
    pub requests: Option<Concurrency>,
    /// Rules for every subgraph that has none of its own.
    pub every_subgraph: SubgraphTraffic,
    /// Rules for single subgraphs, by name; they replace `every_subgraph` as a whole. In a configuration file, what they
    /// leave out is that of `every_subgraph`.
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
    /// Time for one fetch, its retries included; the deadline of the client's request holds besides it.
    #[serde(deserialize_with = "written::optional_time")]
    pub timeout: Option<Duration>,
    /// How reads are repeated; `None` never repeats.
    #[serde(deserialize_with = "written::switch")]
    pub retry: Option<Retry>,
    /// When a failing subgraph is left alone for a while; `None` always asks.
    #[serde(deserialize_with = "written::switch")]
    pub breaker: Option<Breaker>,
    /// How many fetches run at once; `None` sets no bound.
    #[serde(deserialize_with = "written::switch")]
    pub concurrency: Option<Concurrency>,
}

impl Default for SubgraphTraffic {
    fn default() -> Self {
        Self {
            timeout: None,
            retry: Some(Retry::default()),
            breaker: Some(Breaker::default()),
            concurrency: None,
        }
    }
}

/// Repetition of reads that failed before any of the response came. Mutations are never repeated.
#[derive(Clone, Debug, Deserialize)]
#[serde(
    default,
    deny_unknown_fields,
    expecting = "a table, true for its defaults, or false for none"
)]
pub struct Retry {
    /// Attempts after the first.
    pub max_retries: u32,
    /// Upper bound of the pause before the first retry; it doubles with each further one.
    #[serde(deserialize_with = "written::time_or_zero")]
    pub base_delay: Duration,
    /// Upper bound of any pause. A `Retry-After` beyond it ends the attempts.
    #[serde(deserialize_with = "written::time_or_zero")]
    pub max_delay: Duration,
    /// Retries that are allowed for each read, so that retries never multiply the load of a subgraph in trouble.
    #[serde(deserialize_with = "written::amount")]
    pub budget_ratio: f64,
    /// Retries a second that are allowed however few reads there are.
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
#[serde(
    default,
    deny_unknown_fields,
    expecting = "a table, true for its defaults, or false for none"
)]
pub struct Breaker {
    /// Share of failures from which the breaker opens.
    #[serde(deserialize_with = "written::share")]
    pub failure_ratio: f64,
    /// Attempts within the window below which the breaker never opens.
    #[serde(deserialize_with = "written::positive")]
    pub min_attempts: u64,
    /// How far back attempts count.
    #[serde(deserialize_with = "written::time")]
    pub window: Duration,
    /// How long an open breaker refuses everything.
    #[serde(deserialize_with = "written::time")]
    pub open_for: Duration,
    /// Probes that run at once after that, and that must succeed before the breaker closes.
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

/// A bound on what runs at once, with a bounded queue before it.
#[derive(Clone, Debug, Deserialize)]
#[serde(
    default,
    deny_unknown_fields,
    expecting = "a table, true for its defaults, or false for none"
)]
pub struct Concurrency {
    /// How many run at once.
    #[serde(deserialize_with = "written::positive")]
    pub max_in_flight: usize,
    /// How many may wait; the next one is refused at once.
    pub max_queued: usize,
    /// How long one waits before it is refused.
    #[serde(deserialize_with = "written::time_or_zero")]
    pub queue_timeout: Duration,
}

impl Default for Concurrency {
    fn default() -> Self {
        Self {
            max_in_flight: 2_000,
            max_queued: 2_000,
            queue_timeout: Duration::from_secs(1),
        }
    }
}

/// What is shared between requests that ask for the same thing at the same time.
///
/// Only reads are shared, and only with one that is still running: nothing is kept afterwards. A read that starts after
/// a mutation has ended never joins one that started before.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub struct Dedupe {
    /// Identical reads of a subgraph: same operation, variables and forwarded headers.
    pub subgraph_reads: bool,
    /// Identical requests: same document, operation, variables, and headers that can change the answer.
    pub requests: bool,
    /// Headers that name a request rather than change its answer; they do not keep requests apart. The subgraphs see
    /// those of the request that came first.
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
