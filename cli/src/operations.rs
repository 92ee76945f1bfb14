//! The stored operations of `schema/operations`, embedded in the binary: examples of the playground, and trusted documents
//! of the platform's gateway.

use std::sync::Arc;

use gateway::document::TrustedDocuments;
use rust_embed::RustEmbed;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(RustEmbed)]
#[folder = "../schema/operations"]
struct Files;

/// Extension of the file of an operation.
const EXTENSION: &str = ".graphql";

/// The list of examples, `examples.toml`.
#[derive(Debug, Deserialize)]
struct Listing {
    example: Vec<Example>,
}

/// Example: an entry of the list, completed with the texts of its files for the page.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Example {
    #[serde(skip_serializing)]
    file: String,
    /// Title in English.
    pub name: String,
    /// Title in Vietnamese.
    pub name_vi: String,
    description: String,
    description_vi: String,
    #[serde(skip_deserializing)]
    query: String,
    #[serde(skip_deserializing)]
    variables: Option<Value>,
}

/// Returns the text of a file.
pub fn text(file: &str) -> Option<String> {
    String::from_utf8(Files::get(file)?.data.into_owned()).ok()
}

/// Returns the operations as examples, in the order of the list.
///
/// # Errors
/// When the list cannot be read, or names a file that is not there.
pub fn examples() -> anyhow::Result<Vec<Example>> {
    let listing = text("examples.toml").ok_or_else(|| anyhow::anyhow!("examples.toml is missing"))?;
    let Listing { mut example } = toml::from_str(&listing)?;
    for example in &mut example {
        let file = &example.file;
        example.query = text(file).ok_or_else(|| anyhow::anyhow!("{file} is missing"))?;
        let variables = text(&file.replace(EXTENSION, ".json"));
        example.variables = variables.map(|text| serde_json::from_str(&text)).transpose()?;
    }
    Ok(example)
}

/// Returns the names of the operations: those of their files, without the extension.
pub fn names() -> Vec<String> {
    let mut names: Vec<String> =
        Files::iter().filter_map(|file| Some(file.strip_suffix(EXTENSION)?.to_owned())).collect();
    names.sort();
    names
}

/// Returns the example with the text of a document, if it is one.
pub fn example(document: &str) -> Option<Example> {
    examples().ok()?.into_iter().find(|example| example.query == document)
}

/// Adds the stored operations to the trusted documents of the operator, each under its name and its hash. An id that the
/// operator has given to another document stays the operator's.
pub fn trusted(own: Option<&TrustedDocuments>) -> Arc<TrustedDocuments> {
    let mut documents = own.cloned().unwrap_or_default();
    for name in names() {
        let Some(text) = text(&format!("{name}{EXTENSION}")) else { continue };
        if let Err(error) = documents.insert_with_hash(name, text) {
            tracing::info!(%error, "a stored operation gives way to a trusted document of the operator");
        }
    }
    Arc::new(documents)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_operation_is_an_example() {
        let listed: BTreeSet<String> =
            examples().expect("examples.toml can be read").into_iter().map(|example| example.file).collect();
        assert_eq!(listed, names().iter().map(|name| format!("{name}.graphql")).collect());
    }

    #[test]
    fn an_operation_is_trusted_under_its_name_and_its_hash_beside_those_of_the_operator() {
        let own = TrustedDocuments::from_manifest(r#"{ "wards": "{ mine }", "x": "{ x }" }"#).expect("a manifest");
        let (alone, beside) = (trusted(None), trusted(Some(&own)));
        assert_eq!(alone.len(), 2 * names().len());
        let first = alone.get("first-look").expect("stored");
        assert!(first.contains("query FirstLook"));
        let hash = alone.iter().find(|(id, text)| id.len() == 64 && *text == first).expect("a hash").0;
        assert_eq!(beside.get(&format!("sha256:{hash}")), Some(first));
        assert_eq!(beside.get("wards").map(|text| &**text), Some("{ mine }"));
        assert_eq!(beside.get("x").map(|text| &**text), Some("{ x }"));
    }
}
