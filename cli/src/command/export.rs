//! `ioc export`: writes data of a database in a public format.

use std::fs::File;
use std::io::{BufWriter, ErrorKind, IntoInnerError, Write, stdout};
use std::path::{Path, PathBuf};
use std::pin::pin;

use anyhow::{Context, Result, anyhow};
use clap::{Args, Subcommand};
use futures::TryStreamExt;
use indicatif::{ProgressBar, ProgressStyle};
use projects::oc4ids::{Asked, Export as Package};
use schema::clock::{Clock, SystemClock};
use service_kit::{Database, Principal, Problem, Role};

use crate::options::{City, DatabaseUrl, PoolSize, Publishing};

#[derive(Args)]
pub struct Export {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Write all projects as a package of the Open Contracting for Infrastructure Data Standard (OC4IDS 0.9.5)
    Oc4ids(Oc4ids),
}

#[derive(Args)]
struct Oc4ids {
    /// File to write [default: stdout]
    file: Option<PathBuf>,
    /// Only projects of this owner, by the code of the organization
    #[arg(long, value_name = "CODE")]
    organization: Option<String>,
    #[command(flatten)]
    publishing: Publishing,
    #[command(flatten)]
    city: City,
    #[command(flatten)]
    database: DatabaseUrl,
    #[command(flatten)]
    pool: PoolSize,
}

impl Export {
    pub async fn run(self) -> Result<()> {
        let Action::Oc4ids(export) = self.action;
        let url = export.database.required("export")?;
        let database = export.pool.connect(&url).await?;
        let written = export.write(&database).await;
        database.close().await;
        written
    }
}

impl Oc4ids {
    async fn write(&self, database: &Database) -> Result<()> {
        // Who has the address of the database reads all of it.
        let principal = Principal { roles: vec![Role::Admin], ..Principal::default() };
        let asked = Asked {
            principal,
            organization: self.organization.clone(),
            now: SystemClock.now(),
            city: self.city.settle(database).await?,
        };
        let package = Package::begin(database, &self.publishing.settings(), asked).await.map_err(said)?;
        match &self.file {
            Some(file) => write_file(package, file).await,
            None => match copy(package, &mut stdout().lock()).await {
                Err(error) if is_closed(&error) => Ok(()),
                copied => copied.context("cannot write to stdout"),
            },
        }
    }
}

/// Writes a file that is whole or is not there.
async fn write_file(package: Package, file: &Path) -> Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let cannot = || format!("cannot write {}", file.display());
    let staged = tempfile::Builder::new().prefix(".oc4ids-").tempfile_in(folder).with_context(cannot)?;
    let mut out = BufWriter::new(staged);
    copy(package, &mut out).await?;
    let staged = out.into_inner().map_err(IntoInnerError::into_error).with_context(cannot)?;
    staged.as_file().sync_all().with_context(cannot)?;
    readable(staged.as_file()).with_context(cannot)?;
    staged.persist(file).map_err(|error| error.error).with_context(cannot)?;
    Ok(())
}

/// Gives the file the rights of a usual one: a temporary file is private.
fn readable(file: &File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

async fn copy(package: Package, out: &mut impl Write) -> Result<()> {
    let style = ProgressStyle::with_template("{msg:24} {bar:40} {pos}/{len}")?;
    let bar = ProgressBar::new(package.total()).with_style(style).with_message("projects");
    let copied = async {
        let mut chunks = pin!(package.into_chunks());
        while let Some(chunk) = chunks.try_next().await.map_err(said)? {
            out.write_all(&chunk.bytes)?;
            bar.inc(chunk.projects);
        }
        Ok(out.flush()?)
    };
    let copied = copied.await;
    bar.finish_and_clear();
    copied
}

/// Whether the reader of a pipe has gone, for example `head`.
fn is_closed(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}

fn said(problem: Problem) -> anyhow::Error {
    match problem.source {
        Some(source) => anyhow!("{}: {source}", problem.message),
        None => anyhow!(problem.message),
    }
}
