//! Writers of documents, one for each format.

mod html;
mod markdown;
#[cfg(test)]
mod tests;
mod xlsx;

use std::path::Path;

use anyhow::Result;
use clap::ValueEnum;

use super::document::Document;

/// Format of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Markdown with tables, as GitHub reads it
    Md,
    /// A page that needs no other file, also to be printed
    Html,
    /// A workbook with a sheet for each table
    Xlsx,
}

impl Format {
    /// The format that a file's extension names.
    pub fn of_name(file: &Path) -> Option<Self> {
        let extension = file.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "md" | "markdown" => Some(Self::Md),
            "html" | "htm" => Some(Self::Html),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }

    /// The bytes of a document.
    ///
    /// # Errors
    /// When a workbook cannot hold it.
    pub fn write(self, document: &Document) -> Result<Vec<u8>> {
        match self {
            Self::Md => Ok(markdown::write(document).into_bytes()),
            Self::Html => Ok(html::write(document).into_bytes()),
            Self::Xlsx => Ok(xlsx::write(document)?),
        }
    }
}

/// A text on one line: without line breaks and other control characters.
fn on_one_line(text: &str) -> String {
    let is_break = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.chars().map(|c| if is_break(c) { ' ' } else { c }).collect()
}
