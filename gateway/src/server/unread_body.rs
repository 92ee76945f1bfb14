//! Drains request bodies that a handler left unread, within a limit of bytes and time.
//!
//! A refusal often comes before the body has been read. When the server then closes a connection on which data still
//! arrive, TCP resets it, and the client loses the answer that it has not read yet. So the body is read on and thrown
//! away while the answer is sent (RFC 9112 § 9.6 describes the reset).

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, header};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokio::runtime::Handle;

/// How much of an unread body is drained.
#[derive(Clone, Copy, Debug)]
pub(super) struct DrainLimits {
    pub(super) bytes: usize,
    pub(super) time: Duration,
}

/// The body of a request. What is unread when it is dropped is drained.
pub(super) struct DrainedBody {
    /// `None` once there is nothing more to drain.
    body: Option<Incoming>,
    limits: DrainLimits,
    /// Whether the client sends the body only after `100 Continue`, which the first read causes (RFC 9110 § 10.1.1).
    /// Until then there is nothing to drain.
    is_awaited: bool,
}

impl DrainedBody {
    pub(super) fn new(body: Incoming, headers: &HeaderMap, limits: DrainLimits) -> Self {
        let expected = headers.get(header::EXPECT);
        Self {
            body: Some(body).filter(|body| !body.is_end_stream()),
            limits,
            is_awaited: expected.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"100-continue")),
        }
    }
}

impl Body for DrainedBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        self.is_awaited = false;
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        let frame = ready!(Pin::new(&mut *body).poll_frame(context));
        if body.is_end_stream() || !matches!(frame, Some(Ok(_))) {
            self.body = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}

impl Drop for DrainedBody {
    fn drop(&mut self) {
        if let (Some(body), false, Ok(runtime)) = (self.body.take(), self.is_awaited, Handle::try_current()) {
            runtime.spawn(tokio::time::timeout(self.limits.time, drain(body, self.limits.bytes)));
        }
    }
}

async fn drain(mut body: Incoming, mut bytes: usize) {
    while let Some(Ok(frame)) = body.frame().await {
        let read = frame.data_ref().map_or(0, Bytes::len);
        let Some(rest) = bytes.checked_sub(read) else { return };
        bytes = rest;
    }
}
