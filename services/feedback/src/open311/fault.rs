//! Errors: an array of code and description, in the requested format. 404 for what is absent, 403 for a key, 400 for the rest.

use http::StatusCode;
use schema::problem::ProblemCode;
use service_kit::Problem;

use super::Reply;
use super::format::{Format, Node};

/// Errors of one request.
#[derive(Debug)]
pub(super) struct Faults {
    status: StatusCode,
    messages: Vec<String>,
}

impl Faults {
    pub(super) fn one(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, messages: vec![message.into()] }
    }

    /// All that is wrong with the parameters of a request, if anything is.
    pub(super) fn of_request(messages: Vec<String>) -> Result<(), Self> {
        if messages.is_empty() { Ok(()) } else { Err(Self { status: StatusCode::BAD_REQUEST, messages }) }
    }

    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::one(StatusCode::BAD_REQUEST, message)
    }

    pub(super) fn absent(message: impl Into<String>) -> Self {
        Self::one(StatusCode::NOT_FOUND, message)
    }

    pub(super) fn reply(self, format: Format) -> Reply {
        let error = |message: String| {
            Node::Object(vec![("code", Node::text(self.status.as_str())), ("description", Node::text(message))])
        };
        let errors = Node::root("errors", "error", self.messages.into_iter().map(error).collect());
        Reply { status: self.status, content_type: format.content_type(), body: errors.write(format) }
    }
}

impl From<Problem> for Faults {
    fn from(problem: Problem) -> Self {
        let status = match problem.code {
            ProblemCode::NotFound => StatusCode::NOT_FOUND,
            ProblemCode::Unauthenticated | ProblemCode::Forbidden => StatusCode::FORBIDDEN,
            ProblemCode::Timeout | ProblemCode::SubgraphUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            ProblemCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        };
        if let Some(source) = &problem.source {
            tracing::error!(error = ?source, "a request of Open311 failed");
        }
        Self::one(status, problem.message)
    }
}
