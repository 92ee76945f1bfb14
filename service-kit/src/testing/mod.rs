//! Test support for services: a service over a test's own database, principals, a counter of SQL statements, dice.

mod dice;

use std::cell::Cell;
use std::fmt::Debug;
use std::sync::{Arc, Once};
use std::time::Duration;

use async_graphql::{Request, Variables};
use axum::body::Body;
use chrono::{DateTime, Utc};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use schema::clock::{CityTime, FixedClock};
use secrecy::SecretString;
use serde_json::Value;
use sqlx::PgPool;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};

pub use self::dice::Dice;
use crate::database::Database;
use crate::principal::{Authenticator, Principal, Role};
use crate::push::engine::{Begin, Begun, Faulty, Options, Pusher, Reading};
use crate::push::intake::{Results, take_in};
use crate::push::row::stage;
use crate::push::{Layout, PushKind, PushStatus, RowError, RowResult};
pub use crate::store::testing::run;
use crate::subgraph::{ServiceContext, Subgraph};

/// Lifetime of a test's credential.
const HOUR: Duration = Duration::from_hours(1);

/// Creates a service context over a test's database, at a fixed time.
///
/// # Panics
/// When `now` is not an RFC 3339 timestamp.
pub fn context(pool: PgPool, now: &str) -> ServiceContext {
    ServiceContext {
        database: Database::from_pool(pool),
        authenticator: Authenticator::of_gateway(&SecretString::from("test".to_owned())),
        clock: Arc::new(FixedClock::new(instant(now))),
        city: CityTime::default(),
    }
}

/// Returns the headers of a principal for a service of [`context`].
///
/// # Panics
/// When the principal is anonymous.
#[expect(
    clippy::disallowed_methods,
    reason = "credentials expire by the real clock, whatever instant the test lives in"
)]
pub fn headers(context: &ServiceContext, principal: &Principal) -> HeaderMap {
    let token = context.authenticator.issue(principal, Utc::now(), HOUR);
    let value = format!("Bearer {}", token.expect("a named principal")).parse().expect("a header value");
    HeaderMap::from_iter([(AUTHORIZATION, value)])
}

/// Parses an RFC 3339 timestamp.
///
/// # Panics
/// When the text is not a timestamp.
pub fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an RFC 3339 instant")
}

/// Counts the SQL statements, settings apart, that sqlx reports while a future runs on this thread. Needs the current-thread runtime,
/// which `#[sqlx::test]` and `#[tokio::test]` are.
///
/// The subscriber is global and permanent. tracing caches for each call site whether a subscriber is interested, so a
/// temporary subscriber would race with tests on other threads.
pub async fn count_statements<F: Future>(future: F) -> (F::Output, usize) {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        // If a test has installed its own subscriber, nothing is counted, and its assertion fails.
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
            let mut statement = Statement { is_setting: false };
            event.record(&mut statement);
            STATEMENTS.set(STATEMENTS.get() + usize::from(!statement.is_setting));
        }
    }
}

/// What an event says of its statement.
struct Statement {
    is_setting: bool,
}

impl Visit for Statement {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.is_setting |=
            field.name() == "summary" && format!("{value:?}").trim_start_matches('"').starts_with("SET LOCAL");
    }
}

/// Service at a fixed time, for requests of a test.
pub struct Asked {
    context: ServiceContext,
    subgraph: Subgraph,
}

impl Asked {
    /// Starts a service over a test's database, at a fixed time.
    pub fn at(pool: &PgPool, now: &str, start: fn(ServiceContext) -> Subgraph) -> Self {
        let context = context(pool.clone(), now);
        let subgraph = start(context.clone());
        Self { context, subgraph }
    }

    /// Executes a document and returns the whole response.
    ///
    /// # Panics
    /// When the response is not JSON.
    pub async fn ask(&self, who: &Principal, document: &str, variables: Value) -> Value {
        let headers = match who.subject {
            Some(_) => headers(&self.context, who),
            None => HeaderMap::default(),
        };
        let request = Request::new(document).variables(Variables::from_json(variables));
        serde_json::to_value(self.subgraph.execute(&headers, request).await).expect("JSON")
    }

    /// Executes a document for the operations center and returns its data.
    ///
    /// # Panics
    /// When there are errors.
    pub async fn data(&self, document: &str) -> Value {
        let mut answer = self.ask(&operator(), document, Value::Null).await;
        assert!(answer.get("errors").is_none(), "{answer}");
        answer["data"].take()
    }
}

/// Pushes rows of a kind, as JSON objects, at a time; each call is one push.
///
/// # Panics
/// When the push fails as a whole.
pub async fn push(
    pool: &PgPool,
    now: &str,
    kinds: &'static [&'static PushKind],
    (kind, source): (&str, &str),
    rows: &[Value],
) -> Vec<RowResult> {
    let (now, clock) = (instant(now), Arc::new(FixedClock::new(instant(now))));
    let pusher = Pusher::new(Database::from_pool(pool.clone()), clock, kinds);
    let kind = pusher.kind(kind).expect("a kind");
    let begin = Begin {
        kind,
        layout: None,
        source,
        subject: "tester",
        format: "NDJSON",
        options: Options::default(),
        idempotency_key: None,
        request_id: None,
        file_name: None,
    };
    let Begun::New(mut session) = pusher.begin(begin).await.expect("begun") else { panic!("a new push") };
    let staged = (1..).zip(rows).map(|(row, values)| {
        let Value::Object(values) = values.clone() else { panic!("an object") };
        stage(kind, values.clone(), (row, row), Value::Object(values).to_string(), (now, CityTime::default())).map_err(
            |(errors, raw)| {
                let (external_id, status) = (String::new(), PushStatus::Rejected);
                Faulty { result: RowResult { row, line: row, external_id, status, key: None, errors }, raw }
            },
        )
    });
    let results = session.apply(staged.collect()).await.expect("applied");
    session.finish(Reading::default()).await.expect("finished");
    results
}

/// Results of a push that is read from a file.
#[derive(Default)]
struct Kept(Vec<RowResult>);

impl Results for Kept {
    async fn take(&mut self, results: Vec<RowResult>) {
        self.0.extend(results);
    }
}

/// Pushes a table in a layout of a kind. Returns the results, and why the table could not be read to its end.
///
/// # Panics
/// When the push fails as a whole.
pub async fn push_table(
    pool: &PgPool,
    now: &str,
    kinds: &'static [&'static PushKind],
    (kind, source): (&str, &str),
    layout: &'static Layout,
    table: &str,
) -> (Vec<RowResult>, Option<RowError>) {
    let (now, clock) = (instant(now), Arc::new(FixedClock::new(instant(now))));
    let pusher = Pusher::new(Database::from_pool(pool.clone()), clock, kinds);
    let begin = Begin {
        kind: pusher.kind(kind).expect("a kind"),
        layout: Some(layout),
        source,
        subject: "tester",
        format: "CSV",
        options: Options::default(),
        idempotency_key: None,
        request_id: None,
        file_name: None,
    };
    let Begun::New(session) = pusher.begin(begin).await.expect("begun") else { panic!("a new push") };
    let mut kept = Kept::default();
    let reading = tabular::Reading::new(tabular::Format::Csv);
    let ended = take_in(Body::from(table.to_owned()), reading, session, now, &mut kept).await.expect("read");
    (kept.0, ended.reading.fault)
}

/// Returns code and path of the only error of a response.
///
/// # Panics
/// When there is not exactly one.
pub fn problem(answer: &Value) -> (String, String) {
    let errors = answer["errors"].as_array().unwrap_or_else(|| panic!("no error in {answer}"));
    assert_eq!(errors.len(), 1, "{answer}");
    let text = |name: &str| errors[0]["extensions"][name].as_str().unwrap_or_default().to_owned();
    (text("code"), text("path"))
}

/// The operations center, which sees all rows without personal data.
pub fn operator() -> Principal {
    person("operator", &[Role::Ioc], None, None)
}

/// Creates a principal with roles.
pub fn person(subject: &str, roles: &[Role], organization: Option<&str>, position: Option<&str>) -> Principal {
    Principal {
        subject: Some(subject.to_owned()),
        roles: roles.to_vec(),
        organization: organization.map(str::to_owned),
        position: position.map(str::to_owned),
        ..Principal::default()
    }
}

/// Asserts that the fields of a record are the columns of its table.
///
/// # Panics
/// When a column is missing on either side.
pub async fn assert_columns<T: serde::Serialize>(pool: &PgPool, table: &str, row: &T) {
    let columns: Vec<String> = crate::store::testing::columns(pool, table).await;
    let Value::Object(fields) = serde_json::to_value(row).expect("JSON") else { panic!("a record is an object") };
    // The database writes `recorded_at`.
    for column in columns.iter().filter(|column| *column != "recorded_at") {
        assert!(fields.contains_key(column), "{table}.{column} is no field of the record");
    }
    for field in fields.keys() {
        assert!(columns.contains(field), "{table} has no column for the field {field}");
    }
}

/// Asserts that each rule of the tables of kinds is refused in words, never by the database's condition.
///
/// # Panics
/// When a constraint has neither a general form nor a refusal of its kind.
pub async fn assert_rules_have_words(pool: &PgPool, kinds: &[&PushKind]) {
    let mut db = pool.acquire().await.expect("a connection");
    for kind in kinds {
        let wordless = crate::store::push::wordless(&mut db, kind).await.expect("the catalog");
        assert!(wordless.is_empty(), "{}: {wordless:?}", kind.name);
    }
}
