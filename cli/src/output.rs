//! Output of commands: on stdout, or as a file that is whole or is not there.

use std::fmt::Display;
use std::fs::Permissions;
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;
use tempfile::NamedTempFile;

/// Writes a text. A closed pipe, for example by `head`, is not an error.
///
/// # Errors
/// When stdout cannot be written for another reason.
pub fn print(text: impl Display) -> Result<()> {
    write(text.to_string().as_bytes())
}

/// Writes bytes. A closed pipe is not an error.
///
/// # Errors
/// When stdout cannot be written for another reason.
pub fn write(bytes: &[u8]) -> Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.context("cannot write to stdout"),
    }
}

/// Writes a value as indented JSON.
///
/// # Errors
/// When stdout cannot be written.
pub fn print_json(value: &impl Serialize) -> Result<()> {
    print(format_args!("{}\n", serde_json::to_string_pretty(value)?))
}

/// Writes a file.
///
/// # Errors
/// When it cannot be written; then there is no new file.
pub fn write_file(bytes: &[u8], file: &Path) -> Result<()> {
    let written = staged(file).and_then(|mut staged| {
        staged.write_all(bytes)?;
        keep(staged, file)
    });
    written.with_context(|| format!("cannot write {}", file.display()))
}

/// Begins a file beside the place of another one.
///
/// # Errors
/// When its folder cannot be written.
pub fn staged(file: &Path) -> io::Result<NamedTempFile> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    tempfile::Builder::new().prefix(".ioc-").tempfile_in(folder)
}

/// Puts a staged file in its place, with the rights of a usual one: a temporary file is private.
///
/// # Errors
/// When it cannot be stored or moved.
pub fn keep(staged: NamedTempFile, file: &Path) -> io::Result<()> {
    staged.as_file().sync_all()?;
    staged.as_file().set_permissions(Permissions::from_mode(0o644))?;
    staged.persist(file).map_err(|error| error.error)?;
    Ok(())
}
