//! Refused requests: the status and the error.

use http::{HeaderName, HeaderValue, StatusCode, header};

use crate::{
    GraphQlResponse,
    error::{ErrorCode, GraphQlError},
};

/// Why a request is not executed.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) error: GraphQlError,
    /// A header that the status requires, such as `Allow` for 405.
    pub(super) header: Option<Box<(HeaderName, HeaderValue)>>,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, code: ErrorCode, message: impl Into<String>) -> Self {
        Self { status, error: GraphQlError::new(code, message), header: None }
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, ErrorCode::BadRequest, message)
    }

    /// The request can be parsed, but is not a GraphQL request. The September 2026 edition has 422 for this; the
    /// audited rules replace it with 400.
    pub(super) fn unfit(error: GraphQlError) -> Self {
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, error, header: None }
    }

    /// A limit of the HTTP surface was passed. The actual value is unknown for a body that unpacks to more than the cap.
    pub(super) fn over_limit(
        status: StatusCode,
        code: ErrorCode,
        name: &str,
        maximum: usize,
        actual: Option<usize>,
        message: String,
    ) -> Self {
        let mut refusal = Self::new(status, code, message);
        refusal.error = refusal.error.over_limit(name, maximum, actual);
        refusal
    }

    pub(super) fn with_header(mut self, name: HeaderName, value: &'static str) -> Self {
        self.header = Some(Box::new((name, HeaderValue::from_static(value))));
        self
    }

    pub(super) fn not_allowed(message: &str, allow: &'static str) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, ErrorCode::BadRequest, message).with_header(header::ALLOW, allow)
    }

    pub(super) fn into_response(self) -> GraphQlResponse {
        let mut response = GraphQlResponse::refused(self.status, &[self.error]);
        response.headers.extend(self.header.map(|header| *header));
        response
    }
}
