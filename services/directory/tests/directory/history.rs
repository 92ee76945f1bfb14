//! The history of the directory's rows, and loading them again.

use directory::import::{DirectoryRows, Organization, Origin, write};
use serde_json::{Value, json};
use service_kit::testing::instant;
use service_kit::vocabulary::{Axis, Level};
use sqlx::PgPool;

/// A load that states one department.
fn load(name: &str, version: i32, observed_at: &str) -> DirectoryRows {
    let department = Organization {
        code: "SYT".into(),
        name: name.to_owned(),
        short_name: None,
        axis: Axis::Committee,
        level: Level::Department,
        parent_code: None,
        area_code: None,
        origin: Origin { source: "test".to_owned(), version, observed_at: instant(observed_at) },
    };
    DirectoryRows { organizations: vec![department], ..DirectoryRows::default() }
}

async fn store(pool: &PgPool, rows: &DirectoryRows) -> u64 {
    let mut connection = pool.acquire().await.expect("a connection");
    write(&mut connection, "an importer", rows).await.expect("stored")
}

/// Name and level of the department, from a source of organizations.
async fn department(pool: &PgPool, source: &'static str) -> (String, String) {
    let sql = format!("SELECT name, level FROM {source} AS o WHERE code = 'SYT'");
    let found = sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_one(pool).await;
    found.expect(source)
}

fn named(name: &str, level: &str) -> (String, String) {
    (name.to_owned(), level.to_owned())
}

async fn events(pool: &PgPool) -> Vec<Value> {
    let sql = "SELECT changes - 'search' FROM directory.organization_event WHERE code = 'SYT' ORDER BY ordinal";
    sqlx::query_scalar(sql).fetch_all(pool).await.expect("events")
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_row_is_replaced_only_by_a_higher_version_of_its_source(pool: PgPool) {
    let first = load("Sở Y tế", 1, "2026-01-01T00:00:00Z");
    assert_eq!(store(&pool, &first).await, 1);
    sqlx::query("UPDATE directory.organization SET short_name = 'SYT', version = 2")
        .execute(&pool)
        .await
        .expect("a person's change");
    let stored = events(&pool).await;
    assert_eq!(stored.len(), 2);
    for same in [first, load("Other", 2, "2026-02-01T00:00:00Z")] {
        assert_eq!(store(&pool, &same).await, 0);
        assert_eq!(events(&pool).await, stored);
    }
    let mut foreign = load("Other", 9, "2026-02-01T00:00:00Z");
    foreign.organizations[0].origin.source = "elsewhere".to_owned();
    assert_eq!(store(&pool, &foreign).await, 0);
    let renamed = load("Sở Y tế Hà Nội", 3, "2026-02-01T00:00:00Z");
    assert_eq!(store(&pool, &renamed).await, 1);
    assert_eq!(events(&pool).await[2..], [json!({ "name": "Sở Y tế Hà Nội" })]);
    let kept = "SELECT short_name FROM directory.organization WHERE code = 'SYT'";
    let kept: String = sqlx::query_scalar(kept).fetch_one(&pool).await.expect("kept");
    assert_eq!(kept, "SYT", "what a load does not state stays");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_late_event_takes_its_place_and_what_was_known_before_can_still_be_read(pool: PgPool) {
    store(&pool, &load("January", 1, "2026-01-01T00:00:00Z")).await;
    store(&pool, &load("March", 2, "2026-03-01T00:00:00Z")).await;
    let february = "directory.organization_at('2026-02-15Z')";
    assert_eq!(department(&pool, february).await, named("January", "DEPARTMENT"));

    let late = r#"CREATE TABLE known AS SELECT clock_timestamp() AS at;
        SELECT platform.insert_event('directory.organization', 'code', 'SYT', '2026-02-01Z', '{"name": "February", "level": "CITY"}')"#;
    sqlx::raw_sql(late).execute(&pool).await.expect("a late event");
    assert_eq!(department(&pool, february).await, named("February", "CITY"));
    assert_eq!(
        department(&pool, "directory.organization").await,
        named("March", "CITY"),
        "a later event keeps what it set"
    );
    for (known_at, expected) in [
        ("directory.organization_known('SYT', '2026-02-15Z', (SELECT at FROM known))", named("January", "DEPARTMENT")),
        ("directory.organization_known('SYT', '2026-04-01Z', (SELECT at FROM known))", named("March", "DEPARTMENT")),
        ("directory.organization_known('SYT', '2026-02-15Z', clock_timestamp())", named("February", "CITY")),
    ] {
        assert_eq!(department(&pool, known_at).await, expected, "{known_at}");
    }
    // What is generated from the columns follows them, also in a state that no row ever had.
    let search = "SELECT search FROM directory.organization_at('2026-02-15Z')";
    let search: String = sqlx::query_scalar(search).fetch_one(&pool).await.expect("the search text");
    assert!(search.contains("february") && !search.contains("january"), "{search}");
    let before = "SELECT count(*) FROM directory.organization_at('2025-12-31Z')";
    let before: i64 = sqlx::query_scalar(before).fetch_one(&pool).await.expect("a count");
    assert_eq!(before, 0);
}
