//! Drafts: seen by issuers alone, withdrawn without a trace in any figure.

use serde_json::{Value, json};
use service_kit::Principal;
use sqlx::PgPool;

use super::city::{NOW, ask_at, data, found, issuer, lead, problem, task, verb};

async fn withdraw(pool: &PgPool, who: &Principal, id: &str, version: i32) -> Value {
    let document = "mutation($input: WithdrawTaskInput!) { withdrawTask(input: $input) { id } }";
    let input = json!({ "id": id, "expectedVersion": version });
    ask_at(pool, NOW, who, document, json!({ "input": input })).await
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_draft_is_listed_only_for_an_issuer_who_asks_for_drafts(pool: PgPool) {
    found(&pool).await;
    let id = task(&pool, "D", "DRAFT", &[]).await;
    task(&pool, "A", "ASSIGNED", &[]).await;
    let query = format!(
        "{{ all: tasks {{ totalCount }} drafts: tasks(filter: {{ status: [DRAFT] }}) {{ totalCount }} task(id: \"{id}\") {{ code }} }}"
    );
    for (who, drafts, shown) in
        [(Principal::default(), 0, Value::Null), (lead(), 0, Value::Null), (issuer(), 1, json!({ "code": "D" }))]
    {
        let answer = ask_at(&pool, NOW, &who, &query, json!({})).await["data"].take();
        assert_eq!(answer["all"]["totalCount"], 1, "{who:?}");
        assert_eq!(answer["drafts"]["totalCount"], drafts, "{who:?}");
        assert_eq!(answer["task"], shown, "{who:?}");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_withdrawn_draft_frees_its_code_and_counts_nowhere(pool: PgPool) {
    found(&pool).await;
    let new = json!({ "code": "NV-1", "title": "Nhiệm vụ", "leadOrganization": "SXD", "startOn": "2026-01-01" });
    let first = verb(&pool, NOW, &issuer(), "createTask", new.clone()).await.expect("created");
    let id = first["id"].as_str().expect("an id");
    let again = verb(&pool, NOW, &issuer(), "createTask", new.clone()).await;
    assert_eq!(again.expect_err("taken"), ("VALIDATION".into(), "input.code".into()));

    assert_eq!(problem(&withdraw(&pool, &lead(), id, 1).await).0, "FORBIDDEN");
    assert_eq!(problem(&withdraw(&pool, &issuer(), id, 7).await).0, "STALE_VERSION");
    assert_eq!(withdraw(&pool, &issuer(), id, 1).await["data"]["withdrawTask"]["id"], id);
    assert_eq!(problem(&withdraw(&pool, &issuer(), id, 2).await).0, "NOT_FOUND");
    verb(&pool, NOW, &issuer(), "createTask", new).await.expect("the code is free");
    let figures = data(&pool, "{ tasks { totalCount } taskStats(period: \"2026\") { totals { total } } }").await;
    assert_eq!(figures, json!({ "tasks": { "totalCount": 0 }, "taskStats": { "totals": { "total": 0 } } }));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn what_was_given_out_is_cancelled_and_not_withdrawn(pool: PgPool) {
    found(&pool).await;
    let id = task(&pool, "A", "ASSIGNED", &[]).await.to_string();
    assert_eq!(problem(&withdraw(&pool, &issuer(), &id, 1).await).0, "CONFLICT");
}
