//! What an answer has beside data and errors.

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
    /// Ends an answer, with its extensions if there are any.
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
