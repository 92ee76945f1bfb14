//! Deadline and budget of a request, from a gateway in the same process and over HTTP.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Request, Response, Value, value};
use http::HeaderMap;
use service_kit::{Budget, Deadline};
use sqlx::PgPool;

use crate::subgraph::{problems, subgraph};

fn left_ms(response: &Response) -> u64 {
    let Value::Object(data) = &response.data else { panic!("{response:?}") };
    let Value::Number(left) = &data["leftMs"] else { panic!("{response:?}") };
    left.as_u64().expect("milliseconds")
}

#[sqlx::test(migrations = false)]
async fn headers_of_a_request_over_http_limit_its_time_and_work(pool: PgPool) {
    let subgraph = subgraph(&pool, Arc::default());
    let none = HeaderMap::new();
    let default = left_ms(&subgraph.execute(&none, Request::new("{ leftMs }")).await);
    assert!((29_000..=30_000).contains(&default), "{default}");
    let headers = HeaderMap::from_iter([
        ("x-request-timeout-ms".parse().expect("a name"), "1500".parse().expect("a value")),
        ("x-request-budget".parse().expect("a name"), "10".parse().expect("a value")),
    ]);
    let request = Request::new("{ leftMs first: charge(units: 6) second: charge(units: 4) }");
    let response = subgraph.execute(&headers, request).await;
    assert!(left_ms(&response) <= 1500);
    assert_eq!(problems(&response), Vec::<String>::new());
    let response = subgraph.execute(&headers, Request::new("{ charge(units: 11) }")).await;
    assert_eq!(problems(&response), ["BUDGET_LIMIT_EXCEEDED at "]);
    let limit = response.errors[0].extensions.as_ref().and_then(|extensions| extensions.get("limit"));
    assert_eq!(limit, Some(&value!({ "name": "budget", "maximum": 10, "actual": 11 })));
}

#[sqlx::test(migrations = false)]
async fn requests_in_process_share_the_budget_that_they_are_given(pool: PgPool) {
    let subgraph = subgraph(&pool, Arc::default());
    let charged = Arc::default();
    let ask = |query: &str| {
        let request = Request::new(query).data(Deadline::after(Duration::from_secs(2)));
        let request = request.data(Budget::shared(10, Arc::clone(&charged)));
        let subgraph = subgraph.clone();
        async move { subgraph.execute(&HeaderMap::new(), request).await }
    };
    let response = ask("{ leftMs charge(units: 6) }").await;
    assert!(left_ms(&response) <= 2_000);
    assert_eq!(problems(&response), Vec::<String>::new());
    assert_eq!(problems(&ask("{ charge(units: 5) }").await), ["BUDGET_LIMIT_EXCEEDED at "]);
    assert_eq!(problems(&ask("{ charge(units: 4) }").await), Vec::<String>::new());
}
