//! `ioc serve`: runs services, or the platform's gateway, as separate processes.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use ::http::Uri;
use anyhow::{Context, Result, anyhow, bail};
use axum::Router;
use clap::Args;
use gateway::config::ConfigFile;
use gateway::server::ConnectionOptions;
use platform::Heads;
use platform::audit::keep_sealed;
use schema::clock::CityTime;
use secrecy::ExposeSecret;
use tokio::net::TcpListener;

use super::gateway::{GatewayOptions, SubgraphUrl, reached_at, warm};
use crate::export::Trail;
use crate::identity::Identity;
use crate::options::{City, DataDir, DatabaseUrl, IdentityOptions, PoolSize, Publishing, Retention, Secret};
use crate::services::{SERVICES, Service, platform_builder, platform_gateway, supergraph};
use crate::{export, http, lifecycle, open311, playground, push};

/// The service that seals the audit trail.
const SEALER: &str = "platform";

/// Role of the gateway; the other roles are services.
const GATEWAY: &str = "gateway";

#[derive(Args)]
pub struct Serve {
    /// Roles to run: names of services, or `gateway`
    #[arg(required = true, value_name = "ROLE", value_parser = clap::builder::PossibleValuesParser::new(roles()))]
    roles: Vec<String>,
    /// Address and port to listen on, for a single role [default: gateway 127.0.0.1:4000, directory :4001, tasks :4002, platform :4003, projects :4004]
    #[arg(long, env = "IOC_LISTEN")]
    listen: Option<SocketAddr>,
    /// Address of a service for the gateway, for example `tasks=http://10.0.0.7:4002/graphql` (repeatable)
    #[arg(long = "subgraph", value_name = "NAME=URL", env = "IOC_SUBGRAPHS", value_delimiter = ',')]
    subgraphs: Vec<SubgraphUrl>,
    #[command(flatten)]
    data_dir: DataDir,
    #[command(flatten)]
    database: DatabaseUrl,
    #[command(flatten)]
    pool: PoolSize,
    #[command(flatten)]
    secret: Secret,
    #[command(flatten)]
    city: City,
    #[command(flatten)]
    retention: Retention,
    #[command(flatten)]
    identity: IdentityOptions,
    #[command(flatten)]
    gateway: GatewayOptions,
    #[command(flatten)]
    publishing: Publishing,
}

fn roles() -> Vec<&'static str> {
    SERVICES.iter().map(|service| service.name).chain([GATEWAY]).collect()
}

impl Serve {
    pub async fn run(self) -> Result<()> {
        if self.listen.is_some() && self.roles.len() > 1 {
            bail!("--listen goes with one role; several roles take their own ports on 127.0.0.1");
        }
        let secret = self.secret.find(&self.data_dir.data_dir)?;
        let has_service = self.roles.iter().any(|role| role != GATEWAY);
        // The gateway looks API keys up, if it has a database.
        let given = self.database.database_url.as_ref().map(|url| url.expose_secret().to_owned());
        let url = if has_service { Some(self.database.required("serve")?) } else { given };

        let settings = if self.roles.iter().any(|role| role == GATEWAY) {
            self.gateway.settings(platform_gateway())?
        } else {
            ConfigFile::default()
        };

        let mut bound: Vec<(&str, TcpListener)> = Vec::new();
        for role in &self.roles {
            bound.push((role, lifecycle::bind(self.address(role)).await?));
        }
        let database = match url {
            Some(url) => Some((self.pool.connect(&url).await?, self.pool.connect_service(&url, false).await?)),
            None => None,
        };
        let context = match &database {
            Some((settings, served)) => Some(self.city.service_context(settings, served.clone(), &secret).await?),
            None => None,
        };
        if let Some(context) = &context
            && self.roles.iter().any(|role| role == SEALER)
        {
            let heads = Heads::of(self.data_dir.create()?, &secret);
            self.retention.keep(context);
            tokio::spawn(keep_sealed(context.database.clone(), Some(heads)));
        }

        let (stop, stopped) = tokio::sync::watch::channel(false);
        let mut serving = Vec::new();
        for (role, listener) in bound {
            let (router, connections, path) = if let (Some(service), Some(context)) = (Service::named(role), &context) {
                let router = (service.start)(context.clone()).router();
                let router = router.merge(push::local(std::iter::once(service), context));
                let router = router.merge(export::of(service, context, &self.publishing.settings()));
                let router = router.merge(open311::of(service, context));
                (router, ConnectionOptions::default(), "/graphql")
            } else {
                let served = context.as_ref().map(|context| context.database.clone());
                let identity =
                    Identity::new(&secret, listener.local_addr()?.ip().is_loopback(), served, &self.identity)?;
                let city = context.as_ref().map_or_else(|| self.city.stated(), |context| context.city);
                let router = self.gateway(settings.clone(), identity, city).await?;
                (router, settings.connections.clone(), settings.server.path.as_str())
            };
            println!("{role} listens on http://{}{path}", listener.local_addr()?);
            let mut stopped = stopped.clone();
            let stop = async move {
                // An error means that the sender was dropped, which also means stop.
                let _ = stopped.wait_for(|stop| *stop).await;
            };
            serving.push(lifecycle::serve(listener, router, stop, connections));
        }
        let signal = async {
            lifecycle::stop_requested().await;
            stop.send_replace(true);
            std::future::pending::<Result<()>>().await
        };
        let outcome = tokio::select! {
            served = futures::future::try_join_all(serving) => served.map(|_| ()),
            never = signal => never,
        };
        if let Some((settings, served)) = database {
            served.close().await;
            settings.close().await;
        }
        outcome
    }

    fn address(&self, role: &str) -> SocketAddr {
        let default = Service::named(role).map_or(([127, 0, 0, 1], 4000).into(), Service::default_address);
        self.listen.unwrap_or(default)
    }

    /// Base address of a service, as the gateway reaches it.
    fn address_of(&self, service: &Service, file: &BTreeMap<String, String>) -> Uri {
        let flag = self.subgraphs.iter().find(|subgraph| subgraph.name == service.name).map(|subgraph| &subgraph.url);
        let url = flag.or_else(|| file.get(service.name)).cloned();
        url.and_then(|url| url.parse().ok()).unwrap_or_else(|| {
            let default = service.default_address();
            Uri::builder().scheme("http").authority(default.to_string()).path_and_query("/").build().unwrap_or_default()
        })
    }

    async fn gateway(&self, settings: ConfigFile, identity: Identity, city: CityTime) -> Result<Router> {
        let urls = settings.subgraph_urls.clone();
        let builder = platform_builder(supergraph()?, settings.gateway, identity.passports().clone());
        let gateway = reached_at(builder, settings.subgraph_urls, &self.subgraphs)
            .build()
            .context("the gateway cannot be built")?;
        warm(&gateway).await;
        let beside = push::remote(|service| self.address_of(service, &urls))?;
        let beside = beside.merge(export::remote(|service| self.address_of(service, &urls))?);
        let beside = beside.merge(open311::remote(|service| self.address_of(service, &urls))?);
        let gateway = Arc::new(gateway);
        let trail = Trail::remote(|service| self.address_of(service, &urls), identity.passports())?;
        let answers = export::answers(gateway.clone(), trail, identity.passports().clone(), city);
        let beside = beside.merge(answers);
        Ok(http::platform(
            gateway,
            settings.server,
            identity,
            playground::Settings::of_platform(None).map_err(|problem| anyhow!(problem.message))?,
            beside,
        ))
    }
}
