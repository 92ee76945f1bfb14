//! Documents. The platform has their numbers, not their files, so they have titles and no addresses.

use chrono::NaiveDate;
use serde::Serialize;

use super::text::{local_id, optional, shown};
use super::time::Times;

/// Document of a project or of a contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    id: String,
    #[serde(rename = "documentType", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_published: Option<String>,
}

impl Document {
    /// A document with this title, if it has one.
    pub fn titled(kind: Option<&'static str>, title: Option<&String>) -> Option<Self> {
        let title = optional(title)?;
        let id = local_id(kind.unwrap_or("document"), &[&title]);
        Some(Self { id, kind, title, description: None, date_published: None })
    }

    /// The same document with a description.
    #[must_use]
    pub fn about(self, description: &str) -> Self {
        Self { description: shown(description), ..self }
    }

    /// The same document of a day.
    #[must_use]
    pub fn on(self, times: Times, day: NaiveDate) -> Self {
        Self { date_published: Some(times.from(day)), ..self }
    }
}

/// Each document once.
pub fn once(documents: impl IntoIterator<Item = Document>) -> Vec<Document> {
    let mut kept: Vec<Document> = Vec::new();
    for document in documents {
        if !kept.iter().any(|other| other.id == document.id) {
            kept.push(document);
        }
    }
    kept
}
