//! Flags for how a gateway handles traffic: time limits, retries, bounds, sharing, and what clients learn of errors.

use std::num::{NonZeroU64, NonZeroUsize};
use std::time::Duration;

use clap::{Args, ValueEnum};
use gateway::GatewayConfig;
use gateway::config::{Concurrency, SubgraphErrors, SubgraphTraffic};

use super::options::Switch;

#[derive(Args, Debug, Clone)]
pub struct TrafficOptions {
    /// What identical reads share while they run: requests of the same principal, reads of a subgraph [default: none]
    #[arg(long, env = "IOC_GATEWAY_DEDUPE", value_enum, value_delimiter = ',')]
    dedupe: Option<Vec<Shared>>,
    /// What clients learn of an error that a subgraph reports [default: mask-unclassified for foreign subgraphs,
    /// pass-through for the platform's own, which mask their faults themselves]
    #[arg(long, env = "IOC_GATEWAY_SUBGRAPH_ERRORS", value_enum)]
    subgraph_errors: Option<Told>,
    /// Time for one request, all its fetches included, in milliseconds [default: 30000]
    #[arg(long, env = "IOC_GATEWAY_TIMEOUT_MS")]
    timeout_ms: Option<NonZeroU64>,
    /// Time for one fetch from a subgraph, its retries included, in milliseconds [default: that of the request]
    #[arg(long, env = "IOC_GATEWAY_SUBGRAPH_TIMEOUT_MS")]
    subgraph_timeout_ms: Option<NonZeroU64>,
    /// How often a read of a subgraph is repeated that failed before a response came [default: 2]
    #[arg(long, env = "IOC_GATEWAY_RETRIES")]
    retries: Option<u32>,
    /// Whether a subgraph that fails too often is left alone for a while [default: on]
    #[arg(long, env = "IOC_GATEWAY_BREAKER", value_enum)]
    breaker: Option<Switch>,
    /// How many requests run at once; more wait shortly, then are refused [default: 2000]
    #[arg(long, env = "IOC_GATEWAY_MAX_REQUESTS")]
    max_requests: Option<NonZeroUsize>,
    /// How many fetches from one subgraph run at once [default: no bound]
    #[arg(long, env = "IOC_GATEWAY_MAX_SUBGRAPH_REQUESTS")]
    max_subgraph_requests: Option<NonZeroUsize>,
    /// Largest response of a subgraph, in bytes [default: 67108864]
    #[arg(long, env = "IOC_GATEWAY_MAX_SUBGRAPH_RESPONSE_BYTES")]
    max_subgraph_response_bytes: Option<NonZeroUsize>,
}

/// What identical reads share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Shared {
    /// Nothing
    None,
    /// Identical reads of a subgraph
    Subgraph,
    /// Identical requests
    Request,
}

/// What clients learn of subgraphs' errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Told {
    /// Everything, as the subgraph wrote it
    PassThrough,
    /// Errors that the subgraph gave a code other than `INTERNAL…`; of the others only that there was one
    MaskUnclassified,
    /// The code alone
    Mask,
}

impl TrafficOptions {
    /// Puts the choices into a configuration; what was not chosen stays.
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

/// The queue is as long as the bound, so that a burst of twice the bound passes.
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
