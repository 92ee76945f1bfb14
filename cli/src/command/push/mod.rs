//! `ioc push`: sends files of records to the platform.
//!
//! - [`input`] opens files, [`layout`] knows tables by their first line, [`key`] names a push, [`body`] streams and
//!   compresses;
//! - [`request`] is what is asked, [`upload`] sends it with [`crate::client`];
//! - [`attempt`] sends while it reads the [`answer`], [`retry`] repeats it, [`file`] puts one push together;
//! - [`failed`] writes failed rows, [`report`] shows results, [`traffic`] the progress;
//! - [`watch`] pushes what is dropped into a folder, [`settled`] knows when a file is whole.
//!
//! Memory does not grow with a file: it is read, sent and answered piece by piece.

mod answer;
mod attempt;
mod body;
mod failed;
mod file;
mod input;
mod key;
mod layout;
mod report;
mod request;
mod retry;
mod settled;
#[cfg(test)]
mod tests;
mod traffic;
mod upload;
mod watch;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use clap::{Args, ValueEnum};
use futures::FutureExt;

use self::answer::Verdict;
use self::file::{Job, Outcome, Pusher};
use self::input::{FileType, Input};
use self::key::Key;
use self::request::Options;
use self::retry::Stop;
use self::watch::Watch;
use crate::client::{Client, Failure, Language, Server};
use crate::{lifecycle, output};

/// Time between two looks into a watched folder.
const POLL: Duration = Duration::from_secs(1);

/// Exit code when rows were rejected or parked.
const INCOMPLETE: u8 = 2;

#[derive(Args)]
pub struct Push {
    /// Files to push: .csv, .ndjson, .jsonl, .xlsx, text also with .gz or .zst; `-` is stdin
    #[arg(value_name = "FILE", required_unless_present = "watch", conflicts_with = "watch")]
    files: Vec<PathBuf>,
    /// Kind of the records [default with --watch: what the file's name begins with, as in `tasks.csv` or `tasks-2026.csv`]
    #[arg(long, required_unless_present = "watch")]
    kind: Option<String>,
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    server: Server,
    /// Type of stdin, or of a file whose name does not say it
    #[arg(long = "type", value_name = "TYPE")]
    file_type: Option<FileType>,
    /// Push every file that is put into a folder, then move it into its folder `done` or `failed`
    #[arg(long, value_name = "FOLDER", conflicts_with = "dry_run")]
    watch: Option<PathBuf>,
    /// Language of messages [default: by LANG]
    #[arg(long)]
    lang: Option<Language>,
    /// Form of the result
    #[arg(long, default_value = "table")]
    format: Format,
}

/// Form of the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// The summary as a line of JSON
    Json,
}

impl Push {
    pub async fn run(self) -> Result<ExitCode> {
        let stop = match self.watch {
            Some(_) => lifecycle::stop_requested().boxed().shared(),
            None => retry::never(),
        };
        Ok(match self.execute(stop, POLL).await? {
            Verdict::Clean => ExitCode::SUCCESS,
            Verdict::Incomplete => ExitCode::from(INCOMPLETE),
            Verdict::Failed => ExitCode::FAILURE,
        })
    }

    /// Pushes the files, or what comes into the folder until a stop. Returns the worst result.
    async fn execute(self, stop: Stop, poll: Duration) -> Result<Verdict> {
        let language = self.lang.unwrap_or_else(|| Language::of_environment(|name| std::env::var(name).ok()));
        if self.server.is_exposed() {
            eprintln!(
                "ioc: the credential and the records are sent to {} unencrypted; prefer https",
                self.server.base()
            );
        }
        let client = Client::new(&self.server, language)?;
        let pusher = Pusher { client, options: self.options, language, stop };
        let sender = Sender { pusher, file_type: self.file_type, format: self.format };
        if let Some(folder) = &self.watch {
            Watch { folder, kind: self.kind.as_deref(), sender: &sender, poll }.run().await?;
            return Ok(Verdict::Clean);
        }
        let mut worst = Verdict::Clean;
        for path in &self.files {
            worst = worst.max(sender.named(path, self.kind.as_deref().unwrap_or_default()).await?);
        }
        Ok(worst)
    }
}

/// Pushes files and shows how each ended.
struct Sender {
    pusher: Pusher,
    file_type: Option<FileType>,
    format: Format,
}

impl Sender {
    /// Pushes a file of the command line. A file that fails does not keep the next ones from being pushed.
    async fn named(&self, path: &Path, kind: &str) -> Result<Verdict> {
        let pushed = async {
            let input = self.open(path).await?;
            let job = Job { input: &input, kind, key: Key::Run, beside: &input.path };
            self.pusher.push(&job).await
        };
        match pushed.await {
            Ok(outcome) => self.show(path, kind, &outcome),
            Err(failure) => self.show_failure(path, &failure).map(|()| Verdict::Failed),
        }
    }

    async fn open(&self, path: &Path) -> Result<Input, Failure> {
        let (path, file_type) = (path.to_owned(), self.file_type);
        // A pipe may be silent for long.
        let opened = tokio::task::spawn_blocking(move || Input::open(&path, file_type)).await;
        Ok(opened.map_err(anyhow::Error::from)??)
    }

    fn show(&self, path: &Path, kind: &str, outcome: &Outcome) -> Result<Verdict> {
        let Pusher { options, language, .. } = &self.pusher;
        match self.format {
            Format::Table => {
                output::print(report::table(&path.to_string_lossy(), kind, options.source(), outcome, *language))?;
            }
            Format::Json => output::print(report::json(path, outcome))?,
        }
        Ok(outcome.summary.verdict())
    }

    fn show_failure(&self, path: &Path, failure: &Failure) -> Result<()> {
        if self.format == Format::Json {
            output::print(report::failure_json(path, failure))?;
        }
        eprintln!("ioc: {}: {failure}", path.display());
        Ok(())
    }
}
