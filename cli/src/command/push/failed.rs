//! Failed rows beside the file that they are from.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use http_body_util::BodyExt;

use super::input::FileType;
use super::request::escaped;
use crate::client::{Client, Failure};

/// The file of the failed rows of `path`. The whole name stays, so that two files never share one.
pub fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".failed.");
    name.push(extension);
    name.into()
}

/// Lines of failed rows, in a file that appears when it is whole.
pub struct FailedLines {
    path: PathBuf,
    file: Option<BufWriter<File>>,
}

impl FailedLines {
    /// Nothing is created until the first line.
    pub fn new(path: PathBuf) -> Self {
        Self { path, file: None }
    }

    /// Writes a line.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&mut self, line: &[u8]) -> io::Result<()> {
        self.add(line)?;
        self.add(b"\n")
    }

    fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(BufWriter::new(File::create(staged(&self.path))?)),
        };
        file.write_all(bytes)
    }

    /// Puts the file in its place. Returns its path; `None` without a line.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(&mut self) -> io::Result<Option<PathBuf>> {
        let Some(mut file) = self.file.take() else { return Ok(None) };
        let renamed = file.flush().and_then(|()| fs::rename(staged(&self.path), &self.path));
        renamed.inspect_err(|_| self.remove())?;
        Ok(Some(self.path.clone()))
    }

    fn remove(&self) {
        // A file that stays is overwritten by the next push.
        let _ = fs::remove_file(staged(&self.path));
    }
}

impl Drop for FailedLines {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            self.remove();
        }
    }
}

fn staged(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

/// What failed rows are needed for, if they have personal data.
const PURPOSE: &str = "mend+and+send+again";

/// Fetches the failed rows of a receipt, in the type in which they came. Returns the path of the file.
///
/// # Errors
/// When they cannot be fetched or written.
pub async fn download(
    client: &Client,
    receipt: &str,
    file_type: FileType,
    path: &Path,
) -> Result<Option<PathBuf>, Failure> {
    let extension = file_type.extension();
    let target = beside(path, extension);
    let cannot = || format!("cannot write {}", target.display());
    let address = format!("/v1/push/receipts/{}/failed.{extension}?purpose={PURPOSE}", escaped(receipt));
    let mut body = client.get(&address).await?.into_body();
    let mut file = FailedLines::new(target.clone());
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            let reason = format!("the failed rows broke off: {:#}", anyhow::Error::from(error));
            Failure::Passing { reason, wait: None }
        })?;
        if let Some(bytes) = frame.data_ref() {
            file.add(bytes).with_context(cannot)?;
        }
    }
    Ok(file.finish().with_context(cannot)?)
}
