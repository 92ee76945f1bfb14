//! The span of a request. Attribute names follow OpenTelemetry's semantic conventions for GraphQL servers.

use http::HeaderMap;
use tracing::{Span, field::Empty};

use super::trace_context::{adopt, is_traced};
use crate::{config::TelemetryOptions, document::PreparedOperation};

/// Opens the span of a request, in the caller's trace if there is one. Log lines in the span have the request id and
/// the trace id.
pub(crate) fn request_span(headers: &HeaderMap) -> Span {
    let request_id = headers.get("x-request-id");
    let span = tracing::info_span!(
        "graphql",
        otel.kind = "server",
        otel.name = Empty,
        otel.status_code = Empty,
        request_id = request_id.and_then(|id| id.to_str().ok()).unwrap_or_default(),
        trace_id = Empty,
        graphql.operation.type = Empty,
        graphql.operation.name = Empty,
        graphql.document = Empty,
    );
    if !span.is_disabled()
        && let Some(trace_id) = adopt(&span, headers)
    {
        span.record("trace_id", trace_id);
    }
    span
}

/// Records the operation in the current span. The document is recorded only if it is configured, because it may contain
/// sensitive literals.
pub(crate) fn record_operation(operation: &PreparedOperation, document: &str, options: &TelemetryOptions) {
    let span = Span::current();
    if span.is_disabled() {
        return;
    }
    let kind = operation.operation.operation_type.name();
    let name = operation.operation.name.as_ref();
    span.record("graphql.operation.type", kind);
    if let Some(name) = name {
        span.record("graphql.operation.name", name.as_str());
    }
    // The name only repeats the two other attributes and costs a formatting, so it is recorded only for a tracer.
    if is_traced(&span) {
        match name {
            Some(name) => span.record("otel.name", format_args!("{kind} {name}").to_string()),
            None => span.record("otel.name", kind),
        };
    }
    if options.document_in_spans {
        span.record("graphql.document", document);
    }
}
