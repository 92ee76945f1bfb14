//! W3C trace context: continues the caller's trace and propagates it to the subgraphs.
//!
//! Only a tracer (an OpenTelemetry layer of `tracing`) creates ids. Without one, the header rules forward the caller's
//! `traceparent` unchanged, as the specification asks of a participant that records nothing
//! (<https://www.w3.org/TR/trace-context/#forwarding-without-mutation>).

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::{
    global,
    propagation::{Extractor, Injector},
    trace::TraceContextExt,
};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

const TRACEPARENT: &str = "traceparent";

/// Makes a span a child of the caller's span. Returns the trace id: the tracer's, or otherwise the one that the caller
/// sent.
pub(super) fn adopt(span: &Span, headers: &HeaderMap) -> Option<String> {
    let parent = headers.get(TRACEPARENT);
    if parent.is_some() {
        let context = global::get_text_map_propagator(|propagator| propagator.extract(&Extract(headers)));
        if context.span().span_context().is_valid() {
            // Without a tracer, the parent cannot be set. That is not an error.
            let _ = span.set_parent(context);
        }
    }
    let context = span.context();
    let own = context.span().span_context().clone();
    if own.is_valid() {
        return Some(own.trace_id().to_string());
    }
    trace_id(parent?.to_str().ok()?).map(str::to_owned)
}

/// Whether a tracer records a span.
pub(super) fn is_traced(span: &Span) -> bool {
    span.context().span().span_context().is_valid()
}

/// Replaces the trace headers with those of the current span, if a tracer gave it an id.
pub(crate) fn inject(headers: &mut HeaderMap) {
    let span = Span::current();
    if span.is_disabled() {
        return;
    }
    let context = span.context();
    if context.span().span_context().is_valid() {
        global::get_text_map_propagator(|propagator| propagator.inject_context(&context, &mut Inject(headers)));
    }
}

/// The trace id of a `traceparent` (`version-traceid-parentid-flags`, lower-case hexadecimal, not all zeros).
fn trace_id(traceparent: &str) -> Option<&str> {
    let mut parts = traceparent.split('-');
    let (version, id) = (parts.next()?, parts.next()?);
    let hexadecimal = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    let sane = version.len() == 2 && version != "ff" && hexadecimal(version) && id.len() == 32 && hexadecimal(id);
    (sane && id.bytes().any(|byte| byte != b'0')).then_some(id)
}

struct Extract<'a>(&'a HeaderMap);

impl Extractor for Extract<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|value| value.to_str().ok())
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}

struct Inject<'a>(&'a mut HeaderMap);

impl Injector for Inject<'_> {
    fn set(&mut self, key: &str, value: String) {
        let Ok(name) = HeaderName::from_bytes(key.as_bytes()) else {
            return;
        };
        // An empty `tracestate` has no meaning, so it is removed.
        match HeaderValue::try_from(value) {
            Ok(value) if !value.is_empty() => {
                self.0.insert(name, value);
            }
            _ => {
                self.0.remove(name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_sane_traceparent_has_a_trace_id() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        assert_eq!(trace_id(&format!("00-{id}-00f067aa0ba902b7-01")), Some(id));
        for wrong in [
            "",
            "00",
            "00-4bf9-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        ] {
            assert_eq!(trace_id(wrong), None, "{wrong}");
        }
    }
}
