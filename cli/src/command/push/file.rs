//! The push of one file, with retries and its failed rows.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};

use super::answer::{Answer, Row, State, Summary};
use super::attempt::attempt;
use super::failed::{self, FailedLines};
use super::input::Input;
use super::key::Key;
use super::request::Options;
use super::retry::{Stop, retrying};
use super::traffic::Traffic;
use super::upload::Upload;
use crate::client::{Client, Failure, Language};

/// What all files of a command share.
pub struct Pusher {
    pub client: Client,
    pub options: Options,
    pub language: Language,
    pub stop: Stop,
}

/// A file with what is to be done with it.
pub struct Job<'a> {
    pub input: &'a Input,
    pub kind: &'a str,
    /// What the server knows this push by.
    pub key: Key,
    /// The path beside which failed rows are written.
    pub beside: &'a Path,
}

/// The result of a push that the server answered to the end.
pub struct Outcome {
    pub summary: Summary,
    /// The first failed rows.
    pub failed: Vec<Row>,
    /// The file with all failed rows.
    pub failed_file: Option<PathBuf>,
}

impl Pusher {
    /// Pushes a file.
    ///
    /// # Errors
    /// When the server did not answer to the end.
    pub async fn push(&self, job: &Job<'_>) -> Result<Outcome, Failure> {
        let input = job.input;
        let address = self.options.address(job.kind);
        let (key, content, push) = (job.key, input.clone(), address.clone());
        let key = tokio::task::spawn_blocking(move || key.text(&content, &push));
        let key = key.await.context("the thread that reads the file failed")?;
        let key = key.with_context(|| format!("cannot read {}", input.name))?;
        let upload = Upload { input, address: &address, key: &key };
        let traffic = Arc::new(Traffic::new(&input.name, input.len, self.language));
        let say = |line: &str| traffic.say(&format!("{}: {line}", input.name));
        let answer = retrying(self.language, &self.stop, say, async || {
            let lines = self.options.dry_run.then(|| FailedLines::new(failed::beside(job.beside, "ndjson")));
            let mut answer = Answer::new(lines);
            attempt(&self.client, &upload, &mut answer, &traffic).await?;
            Ok(answer)
        });
        let Answer { failed, summary, lines, .. } = answer.await?;
        let summary = summary.context("the answer has no summary")?;
        let failed_file = match lines {
            Some(mut lines) => lines.finish().context("cannot write the failed rows")?,
            None => self.fetch_failed(job, &summary, &traffic).await,
        };
        Ok(Outcome { summary, failed, failed_file })
    }

    /// Fetches the failed rows. That they cannot be fetched is said, and changes nothing about the push.
    async fn fetch_failed(&self, job: &Job<'_>, summary: &Summary, traffic: &Traffic) -> Option<PathBuf> {
        let receipt = summary.receipt.as_deref()?;
        if summary.counts.rejected + summary.counts.parked == 0 || summary.state == State::DryRun {
            return None;
        }
        let say = |line: &str| traffic.say(&format!("{}: {line}", job.input.name));
        let fetched = retrying(self.language, &self.stop, say, async || {
            failed::download(&self.client, receipt, job.input.file_type, job.beside).await
        });
        match fetched.await {
            Ok(path) => path,
            Err(failure) => {
                say(&self.language.pick(
                    format!("the failed rows are not here, but in the receipt {receipt}: {failure}"),
                    format!("chưa tải được các dòng lỗi, xem biên nhận {receipt}: {failure}"),
                ));
                None
            }
        }
    }
}
