//! Deadline of a request: when its caller no longer waits for the answer.

use std::time::Duration;

use http::HeaderMap;
use tokio::time::Instant;

/// Header by which a gateway says how much time is left, in milliseconds.
const HEADER: &str = "x-request-timeout-ms";

/// When the caller of a request no longer waits. Work after it is useless.
///
/// [`crate::Subgraph`] puts it into the scope of every request: `ctx.scope().deadline`. The execution of a request is
/// dropped when its deadline passes and when its client disconnects, and PostgreSQL then cancels its statements
/// ([`crate::Reader`]), so a resolver need not watch it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline(Instant);

impl Deadline {
    /// Time of a request that comes without a deadline, as for the gateway's clients.
    pub const DEFAULT: Duration = Duration::from_secs(30);

    /// The longest time that a header can ask for.
    const LONGEST: Duration = Duration::from_hours(1);

    /// A deadline at an instant.
    pub fn at(instant: impl Into<Instant>) -> Self {
        Self(instant.into())
    }

    /// A deadline after some time from now.
    pub fn after(time: Duration) -> Self {
        Self(Instant::now() + time)
    }

    /// The time that is left; zero when the deadline has passed.
    pub fn time_left(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// The deadline that the headers of a request give, or the default.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let text = headers.get(HEADER).and_then(|value| value.to_str().ok());
        let given = text.and_then(|text| text.parse().ok()).map(Duration::from_millis);
        Self::after(given.unwrap_or(Self::DEFAULT).min(Self::LONGEST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_header_gives_the_time_that_is_left() {
        for (header, expected) in [
            (None, Deadline::DEFAULT),
            (Some("1500"), Duration::from_millis(1500)),
            (Some("0"), Duration::ZERO),
            (Some("-1"), Deadline::DEFAULT),
            (Some("soon"), Deadline::DEFAULT),
            (Some("18446744073709551615"), Deadline::LONGEST),
        ] {
            let header = header.map(|value| (http::HeaderName::from_static(HEADER), value.parse().expect("a value")));
            assert_eq!(Deadline::of(&HeaderMap::from_iter(header)).time_left(), expected);
        }
        let deadline = Deadline::after(Duration::from_secs(2));
        tokio::time::advance(Duration::from_secs(3)).await;
        assert_eq!(deadline.time_left(), Duration::ZERO);
    }
}
