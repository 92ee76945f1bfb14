//! The records and their tables have the same columns, and the subgraph has each verb.

use serde_json::json;
use sqlx::PgPool;

use crate::city::{offer, parcel, with_site};

#[test]
fn entities_have_their_keys_and_every_step_is_a_mutation() {
    let sdl = projects::sdl();
    for expected in [
        "type Project @key(fields: \"code\")",
        "type ParcelCase @key(fields: \"id\")",
        "type Organization @key(fields: \"code\")",
        "type Area @key(fields: \"code\")",
        "type Bottleneck @key(fields: \"code\")",
    ] {
        assert!(sdl.contains(expected), "{expected}");
    }
    for step in projects::STEPS {
        assert!(sdl.contains(&format!("\t{}(input: ", step.verb)), "{}", step.verb);
    }
}

/// Every kind has its columns in its table, and each table keeps a log.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn each_field_of_a_kind_is_a_column_of_its_table(pool: PgPool) {
    for kind in projects::push::KINDS {
        let (schema, table) = kind.table.split_once('.').expect("a schema");
        let columns: Vec<String> = sqlx::query_scalar(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = $1 AND table_name = $2",
        )
        .bind(schema)
        .bind(table)
        .fetch_all(&pool)
        .await
        .expect("columns");
        for field in kind.fields.iter().filter(|field| !field.column.is_empty()) {
            assert!(columns.iter().any(|column| column == field.column), "{}.{}", kind.table, field.column);
        }
        let named: Vec<&str> = kind.refusals.iter().map(|refusal| refusal.constraint).collect();
        for constraint in named {
            let known: bool = sqlx::query_scalar(
                "SELECT EXISTS (SELECT FROM pg_constraint WHERE conname = $1) OR EXISTS (SELECT FROM pg_class WHERE relname = $1)",
            )
            .bind(constraint)
            .fetch_one(&pool)
            .await
            .expect("a look");
            assert!(known, "{}: {constraint}", kind.name);
        }
    }
}

/// The guide shows the table of steps. `UPDATE_CLEARANCE=1` writes it.
#[test]
fn the_guide_has_the_table_of_steps() {
    const GUIDE: &str = "../../docs/clearance.md";
    let guide = std::fs::read_to_string(GUIDE).expect("the guide");
    let (before, rest) = guide.split_once("<!-- steps -->\n").expect("the begin of the table");
    let (_, after) = rest.split_once("<!-- /steps -->").expect("the end of the table");
    let expected = format!("{before}<!-- steps -->\n{}<!-- /steps -->{after}", projects::step_table());
    if std::env::var_os("UPDATE_CLEARANCE").is_some() {
        std::fs::write(GUIDE, &expected).expect("the guide is written");
        return;
    }
    assert!(guide == expected, "docs/clearance.md is out of date: UPDATE_CLEARANCE=1 cargo test -p projects the_guide");
}

/// Who pushes reads what is accepted, in both languages.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn each_rule_of_a_table_is_refused_in_words(pool: PgPool) {
    service_kit::testing::assert_rules_have_words(&pool, projects::push::KINDS).await;
}

/// Nothing is above 0 although it is a number from 0, so the form of the field does not refuse it.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_limit_that_is_not_accepted_itself_is_said_in_words(pool: PgPool) {
    with_site(&pool).await;
    let results = offer(&pool, "parcel-cases", &[parcel("1", "K1", json!({ "areaToAcquire": "0" }))]).await;
    let error = &results[0].errors[0];
    assert_eq!(
        (error.path.as_str(), error.en.as_str(), error.vi.as_str()),
        (
            "areaToAcquire",
            "the record would break a rule; accepted: more than 0",
            "bản ghi vi phạm quy tắc; chấp nhận: lớn hơn 0"
        )
    );
}
