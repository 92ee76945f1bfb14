//! Drafts: seen by issuers alone, withdrawn without a trace in any figure.

use serde_json::{Value, json};
use service_kit::Principal;
use service_kit::testing::operator;
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
        [(operator(), 0, Value::Null), (lead(), 0, Value::Null), (issuer(), 1, json!({ "code": "D" }))]
    {
        let answer = ask_at(&pool, NOW, &who, &query, json!({})).await["data"].take();
        assert_eq!(answer["all"]["totalCount"], 1, "{who:?}");
        assert_eq!(answer["drafts"]["totalCount"], drafts, "{who:?}");
        assert_eq!(answer["task"], shown, "{who:?}");
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_draft_is_ordered_and_filtered_by_its_own_columns(pool: PgPool) {
    found(&pool).await;
    let no_dates = [("start_on", "NULL"), ("baseline_due", "NULL"), ("current_due", "NULL")];
    let area = [("area_codes", "'{00004}'"), ("priority", "'URGENT'"), ("observed_at", "'2026-03-10T00:00:00Z'")];
    task(&pool, "D1", "DRAFT", &no_dates).await;
    task(&pool, "D2", "DRAFT", &area).await;
    for code in ["A1", "A2", "A3"] {
        task(&pool, code, "ASSIGNED", &[]).await;
    }
    for field in ["DUE_ON", "START_ON", "CODE", "TITLE", "PRIORITY", "PROGRESS", "OBSERVED_AT"] {
        for direction in ["ASC", "DESC"] {
            let (mut after, mut codes) = (Value::Null, Vec::new());
            loop {
                let query = "query($after: String) { tasks(filter: { status: [DRAFT, ASSIGNED] }, first: 2, after: $after, \
                    orderBy: [{ field: FIELD, direction: DIRECTION }]) { totalCount pageInfo { hasNextPage endCursor } edges { node { code } } } }";
                let query = query.replace("FIELD", field).replace("DIRECTION", direction);
                let answer =
                    ask_at(&pool, NOW, &issuer(), &query, json!({ "after": after })).await["data"]["tasks"].take();
                assert_eq!(answer["totalCount"], 5, "{field} {direction}");
                let edges = answer["edges"].as_array().expect("edges");
                codes.extend(edges.iter().map(|edge| edge["node"]["code"].to_string()));
                after = answer["pageInfo"]["endCursor"].clone();
                if answer["pageInfo"]["hasNextPage"] == false {
                    break;
                }
            }
            let listed = codes.len();
            codes.sort_unstable();
            codes.dedup();
            assert_eq!((listed, codes.len()), (5, 5), "{field} {direction}");
        }
    }
    for (filter, drafts) in [
        ("priority: [URGENT]", 1),
        ("area: [\"00004\"]", 1),
        ("without: [AREA]", 1),
        ("organization: [\"SXD\"]", 2),
        ("kind: [TASK], clarityAtMost: 6, extendedAtLeast: 0", 2),
        ("overdue: true", 0),
    ] {
        let query = format!("{{ tasks(filter: {{ status: [DRAFT], {filter} }}) {{ totalCount }} }}");
        let answer = ask_at(&pool, NOW, &issuer(), &query, json!({})).await;
        assert_eq!(answer["data"]["tasks"]["totalCount"], drafts, "{filter}: {answer}");
    }
    // On 5 March only the first existed.
    let query = "{ tasks(asOf: \"2026-03-05\", filter: { status: [DRAFT] }) { totalCount edges { node { code } } } }";
    let answer = ask_at(&pool, NOW, &issuer(), query, json!({})).await["data"]["tasks"].take();
    assert_eq!(answer, json!({ "totalCount": 1, "edges": [{ "node": { "code": "D1" } }] }));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_withdrawn_draft_frees_its_code_and_counts_nowhere(pool: PgPool) {
    found(&pool).await;
    let new = json!({ "code": "NV-1", "title": "Nhiệm vụ", "leadOrganization": "SXD", "startOn": "2026-01-01" });
    let first = verb(&pool, NOW, &issuer(), "createTask", new.clone()).await.expect("created");
    let id = first["id"].as_str().expect("an id");
    let again = verb(&pool, NOW, &issuer(), "createTask", new.clone()).await;
    assert_eq!(again.expect_err("taken"), ("VALIDATION".into(), "input.code".into()));

    assert_eq!(problem(&withdraw(&pool, &lead(), id, 1).await).0, "NOT_FOUND");
    assert_eq!(problem(&withdraw(&pool, &operator(), id, 1).await).0, "FORBIDDEN");
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

/// A figure of drafts would be 0 whatever there is, and one of drafts and others that of the others.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn drafts_are_no_part_of_a_measure(pool: PgPool) {
    found(&pool).await;
    task(&pool, "D", "DRAFT", &[]).await;
    for who in [operator(), issuer()] {
        for states in ["DRAFT", "DRAFT, ASSIGNED"] {
            let query =
                format!("{{ taskStats(period: \"2026\", filter: {{ status: [{states}] }}) {{ totals {{ total }} }} }}");
            let (code, path) = problem(&ask_at(&pool, NOW, &who, &query, json!({})).await);
            assert_eq!((code.as_str(), path.as_str()), ("VALIDATION", "filter.status"), "{who:?} {states}");
        }
    }
}
