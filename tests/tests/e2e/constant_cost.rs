//! A page over two services costs a constant number of SQL statements, independent of its length.

use std::sync::Arc;

use gateway::{Gateway, GraphQlRequest};
use sample::NoProgress;
use service_kit::testing::{context, count_statements, headers, operator};
use sqlx::PgPool;

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_page_of_areas_with_measures_tasks_and_leads_costs_the_same_at_any_length(pool: PgPool) {
    let now = "2026-11-21T03:00:00Z";
    sample::load_tasks("hanoi", None, &pool, now.parse().expect("an instant"), &NoProgress).await.expect("the sample");
    let context = context(pool, now);
    let operator = headers(&context, &operator());
    let mut builder = Gateway::builder(cli::services::supergraph().expect("a supergraph"));
    for service in cli::services::SERVICES {
        builder = builder.local(service.name, cli::services::InProcess::shared((service.start)(context.clone())));
    }
    let gateway = Arc::new(builder.build().expect("a gateway"));

    let mut costs = Vec::new();
    for first in [1, 10, 126] {
        let query = format!(
            "{{ areas(first: {first}, filter: {{kind: [WARD, COMMUNE]}}) {{ edges {{ node {{ name
                taskMeasures(period: \"2026\") {{ total overdue atRisk }}
                tasks(first: 5) {{ edges {{ node {{ title lead {{ name }} }} }} }} }} }} }} }}"
        );
        let (response, statements) =
            count_statements(gateway.execute(GraphQlRequest::new(query).with_headers(operator.clone()))).await;
        let answer: serde_json::Value = serde_json::from_slice(&response.body).expect("JSON");
        assert!(answer.get("errors").is_none(), "{answer}");
        let edges = answer["data"]["areas"]["edges"].as_array().expect("edges");
        assert_eq!(edges.len(), first);
        if first == 126 {
            let with_lead =
                edges.iter().filter(|edge| edge["node"]["tasks"]["edges"][0]["node"]["lead"]["name"].is_string());
            assert!(with_lead.count() > 10, "the sample must make the leads be asked for");
        }
        costs.push(statements);
    }
    // The page of areas, their measures, which of them are divided, their tasks, the leads' names, and two for the transaction of
    // each fetch.
    assert_eq!(costs[1], costs[2], "{costs:?}");
    assert!(costs[2] <= 11, "{costs:?}");
}
