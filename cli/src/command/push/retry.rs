//! Retries with backoff.

use std::time::Duration;

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};

use crate::client::{Failure, Language};

/// Times before the attempts after the first, in seconds.
const BACKOFF_SECS: [u64; 5] = [1, 2, 4, 8, 16];

/// A longer `Retry-After` is not waited for.
const MAX_WAIT: Duration = Duration::from_mins(5);

/// Resolves when the command is asked to end.
pub type Stop = Shared<BoxFuture<'static, ()>>;

/// A stop that never comes: a signal ends the process at once.
pub fn never() -> Stop {
    std::future::pending().boxed().shared()
}

/// Whether a stop was asked for.
pub fn is_asked(stop: &Stop) -> bool {
    stop.clone().now_or_never().is_some()
}

/// Runs an attempt until it succeeds, fails for good or has failed too often. Every wait is told to `say`.
///
/// # Errors
/// The failure of the last attempt; [`Failure::Stopped`] when a stop comes while it waits.
pub async fn retrying<T>(
    language: Language,
    stop: &Stop,
    say: impl Fn(&str),
    mut attempt: impl AsyncFnMut() -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut backoff = BACKOFF_SECS.into_iter().map(Duration::from_secs);
    loop {
        let failure = match attempt().await {
            Err(failure @ Failure::Passing { .. }) => failure,
            outcome => return outcome,
        };
        let Some(delay) = delay(&failure, backoff.next()) else { return Err(failure) };
        let seconds = delay.as_secs();
        say(&language
            .pick(format!("{failure}; trying again in {seconds} s"), format!("{failure}; thử lại sau {seconds} giây")));
        tokio::select! {
            () = tokio::time::sleep(delay) => {}
            () = stop.clone() => return Err(Failure::Stopped),
        }
    }
}

/// How long to wait before the next attempt. `None` if there is none.
fn delay(failure: &Failure, backoff: Option<Duration>) -> Option<Duration> {
    let backoff = backoff?;
    match failure {
        Failure::Passing { wait: Some(wait), .. } => (*wait <= MAX_WAIT).then_some(*wait),
        _ => Some(backoff),
    }
}
