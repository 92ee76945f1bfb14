//! How a gateway behaves: flags and environment variables over the gateway's own defaults.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use gateway::config::ExplainAccess;
use gateway::document::TrustedDocuments;
use gateway::server::ServerOptions;
use gateway::{Gateway, GatewayConfig};

use super::traffic::TrafficOptions;

/// What every gateway process can be told, whatever it serves.
#[derive(Args, Debug, Clone)]
#[command(next_help_heading = "Gateway")]
pub struct GatewayOptions {
    /// Answer `GET /metrics` for Prometheus
    #[arg(long, env = "IOC_METRICS", value_name = "BOOL", default_value_t = true, action = clap::ArgAction::Set)]
    metrics: bool,
    /// Manifest of trusted documents: `{"<id>": "<document>"}`, Apollo's persisted query manifest, or Relay's map
    #[arg(long, env = "IOC_TRUSTED_DOCUMENTS", value_name = "FILE")]
    trusted_documents: Option<PathBuf>,
    /// Refuse everything that is not a trusted document
    #[arg(long, env = "IOC_ONLY_TRUSTED", requires = "trusted_documents")]
    only_trusted: bool,
    /// Do not answer `__schema` and `__type`
    #[arg(long, env = "IOC_NO_INTROSPECTION")]
    no_introspection: bool,
    /// Who may see plan, cost and timing in `extensions.explain` [default: off]
    #[arg(long, env = "IOC_EXPLAIN", value_name = "WHEN")]
    explain: Option<ExplainWhen>,
    /// The most lexical tokens of a document
    #[arg(long, env = "IOC_MAX_TOKENS", value_name = "NUMBER")]
    max_tokens: Option<usize>,
    /// The deepest nesting of fields in an operation
    #[arg(long, env = "IOC_MAX_DEPTH", value_name = "NUMBER")]
    max_depth: Option<usize>,
    /// The most aliases of an operation
    #[arg(long, env = "IOC_MAX_ALIASES", value_name = "NUMBER")]
    max_aliases: Option<usize>,
    /// The most fields at the root of an operation
    #[arg(long, env = "IOC_MAX_ROOT_FIELDS", value_name = "NUMBER")]
    max_root_fields: Option<usize>,
    /// The most directives of an operation
    #[arg(long, env = "IOC_MAX_DIRECTIVES", value_name = "NUMBER")]
    max_directives: Option<usize>,
    /// The most that an operation may cost, as `@cost` and `@listSize` say [default: no limit]
    #[arg(long, env = "IOC_MAX_COST", value_name = "NUMBER")]
    max_cost: Option<u64>,
    /// The size of a list about which nothing is known, for estimates of cost
    #[arg(long, env = "IOC_ASSUMED_LIST_SIZE", value_name = "NUMBER")]
    assumed_list_size: Option<u64>,
    #[command(flatten)]
    traffic: TrafficOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ExplainWhen {
    /// Nobody
    Off,
    /// A request with the header `x-graphql-explain: 1`
    OnRequest,
    /// Everybody, for development
    Always,
}

impl GatewayOptions {
    /// The settings of the HTTP surface.
    pub fn server(&self) -> ServerOptions {
        ServerOptions {
            metrics: self.metrics,
            ..ServerOptions::default()
        }
    }

    /// The gateway's configuration: what was said, over `defaults`.
    pub fn config(&self, defaults: GatewayConfig) -> Result<GatewayConfig> {
        let mut config = defaults;
        if let Some(path) = &self.trusted_documents {
            let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            let trusted =
                TrustedDocuments::from_manifest(&text).with_context(|| format!("cannot use {}", path.display()))?;
            config.persisted.trusted = Some(Arc::new(trusted));
        }
        config.persisted.only_trusted = self.only_trusted;
        config.introspection = !self.no_introspection;
        config.explain = match self.explain {
            None | Some(ExplainWhen::Off) => ExplainAccess::Off,
            Some(ExplainWhen::OnRequest) => ExplainAccess::OnRequest,
            Some(ExplainWhen::Always) => ExplainAccess::Always,
        };
        let limits = &mut config.limits;
        for (setting, given) in [
            (&mut limits.max_tokens, self.max_tokens),
            (&mut limits.max_depth, self.max_depth),
            (&mut limits.max_aliases, self.max_aliases),
            (&mut limits.max_root_fields, self.max_root_fields),
            (&mut limits.max_directives, self.max_directives),
        ] {
            *setting = given.unwrap_or(*setting);
        }
        limits.cost.max_cost = self.max_cost.or(limits.cost.max_cost);
        limits.cost.assumed_list_size = self.assumed_list_size.unwrap_or(limits.cost.assumed_list_size);
        self.traffic.apply(&mut config);
        Ok(config)
    }
}

/// Plans the trusted documents before the first request; what this supergraph cannot serve is named in the log.
pub async fn warm(gateway: &Gateway) {
    for (id, errors) in gateway.engine().warm_trusted_documents().await {
        let problem = errors.first().map_or("", |error| error.message.as_str());
        tracing::warn!(document = id, problem, "a trusted document cannot be served");
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: GatewayOptions,
    }

    fn parse(arguments: &[&str]) -> Result<GatewayOptions, clap::Error> {
        Line::try_parse_from(["x"].iter().chain(arguments)).map(|line| line.options)
    }

    fn configured(arguments: &[&str]) -> GatewayConfig {
        let options = parse(arguments).expect("parsed");
        options.config(GatewayConfig::default()).expect("configured")
    }

    #[test]
    fn flags_stand_over_the_defaults() {
        let defaults = GatewayConfig::default();
        let config = configured(&[]);
        assert_eq!(config.limits.max_depth, defaults.limits.max_depth);
        assert_eq!((config.explain, config.introspection), (ExplainAccess::Off, true));
        let given = [
            "--max-depth",
            "7",
            "--max-cost",
            "99",
            "--explain",
            "on-request",
            "--no-introspection",
        ];
        let config = configured(&given);
        assert_eq!((config.limits.max_depth, config.limits.cost.max_cost), (7, Some(99)));
        assert_eq!(
            (config.explain, config.introspection),
            (ExplainAccess::OnRequest, false)
        );
    }

    #[test]
    fn nothing_but_trusted_documents_needs_a_manifest() {
        assert!(parse(&["--only-trusted"]).is_err());
        let absent = parse(&["--only-trusted", "--trusted-documents", "/nowhere.json"])
            .expect("parsed")
            .config(GatewayConfig::default());
        assert_eq!(absent.expect_err("refused").to_string(), "cannot read /nowhere.json");
    }
}
