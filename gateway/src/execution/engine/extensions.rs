//! The `extensions` of an answer.

use serde::Serialize;

use crate::{execution::projector::Completion, explanation::Explanation};

/// All extensions of one answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Extensions {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) explain: Option<Explanation>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) value_completion: Vec<Completion>,
}

impl Extensions {
    /// Completes the answer. Writes the extensions, if there are any, and the closing brace.
    pub(super) fn end(&self, body: &mut Vec<u8>) {
        if (self.explain.is_some() || !self.value_completion.is_empty())
            && let Ok(json) = serde_json::to_vec(self)
        {
            body.extend_from_slice(b",\"extensions\":");
            body.extend_from_slice(&json);
        }
        body.push(b'}');
    }
}
