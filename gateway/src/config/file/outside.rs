//! Texts that a configuration file refers to: secrets in environment variables, certificates and manifests in files.
//!
//! References are replaced before the settings are read, so the code that reads a setting does not need to know them.

use std::{borrow::Cow, fmt, ops::Range, path::Path};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// Where a reference is allowed. `*` matches any key and each element of a list.
const PLACES: [&[&str]; 4] = [
    &["headers", "request", "*", "insert", "value"],
    &["http", "extra_trust_roots_pem"],
    &["persisted", "trusted"],
    &["subgraph_urls", "*"],
];

/// The environment and files that a configuration file may refer to.
#[derive(Clone, Copy)]
pub struct Outside<'a> {
    /// Base of relative file names: the folder of the configuration file.
    pub folder: &'a Path,
    /// Looks up an environment variable.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
}

impl fmt::Debug for Outside<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Outside").field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// A reference that cannot be resolved.
pub(super) struct Missing {
    /// Position in bytes of the file.
    pub(super) span: Range<usize>,
    pub(super) message: String,
}

impl Outside<'_> {
    /// Replaces each reference with its text.
    pub(super) fn fill(&self, document: &mut DeTable<'_>) -> Result<(), Missing> {
        PLACES.into_iter().try_for_each(|place| self.fill_table(document, place))
    }

    fn fill_table(&self, table: &mut DeTable<'_>, place: &[&str]) -> Result<(), Missing> {
        let Some((first, rest)) = place.split_first() else {
            return Ok(());
        };
        table
            .iter_mut()
            .filter(|(key, _)| *first == "*" || key.get_ref() == first)
            .try_for_each(|(_, value)| self.fill_value(value, rest))
    }

    fn fill_value(&self, value: &mut Spanned<DeValue<'_>>, place: &[&str]) -> Result<(), Missing> {
        let span = value.span();
        match (value.get_mut(), place) {
            (DeValue::Table(named), []) => {
                let text = self.find(named).map_err(|message| Missing { span, message })?;
                *value.get_mut() = DeValue::String(Cow::Owned(text));
                Ok(())
            }
            (DeValue::Table(table), _) => self.fill_table(table, place),
            (DeValue::Array(list), ["*", rest @ ..]) => {
                list.iter_mut().try_for_each(|value| self.fill_value(value, rest))
            }
            _ => Ok(()),
        }
    }

    fn find(&self, named: &DeTable<'_>) -> Result<String, String> {
        let mut entries = named.iter().map(|(key, value)| (key.get_ref().as_ref(), value.get_ref()));
        match (entries.next(), entries.next()) {
            (Some(("env", DeValue::String(name))), None) => (self.variable)(name)
                .filter(|text| !text.is_empty())
                .ok_or_else(|| format!("the environment variable `{name}` is not set")),
            (Some(("file", DeValue::String(name))), None) => {
                let path = self.folder.join(name.as_ref());
                std::fs::read_to_string(&path)
                    .map(|text| text.trim_end_matches(['\r', '\n']).to_owned())
                    .map_err(|error| format!("cannot read {}: {error}", path.display()))
            }
            _ => Err("accepted are a text, { env = \"NAME\" } and { file = \"path\" }".to_owned()),
        }
    }
}
