//! Settings of a gateway. Flags and environment variables override the configuration file, and it overrides the
//! gateway's defaults.

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use gateway::config::{ConfigFile, ExplainAccess, Outside};
use gateway::document::TrustedDocuments;
use gateway::{Gateway, GatewayConfig};

use super::traffic::TrafficOptions;

/// Settings of every gateway process.
#[derive(Args, Debug, Clone)]
#[command(next_help_heading = "Gateway")]
pub struct GatewayOptions {
    /// TOML file with settings of the gateway; flags and environment variables override it.
    /// gateway/gateway.example.toml has every key
    #[arg(long, env = "IOC_GATEWAY_CONFIG", value_name = "FILE")]
    gateway_config: Option<PathBuf>,
    /// Whether `GET /metrics` is answered, for Prometheus [default: on]
    #[arg(long, env = "IOC_METRICS", value_enum)]
    metrics: Option<Switch>,
    /// Manifest of trusted documents: `{"<id>": "<document>"}`, Apollo's persisted query manifest, or Relay's map
    #[arg(long, env = "IOC_TRUSTED_DOCUMENTS", value_name = "FILE")]
    trusted_documents: Option<PathBuf>,
    /// Whether to refuse every document that is not a trusted one [default: off]
    #[arg(long, env = "IOC_ONLY_TRUSTED", value_enum)]
    only_trusted: Option<Switch>,
    /// Whether `__schema` and `__type` are answered [default: on]
    #[arg(long, env = "IOC_INTROSPECTION", value_enum)]
    introspection: Option<Switch>,
    /// Who may see plan, cost and timing in `extensions.explain` [default: off]
    #[arg(long, env = "IOC_EXPLAIN", value_name = "WHEN")]
    explain: Option<ExplainWhen>,
    /// Maximum number of tokens of a document
    #[arg(long, env = "IOC_MAX_TOKENS", value_name = "NUMBER")]
    max_tokens: Option<usize>,
    /// Maximum depth of nested fields in an operation
    #[arg(long, env = "IOC_MAX_DEPTH", value_name = "NUMBER")]
    max_depth: Option<usize>,
    /// Maximum number of aliases of an operation
    #[arg(long, env = "IOC_MAX_ALIASES", value_name = "NUMBER")]
    max_aliases: Option<usize>,
    /// Maximum number of root fields of an operation
    #[arg(long, env = "IOC_MAX_ROOT_FIELDS", value_name = "NUMBER")]
    max_root_fields: Option<usize>,
    /// Maximum number of directives of an operation
    #[arg(long, env = "IOC_MAX_DIRECTIVES", value_name = "NUMBER")]
    max_directives: Option<usize>,
    /// Maximum cost of an operation, estimated before anything is fetched: about the number of objects in its answer, by
    /// `@cost` and `@listSize` [default: 50000 for the platform, no limit for other supergraphs]
    #[arg(long, env = "IOC_MAX_COST", value_name = "NUMBER")]
    max_cost: Option<u64>,
    /// Units of work that one request may cause in the services. They charge what they compute, for example one unit
    /// for each value of a measure [default: 1000000 for the platform, no limit for other supergraphs]
    #[arg(long, env = "IOC_REQUEST_BUDGET", value_name = "UNITS")]
    request_budget: Option<u64>,
    /// Assumed size of a list without `@listSize`, for cost estimates
    #[arg(long, env = "IOC_ASSUMED_LIST_SIZE", value_name = "NUMBER")]
    assumed_list_size: Option<u64>,
    #[command(flatten)]
    traffic: TrafficOptions,
}

/// Setting with two states, written `on` or `off` as a flag and as an environment variable. A flag without a value
/// (`--json`) applies to one run and has no environment variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    On,
    Off,
}

impl Switch {
    /// Returns the setting, or the default if it is not set.
    pub fn set(said: Option<Self>, setting: &mut bool) {
        if let Some(said) = said {
            *setting = said == Self::On;
        }
    }
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
    /// Returns all settings: flags override the file, and the file overrides `defaults`.
    ///
    /// # Errors
    /// When a file cannot be read or is invalid, or trusted documents are required and there are none.
    pub fn settings(&self, defaults: GatewayConfig) -> Result<ConfigFile> {
        let base = ConfigFile { gateway: defaults, ..ConfigFile::default() };
        let mut settings = match &self.gateway_config {
            Some(path) => read(path, base)?,
            None => base,
        };
        Switch::set(self.metrics, &mut settings.server.metrics);
        self.apply(&mut settings.gateway)?;
        let persisted = &settings.gateway.persisted;
        if persisted.only_trusted && persisted.trusted.is_none() {
            bail!(
                "only trusted documents shall be executed and none are known: give --trusted-documents, or \
                 `persisted.trusted` in the configuration file"
            );
        }
        Ok(settings)
    }

    fn apply(&self, config: &mut GatewayConfig) -> Result<()> {
        if let Some(path) = &self.trusted_documents {
            let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            let trusted =
                TrustedDocuments::from_manifest(&text).with_context(|| format!("cannot use {}", path.display()))?;
            config.persisted.trusted = Some(Arc::new(trusted));
        }
        Switch::set(self.only_trusted, &mut config.persisted.only_trusted);
        Switch::set(self.introspection, &mut config.introspection);
        config.explain = match self.explain {
            None => config.explain,
            Some(ExplainWhen::Off) => ExplainAccess::Off,
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
        limits.budget = self.request_budget.or(limits.budget);
        limits.cost.max_cost = self.max_cost.or(limits.cost.max_cost);
        limits.cost.assumed_list_size = self.assumed_list_size.unwrap_or(limits.cost.assumed_list_size);
        self.traffic.apply(config);
        Ok(())
    }
}

/// Reads a configuration file over the defaults. It can refer to environment variables of this process and to files
/// relative to its folder.
fn read(path: &Path, base: ConfigFile) -> Result<ConfigFile> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let outside =
        Outside { folder: path.parent().unwrap_or(Path::new("")), variable: &|name| std::env::var(name).ok() };
    base.parse_over(&text, &outside).with_context(|| format!("cannot use {}", path.display()))
}

/// Plans the trusted documents before the first request. A document that this supergraph cannot serve is logged.
pub async fn warm(gateway: &Gateway) {
    for (id, errors) in gateway.engine().warm_trusted_documents().await {
        let problem = errors.first().map_or("", |error| error.message.as_str());
        tracing::warn!(document = id, problem, "a trusted document cannot be served");
    }
}
