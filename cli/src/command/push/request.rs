//! What is asked of the server: options of a push and the address that states them.

use std::fmt::Write;

use clap::Args;

/// Options of a push.
#[derive(Args, Debug, Clone, Default)]
pub struct Options {
    /// Source of the records [default: the one of the credential]
    #[arg(long)]
    source: Option<String>,
    /// Check the rows and store nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Store all rows or none
    #[arg(long)]
    atomic: bool,
    /// Remove the source's records that the file does not have
    #[arg(long)]
    replace: bool,
    /// Number of records that --replace may remove [default: the limit of the server]
    #[arg(long, value_name = "N", requires = "replace")]
    may_remove: Option<u64>,
    /// Records that --replace compares, by one field
    #[arg(long, value_name = "FIELD:VALUE", requires = "replace", value_parser = scope)]
    scope: Option<String>,
}

fn scope(text: &str) -> Result<String, String> {
    match text.split_once(':') {
        Some((field, _)) if !field.is_empty() => Ok(text.to_owned()),
        _ => Err("accepted: field:value, for example area:01".to_owned()),
    }
}

impl Options {
    /// The source, if one is named.
    pub fn source(&self) -> Option<&str> {
        self.source.as_deref()
    }

    /// Path and query of a push of a kind.
    pub fn address(&self, kind: &str) -> String {
        let mut address = format!("/v1/push/{}", escaped(kind));
        let may_remove = self.may_remove.map(|number| number.to_string());
        let parameters = [
            ("source", self.source.as_deref()),
            ("dryRun", self.dry_run.then_some("true")),
            ("atomic", self.atomic.then_some("true")),
            ("mode", self.replace.then_some("replace")),
            ("mayRemove", may_remove.as_deref()),
            ("scope", self.scope.as_deref()),
        ];
        let given = parameters.into_iter().filter_map(|(name, value)| Some((name, value?)));
        for (number, (name, value)) in given.enumerate() {
            let mark = if number == 0 { '?' } else { '&' };
            // Writing into a String cannot fail.
            let _ = write!(address, "{mark}{name}={}", escaped(value));
        }
        address
    }
}

/// A text as it may stand in a path, a query and the file name of a header (RFC 3986, section 2.3; RFC 8187).
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing into a String cannot fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}
