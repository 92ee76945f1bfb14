//! `ioc up`: runs the whole platform in one process.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use gateway::config::ConfigFile;
use gateway::{Gateway, GatewayConfig};
use pg_cluster::{Cluster, ClusterOptions};
use platform::Heads;
use platform::audit::{keep_sealed, seal};
use schema::clock::{Clock, SystemClock};
use secrecy::{ExposeSecret, SecretString};
use service_kit::{Authenticator, Database, Role, ServiceContext};

use super::gateway::{GatewayOptions, warm};
use super::migrate::bring_up_to_date;
use super::sample::load_with_bars;
use super::stored::ADDRESS;
use crate::export::Trail;
use crate::identity::Identity;
use crate::options::{
    City, DataDir, DatabaseUrl, IdentityOptions, Listen, PoolSize, PostgresPrograms, Publishing, Retention, Secret,
    write_private,
};
use crate::services::{InProcess, SERVICES, platform_builder, platform_gateway, supergraph};
use crate::{export, http, lifecycle, open311, playground, push};

#[derive(Args)]
pub struct Up {
    #[command(flatten)]
    listen: Listen,
    #[command(flatten)]
    data_dir: DataDir,
    #[command(flatten)]
    database: DatabaseUrl,
    #[command(flatten)]
    postgres: PostgresPrograms,
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
    /// Load a bundled sample city, for example `hanoi`
    #[arg(long, env = "IOC_SAMPLE", value_parser = clap::builder::PossibleValuesParser::new(sample::CITIES))]
    sample: Option<String>,
    /// Add to the sample as many tasks, organizations, projects and parcels as the city has in a year (`city`), or this number of tasks and the rest in proportion
    #[arg(long, env = "IOC_SAMPLE_VOLUME", value_name = "city|NUMBER", requires = "sample")]
    volume: Option<sample::Volume>,
}

impl Up {
    pub async fn run(self) -> Result<()> {
        let settings = self.gateway.settings(platform_gateway())?;
        if let Some(name) = settings.subgraph_urls.keys().next() {
            bail!("`ioc up` runs the services in this process: `subgraph_urls.{name}` is for `ioc serve gateway`");
        }
        let data_dir = self.data_dir.create()?.to_owned();
        let secret = self.secret.find_or_create(&data_dir, self.is_local())?;
        let supergraph = supergraph()?;
        let listener = lifecycle::bind(self.listen.listen).await?;
        let stop = tokio::spawn(lifecycle::stop_requested());

        let cluster = self.private_cluster(&data_dir).await?;
        let started = self.start(cluster.as_ref(), &data_dir, &secret, supergraph, &settings).await;
        let outcome = match started {
            Ok((database, router)) => {
                self.announce(&data_dir, listener.local_addr()?, &settings.server.path, &secret)?;
                let stop = async {
                    // The task ends only on a signal and cannot fail.
                    let _ = stop.await;
                };
                let served = lifecycle::serve(listener, router, stop, settings.connections).await;
                // What was written last does not wait for its seal until the next start.
                if let Err(problem) = seal(database.pool(), Some(&Heads::of(&data_dir, &secret))).await {
                    tracing::warn!(?problem, "the last entries of the audit trail are not sealed yet");
                }
                database.close().await;
                served
            }
            Err(error) => Err(error),
        };
        if let Some(cluster) = cluster {
            cluster.stop().await;
        }
        tracing::info!("stopped");
        outcome
    }

    /// Starts the private PostgreSQL, unless an external database is set.
    async fn private_cluster(&self, data_dir: &Path) -> Result<Option<Cluster>> {
        if self.database.database_url.is_some() {
            return Ok(None);
        }
        let options = ClusterOptions::new(data_dir.to_owned(), self.postgres.find()?);
        tracing::info!(data_dir = %data_dir.display(), "starting the private PostgreSQL");
        Ok(Some(Cluster::start(options).await?))
    }

    async fn start(
        &self,
        cluster: Option<&Cluster>,
        data_dir: &Path,
        secret: &SecretString,
        supergraph: String,
        settings: &ConfigFile,
    ) -> Result<(Database, axum::Router)> {
        let url = match (cluster, &self.database.database_url) {
            (Some(cluster), _) => cluster.url().to_owned(),
            (None, Some(url)) => url.expose_secret().to_owned(),
            (None, None) => bail!("there is no database"),
        };
        let database = self.pool.connect(&url).await?;
        let time = bring_up_to_date(&database, &self.city).await?;
        if let Some(city) = &self.sample {
            load_with_bars(city, self.volume, database.pool(), SystemClock.now(), time).await?;
        }
        let served = self.pool.connect_service(&url, cluster.is_some()).await?;
        let context = self.city.service_context(&database, served, secret).await?;
        let identity = Identity::new(secret, self.is_local(), Some(context.database.clone()), &self.identity)?;
        let gateway = in_process(supergraph, settings.gateway.clone(), &context)?;
        warm(&gateway).await;
        self.retention.keep(&context);
        tokio::spawn(keep_sealed(context.database.clone(), Some(Heads::of(data_dir, secret))));
        if let Some(cluster) = cluster {
            write_private(&data_dir.join(ADDRESS), cluster.url())?;
        }
        let developers = self.is_local().then(|| playground::Developers {
            authenticator: Authenticator::of_development(secret),
            pool: database.pool().clone(),
        });
        let playground = playground::Settings::of_platform(developers).map_err(|problem| anyhow!(problem.message))?;
        let beside = push::local(SERVICES.iter(), &context);
        let beside = beside.merge(export::local(&context, &self.publishing.settings())).merge(open311::local(&context));
        let gateway = Arc::new(gateway);
        let trail = Trail::Here(context.database.clone());
        let answers = export::answers(gateway.clone(), trail, identity.passports().clone(), context.city);
        let beside = beside.merge(answers);
        let router = http::platform(gateway, settings.server.clone(), identity, playground, beside);
        Ok((database, router))
    }

    fn is_local(&self) -> bool {
        self.listen.listen.ip().is_loopback()
    }

    /// Prints addresses and credential. The credential is written to disk first.
    fn announce(&self, data_dir: &Path, address: SocketAddr, path: &str, secret: &SecretString) -> Result<()> {
        let address = format!("http://{address}");
        let credential = if self.is_local() {
            let developers = Authenticator::of_development(secret);
            let token = playground::sign(&developers, &playground::developer(&[Role::Admin], None, None));
            let (token, path) = (token.map_err(|problem| anyhow!(problem.message))?, data_dir.join("dev-token"));
            write_private(&path, &token)?;
            format!(
                "  Credential  Authorization: Bearer {token}\n              (for development, may do everything, valid for 30 days, also in {})\n",
                path.display()
            )
        } else {
            String::new()
        };
        let playground =
            if path == playground::ENDPOINT { format!("  Playground  {address}/playground\n") } else { String::new() };
        println!(
            r#"
The platform is ready.

  GraphQL     {address}{path}
{playground}  Push        {address}/push
  Health      {address}/health/ready
{credential}
Try it:

  curl -s {address}{path} -H 'content-type: application/json' \
    -d '{{"query":"{{ areas(filter: {{search: \"ba dinh\"}}) {{ edges {{ node {{ code name }} }} }} }}"}}'

Ctrl-C stops everything in order.
"#
        );
        Ok(())
    }
}

/// Builds the gateway with all services in this process.
fn in_process(supergraph: String, config: GatewayConfig, context: &ServiceContext) -> Result<Gateway> {
    let mut builder = platform_builder(supergraph, config, context.authenticator.clone());
    for service in SERVICES {
        builder = builder.local(service.name, InProcess::shared((service.start)(context.clone())));
    }
    builder.build().context("the gateway cannot be built")
}
