//! A database that goes away is never `INTERNAL`: reads wait for it, writes are told.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::future::join_all;
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::subgraph::{Executions, ask, problems, subgraph};

/// Terminates every other connection to the database, again and again, until told to stop.
async fn terminate_all(pool: PgPool, stop: Arc<AtomicBool>) {
    let mut connection = pool.acquire().await.expect("a connection");
    while !stop.load(Ordering::Relaxed) {
        sqlx::query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .execute(&mut *connection)
        .await
        .expect("terminated");
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn reads_outlive_their_connections_and_mutations_are_executed_once(pool: PgPool) {
    sqlx::query("CREATE TABLE added (number integer PRIMARY KEY)").execute(&pool).await.expect("created");
    let executions = Arc::new(Executions::default());
    let subgraph = subgraph(&pool, executions.clone());
    let stop = Arc::new(AtomicBool::new(false));
    let other = pool.connect_options().as_ref().clone();
    let other = sqlx::postgres::PgPoolOptions::new().connect_with(other).await.expect("connected");
    let terminating = tokio::spawn(terminate_all(other, stop.clone()));

    let reads = async {
        for round in 0..40 {
            let round_of_reads = (0..4).map(|_| ask(&subgraph, "{ echo(text: \"a\") }", Value::Null));
            for response in join_all(round_of_reads).await {
                assert_eq!(problems(&response), [] as [&str; 0], "round {round}");
            }
        }
    };
    let writes = async {
        let (mut stored, mut refused) = (Vec::new(), 0);
        for number in 0..150 {
            let query = "mutation($n: Int!) { add(number: $n) }";
            let response = ask(&subgraph, query, json!({ "n": number })).await;
            match problems(&response).as_slice() {
                [] => stored.push(number),
                [problem] => {
                    assert_eq!(problem, "SUBGRAPH_UNAVAILABLE at ");
                    refused += 1;
                }
                more => panic!("{more:?}"),
            }
        }
        (stored, refused)
    };
    let ((), (stored, refused)) = tokio::join!(reads, writes);
    stop.store(true, Ordering::Relaxed);
    terminating.await.expect("stopped");

    assert!(refused > 0, "no mutation met an outage, so nothing was tried");
    assert_eq!(executions.0.load(Ordering::Relaxed), 150);
    let kept: Vec<i32> = sqlx::query_scalar("SELECT number FROM added").fetch_all(&pool).await.expect("read");
    assert!(stored.iter().all(|number| kept.contains(number)), "an acknowledged row is gone");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn each_failure_of_the_database_has_its_code(pool: PgPool) {
    let subgraph = subgraph(&pool, Arc::new(Executions::default()));
    // At once, since each outage is waited for.
    join_all(
        [
            ("57P01", "SUBGRAPH_UNAVAILABLE"),
            ("57P02", "SUBGRAPH_UNAVAILABLE"),
            ("57P03", "SUBGRAPH_UNAVAILABLE"),
            ("08000", "SUBGRAPH_UNAVAILABLE"),
            ("08006", "SUBGRAPH_UNAVAILABLE"),
            ("53300", "SUBGRAPH_UNAVAILABLE"),
            ("26000", "SUBGRAPH_UNAVAILABLE"),
            ("40001", "CONFLICT"),
            ("40P01", "CONFLICT"),
            ("57014", "TIMEOUT"),
            ("22021", "VALIDATION"),
            ("P0001", "INTERNAL"),
            ("0A000", "INTERNAL"),
        ]
        .map(async |(state, code)| {
            let response = ask(&subgraph, &format!("{{ fail(state: \"{state}\") }}"), Value::Null).await;
            assert_eq!(problems(&response), [format!("{code} at ")], "{state}");
            assert!(!response.errors[0].message.contains("secret"), "{}", response.errors[0].message);
        }),
    )
    .await;
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_prepared_statement_that_vanished_is_prepared_again(pool: PgPool) {
    let subgraph = subgraph(&pool, Arc::new(Executions::default()));
    for _ in 0..3 {
        // A busy machine may outlast the retries of one read; then the next read is answered.
        loop {
            let response = ask(&subgraph, "{ echo(text: \"a\") }", Value::Null).await;
            match problems(&response).as_slice() {
                [] => break,
                other => assert_eq!(other, ["SUBGRAPH_UNAVAILABLE at "]),
            }
        }
        // What a connection pooler between the service and PostgreSQL does to a connection.
        let mut connection = pool.acquire().await.expect("a connection");
        sqlx::raw_sql("DEALLOCATE ALL").execute(&mut *connection).await.expect("forgotten");
    }
}
