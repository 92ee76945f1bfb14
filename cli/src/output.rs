//! Output of commands on stdout.

use std::fmt::Display;
use std::io::{ErrorKind, Write};

use anyhow::{Context, Result};
use serde::Serialize;

/// Writes a text. A closed pipe, for example by `head`, is not an error.
///
/// # Errors
/// When stdout cannot be written for another reason.
pub fn print(text: impl Display) -> Result<()> {
    let mut stdout = std::io::stdout().lock();
    match write!(stdout, "{text}").and_then(|()| stdout.flush()) {
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
