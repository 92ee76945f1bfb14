//! Writes what is exported, with its progress.

use std::io::{BufWriter, ErrorKind, IntoInnerError, Write, stdout};
use std::path::Path;
use std::pin::pin;

use anyhow::{Context, Result, anyhow};
use futures::{Stream, TryStreamExt};
use indicatif::{ProgressBar, ProgressStyle};
use service_kit::Problem;

use crate::output;

/// An export in parts: bytes, and the number of things that are in them.
pub struct Parts<S> {
    /// What is counted.
    pub noun: &'static str,
    /// How many there are.
    pub total: u64,
    pub chunks: S,
}

/// Writes a file, or to stdout.
pub async fn write(
    parts: Parts<impl Stream<Item = Result<(Vec<u8>, u64), Problem>>>,
    file: Option<&Path>,
) -> Result<()> {
    match file {
        Some(file) => write_file(parts, file).await,
        None => match copy(parts, &mut stdout().lock()).await {
            Err(error) if is_closed(&error) => Ok(()),
            copied => copied.context("cannot write to stdout"),
        },
    }
}

async fn write_file(parts: Parts<impl Stream<Item = Result<(Vec<u8>, u64), Problem>>>, file: &Path) -> Result<()> {
    let cannot = || format!("cannot write {}", file.display());
    let mut out = BufWriter::new(output::staged(file).with_context(cannot)?);
    copy(parts, &mut out).await?;
    let staged = out.into_inner().map_err(IntoInnerError::into_error).with_context(cannot)?;
    output::keep(staged, file).with_context(cannot)
}

async fn copy(parts: Parts<impl Stream<Item = Result<(Vec<u8>, u64), Problem>>>, out: &mut impl Write) -> Result<()> {
    let style = ProgressStyle::with_template("{msg:24} {bar:40} {pos}/{len}")?;
    let bar = ProgressBar::new(parts.total).with_style(style).with_message(parts.noun);
    let copied = async {
        let mut chunks = pin!(parts.chunks);
        while let Some((bytes, number)) = chunks.try_next().await.map_err(said)? {
            out.write_all(&bytes)?;
            bar.inc(number);
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

/// A problem as an error of the command.
pub fn said(problem: Problem) -> anyhow::Error {
    match problem.source {
        Some(source) => anyhow!("{}: {source}", problem.message),
        None => anyhow!(problem.message),
    }
}
