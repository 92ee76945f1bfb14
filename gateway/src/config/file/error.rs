//! Errors in a configuration file, with their position.

use std::ops::Range;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// Why a configuration file cannot be used. The message has the line, the column, the key, what is wrong and what is
/// accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}{}: {message}", self.shown_key())]
pub struct ConfigFileError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The key, for example `limits.max_depth`; `None` when the text is not TOML.
    pub key: Option<String>,
    /// What is wrong, and what is accepted.
    pub message: String,
}

impl ConfigFileError {
    /// `span` is in bytes of the text.
    pub(super) fn new(text: &str, span: Option<Range<usize>>, message: &str) -> Self {
        let start = span.map_or(0, |span| span.start).min(text.len());
        let before = text.get(..start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let document = DeTable::parse(text).ok();
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            key: document.and_then(|document| key_at(document.get_ref(), start)),
            message: in_plain_words(message),
        }
    }

    fn shown_key(&self) -> String {
        self.key.as_ref().map(|key| format!(", `{key}`")).unwrap_or_default()
    }
}

/// The innermost key at a byte position, which is in the key or in its value.
fn key_at(table: &DeTable<'_>, byte: usize) -> Option<String> {
    table.iter().find_map(|(key, value)| {
        let name = key.get_ref();
        let within = match value.get_ref() {
            DeValue::Table(table) => key_at(table, byte).map(|inner| format!("{name}.{inner}")),
            DeValue::Array(list) => list.iter().enumerate().find_map(|(index, element)| match element.get_ref() {
                DeValue::Table(table) => key_at(table, byte).map(|inner| format!("{name}[{index}].{inner}")),
                _ => holds(element, byte).then(|| format!("{name}[{index}]")),
            }),
            _ => None,
        };
        within.or_else(|| (holds(key, byte) || holds(value, byte)).then(|| name.to_string()))
    })
}

fn holds<T>(spanned: &Spanned<T>, byte: usize) -> bool {
    spanned.span().contains(&byte)
}

/// Replaces the Rust type names in serde's messages.
fn in_plain_words(message: &str) -> String {
    [
        ("expected usize", "expected a whole number, 0 or more"),
        ("expected u64", "expected a whole number, 0 or more"),
        ("expected u32", "expected a whole number, 0 or more"),
        ("expected f64", "expected a number"),
        ("expected a string", "expected a text"),
        ("expected a sequence", "expected a list"),
        ("expected a boolean", "expected true or false"),
    ]
    .into_iter()
    .fold(message.to_owned(), |message, (typed, plain)| message.replace(typed, plain))
}
