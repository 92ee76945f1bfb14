//! Pushes of rows in the way of every department's data: through the push engine, as one registered source.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use platform::keys::By;
use platform::sources::{self, NewSource};
use schema::clock::FixedClock;
use schema::sample_id;
use service_kit::push::PushKind;
use service_kit::push::engine::{Begin, Begun, Options, Pusher, Reading};
use service_kit::push::intake::read_rows;
use service_kit::push::{Counts, PushStatus};
use service_kit::store::push::take_every_turn;
use service_kit::store::role;
use service_kit::{Database, Problem};
use sqlx::PgPool;
use tabular::{Format, Required};

use crate::row::Rows;
use crate::{SYNTHETIC_SOURCE, Stage};

/// What the pushes did.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Pushed {
    /// Rows that made or changed a record.
    pub(crate) written: u64,
    /// Rows that were not accepted, or wait, because somebody has changed what they are about.
    pub(crate) refused: u64,
}

/// Runs the work while no other load of the sample does, as the registered source.
pub(crate) async fn one_at_a_time<T>(
    pool: &PgPool,
    now: DateTime<Utc>,
    work: impl AsyncFnOnce() -> Result<T, Problem>,
) -> Result<T, Problem> {
    let mut turn = role::begin(pool).await?;
    take_every_turn(&mut turn, "sample/load").await?;
    register(pool, now).await?;
    let done = work().await;
    turn.commit().await?;
    done
}

/// People may change what the sample says; another source could not.
async fn register(pool: &PgPool, now: DateTime<Utc>) -> Result<(), Problem> {
    if sources::is_registered(pool, SYNTHETIC_SOURCE).await? {
        return Ok(());
    }
    let source = NewSource {
        code: SYNTHETIC_SOURCE,
        name: Some("Dữ liệu mẫu"),
        organization: None,
        cadence_hours: None,
        working_days: false,
        open_to_verbs: true,
    };
    sources::register(pool, &source, By { subject: SYNTHETIC_SOURCE, now, request_id: None }).await
}

/// Pushes the rows of the kinds of a service.
pub(crate) struct Pushes {
    pusher: Pusher,
    now: DateTime<Utc>,
}

impl Pushes {
    pub(crate) fn new(pool: &PgPool, now: DateTime<Utc>, kinds: &'static [&'static PushKind]) -> Self {
        let pusher = Pusher::new(Database::from_pool(pool.clone()), Arc::new(FixedClock::new(now)), kinds);
        Self { pusher, now }
    }

    /// Pushes the rows of a kind in chunks of at most this number.
    pub(crate) async fn kind(
        &self,
        name: &str,
        most: usize,
        rows: &mut Rows,
        stage: &dyn Stage,
        pushed: &mut Pushed,
    ) -> Result<(), Problem> {
        let Some(kind) = self.pusher.kind(name) else { return Ok(()) };
        for body in rows.take(name, most) {
            let lines = body.lines().count() as u64;
            self.push(kind, body.as_bytes(), pushed).await?;
            stage.advance(lines);
        }
        Ok(())
    }

    /// Pushes a chunk. One that was pushed before is not sent again.
    async fn push(&self, kind: &'static PushKind, body: &[u8], pushed: &mut Pushed) -> Result<(), Problem> {
        let key = sample_id(kind.name, &String::from_utf8_lossy(body)).to_string();
        let begin = Begin {
            kind,
            layout: None,
            source: SYNTHETIC_SOURCE,
            subject: SYNTHETIC_SOURCE,
            format: "NDJSON",
            options: Options::default(),
            idempotency_key: Some(&key),
            request_id: None,
            file_name: None,
        };
        let since = std::time::Instant::now();
        let Begun::New(mut session) = self.pusher.begin(begin).await? else { return Ok(()) };
        let reading = tabular::Reading { required: Required::NewRecords, ..tabular::Reading::new(Format::Ndjson) };
        session.received(body);
        let applied = match read_rows(kind, &reading, body, self.now) {
            Ok(staged) => session.apply(staged).await,
            Err(problem) => Err(problem),
        };
        let results = match applied {
            Ok(results) => results,
            Err(problem) => {
                session.fail(&problem).await;
                return Err(problem);
            }
        };
        for result in results.iter().filter(|result| matches!(result.status, PushStatus::Rejected | PushStatus::Parked))
        {
            tracing::warn!(kind = kind.name, external_id = result.external_id, errors = ?result.errors, "a row of the sample was not accepted");
        }
        let counts = Counts::of(&results);
        let number = |count: i64| u64::try_from(count).unwrap_or(0);
        pushed.written += number(counts.created + counts.updated);
        pushed.refused += number(counts.rejected + counts.parked);
        session.finish(Reading::default()).await?;
        tracing::debug!(kind = kind.name, rows = counts.rows, elapsed_ms = since.elapsed().as_millis(), "pushed");
        Ok(())
    }
}
