//! `ioc gateway`: the gateway over any supergraph, without the services of the platform.

mod options;
mod traffic;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use gateway::reload::FileWatch;
use gateway::{Gateway, GatewayBuilder, GatewayConfig};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;

pub use self::options::{GatewayOptions, warm};
use crate::options::Listen;
use crate::{http, lifecycle};

#[derive(Args)]
pub struct GatewayCommand {
    /// File with the supergraph's schema (Federation 2, composed)
    #[arg(long, env = "IOC_SUPERGRAPH", value_name = "FILE")]
    supergraph: PathBuf,
    #[command(flatten)]
    listen: Listen,
    /// Address of a subgraph, for example `tasks=http://10.0.0.7:4002/graphql` (repeatable) [default: the addresses in
    /// the supergraph]
    #[arg(long = "subgraph", value_name = "NAME=URL", env = "IOC_SUBGRAPHS", value_delimiter = ',')]
    subgraphs: Vec<SubgraphUrl>,
    /// Seconds between two checks of the supergraph file; a changed file is loaded without a restart. 0: only SIGHUP
    /// reloads it
    #[arg(long, env = "IOC_SUPERGRAPH_POLL_SECONDS", value_name = "SECONDS", default_value_t = 1)]
    supergraph_poll_seconds: u64,
    #[command(flatten)]
    options: GatewayOptions,
}

/// Name and address of a subgraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubgraphUrl {
    /// Name in the supergraph.
    pub name: String,
    /// Address with the scheme `http://` or `https://`.
    pub url: String,
}

impl FromStr for SubgraphUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((name, url)) if !name.is_empty() && (url.starts_with("http://") || url.starts_with("https://")) => {
                Ok(Self { name: name.to_owned(), url: url.to_owned() })
            }
            _ => Err(format!("{text:?} is not NAME=URL, for example tasks=http://127.0.0.1:4002/graphql")),
        }
    }
}

/// Sets the addresses of the subgraphs: those of the file, replaced by those of the command line.
pub fn reached_at(builder: GatewayBuilder, file: BTreeMap<String, String>, flags: &[SubgraphUrl]) -> GatewayBuilder {
    let flags = flags.iter().map(|subgraph| (subgraph.name.clone(), subgraph.url.clone()));
    file.into_iter().chain(flags).fold(builder, |builder, (name, url)| builder.url(name, url))
}

impl GatewayCommand {
    pub async fn run(self) -> Result<()> {
        let sdl = std::fs::read_to_string(&self.supergraph)
            .with_context(|| format!("cannot read the supergraph {}", self.supergraph.display()))?;
        let settings = self.options.settings(GatewayConfig::default())?;
        let gateway =
            reached_at(Gateway::builder(sdl).config(settings.gateway), settings.subgraph_urls, &self.subgraphs)
                .build()
                .with_context(|| format!("cannot serve the supergraph {}", self.supergraph.display()))?;
        warm(&gateway).await;
        let gateway = Arc::new(gateway);
        let listener = lifecycle::bind(self.listen.listen).await?;
        let following = tokio::spawn(self.follow(gateway.clone())?);
        println!("gateway listens on http://{}{}", listener.local_addr()?, settings.server.path);
        let served = lifecycle::serve(
            listener,
            http::foreign(gateway, settings.server),
            lifecycle::stop_requested(),
            settings.connections,
        )
        .await;
        following.abort();
        served
    }

    /// Reloads the supergraph file when it changes, and at once on SIGHUP.
    fn follow(&self, gateway: Arc<Gateway>) -> Result<impl Future<Output = ()> + Send + use<>> {
        let mut hangup = signal(SignalKind::hangup()).context("cannot listen for SIGHUP")?;
        let notify = Arc::new(Notify::new());
        let watch = FileWatch::new(gateway, &self.supergraph);
        let every = Duration::from_secs(self.supergraph_poll_seconds);
        Ok(async move {
            let signals = async {
                while hangup.recv().await.is_some() {
                    notify.notify_one();
                }
            };
            tokio::join!(signals, watch.run(Some(every), notify.clone()));
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subgraph_address_is_a_name_and_a_url() {
        let parsed: SubgraphUrl = "tasks=http://h:1/graphql?a=b".parse().expect("parsed");
        assert_eq!((parsed.name.as_str(), parsed.url.as_str()), ("tasks", "http://h:1/graphql?a=b"));
        for wrong in ["tasks", "=http://h", "tasks=h:1", ""] {
            assert!(wrong.parse::<SubgraphUrl>().is_err(), "{wrong}");
        }
    }
}
