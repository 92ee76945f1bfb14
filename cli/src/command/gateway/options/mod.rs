//! How a gateway behaves: flags and environment variables, over the configuration file, over the gateway's own defaults.

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

/// What every gateway process can be told, whatever it serves.
#[derive(Args, Debug, Clone)]
#[command(next_help_heading = "Gateway")]
pub struct GatewayOptions {
    /// TOML file with any setting of the gateway; flags and environment variables stand over it. Every key stands in
    /// gateway/gateway.example.toml
    #[arg(long, env = "IOC_GATEWAY_CONFIG", value_name = "FILE")]
    gateway_config: Option<PathBuf>,
    /// Whether `GET /metrics` is answered, for Prometheus [default: on]
    #[arg(long, env = "IOC_METRICS", value_enum)]
    metrics: Option<Switch>,
    /// Manifest of trusted documents: `{"<id>": "<document>"}`, Apollo's persisted query manifest, or Relay's map
    #[arg(long, env = "IOC_TRUSTED_DOCUMENTS", value_name = "FILE")]
    trusted_documents: Option<PathBuf>,
    /// Whether everything that is not a trusted document is refused [default: off]
    #[arg(long, env = "IOC_ONLY_TRUSTED", value_enum)]
    only_trusted: Option<Switch>,
    /// Whether `__schema` and `__type` are answered [default: on]
    #[arg(long, env = "IOC_INTROSPECTION", value_enum)]
    introspection: Option<Switch>,
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

/// A setting with two states. On the command line and in the environment it is written `on` or `off`; a flag without a
/// value asks for something once (`--json`) and has no environment variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    On,
    Off,
}

impl Switch {
    /// The setting after what was said, if anything was.
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
    /// All settings: what was said, over the file, over `defaults`.
    ///
    /// # Errors
    /// When a file cannot be read or used, or trusted documents are asked for and there are none.
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
        limits.cost.max_cost = self.max_cost.or(limits.cost.max_cost);
        limits.cost.assumed_list_size = self.assumed_list_size.unwrap_or(limits.cost.assumed_list_size);
        self.traffic.apply(config);
        Ok(())
    }
}

/// A configuration file over what holds without it. What it names stands in this process's environment and beside it.
fn read(path: &Path, base: ConfigFile) -> Result<ConfigFile> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let outside =
        Outside { folder: path.parent().unwrap_or(Path::new("")), variable: &|name| std::env::var(name).ok() };
    base.parse_over(&text, &outside).with_context(|| format!("cannot use {}", path.display()))
}

/// Plans the trusted documents before the first request; what this supergraph cannot serve is named in the log.
pub async fn warm(gateway: &Gateway) {
    for (id, errors) in gateway.engine().warm_trusted_documents().await {
        let problem = errors.first().map_or("", |error| error.message.as_str());
        tracing::warn!(document = id, problem, "a trusted document cannot be served");
    }
}
