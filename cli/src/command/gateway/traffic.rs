//! Flags of traffic handling: timeouts, retries, concurrency limits, request coalescing, masking of errors.

use std::num::{NonZeroU64, NonZeroUsize};
use std::time::Duration;

use clap::{Args, ValueEnum};
use gateway::GatewayConfig;
use gateway::config::{Concurrency, SubgraphErrors, SubgraphTraffic};

use super::options::Switch;

#[derive(Args, Debug, Clone)]
pub struct TrafficOptions {
    /// Coalescing of identical reads that run at the same time: requests, or reads of a subgraph [default: request for
    /// the platform, among callers whose credentials let them see the same; none for other supergraphs]
    #[arg(long, env = "IOC_GATEWAY_DEDUPE", value_enum, value_delimiter = ',')]
    dedupe: Option<Vec<Shared>>,
    /// Masking of the errors of subgraphs [default: mask-unclassified for other subgraphs, pass-through for the
    /// platform's own, which mask their internal errors themselves]
    #[arg(long, env = "IOC_GATEWAY_SUBGRAPH_ERRORS", value_enum)]
    subgraph_errors: Option<Told>,
    /// Timeout of a request with all its fetches, in milliseconds [default: 30000]
    #[arg(long, env = "IOC_GATEWAY_TIMEOUT_MS")]
    timeout_ms: Option<NonZeroU64>,
    /// Timeout of a fetch from a subgraph with its retries, in milliseconds [default: the timeout of the request]
    #[arg(long, env = "IOC_GATEWAY_SUBGRAPH_TIMEOUT_MS")]
    subgraph_timeout_ms: Option<NonZeroU64>,
    /// Number of retries of a read from a subgraph that fails before a response [default: 2]
    #[arg(long, env = "IOC_GATEWAY_RETRIES")]
    retries: Option<u32>,
    /// Whether a circuit breaker stops requests to a failing subgraph for some time [default: on]
    #[arg(long, env = "IOC_GATEWAY_BREAKER", value_enum)]
    breaker: Option<Switch>,
    /// Maximum number of concurrent requests; further ones wait briefly, then are refused [default: 2000]
    #[arg(long, env = "IOC_GATEWAY_MAX_REQUESTS")]
    max_requests: Option<NonZeroUsize>,
    /// Maximum number of concurrent fetches from one subgraph [default: no limit]
    #[arg(long, env = "IOC_GATEWAY_MAX_SUBGRAPH_REQUESTS")]
    max_subgraph_requests: Option<NonZeroUsize>,
    /// Largest response of a subgraph, in bytes [default: 67108864]
    #[arg(long, env = "IOC_GATEWAY_MAX_SUBGRAPH_RESPONSE_BYTES")]
    max_subgraph_response_bytes: Option<NonZeroUsize>,
}

/// Scope of request coalescing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Shared {
    /// No coalescing
    None,
    /// Identical reads of a subgraph
    Subgraph,
    /// Identical requests
    Request,
}

/// Masking of the errors of subgraphs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Told {
    /// Errors pass unchanged
    PassThrough,
    /// Errors with a code other than `INTERNAL…` pass unchanged; others are replaced by a general message
    MaskUnclassified,
    /// Only the code passes
    Mask,
}

impl TrafficOptions {
    /// Applies the flags to a configuration; settings without a flag are not changed.
    pub fn apply(&self, config: &mut GatewayConfig) {
        if let Some(shared) = &self.dedupe {
            config.dedupe.subgraph_reads = shared.contains(&Shared::Subgraph);
            config.dedupe.requests = shared.contains(&Shared::Request);
        }
        config.subgraph_errors = match self.subgraph_errors {
            None => config.subgraph_errors,
            Some(Told::PassThrough) => SubgraphErrors::PassThrough,
            Some(Told::MaskUnclassified) => SubgraphErrors::MaskUnclassified,
            Some(Told::Mask) => SubgraphErrors::Mask,
        };
        if let Some(timeout) = self.timeout_ms {
            config.timeout = Duration::from_millis(timeout.get());
        }
        if let Some(max) = self.max_subgraph_response_bytes {
            config.http.max_response_bytes = max.get();
        }
        let traffic = &mut config.traffic;
        bound(&mut traffic.requests, self.max_requests);
        self.apply_to(&mut traffic.every_subgraph);
        traffic.subgraphs.values_mut().for_each(|rules| self.apply_to(rules));
    }

    fn apply_to(&self, rules: &mut SubgraphTraffic) {
        if let Some(timeout) = self.subgraph_timeout_ms {
            rules.timeout = Some(Duration::from_millis(timeout.get()));
        }
        if let Some(max_retries) = self.retries {
            rules.retry.get_or_insert_default().max_retries = max_retries;
        }
        match self.breaker {
            None => {}
            Some(Switch::On) => {
                rules.breaker.get_or_insert_default();
            }
            Some(Switch::Off) => rules.breaker = None,
        }
        bound(&mut rules.concurrency, self.max_subgraph_requests);
    }
}

/// The queue has the length of the limit, so a burst of twice the limit passes.
fn bound(concurrency: &mut Option<Concurrency>, max: Option<NonZeroUsize>) {
    if let Some(max) = max {
        let concurrency = concurrency.get_or_insert_default();
        concurrency.max_in_flight = max.get();
        concurrency.max_queued = max.get();
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        traffic: TrafficOptions,
    }

    fn config(arguments: &[&str]) -> Result<GatewayConfig, clap::Error> {
        let line = Line::try_parse_from([&["ioc"], arguments].concat())?;
        let mut config = GatewayConfig::default();
        line.traffic.apply(&mut config);
        Ok(config)
    }

    #[test]
    fn without_arguments_the_library_defaults_hold() {
        let config = config(&[]).expect("parsed");
        assert_eq!(format!("{config:?}"), format!("{:?}", GatewayConfig::default()));
    }

    #[test]
    fn both_kinds_of_sharing_can_be_named_together() {
        for (text, expected) in [
            ("none", (false, false)),
            ("subgraph", (true, false)),
            ("request", (false, true)),
            ("subgraph,request", (true, true)),
        ] {
            let dedupe = config(&["--dedupe", text]).expect("parsed").dedupe;
            assert_eq!((dedupe.subgraph_reads, dedupe.requests), expected, "{text}");
        }
        assert!(config(&["--dedupe", "all"]).is_err());
    }

    #[test]
    fn limits_reach_the_configuration() {
        let arguments = [
            "--timeout-ms=500",
            "--subgraph-timeout-ms=200",
            "--retries=0",
            "--breaker=off",
            "--max-requests=10",
            "--max-subgraph-requests=3",
            "--subgraph-errors=mask",
        ];
        let config = config(&arguments).expect("parsed");
        let rules = config.traffic.of("any");
        assert_eq!((config.timeout, rules.timeout), (Duration::from_millis(500), Some(Duration::from_millis(200))));
        assert!(rules.breaker.is_none());
        assert_eq!(config.traffic.requests.expect("bounded").max_in_flight, 10);
        assert_eq!(config.subgraph_errors, SubgraphErrors::Mask);
    }

    #[test]
    fn no_time_at_all_is_refused() {
        assert!(config(&["--timeout-ms=0"]).is_err());
    }
}
