//! Answers of exports that are refused.

use axum::response::{IntoResponse, Response};
use gateway::GraphQlError;
use http::header::WWW_AUTHENTICATE;
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};
use service_kit::Problem;
use service_kit::push::http::status;

/// Why there is no file.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    error: Value,
    /// The errors of the answer of the gateway.
    errors: Vec<Value>,
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        if let Some(source) = &problem.source {
            tracing::error!(error = ?source, "an export failed");
        }
        let error = json!({ "code": problem.code.as_str(), "message": problem.message, "path": problem.path });
        Self { status: status(&problem), error, errors: Vec::new() }
    }
}

impl Refusal {
    /// The refusal of a request that the gateway does not execute.
    pub fn of_request(errors: &[GraphQlError]) -> Self {
        let errors: Vec<Value> = errors.iter().map(|error| json!(error)).collect();
        let parameter = match code(errors.first()) {
            "DOCUMENT_NOT_FOUND" => Some("documentId"),
            "VALIDATION" => Some("variables"),
            "BAD_REQUEST" => Some("operationName"),
            _ => None,
        };
        Self::of(errors, "the operation is not executed", parameter)
    }

    /// The refusal of an answer with errors: what is missing in it would look like nothing. Without `executed` there is none.
    pub fn of_answer(executed: bool, errors: Vec<Value>) -> Self {
        let what = if executed {
            "the answer of the operation has errors, so it is not exported"
        } else {
            "the operation is not executed"
        };
        Self::of(errors, what, None)
    }

    /// The refusal after the gateway's own errors. The first decides over code and status.
    fn of(errors: Vec<Value>, what: &str, parameter: Option<&str>) -> Self {
        let code = code(errors.first()).to_owned();
        let first = errors.first().and_then(|error| error["message"].as_str()).unwrap_or("there is no answer");
        let hint =
            if code == "DOCUMENT_NOT_FOUND" { format!("; {}", super::asked::documents()) } else { String::new() };
        let error = json!({ "code": code, "message": format!("{what}: {first}{hint}"), "path": parameter });
        Self { status: status_of(&code), error, errors }
    }
}

fn code(error: Option<&Value>) -> &str {
    error.and_then(|error| error["extensions"]["code"].as_str()).unwrap_or("INTERNAL")
}

/// The status for the code of an error of the gateway or of a service behind it.
fn status_of(code: &str) -> StatusCode {
    match code {
        "UNAUTHENTICATED" => StatusCode::UNAUTHORIZED,
        "FORBIDDEN" => StatusCode::FORBIDDEN,
        "NOT_FOUND" | "DOCUMENT_NOT_FOUND" => StatusCode::NOT_FOUND,
        "CONFLICT" | "STALE_VERSION" => StatusCode::CONFLICT,
        "RATE_LIMITED" => StatusCode::TOO_MANY_REQUESTS,
        "SUBGRAPH_UNAVAILABLE" | "TIMEOUT" => StatusCode::SERVICE_UNAVAILABLE,
        "INTERNAL" => StatusCode::BAD_GATEWAY,
        _ => StatusCode::BAD_REQUEST,
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut body = json!({ "error": self.error });
        if !self.errors.is_empty() {
            body["errors"] = Value::Array(self.errors);
        }
        let mut response = (self.status, axum::Json(body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
