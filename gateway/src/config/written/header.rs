//! Names and values of HTTP headers in the configuration file.

use http::{HeaderName, HeaderValue};
use serde::{Deserialize, Deserializer};

/// The name of a header, ignoring case.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct WrittenName(pub(crate) HeaderName);

impl TryFrom<String> for WrittenName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        HeaderName::from_bytes(text.as_bytes()).map(Self).map_err(|_| {
            format!("`{text}` is no name of a header: accepted are letters, digits and dashes, such as `x-tenant`")
        })
    }
}

/// The value of a header. It may be a secret, so errors and logs do not show it.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct WrittenValue(pub(crate) HeaderValue);

impl TryFrom<String> for WrittenValue {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        let mut value = HeaderValue::try_from(text)
            .map_err(|_| "this is no value of a header: accepted is one line without control characters")?;
        value.set_sensitive(true);
        Ok(Self(value))
    }
}

/// One name.
pub(crate) fn header_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<HeaderName, D::Error> {
    WrittenName::deserialize(deserializer).map(|name| name.0)
}

/// A list of names.
pub(crate) fn header_names<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<HeaderName>, D::Error> {
    let names: Vec<WrittenName> = Vec::deserialize(deserializer)?;
    Ok(names.into_iter().map(|name| name.0).collect())
}
