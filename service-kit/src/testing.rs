//! What the tests of services share: a service context over a test's own database, and a count of SQL statements.

use std::cell::Cell;
use std::sync::{Arc, Once};
use std::time::Duration;

use chrono::{DateTime, Utc};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use schema::clock::{CityTime, FixedClock};
use secrecy::SecretString;
use sqlx::PgPool;
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};

use crate::database::Database;
use crate::principal::{Authenticator, Principal};
use crate::subgraph::ServiceContext;

/// How long a test's credential is valid.
const HOUR: Duration = Duration::from_hours(1);

/// A service context over a test's database, at a fixed instant.
///
/// # Panics
/// When `now` is not an RFC 3339 instant.
pub fn context(pool: PgPool, now: &str) -> ServiceContext {
    ServiceContext {
        database: Database::from_pool(pool),
        authenticator: Authenticator::new(&SecretString::from("test".to_owned())),
        clock: Arc::new(FixedClock::new(instant(now))),
        city: CityTime::default(),
    }
}

/// The headers that a principal sends to a [`context`].
///
/// # Panics
/// When the principal is anonymous.
#[expect(
    clippy::disallowed_methods,
    reason = "credentials expire by the real clock, whatever instant the test lives in"
)]
pub fn headers(context: &ServiceContext, principal: &Principal) -> HeaderMap {
    let token = context.authenticator.issue(principal, Utc::now(), HOUR);
    let value = format!("Bearer {}", token.expect("a named principal"))
        .parse()
        .expect("a header value");
    HeaderMap::from_iter([(AUTHORIZATION, value)])
}

/// An instant from its RFC 3339 text.
///
/// # Panics
/// When the text is none.
pub fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an RFC 3339 instant")
}

/// Counts the SQL statements that sqlx reports while a future runs on this thread. Needs the current-thread runtime,
/// which `#[sqlx::test]` and `#[tokio::test]` are.
///
/// The subscriber is the process's own and stays: tracing caches for each place in the code whether anybody listens, and a
/// subscriber that comes and goes would race with the tests on other threads for that cache.
pub async fn count_statements<F: Future>(future: F) -> (F::Output, usize) {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        // A test that installed its own subscriber first keeps it, and counts nothing: its assertion will say so.
        let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(StatementLayer));
    });
    let before = STATEMENTS.get();
    let output = future.await;
    (output, STATEMENTS.get() - before)
}

thread_local! {
    static STATEMENTS: Cell<usize> = const { Cell::new(0) };
}

struct StatementLayer;

impl<S: Subscriber> Layer<S> for StatementLayer {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            STATEMENTS.set(STATEMENTS.get() + 1);
        }
    }
}
