//! The configuration file: all settings in one TOML document.
//!
//! Each key is the name of the settings field. `false` disables an optional setting. In some places a text may be
//! `{ env = "NAME" }` or `{ file = "path" }` instead, for example to keep a secret out of the file; see [`Outside`].

mod error;
mod inherit;
mod outside;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, time::Duration};

use serde::Deserialize;
use toml::de::DeTable;

pub use self::{error::ConfigFileError, outside::Outside};
use super::{
    Dedupe, ExplainAccess, GatewayConfig, HeaderRules, HttpOptions, Limits, PersistedDocuments, ReloadOptions,
    SubgraphErrors, TelemetryOptions, Traffic, written,
};
use crate::server::{ConnectionOptions, ServerOptions};

/// The contents of a configuration file.
#[derive(Clone, Debug, Default)]
pub struct ConfigFile {
    /// Settings of the gateway.
    pub gateway: GatewayConfig,
    /// Settings of the HTTP server, under `[server]`.
    pub server: ServerOptions,
    /// Settings of connections, under `[connections]`.
    pub connections: ConnectionOptions,
    /// URLs of subgraphs, by name, under `[subgraph_urls]`. For other subgraphs, the URL in the supergraph is used.
    pub subgraph_urls: BTreeMap<String, String>,
}

impl ConfigFile {
    /// Applies a file to these settings. Each section that the file contains replaces the whole section: its missing
    /// keys get their default values. Everything that does not depend on a supergraph is validated.
    ///
    /// # Errors
    ///
    /// When the text is not TOML, has an unknown key or an invalid value, or refers to a variable or file that does not
    /// exist.
    pub fn parse_over(self, text: &str, outside: &Outside<'_>) -> Result<Self, ConfigFileError> {
        let at = |error: &toml::de::Error| ConfigFileError::new(text, error.span(), error.message());
        let mut document = DeTable::parse(text).map_err(|error| at(&error))?;
        outside
            .fill(document.get_mut())
            .map_err(|missing| ConfigFileError::new(text, Some(missing.span), &missing.message))?;
        inherit::from_every_subgraph(document.get_mut());
        let sections = Sections::deserialize(toml::Deserializer::from(document)).map_err(|error| at(&error))?;
        Ok(sections.over(self))
    }
}

/// The structure of the file. A section that is not in the file is `None`.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
struct Sections {
    explain: Option<ExplainAccess>,
    #[serde(deserialize_with = "some_time")]
    timeout: Option<Duration>,
    introspection: Option<bool>,
    subgraph_errors: Option<SubgraphErrors>,
    document_cache_capacity: Option<u64>,
    document_cache_bytes: Option<u64>,
    limits: Option<Limits>,
    persisted: Option<PersistedDocuments>,
    headers: Option<HeaderRules>,
    traffic: Option<Traffic>,
    dedupe: Option<Dedupe>,
    http: Option<HttpOptions>,
    reload: Option<ReloadOptions>,
    telemetry: Option<TelemetryOptions>,
    server: Option<ServerOptions>,
    connections: Option<ConnectionOptions>,
    #[serde(deserialize_with = "written::urls")]
    subgraph_urls: BTreeMap<String, String>,
}

fn some_time<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    written::time(deserializer).map(Some)
}

impl Sections {
    fn over(self, base: ConfigFile) -> ConfigFile {
        let gateway = base.gateway;
        let mut subgraph_urls = base.subgraph_urls;
        subgraph_urls.extend(self.subgraph_urls);
        ConfigFile {
            gateway: GatewayConfig {
                limits: self.limits.unwrap_or(gateway.limits),
                persisted: self.persisted.unwrap_or(gateway.persisted),
                explain: self.explain.unwrap_or(gateway.explain),
                timeout: self.timeout.unwrap_or(gateway.timeout),
                headers: self.headers.unwrap_or(gateway.headers),
                introspection: self.introspection.unwrap_or(gateway.introspection),
                subgraph_errors: self.subgraph_errors.unwrap_or(gateway.subgraph_errors),
                document_cache_capacity: self.document_cache_capacity.unwrap_or(gateway.document_cache_capacity),
                document_cache_bytes: self.document_cache_bytes.unwrap_or(gateway.document_cache_bytes),
                traffic: self.traffic.unwrap_or(gateway.traffic),
                dedupe: self.dedupe.unwrap_or(gateway.dedupe),
                http: self.http.unwrap_or(gateway.http),
                reload: self.reload.unwrap_or(gateway.reload),
                telemetry: self.telemetry.unwrap_or(gateway.telemetry),
            },
            server: self.server.unwrap_or(base.server),
            connections: self.connections.unwrap_or(base.connections),
            subgraph_urls,
        }
    }
}
