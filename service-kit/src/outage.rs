//! Retries of reads during a database outage, such as a restart of PostgreSQL.
//!
//! Only operations of the type `query` are retried. A mutation is not, because it may have been committed.

use std::time::Duration;

use async_graphql::parser::types::{DocumentOperations, OperationType};
use async_graphql::{Request, Response, Value};
use futures::future::BoxFuture;
use schema::problem::ProblemCode;
use tokio::time::{Instant, sleep, timeout_at};

/// Pause before the first retry. Each further pause is twice as long, up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_millis(800);

/// Time after the request in which a retry may start. A restart of PostgreSQL takes one or two seconds. The gateway
/// drops the whole call when the timeout of its client ends earlier.
const LIMIT: Duration = Duration::from_secs(3);

/// Executes a request, and retries a read while its response reports that the database is unavailable. `recover` runs
/// after each such response.
pub(crate) async fn execute(
    mut request: Request,
    attempt: impl Fn(Request) -> BoxFuture<'static, Response> + Sync,
    recover: impl Fn() -> BoxFuture<'static, ()> + Sync,
) -> Response {
    let repeatable = is_read(&mut request);
    let last_start = Instant::now() + LIMIT;
    let mut pause = FIRST_PAUSE;
    loop {
        let copy = repeatable.then(|| copy(&request));
        let response = attempt(request).await;
        if !met_outage(&response) {
            return response;
        }
        // What is not recovered in time goes on with the next request.
        let _ = timeout_at(last_start, recover()).await;
        let Some(copy) = copy.filter(|_| Instant::now() + pause <= last_start) else {
            return response;
        };
        tracing::info!(pause_ms = pause.as_millis(), "the database cannot answer yet; the read is repeated");
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
        request = copy;
    }
}

/// Whether the operation is a query. An unclear request is not retried.
fn is_read(request: &mut Request) -> bool {
    let name = request.operation_name.clone();
    let Ok(document) = request.parsed_query() else {
        return false;
    };
    let operation = match (&document.operations, name) {
        (DocumentOperations::Single(operation), _) => Some(operation),
        (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name.as_str()),
        (DocumentOperations::Multiple(operations), None) => {
            operations.values().next().filter(|_| operations.len() == 1)
        }
    };
    operation.is_some_and(|operation| operation.node.ty == OperationType::Query)
}

/// Copies the request for a retry, without the parsed document: to copy it costs more than the text, and retries are
/// rare.
fn copy(request: &Request) -> Request {
    let mut copy = Request::new(request.query.clone()).variables(request.variables.clone());
    copy.operation_name.clone_from(&request.operation_name);
    copy.introspection_mode = request.introspection_mode;
    copy
}

fn met_outage(response: &Response) -> bool {
    let unavailable = Value::from(ProblemCode::SubgraphUnavailable.as_str());
    response
        .errors
        .iter()
        .any(|error| error.extensions.as_ref().and_then(|extensions| extensions.get("code")) == Some(&unavailable))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use async_graphql::Variables;
    use serde_json::json;

    use super::*;
    use crate::problem::Problem;

    fn away() -> Response {
        let mut error = async_graphql::ServerError::new("away", None);
        let problem: async_graphql::Error = Problem::from(sqlx::Error::PoolClosed).into();
        error.extensions = problem.extensions;
        Response::from_errors(vec![error])
    }

    /// How often a request is executed when the first `failures` executions meet an outage, and whether it succeeds.
    async fn attempts(query: &str, operation: Option<&str>, failures: usize) -> (usize, bool) {
        let mut request = Request::new(query).variables(Variables::from_json(json!({ "a": 1 })));
        request.operation_name = operation.map(str::to_owned);
        let count = AtomicUsize::new(0);
        let attempt = |request: Request| -> BoxFuture<'static, Response> {
            assert_eq!((request.query.as_str(), request.variables.len()), (query, 1));
            let failed = count.fetch_add(1, Ordering::Relaxed) < failures;
            Box::pin(async move { if failed { away() } else { Response::default() } })
        };
        let response = execute(request, attempt, || Box::pin(async {})).await;
        (count.into_inner(), response.errors.is_empty())
    }

    #[tokio::test(start_paused = true)]
    async fn a_read_is_repeated_until_the_database_is_back() {
        assert_eq!(attempts("{ a }", None, 0).await, (1, true));
        assert_eq!(attempts("{ a }", None, 3).await, (4, true));
        assert_eq!(attempts("query A { a } mutation B { b }", Some("A"), 1).await, (2, true));
    }

    #[tokio::test(start_paused = true)]
    async fn a_read_gives_up_within_its_limit() {
        let began = Instant::now();
        let (count, succeeded) = attempts("{ a }", None, usize::MAX).await;
        assert!((5..10).contains(&count) && !succeeded, "{count}");
        assert!(began.elapsed() <= LIMIT, "{:?}", began.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_mutation_and_what_cannot_be_told_is_executed_once() {
        for (query, operation) in [
            ("mutation { a }", None),
            ("query A { a } mutation B { b }", Some("B")),
            ("query A { a } query B { b }", None),
            ("{ a", None),
        ] {
            assert_eq!(attempts(query, operation, 1).await, (1, false), "{query}");
        }
    }
}
