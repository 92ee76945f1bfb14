//! Reads of a request: taken in turn, cancelled with the request, charged to its budget.

use std::time::Duration;

use futures::future::join_all;
use service_kit::database::{DatabaseOptions, SERVICE_ROLE};
use service_kit::{Budget, Database, Principal, Reader};
use sqlx::{ConnectOptions, PgPool};

async fn connect(pool: &PgPool) -> Database {
    let url = pool.connect_options().to_url_lossy().to_string();
    Database::connect(&DatabaseOptions::new(url)).await.expect("a database")
}

fn reads(database: Database, budget: u64) -> Reader {
    Reader::new(database, Budget::new(budget), Principal::default())
}

/// Number of statements that are running and have a word in their text.
async fn running(pool: &PgPool, word: &str) -> i64 {
    let sql =
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE $1 AND pid <> pg_backend_pid()";
    sqlx::query_scalar(sql).bind(format!("%{word}%")).fetch_one(pool).await.expect("the activity")
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_statement_ends_when_its_request_is_dropped(pool: PgPool) {
    let database = connect(&pool).await;
    let reader = reads(database.clone(), 1);
    // It computes for hours and sends nothing until the end.
    let endless = sqlx::query("SELECT count(*) AS endless FROM generate_series(1, 1000000000000) AS n");
    let mut read = Box::pin(endless.fetch_all(&reader));
    while running(&pool, "endless").await == 0 {
        assert!(tokio::time::timeout(Duration::from_millis(10), &mut read).await.is_err());
    }
    drop(read);
    while running(&pool, "endless").await > 0 {}
    // The connection is gone, and the reader gets another.
    assert_eq!(sqlx::query_scalar::<_, i32>("SELECT 1").fetch_one(&reader).await.expect("a number"), 1);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn all_reads_of_a_request_see_one_instant_until_it_ends(pool: PgPool) {
    let reader = reads(Database::from_pool(pool.clone()), 1);
    let seen = async || {
        let sql = "SELECT count(*) FROM platform.setting";
        sqlx::query_scalar::<_, i64>(sql).fetch_one(&reader).await.expect("a number")
    };
    assert_eq!(seen().await, 0);
    sqlx::query("INSERT INTO platform.setting VALUES ('a', 'b')").execute(&pool).await.expect("written");
    assert_eq!(seen().await, 0);
    // It cannot write, whatever it is told.
    let refused = sqlx::query("DELETE FROM platform.setting").fetch_all(&reader).await.expect_err("refused");
    assert!(refused.to_string().contains("read-only") || refused.to_string().contains("permission"), "{refused}");
    reader.end().await;
    assert_eq!(seen().await, 1);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn one_request_has_one_connection(pool: PgPool) {
    let database = connect(&pool).await;
    let reader = reads(database.clone(), 1);
    let waits = |reader: &Reader| {
        let reader = reader.clone();
        async move { sqlx::query("SELECT pg_sleep(3600) AS waits").fetch_all(&reader).await }
    };
    let mut many = Box::pin(join_all((0..40).map(|_| waits(&reader))));
    while running(&pool, "waits").await < 1 {
        assert!(tokio::time::timeout(Duration::from_millis(10), &mut many).await.is_err());
    }
    let other = reads(database, 1);
    assert_eq!(sqlx::query_scalar::<_, i32>("SELECT 1").fetch_one(&other).await.expect("a number"), 1);
    assert_eq!(running(&pool, "waits").await, 1);
    drop(many);
    while running(&pool, "waits").await > 0 {}
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_failed_statement_leaves_the_reader_usable_and_a_reading_beyond_the_budget_is_refused(pool: PgPool) {
    let reader = reads(Database::from_pool(pool), 10);
    assert!(sqlx::query("SELECT 1 / 0").fetch_all(&reader).await.is_err());
    assert_eq!(sqlx::query_scalar::<_, i32>("SELECT 1").fetch_one(&reader).await.expect("a number"), 1);
    assert!(reader.charge("pg_class", 6).is_ok());
    let problem = reader.charge("pg_class", 5).expect_err("beyond the budget");
    assert_eq!(problem.limit.map(|limit| (limit.maximum, limit.actual)), Some((10, 11)));
    assert!(reader.charge("pg_class", 4).is_ok());
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_connections_of_a_service_estimate_the_size_of_its_tables(pool: PgPool) {
    let fill = "INSERT INTO tasks.fact_position SELECT n::text FROM generate_series(1, 1000) AS n; ANALYZE tasks.fact_position";
    sqlx::raw_sql(fill).execute(&pool).await.expect("rows");
    let url = pool.connect_options().to_url_lossy().to_string();
    let options = DatabaseOptions { role: Some(SERVICE_ROLE), ..DatabaseOptions::new(url) };
    let database = Database::connect(&options).await.expect("a database");
    // Nothing waits for an estimate, so the first requests have none.
    let estimated = async {
        while reads(database.clone(), 999).charge("tasks.fact_position", 1).is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), estimated).await.expect("an estimate");
    assert!(reads(database, 1000).charge("tasks.fact_position", 1).is_ok());
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_reader_beside_sees_the_same_instant_and_makes_nobody_wait(pool: PgPool) {
    let options = DatabaseOptions { max_connections: 8, ..DatabaseOptions::new("") };
    let url = pool.connect_options().to_url_lossy().to_string();
    let database = Database::connect(&DatabaseOptions { url, ..options }).await.expect("a database");
    let reader = reads(database.clone(), 1);
    let count = async |reader: &Reader| {
        let sql = "SELECT count(*) FROM platform.setting";
        sqlx::query_scalar::<_, i64>(sql).fetch_one(reader).await.expect("a number")
    };
    assert_eq!(count(&reader).await, 0);
    sqlx::query("INSERT INTO platform.setting VALUES ('a', 'b')").execute(&pool).await.expect("written");
    let beside = reader.beside().await.expect("begun").expect("a second connection");
    assert_eq!((count(&beside).await, count(&reader).await), (0, 0));
    let backend = async |reader: &Reader| {
        sqlx::query_scalar::<_, i32>("SELECT pg_backend_pid()").fetch_one(reader).await.expect("a number")
    };
    assert_ne!(backend(&beside).await, backend(&reader).await);
    // Of four slots two are taken, so a third would be one of the last half.
    assert!(reader.beside().await.expect("asked").is_none());
    assert_eq!(count(&reader).await, 0);
    beside.end().await;
    assert_eq!(count(&beside).await, 1);
    assert_eq!(count(&reader).await, 0);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_next_read_takes_the_connection_of_the_last_and_replaces_a_broken_one(pool: PgPool) {
    let database = connect(&pool).await;
    let backend = async |reader: &Reader| -> i32 {
        sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(reader).await.expect("a backend")
    };
    // Two at once, so that the pool has a second connection to give.
    let (one, two) = (reads(database.clone(), 1), reads(database.clone(), 1));
    let (first, last) = (backend(&one).await, backend(&two).await);
    assert_ne!(first, last);
    one.end().await;
    two.end().await;
    for _ in 0..3 {
        let next = reads(database.clone(), 1);
        assert_eq!(backend(&next).await, last);
        next.end().await;
    }
    let ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid = $1";
    assert!(sqlx::query_scalar::<_, bool>(ended).bind(last).fetch_one(&pool).await.expect("ended"));
    let next = reads(database.clone(), 1);
    assert_ne!(backend(&next).await, last);
    // A read that ends while the pool closes gives its connection back.
    let closing = database.close();
    let ending = async {
        tokio::task::yield_now().await;
        next.end().await;
    };
    let closed = async { tokio::join!(closing, ending) };
    tokio::time::timeout(Duration::from_secs(20), closed).await.expect("closed");
}
