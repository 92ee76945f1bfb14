//! Texts with a required format: paths, URLs, certificates, manifests.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Deserializer, de::Error};

use super::optional;
use crate::{
    document::{ManifestError, TrustedDocuments},
    transport::{check_certificates, check_url},
};

/// Paths that the server uses itself.
const TAKEN: [&str; 3] = ["/health/live", "/health/ready", "/metrics"];

/// The path of the GraphQL endpoint.
pub(crate) fn path<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let path = String::deserialize(deserializer)?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    if !path.starts_with('/') || !path.bytes().all(is_plain) {
        return Err(Error::custom(format!(
            "`{path}` is no path: accepted are letters, digits and `-._~` after slashes, such as `/graphql`"
        )));
    }
    if TAKEN.contains(&path.as_str()) {
        return Err(Error::custom(format!("`{path}` is taken: the server answers there itself")));
    }
    Ok(path)
}

#[derive(Deserialize)]
#[serde(try_from = "String")]
struct WrittenUrl(String);

impl TryFrom<String> for WrittenUrl {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match check_url(&text) {
            Ok(_) => Ok(Self(text)),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// URLs of subgraphs, by name.
pub(crate) fn urls<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    let urls: BTreeMap<String, WrittenUrl> = BTreeMap::deserialize(deserializer)?;
    Ok(urls.into_iter().map(|(name, url)| (name, url.0)).collect())
}

/// Certificates in PEM, or `false`.
pub(crate) fn certificates<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let Some(pem): Option<String> = optional(deserializer)? else {
        return Ok(Vec::new());
    };
    check_certificates(pem.as_bytes()).map_err(Error::custom)?;
    Ok(pem.into_bytes())
}

/// A manifest of trusted documents as JSON, or `false`.
pub(crate) fn manifest<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Arc<TrustedDocuments>>, D::Error> {
    let Some(text): Option<String> = optional(deserializer)? else {
        return Ok(None);
    };
    match TrustedDocuments::from_manifest(&text) {
        Ok(documents) => Ok(Some(Arc::new(documents))),
        Err(ManifestError::Json(source)) => Err(Error::custom(format!("the manifest is not JSON: {source}"))),
        Err(error) => Err(Error::custom(error)),
    }
}
