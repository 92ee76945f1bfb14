//! The answer to the operation `documents/briefing`, and what is missing in it.
//!
//! Each root field is null when it was refused or failed; then an error has its name at the head of its path.

pub mod fields;

use anyhow::{Result, anyhow, bail};
use serde::Deserialize;
use serde_json::Value;

use self::fields::Data;

/// An answer.
#[derive(Debug, Default)]
pub struct Answer {
    pub data: Data,
    pub faults: Vec<Fault>,
}

/// An error below a root field.
#[derive(Debug, Clone)]
pub struct Fault {
    pub root: String,
    pub code: String,
    pub message: String,
}

impl Fault {
    /// Whether the caller may not see the part, so that asking again does not help.
    pub fn is_of_rights(&self) -> bool {
        matches!(self.code.as_str(), "FORBIDDEN" | "UNAUTHENTICATED")
    }
}

#[derive(Deserialize)]
struct Response {
    data: Option<Value>,
    #[serde(default)]
    errors: Vec<GraphqlError>,
}

#[derive(Deserialize)]
struct GraphqlError {
    message: String,
    #[serde(default)]
    path: Vec<Value>,
    #[serde(default)]
    extensions: Extensions,
}

#[derive(Deserialize, Default)]
struct Extensions {
    #[serde(default)]
    code: String,
}

impl Answer {
    /// Reads a response.
    ///
    /// # Errors
    /// When it is none, has no data, or data of another operation.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let response: Response =
            serde_json::from_slice(bytes).map_err(|_| anyhow!("the answer is not one of GraphQL; check --url"))?;
        let Some(data) = response.data.as_ref().filter(|data| data.is_object()) else {
            let messages: Vec<&str> = response.errors.iter().map(|error| error.message.as_str()).collect();
            match messages.as_slice() {
                [] => bail!("the platform refuses without a reason; check --url"),
                messages => bail!("the platform refuses the operation: {}", messages.join("; ")),
            }
        };
        let data = Data::deserialize(data).map_err(|error| {
            anyhow!("the answer is not the expected one ({error}); is the platform of another version?")
        })?;
        let fault = |error: GraphqlError| Fault {
            root: error.path.first().and_then(Value::as_str).unwrap_or_default().to_owned(),
            code: error.extensions.code,
            message: error.message,
        };
        Ok(Self { data, faults: response.errors.into_iter().map(fault).collect() })
    }

    /// Parts that failed, each with the reason; without those that the caller may not see.
    pub fn failures(&self) -> Vec<String> {
        let failed = self.faults.iter().filter(|fault| !fault.is_of_rights());
        failed.map(|fault| format!("{}: {} [{}]", fault.root, fault.message, fault.code)).collect()
    }
}
