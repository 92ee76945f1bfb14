//! Briefings, and what changed since one: boundaries, who sees what, and what is refused.

use serde_json::{Value, json};
use service_kit::{Principal, Role};
use sqlx::PgPool;

use crate::city::{NOW, at, change, found, operator, person, problem, task};

const CHANGES: &str = "totalCount counts { dataset kind count } nodes { code kind before after }";

async fn changes(pool: &PgPool, who: &Principal, arguments: &str) -> Result<Value, (String, String)> {
    let document = format!("{{ changesSince({arguments}) {{ {CHANGES} }} }}");
    let mut answer = at(pool, NOW).ask(who, &document, Value::Null).await;
    if answer.get("errors").is_some() { Err(problem(&answer)) } else { Ok(answer["data"]["changesSince"].take()) }
}

async fn verb(pool: &PgPool, who: &Principal, verb: &str, input: Value) -> Result<Value, (String, String)> {
    let kind = format!("{}{}Input", verb[..1].to_uppercase(), &verb[1..]);
    let document = format!(
        "mutation($input: {kind}!) {{ {verb}(input: $input) {{ briefing {{ id version period title heldAt closedAt conclusions {{ number text dueOn }} openPoints {{ number text }} }} }} }}"
    );
    let mut answer = at(pool, NOW).ask(who, &document, json!({ "input": input })).await;
    if answer.get("errors").is_some() { Err(problem(&answer)) } else { Ok(answer["data"][verb]["briefing"].take()) }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_change_is_since_when_it_is_later_than_the_instant(pool: PgPool) {
    found(&pool).await;
    task(&pool, "A", &[]).await;
    // At 05:00 UTC of the day.
    change(&pool, "A", "2026-11-10", "current_due = '2026-12-14'").await;
    let since = |instant: &str| format!("instant: \"{instant}\", datasets: [TASKS]");
    let before = changes(&pool, &operator(), &since("2026-11-10T04:59:59.999999Z")).await.expect("changes");
    let slipped = json!({
        "totalCount": 1,
        "counts": [{ "dataset": "TASKS", "kind": "SLIPPED", "count": 1 }],
        "nodes": [{ "code": "A", "kind": "SLIPPED", "before": "2026-03-14", "after": "2026-12-14" }],
    });
    assert_eq!(before, slipped);
    let exactly = changes(&pool, &operator(), &since("2026-11-10T05:00:00Z")).await.expect("changes");
    assert_eq!(exactly, json!({ "totalCount": 0, "counts": [], "nodes": [] }));
    // A task that nobody may see is in no list: of a ward that is elsewhere, and of a visitor.
    let elsewhere = Principal { areas: vec!["00008".into()], ..person("ward", &[Role::Ward], None, None) };
    let since_november = since("2026-11-01T00:00:00Z");
    assert_eq!(changes(&pool, &operator(), &since_november).await.expect("changes")["totalCount"], 1);
    assert_eq!(changes(&pool, &elsewhere, &since_november).await.expect("changes")["totalCount"], 0);
    let visitor = changes(&pool, &Principal::default(), &since_november).await;
    assert_eq!(visitor, Err(("UNAUTHENTICATED".to_owned(), String::new())));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_briefing_keeps_what_was_decided_until_it_is_closed(pool: PgPool) {
    found(&pool).await;
    let input = json!({ "period": "2026-W47", "title": "Giao ban tuần 47", "heldAt": "2026-11-23T01:00:00Z", "idempotencyKey": "k" });
    let opened = verb(&pool, &operator(), "recordBriefing", input.clone()).await.expect("recorded");
    let again = verb(&pool, &operator(), "recordBriefing", input).await.expect("recorded");
    assert_eq!(opened["id"], again["id"], "a repetition records nothing");
    let id = &opened["id"];
    let conclusion = json!({ "id": id, "expectedVersion": 1, "text": "Hoàn thành trước 15/12", "leadOrganization": "SXD", "dueOn": "2026-12-15" });
    let decided = verb(&pool, &operator(), "addConclusion", conclusion.clone()).await.expect("added");
    assert_eq!(
        decided["conclusions"],
        json!([{ "number": 1, "text": "Hoàn thành trước 15/12", "dueOn": "2026-12-15" }])
    );
    assert_eq!(
        verb(&pool, &operator(), "addConclusion", conclusion).await,
        Err(("STALE_VERSION".to_owned(), "input.expectedVersion".to_owned()))
    );
    let point = json!({ "id": id, "expectedVersion": 2, "text": "Nguồn vốn bổ sung" });
    let open = verb(&pool, &operator(), "addOpenPoint", point.clone()).await.expect("added");
    assert_eq!(open["openPoints"], json!([{ "number": 1, "text": "Nguồn vốn bổ sung" }]));
    let closed =
        verb(&pool, &operator(), "closeBriefing", json!({ "id": id, "expectedVersion": 3 })).await.expect("closed");
    assert!(closed["closedAt"].is_string(), "{closed}");
    let mut late = point;
    late["expectedVersion"] = json!(4);
    assert_eq!(
        verb(&pool, &operator(), "addOpenPoint", late).await.map_err(|refused| refused.0),
        Err("CONFLICT".to_owned())
    );
    // A lead decides nothing here, and sees no briefing.
    let lead = person("lead", &[Role::Lead], Some("SXD"), None);
    let refused = verb(&pool, &lead, "recordBriefing", json!({ "period": "2026-W48", "title": "x" })).await;
    assert_eq!(refused.map_err(|refused| refused.0), Err("FORBIDDEN".to_owned()));
    let hidden = at(&pool, NOW).ask(&lead, "{ briefings { totalCount } }", Value::Null).await;
    assert_eq!(problem(&hidden).0, "FORBIDDEN");
    // Without arguments the changes are those since the latest briefing; both at once are refused.
    task(&pool, "A", &[("observed_at", "'2026-11-22T05:00:00Z'")]).await;
    change(&pool, "A", "2026-11-24", "current_due = '2026-12-20'").await;
    let both = format!("instant: \"2026-11-01T00:00:00Z\", briefing: {id}");
    assert_eq!(changes(&pool, &operator(), &both).await, Err(("VALIDATION".to_owned(), "briefing".to_owned())));
    let latest = changes(&pool, &operator(), "first: 50").await.expect("changes");
    let named = changes(&pool, &operator(), &format!("briefing: {id}")).await.expect("changes");
    assert_eq!(latest, named);
    assert_eq!(latest["nodes"][0]["after"], "2026-12-20", "{latest}");
    let future = changes(&pool, &operator(), "instant: \"2027-01-01T00:00:00Z\"").await;
    assert_eq!(future, Err(("VALIDATION".to_owned(), "instant".to_owned())));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_briefing_is_changed_until_it_is_closed(pool: PgPool) {
    found(&pool).await;
    let input = json!({ "period": "2026-W47", "title": "Giao ban tuan 47", "heldAt": "2026-11-23T01:00:00Z" });
    let opened = verb(&pool, &operator(), "recordBriefing", input).await.expect("recorded");
    let of = |version: i32, more: Value| {
        let mut input = json!({ "id": opened["id"], "expectedVersion": version });
        input.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
        input
    };
    let changed = verb(&pool, &operator(), "updateBriefing", of(1, json!({ "title": "Giao ban tuần 47" }))).await;
    let changed = changed.expect("changed");
    assert_eq!(
        (&changed["title"], &changed["period"], &changed["heldAt"], &changed["version"]),
        (&json!("Giao ban tuần 47"), &json!("2026-W47"), &opened["heldAt"], &json!(2))
    );
    // What it says already is no version.
    let same = verb(&pool, &operator(), "updateBriefing", of(2, json!({ "period": "2026-W47" }))).await.expect("read");
    assert_eq!(same["version"], json!(2));
    let conclusion = of(2, json!({ "text": "Hoàn thành", "dueOn": "2026-11-24" }));
    verb(&pool, &operator(), "addConclusion", conclusion).await.expect("added");
    for (change, path) in [
        (json!({ "title": " " }), "input.title"),
        (json!({ "period": "2026-W99" }), "input.period"),
        // 92 days after the end of a week of March there is no November.
        (json!({ "period": "2026-W10" }), "input.heldAt"),
        (json!({ "heldAt": "2027-11-23T01:00:00Z" }), "input.heldAt"),
        (json!({ "heldAt": "2026-11-25T01:00:00Z" }), "input.heldAt"),
    ] {
        let refused = verb(&pool, &operator(), "updateBriefing", of(3, change.clone())).await;
        assert_eq!(refused, Err(("VALIDATION".to_owned(), path.to_owned())), "{change}");
    }
    let moved = json!({ "heldAt": "2026-11-24T01:00:00Z", "period": "2026-W48" });
    let moved = verb(&pool, &operator(), "updateBriefing", of(3, moved)).await.expect("moved");
    assert_eq!(moved["period"], json!("2026-W48"));
    let lead = person("lead", &[Role::Lead], Some("SXD"), None);
    let refused = verb(&pool, &lead, "updateBriefing", of(4, json!({ "title": "x" }))).await;
    assert_eq!(refused.map_err(|refused| refused.0), Err("NOT_FOUND".to_owned()));
    verb(&pool, &operator(), "closeBriefing", of(4, json!({}))).await.expect("closed");
    let late = verb(&pool, &operator(), "updateBriefing", of(5, json!({ "title": "x" }))).await;
    assert_eq!(late.map_err(|refused| refused.0), Err("CONFLICT".to_owned()));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_draft_is_no_change_and_its_dates_do_not_slip(pool: PgPool) {
    found(&pool).await;
    task(&pool, "D", &[("status", "'DRAFT'"), ("observed_at", "'2026-11-20T05:00:00Z'")]).await;
    let since = "instant: \"2026-11-01T00:00:00Z\", datasets: [TASKS]";
    assert_eq!(changes(&pool, &operator(), since).await.expect("changes")["totalCount"], 0);
    change(&pool, "D", "2026-11-24", "status = 'ASSIGNED', current_due = '2026-12-30'").await;
    let issued = changes(&pool, &operator(), since).await.expect("changes");
    let kinds: Vec<&str> =
        issued["nodes"].as_array().expect("nodes").iter().filter_map(|node| node["kind"].as_str()).collect();
    assert_eq!(kinds, ["MOVED", "CREATED"], "{issued}");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_briefing_is_held_near_its_period(pool: PgPool) {
    found(&pool).await;
    // The week is from 16 to 22 November; 92 days around it are from 16 August to 23 February.
    for (held, accepted) in [
        ("2026-08-15T23:59:59Z", false),
        ("2026-08-16T00:00:00Z", true),
        ("2027-02-23T23:59:59Z", true),
        ("2027-02-24T00:00:00Z", false),
        ("0001-01-01T00:00:00Z", false),
    ] {
        let input = json!({ "period": "2026-W47", "title": "Giao ban", "heldAt": held });
        let outcome = verb(&pool, &operator(), "recordBriefing", input).await;
        match outcome {
            Ok(_) => assert!(accepted, "{held}"),
            Err(refused) => {
                assert!(!accepted, "{held} {refused:?}");
                assert_eq!(refused, ("VALIDATION".to_owned(), "input.heldAt".to_owned()), "{held}");
            }
        }
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_work_of_a_conclusion_ends_within_ten_years_after_its_briefing(pool: PgPool) {
    found(&pool).await;
    let input = json!({ "period": "2026-W47", "title": "Giao ban", "heldAt": "2026-11-23T01:00:00Z" });
    let briefing = verb(&pool, &operator(), "recordBriefing", input).await.expect("recorded");
    let mut version = 1;
    for (due, accepted) in [
        ("2026-11-22", false),
        ("2026-11-23", true),
        ("2036-11-23", true),
        ("2036-11-24", false),
        ("9999-12-31", false),
    ] {
        let input = json!({ "id": briefing["id"], "expectedVersion": version, "text": "Kết luận", "dueOn": due });
        match verb(&pool, &operator(), "addConclusion", input).await {
            Ok(_) => {
                assert!(accepted, "{due}");
                version += 1;
            }
            Err(refused) => {
                assert!(!accepted, "{due} {refused:?}");
                assert_eq!(refused, ("VALIDATION".to_owned(), "input.dueOn".to_owned()), "{due}");
            }
        }
    }
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn briefings_are_found_by_their_periods_and_by_the_day_in_the_city(pool: PgPool) {
    found(&pool).await;
    // Half past midnight in the city is still the day before in UTC.
    for (period, held) in [
        ("2026-W45", "2026-11-09T01:00:00Z"),
        ("2026-W46", "2026-11-15T17:30:00Z"),
        ("2026-W47", "2026-11-23T01:00:00Z"),
    ] {
        let input = json!({ "period": period, "title": "Giao ban", "heldAt": held });
        verb(&pool, &operator(), "recordBriefing", input).await.expect("recorded");
    }
    let city = at(&pool, NOW);
    for (filter, expected) in [
        ("{}", json!(["2026-W47", "2026-W46", "2026-W45"])),
        ("{ period: [\"2026-W45\", \"2026-W47\"] }", json!(["2026-W47", "2026-W45"])),
        ("{ heldOn: { to: \"2026-11-15\" } }", json!(["2026-W45"])),
        ("{ heldOn: { on: \"2026-11-16\" } }", json!(["2026-W46"])),
        ("{ period: [\"2026-W01\"] }", json!([])),
        ("{ period: [] }", json!([])),
    ] {
        let document = format!("{{ briefings(filter: {filter}) {{ totalCount nodes {{ period }} }} }}");
        let found = city.data(&document).await["briefings"].take();
        let periods: Vec<&Value> =
            found["nodes"].as_array().expect("nodes").iter().map(|node| &node["period"]).collect();
        assert_eq!(json!(periods), expected, "{filter}");
        assert_eq!(found["totalCount"], periods.len(), "{filter}");
    }
    let wrong = city
        .ask(&operator(), "{ briefings(filter: { period: [\"2026-W47\", \"2026-W60\"] }) { totalCount } }", Value::Null)
        .await;
    assert_eq!(problem(&wrong), ("VALIDATION".to_owned(), "filter.period.1".to_owned()));
}
