//! A running platform: `ioc up` on a data directory that is kept.

use std::{
    fs::{self, File},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context, bail, ensure};
use futures::{StreamExt, TryStreamExt, stream};
use sqlx::{ConnectOptions, PgConnection, postgres::PgConnectOptions};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::trial::stop;

/// Processes of `ioc key` that run at the same time.
const KEYS_AT_ONCE: usize = 4;

/// `ioc up` with its private PostgreSQL.
pub struct Platform {
    child: Child,
    ioc: PathBuf,
    folder: PathBuf,
    pub address: SocketAddr,
    /// Credential that may do everything.
    pub developer: String,
}

/// Folder and port of PostgreSQL's socket.
pub struct Socket {
    pub folder: String,
    pub port: u16,
}

impl Platform {
    /// Starts the platform and waits until its sample is loaded. An error when it does not start; its log is beside the
    /// data directory.
    pub async fn start(ioc: &Path, folder: &Path, volume: Option<&str>) -> anyhow::Result<Self> {
        fs::create_dir_all(folder)?;
        let log = folder.with_extension("log");
        let mut child = Command::new(ioc)
            .args(["up", "--listen", "127.0.0.1:0", "--sample", "hanoi", "--data-dir"])
            .arg(folder)
            .args(volume.map(|volume| ["--volume", volume]).into_iter().flatten())
            .env_remove("DATABASE_URL")
            .env("IOC_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log)?)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {}", ioc.display()))?;
        let mut lines = BufReader::new(child.stdout.take().context("the output is not connected")?).lines();
        let address = loop {
            let Some(line) = lines.next_line().await? else {
                bail!("`ioc up` ended with {}, see {}", child.wait().await?, log.display());
            };
            let word = line.split_whitespace().find_map(|word| word.strip_prefix("http://")?.strip_suffix("/graphql"));
            if let Some(word) = word {
                break word.parse()?;
            }
        };
        // Further output is read, so that the process never blocks on a full pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let developer = fs::read_to_string(folder.join("dev-token"))?;
        Ok(Self { child, ioc: ioc.to_owned(), folder: folder.to_owned(), address, developer })
    }

    /// Keys of as many callers, who may all see the same.
    pub async fn credentials(&self, number: usize) -> anyhow::Result<Vec<String>> {
        let key = |number| async move {
            let subject = format!("screen-{number}");
            let mut command = Command::new(&self.ioc);
            command.args(["key", "create", "--role", "IOC", "--subject", &subject, "--data-dir"]).arg(&self.folder);
            let output = command.output().await?;
            ensure!(output.status.success(), "`ioc key`: {}", String::from_utf8_lossy(&output.stderr));
            Ok(String::from_utf8(output.stdout)?.trim().to_owned())
        };
        stream::iter((0..number).map(key)).buffered(KEYS_AT_ONCE).try_collect().await
    }

    /// The socket of the private PostgreSQL, from the file that the server writes.
    pub fn socket(&self) -> anyhow::Result<Socket> {
        let own = self.folder.join("postgres");
        let moved = fs::read_to_string(self.folder.join("postgres.location"));
        let folder = moved.map_or(own, |text| PathBuf::from(text.trim()));
        let file = folder.join("data/postmaster.pid");
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let mut lines = text.lines().skip(3);
        let (port, folder) = (lines.next().unwrap_or_default().parse()?, lines.next().unwrap_or_default().to_owned());
        Ok(Socket { folder, port })
    }

    /// A connection to the database, with the settings of the services' own.
    pub async fn database(&self) -> anyhow::Result<PgConnection> {
        let Socket { folder, port } = self.socket()?;
        let options = PgConnectOptions::new_without_pgpass().socket(folder).port(port).username("ioc").database("ioc");
        Ok(options.options([("jit", "off"), ("enable_memoize", "off")]).connect().await?)
    }

    /// The process of the platform.
    pub fn process(&self) -> u32 {
        self.child.id().unwrap_or_default()
    }

    /// Stops the platform and its PostgreSQL.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        stop(&mut self.child).await
    }
}
