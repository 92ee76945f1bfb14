//! Where a task comes from: the conclusion of a briefing, and the organizations that had it before.

use serde_json::{Value, json};
use service_kit::Principal;
use service_kit::testing::operator;
use sqlx::PgPool;

use super::city::{NOW, ask_at, data, found, issuer, lead, problem, task, verb};

const DECIDED: &str = "00000000-0000-0000-0000-0000000000c1";
const OPEN: &str = "00000000-0000-0000-0000-0000000000c2";

/// A briefing with two conclusions: one names its lead and due date.
async fn briefing(pool: &PgPool) {
    let rows = format!(
        "INSERT INTO insights.briefing (id, source, external_id, period, title, held_at, recorded_by, observed_at)
             VALUES ('00000000-0000-0000-0000-0000000000b1', 'ioc', 'b1', '2026-W10', 'Giao ban', '2026-03-09', 'ioc', '2026-03-09');
         INSERT INTO insights.conclusion (id, briefing_id, number, text, lead_organization_code, due_on, recorded_by) VALUES
             ('{DECIDED}', '00000000-0000-0000-0000-0000000000b1', 1, 'Việc có đơn vị', 'SXD', '2026-04-30', 'ioc'),
             ('{OPEN}', '00000000-0000-0000-0000-0000000000b1', 2, 'Việc chưa rõ', NULL, NULL, 'ioc')"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(rows)).execute(pool).await.expect("a briefing");
}

async fn create(pool: &PgPool, code: &str, more: Value) -> Result<Value, (String, String)> {
    let mut input = json!({ "code": code, "title": "Nhiệm vụ", "startOn": "2026-03-10" });
    input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    verb(pool, NOW, &issuer(), "createTask", input).await
}

async fn rows(pool: &PgPool, arguments: &str) -> Value {
    data(
        pool,
        &format!(
            "{{ taskStats(period: \"2026\", groupBy: [FORMER_LEAD]{arguments}) {{ rows {{ formerLead {{ code }} measures {{ total transfers }} }} }} }}"
        ),
    )
    .await["taskStats"]["rows"]
        .take()
}

/// The error of an unknown code tells which exist, so the right to a field comes before its value.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn who_sees_no_briefings_does_not_learn_which_conclusions_exist(pool: PgPool) {
    found(&pool).await;
    briefing(&pool).await;
    create(&pool, "A", json!({ "conclusion": DECIDED })).await.expect("created");
    let missing = "00000000-0000-0000-0000-0000000000c9";
    let ask = async |principal: &Principal, field: &str, id: &str| {
        let document = field.replace("ID", &format!("filter: {{ conclusion: [\"{id}\"] }}"));
        ask_at(&pool, NOW, principal, &document, json!({})).await
    };
    let stats = "{ taskStats(period: \"2026\", ID) { totals { total } } }";
    let list = "{ tasks(ID) { totalCount } }";
    let visitor = Principal::default();
    for id in [DECIDED, missing, "x"] {
        let refused = problem(&ask(&visitor, stats, id).await);
        assert_eq!(refused, ("UNAUTHENTICATED".into(), "filter.conclusion".into()), "{id}");
        let refused = problem(&ask(&lead(), stats, id).await);
        assert_eq!(refused, ("FORBIDDEN".into(), "filter.conclusion".into()), "{id}");
        assert_eq!(problem(&ask(&visitor, list, id).await).0, "UNAUTHENTICATED", "{id}");
        // The tasks of a conclusion that are the caller's own, of which a draft is none.
        assert_eq!(ask(&lead(), list, id).await["data"]["tasks"]["totalCount"], 0, "{id}");
    }
    // Who sees briefings is told of a wrong id.
    for field in [stats, list] {
        let unknown = problem(&ask(&operator(), field, missing).await);
        assert_eq!(unknown, ("VALIDATION".into(), "filter.conclusion.0".into()));
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_conclusion_becomes_tasks_with_its_lead_and_due_date(pool: PgPool) {
    found(&pool).await;
    briefing(&pool).await;
    let created = create(&pool, "A", json!({ "conclusion": DECIDED })).await.expect("created");
    assert_eq!((&created["lead"]["code"], &created["currentDue"]), (&json!("SXD"), &json!("2026-04-30")));
    let id = created["id"].as_str().expect("an id");
    // What is given is not replaced.
    let given = json!({ "conclusion": DECIDED, "leadOrganization": "SYT", "dueOn": "2026-03-31" });
    let own = create(&pool, "B", given).await.expect("created");
    assert_eq!((&own["lead"]["code"], &own["baselineDue"]), (&json!("SYT"), &json!("2026-03-31")));
    // A conclusion without them leaves the gaps.
    let gaps = create(&pool, "C", json!({ "conclusion": OPEN })).await.expect("created");
    assert_eq!((&gaps["lead"], &gaps["currentDue"]), (&Value::Null, &Value::Null));
    for wrong in ["00000000-0000-0000-0000-0000000000c9", "x", ""] {
        let refused = create(&pool, "D", json!({ "conclusion": wrong })).await.expect_err(wrong);
        assert_eq!(refused, ("VALIDATION".into(), "input.conclusion".into()), "{wrong}");
    }

    // Drafts are not yet work.
    let of_conclusion = |id: &str| {
        format!(
            "{{ _entities(representations: [{{ __typename: \"Conclusion\", id: \"{id}\" }}]) {{ ... on Conclusion {{
                tasks {{ totalCount nodes {{ code conclusion {{ id }} }} }} taskMeasures(period: \"2026\") {{ total }} }} }} }}"
        )
    };
    assert_eq!(data(&pool, &of_conclusion(DECIDED)).await["_entities"][0]["tasks"]["totalCount"], 0);
    let assign = json!({ "id": id, "expectedVersion": 1 });
    verb(&pool, NOW, &issuer(), "assignTask", assign).await.expect("assigned");
    let expected = json!({
        "tasks": { "totalCount": 1, "nodes": [{ "code": "A", "conclusion": { "id": DECIDED } }] },
        "taskMeasures": { "total": 1 },
    });
    assert_eq!(data(&pool, &of_conclusion(DECIDED)).await["_entities"][0], expected);
    assert_eq!(data(&pool, &of_conclusion(OPEN)).await["_entities"][0]["tasks"]["totalCount"], 0);
    let listed = |codes: &str| format!("{{ tasks(filter: {{ conclusion: [{codes}] }}) {{ totalCount }} }}");
    assert_eq!(data(&pool, &listed(&format!("\"{DECIDED}\", \"{OPEN}\""))).await["tasks"]["totalCount"], 1);
    let unknown = ask_at(&pool, NOW, &operator(), &listed("\"x\""), Value::Null).await;
    assert_eq!(problem(&unknown), ("VALIDATION".into(), "filter.conclusion.0".into()));

    // Who may not ask for it does not learn whether one exists.
    for id in [DECIDED, "00000000-0000-0000-0000-0000000000c9"] {
        let document =
            format!("{{ taskStats(period: \"2026\", filter: {{ conclusion: [\"{id}\"] }}) {{ totals {{ total }} }} }}");
        let refused = ask_at(&pool, NOW, &Principal::default(), &document, Value::Null).await;
        assert_eq!(problem(&refused), ("UNAUTHENTICATED".into(), "filter.conclusion".into()), "{id}");
    }

    // It can be taken off.
    let emptied = json!({ "id": id, "expectedVersion": 2, "conclusion": null });
    verb(&pool, NOW, &issuer(), "updateTask", emptied).await.expect("updated");
    assert_eq!(data(&pool, &of_conclusion(DECIDED)).await["_entities"][0]["tasks"]["totalCount"], 0);
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn who_passed_a_task_on_is_told_from_that_day_and_once(pool: PgPool) {
    found(&pool).await;
    let id = task(&pool, "A", "ASSIGNED", &[]).await.to_string();
    task(&pool, "B", "IN_PROGRESS", &[]).await;
    // To the other, back, and to the other again; the first time after a return.
    let step = async |now: &str, who, name: &str, version: i32, more: Value| {
        let mut input = json!({ "id": id, "expectedVersion": version, "reason": "Không đúng chức năng" });
        input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        verb(&pool, now, &who, name, input).await.expect(name);
    };
    step("2026-03-10T05:00:00Z", lead(), "returnTask", 1, json!({})).await;
    let returned = rows(&pool, ", asOf: \"2026-03-10\", having: [{ measure: TRANSFERS, gte: 1 }]").await;
    assert_eq!(returned, json!([]), "a return alone passes nothing on");
    let to = |code: &str| json!({ "leadOrganization": code });
    step("2026-03-11T05:00:00Z", issuer(), "reassignTask", 2, to("SYT")).await;
    step("2026-03-12T05:00:00Z", issuer(), "reassignTask", 3, to("SXD")).await;
    step("2026-03-13T05:00:00Z", issuer(), "reassignTask", 4, to("SYT")).await;
    let of = |day: &str| format!(", asOf: \"{day}\", having: [{{ measure: TRANSFERS, gte: 1 }}]");
    let row = |code: &str, transfers: i32| json!({ "formerLead": { "code": code }, "measures": { "total": 1, "transfers": transfers } });
    assert_eq!(rows(&pool, &of("2026-03-10")).await, json!([]));
    assert_eq!(rows(&pool, &of("2026-03-11")).await, json!([row("SXD", 1)]));
    let both = rows(&pool, &of("2026-03-13")).await;
    assert_eq!(both, json!([row("SXD", 3), row("SYT", 3)]));
    // Without the condition the task that nobody passed on has a row of its own.
    let all = rows(&pool, "").await;
    assert_eq!(all.as_array().map(Vec::len), Some(3), "{all}");
    for (code, expected) in [("SXD", 1), ("SYT", 1), ("UBND", 0)] {
        let list = format!("{{ tasks(filter: {{ formerLead: [\"{code}\"] }}) {{ totalCount }} }}");
        assert_eq!(data(&pool, &list).await["tasks"]["totalCount"], expected, "{code}");
    }
    let never = data(&pool, "{ tasks(filter: { without: [FORMER_LEAD] }) { totalCount } }").await;
    assert_eq!(never["tasks"]["totalCount"], 1);
}
