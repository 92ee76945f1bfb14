//! Settings that several commands share, one struct for each concern. They are checked before a port is bound.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use pg_cluster::{Binaries, Search};
use platform::retention::{BODY_DAYS, keep_bodies};
use projects::oc4ids::{Prefix, Settings};
use schema::clock::{CityTime, SystemClock};
use secrecy::{ExposeSecret, SecretString};
use service_kit::database::{DatabaseOptions as PoolOptions, SERVICE_ROLE};
use service_kit::principal::secrets;
use service_kit::{Authenticator, Database, ServiceContext};

use crate::oidc::Providers;
use crate::rate::Limits;

/// Data folder of the platform.
#[derive(Args, Debug, Clone)]
pub struct DataDir {
    /// Folder for the private database, the secret and the development credential
    #[arg(long, env = "IOC_DATA_DIR", default_value = ".ioc")]
    pub data_dir: PathBuf,
}

impl DataDir {
    /// Creates the folder if it does not exist; other users cannot list its files.
    pub fn create(&self) -> Result<&Path> {
        use std::os::unix::fs::DirBuilderExt;
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o711)
            .create(&self.data_dir)
            .with_context(|| format!("cannot create the data folder {}", self.data_dir.display()))?;
        Ok(&self.data_dir)
    }
}

/// Folder of the PostgreSQL server programs.
#[derive(Args, Debug, Clone)]
pub struct PostgresPrograms {
    /// Folder of the PostgreSQL server programs (`postgres`, `initdb`) [default: found automatically]
    #[arg(long, env = "IOC_PG_BIN")]
    pub pg_bin: Option<PathBuf>,
}

impl PostgresPrograms {
    /// Finds the programs.
    pub fn find(&self) -> Result<Binaries> {
        Ok(Binaries::find(&Search::new(self.pg_bin.clone(), std::env::var_os("PATH")))?)
    }
}

/// Address of an external database.
#[derive(Args, Debug, Clone)]
pub struct DatabaseUrl {
    /// Address of a PostgreSQL database (`postgres://user:password@host/name`)
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<SecretString>,
}

impl DatabaseUrl {
    /// Returns the address, or an error that says how to set it.
    pub fn required(&self, command: &str) -> Result<String> {
        match &self.database_url {
            Some(url) => Ok(url.expose_secret().to_owned()),
            None => bail!(
                "`ioc {command}` needs a database: give --database-url or DATABASE_URL (only `ioc up` brings its own)"
            ),
        }
    }
}

/// Size of the connection pool.
#[derive(Args, Debug, Clone)]
pub struct PoolSize {
    /// Maximum number of database connections of this process; a quarter is for pushes
    #[arg(long, env = "IOC_DATABASE_CONNECTIONS", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub database_connections: u32,
}

impl PoolSize {
    /// Connects to a database as its owner: for migrations, imports and settings.
    pub async fn connect(&self, url: &str) -> Result<Database> {
        self.connect_as(PoolOptions::new(url)).await
    }

    /// Connects to a database for services, as a role without rights of its own. `is_private`: the server is this platform's alone.
    pub async fn connect_service(&self, url: &str, is_private: bool) -> Result<Database> {
        self.connect_as(PoolOptions { role: Some(SERVICE_ROLE), is_private, ..PoolOptions::new(url) }).await
    }

    async fn connect_as(&self, options: PoolOptions) -> Result<Database> {
        let options = PoolOptions { max_connections: self.database_connections, ..options };
        Database::connect(&options).await.context("cannot connect to the database")
    }
}

/// Secret that signs credentials.
#[derive(Args, Debug, Clone)]
pub struct Secret {
    /// Secret that signs principals and the audit trail, at least 32 characters; to replace one, give `new,old` to every
    /// process, then `new` [default: the one in the data folder, which `ioc up` creates on loopback]
    #[arg(long, env = "IOC_SECRET", hide_env_values = true)]
    pub secret: Option<SecretString>,
}

const MIN_SECRET_CHARS: usize = 32;

impl Secret {
    /// Returns the given secret, or the one in the data folder.
    ///
    /// # Errors
    /// When there is neither, or the given one is too short.
    pub fn find(&self, data_dir: &Path) -> Result<SecretString> {
        if let Some(secret) = &self.secret {
            if secrets(secret).any(|secret| secret.chars().count() < MIN_SECRET_CHARS) {
                bail!(
                    "--secret (IOC_SECRET) is too short: accepted are {MIN_SECRET_CHARS} characters or more, in each of several secrets"
                );
            }
            return Ok(secret.clone());
        }
        let path = data_dir.join("secret");
        match std::fs::read_to_string(&path) {
            Ok(text) if text.trim().chars().count() >= MIN_SECRET_CHARS => {
                Ok(SecretString::from(text.trim().to_owned()))
            }
            Ok(_) => bail!("{} holds no usable secret; remove it to have a new one made", path.display()),
            Err(_) => bail!(
                "no secret: give --secret (IOC_SECRET), or --data-dir of an `ioc up` that made one ({} is missing)",
                path.display()
            ),
        }
    }

    /// Returns the secret; creates and stores one if there is none and only this machine can connect.
    ///
    /// # Errors
    /// When there is none and others can connect.
    pub fn find_or_create(&self, data_dir: &Path, is_local: bool) -> Result<SecretString> {
        let path = data_dir.join("secret");
        if self.secret.is_none() && !path.exists() {
            if !is_local {
                bail!(
                    "a platform that other machines reach needs a secret: give --secret (IOC_SECRET), {MIN_SECRET_CHARS} characters \
                     or more"
                );
            }
            let text = format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple());
            write_private(&path, &text)?;
        }
        self.find(data_dir)
    }
}

/// Writes a file atomically; only its owner can read it.
pub fn write_private(path: &Path, text: &str) -> Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let staged = path.with_extension("new");
    let write = || -> std::io::Result<()> {
        let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&staged)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&staged, path)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

/// Who is a caller of the gateway, and how much it may cause.
#[derive(Args, Debug, Clone)]
pub struct IdentityOptions {
    /// File of the identity providers (OIDC) whose tokens are accepted (TOML, see docs/access.md)
    #[arg(long, env = "IOC_IDENTITY", value_name = "FILE")]
    identity: Option<PathBuf>,
    /// Cost that each principal may cause in a minute
    #[arg(long, env = "IOC_RATE_LIMIT", value_name = "COST", default_value_t = 5_000_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000_000_000))]
    rate_limit: u64,
    /// Cost that all visitors of one address may cause in a minute
    #[arg(long, env = "IOC_VISITOR_RATE_LIMIT", value_name = "COST", default_value_t = 20_000_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000_000_000))]
    visitor_rate_limit: u64,
    /// Address of a proxy whose X-Forwarded-For is believed (repeatable)
    #[arg(long = "trusted-proxy", env = "IOC_TRUSTED_PROXIES", value_name = "ADDRESS", value_delimiter = ',')]
    pub trusted_proxies: Vec<IpAddr>,
}

impl IdentityOptions {
    /// Reads the file of the providers, if one is given.
    pub fn providers(&self) -> Result<Providers> {
        self.identity.as_deref().map_or_else(|| Ok(Providers::default()), Providers::read)
    }

    /// The rate limits.
    pub fn limits(&self) -> Limits {
        Limits { principal: self.rate_limit, visitor: self.visitor_rate_limit }
    }
}

/// What an export says of its publisher.
#[derive(Args, Debug, Clone)]
pub struct Publishing {
    /// Prefix of the ids of exported projects, which the Open Contracting Partnership registers for a publisher; the default
    /// is provisional
    #[arg(
        long = "oc4ids-prefix",
        id = "oc4ids-prefix",
        env = "IOC_OC4IDS_PREFIX",
        value_name = "PREFIX",
        default_value_t
    )]
    prefix: Prefix,
    /// Name of the publisher of exports [default: the city's committee in the directory]
    #[arg(long = "oc4ids-publisher", id = "oc4ids-publisher", env = "IOC_OC4IDS_PUBLISHER", value_name = "NAME", value_parser = visible)]
    publisher: Option<String>,
    /// Address at which the exported package is published [default: a new URN for each package]
    #[arg(long = "oc4ids-uri", id = "oc4ids-uri", env = "IOC_OC4IDS_URI", value_name = "URI", value_parser = uri)]
    uri: Option<String>,
}

fn visible(text: &str) -> Result<String, String> {
    if text.trim().is_empty() { Err("accepted: a name".to_owned()) } else { Ok(text.trim().to_owned()) }
}

fn uri(text: &str) -> Result<String, String> {
    let parsed = text.parse::<http::Uri>().ok().filter(|uri| uri.scheme().is_some() && uri.host().is_some());
    parsed
        .map(|_| text.to_owned())
        .ok_or_else(|| "accepted: an address such as https://example.org/oc4ids.json".to_owned())
}

impl Publishing {
    /// The settings of exports.
    pub fn settings(&self) -> Settings {
        Settings { prefix: self.prefix.clone(), publisher: self.publisher.clone(), uri: self.uri.clone() }
    }
}

/// Listen address of a server.
#[derive(Args, Debug, Clone)]
pub struct Listen {
    /// Address and port to listen on
    #[arg(long, env = "IOC_LISTEN", default_value = "127.0.0.1:4000")]
    pub listen: SocketAddr,
}

/// How long what was pushed is kept as it was received.
#[derive(Args, Debug, Clone, Copy)]
pub struct Retention {
    /// Days for which the bodies of pushes are kept; later only their hashes are
    #[arg(long, env = "IOC_BODY_DAYS", value_name = "DAYS", default_value_t = BODY_DAYS, value_parser = clap::value_parser!(u32).range(1..=36_500))]
    body_days: u32,
}

impl Retention {
    /// Keeps it from now on, in the process that owns the database.
    pub fn keep(self, context: &ServiceContext) {
        tokio::spawn(keep_bodies(context.database.clone(), context.clock.clone(), self.body_days));
    }
}

/// The city's time zone.
#[derive(Args, Debug, Clone)]
pub struct City {
    /// Time zone of the city, in which its days begin and end; stored with the data at the first start [default: the
    /// stored one, at first Asia/Ho_Chi_Minh]
    #[arg(long, env = "IOC_TIME_ZONE", value_parser = time_zone)]
    time_zone: Option<CityTime>,
}

/// The name of the time zone in `platform.setting`.
const TIME_ZONE: &str = "time_zone";

/// Parses the name of a time zone.
pub fn time_zone(text: &str) -> Result<CityTime, String> {
    text.parse()
        .map(|tz| CityTime { tz })
        .map_err(|_| "accepted: a name of the IANA time zone database, for example Asia/Ho_Chi_Minh".to_owned())
}

impl City {
    /// Returns the time zone of a process without the database: that of the option, or the default.
    pub fn stated(&self) -> CityTime {
        self.time_zone.unwrap_or_default()
    }

    /// Returns the time zone of a migrated database; stores it if the database is new.
    ///
    /// # Errors
    /// When the option differs from the stored time zone: the stored days would shift.
    pub async fn settle(&self, database: &Database) -> Result<CityTime> {
        let first = self.time_zone.unwrap_or_default().tz.name();
        let kept = database
            .setting(TIME_ZONE, first)
            .await
            .context("cannot read the database's time zone; `ioc migrate` brings the database up to date")?;
        match self.time_zone {
            Some(wanted) if wanted.tz.name() != kept => bail!(
                "--time-zone (IOC_TIME_ZONE) is {}, but this database counts its days in {kept}, which cannot be changed \
                 once days are stored; leave the option out or use a new database",
                wanted.tz.name()
            ),
            _ => time_zone(&kept).map_err(|accepted| anyhow!("the database's time zone is {kept:?}; {accepted}")),
        }
    }

    /// Returns the dependencies of a service over a migrated database, whose owner reads the settings.
    pub async fn service_context(
        &self,
        owner: &Database,
        database: Database,
        secret: &SecretString,
    ) -> Result<ServiceContext> {
        let city = self.settle(owner).await?;
        let authenticator = Authenticator::of_gateway(secret);
        Ok(ServiceContext { database, authenticator, clock: Arc::new(SystemClock), city })
    }
}
