//! The document as a file that is whole or is not there, or on stdout.

use std::io::{ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, Result};

/// Writes a file, or to stdout. A closed pipe, for example by `head`, is not an error.
///
/// # Errors
/// When it cannot be written.
pub fn write(bytes: &[u8], file: Option<&Path>) -> Result<()> {
    let Some(file) = file else {
        let mut stdout = std::io::stdout().lock();
        return match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            written => written.context("cannot write to stdout"),
        };
    };
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let staged = || -> std::io::Result<()> {
        let mut staged = tempfile::Builder::new().prefix(".briefing-").tempfile_in(folder)?;
        staged.write_all(bytes)?;
        staged.as_file().sync_all()?;
        // A temporary file is private.
        staged.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))?;
        staged.persist(file).map_err(|error| error.error)?;
        Ok(())
    };
    staged().with_context(|| format!("cannot write {}", file.display()))
}
