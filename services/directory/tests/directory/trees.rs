//! Trees, succession and entities.

use serde_json::json;
use sqlx::PgPool;

use crate::city::{city, data};

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn organizations_form_a_tree_that_can_be_walked_both_ways(pool: PgPool) {
    city(&pool).await;
    let answer = data(
        &pool,
        "{ organization(code: \"UBND\") { parent { code } children { code parent { code } area { name } } }
           organizations(filter: {under: \"UBND\"}) { totalCount edges { node { code } } } }",
    )
    .await;
    assert_eq!(
        answer,
        json!({
            "organization": { "parent": null, "children": [
                { "code": "SXD", "parent": { "code": "UBND" }, "area": null },
                { "code": "UBND-00004", "parent": { "code": "UBND" }, "area": { "name": "Phường Ba Đình" } } ] },
            "organizations": { "totalCount": 3, "edges": [
                { "node": { "code": "SXD" } }, { "node": { "code": "UBND" } }, { "node": { "code": "UBND-00004" } } ] },
        })
    );
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_tree_refuses_to_become_a_cycle(pool: PgPool) {
    city(&pool).await;
    let cycle =
        sqlx::query("UPDATE directory.organization SET parent_code = 'SXD' WHERE code = 'UBND'").execute(&pool).await;
    let error = cycle.expect_err("refused").into_database_error().expect("by the database");
    assert_eq!(error.constraint(), Some("organization_acyclic"));
    let cycle =
        sqlx::query("UPDATE directory.programme SET parent_code = 'CT01' WHERE code = 'NQ'").execute(&pool).await;
    assert!(cycle.is_err());
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn areas_know_what_they_were_made_from_and_programmes_what_replaced_them(pool: PgPool) {
    city(&pool).await;
    let answer = data(
        &pool,
        "{ area(code: \"00004\") { predecessors { fromName share effectiveOn } }
           areaSuccessors(code: \"00006\") { toCode }
           programmes(filter: {inForce: true}) { edges { node { code } } }
           programme(code: \"CT01\") { parent { code } supersededBy { code } } }",
    )
    .await;
    assert_eq!(
        answer,
        json!({
            "area": { "predecessors": [
                { "fromName": "Phường Phúc Xá", "share": null, "effectiveOn": "2025-07-01" },
                { "fromName": "Phường Vĩnh Phúc", "share": "0.4", "effectiveOn": "2025-07-01" } ] },
            "areaSuccessors": [{ "toCode": "00004" }],
            "programmes": { "edges": [{ "node": { "code": "CTHĐ" } }, { "node": { "code": "NQ" } }] },
            "programme": { "parent": { "code": "NQ" }, "supersededBy": [{ "code": "CTHĐ" }] },
        })
    );
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_bottleneck_is_found_by_its_code_as_root_field_and_as_entity(pool: PgPool) {
    let bottlenecks =
        "INSERT INTO directory.bottleneck VALUES ('PLANNING', 'Quy hoạch', 'test'), ('LAND', 'Đất đai', 'test')";
    sqlx::raw_sql(bottlenecks).execute(&pool).await.expect("stored");
    let answer = data(
        &pool,
        "{ bottlenecks { code title } bottleneck(code: \"LAND\") { title } unknown: bottleneck(code: \"NONE\") { code }
           _entities(representations: [{ __typename: \"Bottleneck\", code: \"PLANNING\" }]) { ... on Bottleneck { title } } }",
    )
    .await;
    assert_eq!(
        answer,
        json!({
            "bottlenecks": [{ "code": "LAND", "title": "Đất đai" }, { "code": "PLANNING", "title": "Quy hoạch" }],
            "bottleneck": { "title": "Đất đai" },
            "unknown": null,
            "_entities": [{ "title": "Quy hoạch" }],
        })
    );
    assert!(directory::sdl().contains("type Bottleneck @key(fields: \"code\")"));
}
