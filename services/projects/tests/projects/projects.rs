//! Projects: phases, forecasts, lateness, lists and their figures.

use serde_json::{Value, json};
use service_kit::Role;
use service_kit::push::PushStatus;
use sqlx::PgPool;

use crate::city::{Asked, NOW, found, give, offer, parcel, person, problem, project, row, with_site};

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_project_is_late_from_the_day_after_its_baseline_or_from_the_forecast_on(pool: PgPool) {
    found(&pool).await;
    give(
        &pool,
        "projects",
        &[
            project("DUE", json!({ "baselineEnd": "2026-06-30", "forecastEnd": "2026-06-30" })),
            project("SLIP", json!({})),
            // Without a baseline there is no end to be late for.
            project("PLAN", json!({ "baselineEnd": null, "forecastEnd": null })),
            project("DONE", json!({ "phase": "COMPLETED", "endedOn": "2025-06-30", "baselineEnd": "2025-12-31", "forecastEnd": "2025-06-30", "forecastReason": "sớm" })),
        ],
    )
    .await;
    give(
        &pool,
        "projects",
        &[json!({ "externalId": "SLIP", "observedAt": "2026-03-02T02:00:00Z", "forecastEnd": "2027-03-31", "forecastReason": "Chậm bàn giao mặt bằng" })],
    )
    .await;
    let city = Asked::at(&pool, NOW, projects::subgraph);
    let late = |as_of: &'static str| {
        let city = &city;
        async move {
            let document = format!(
                "{{ projects(asOf: \"{as_of}\", filter: {{ late: true }}) {{ totalCount edges {{ node {{ code isLate slipDays }} }} }} projectStats(period: \"2026\", asOf: \"{as_of}\") {{ totals {{ total late }} }} }}"
            );
            let found = city.data(&document).await;
            let listed: Vec<String> = found["projects"]["edges"]
                .as_array()
                .expect("edges")
                .iter()
                .map(|edge| edge["node"]["code"].as_str().unwrap_or_default().to_owned())
                .collect();
            assert_eq!(found["projectStats"]["totals"]["late"], found["projects"]["totalCount"], "{found}");
            // A project that ended before the period is outside of it.
            assert_eq!(found["projectStats"]["totals"]["total"], 3);
            listed
        }
    };
    assert_eq!(late("2026-03-01").await, Vec::<String>::new());
    assert_eq!(late("2026-03-02").await, ["SLIP"]);
    assert_eq!(late("2026-06-30").await, ["SLIP"]);
    assert_eq!(late("2026-07-01").await, ["DUE", "SLIP"]);
    let found =
        city.data("{ project(code: \"SLIP\") { slipDays forecasts { forecastEnd reason } phases { phase } } }").await;
    assert_eq!(found["project"]["slipDays"], 90);
    assert_eq!(
        found["project"]["forecasts"],
        json!([{ "forecastEnd": "2026-12-31", "reason": null }, { "forecastEnd": "2027-03-31", "reason": "Chậm bàn giao mặt bằng" }])
    );
    assert_eq!(found["project"]["phases"], json!([{ "phase": "IMPLEMENTATION" }]));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn each_phase_leads_to_the_next_and_only_the_owner_or_an_issuer_advances_it(pool: PgPool) {
    found(&pool).await;
    let city = Asked::at(&pool, NOW, projects::subgraph);
    let issuer = person("iss", &[Role::Issuer], None, None);
    let create = "mutation { createProject(input: { code: \"MOI\", name: \"Dự án mới\", organization: \"SXD\", baselineEnd: \"2027-12-31\" }) { project { id version phase } } }";
    assert_eq!(
        problem(&city.ask(&person("lea", &[Role::Lead], Some("SXD"), None), create, json!({})).await).0,
        "FORBIDDEN"
    );
    let made = city.ask(&issuer, create, json!({})).await["data"]["createProject"]["project"].clone();
    assert_eq!((made["phase"].as_str(), made["version"].as_i64()), (Some("IDENTIFICATION"), Some(1)), "{made}");
    let id = made["id"].as_str().expect("an id").to_owned();
    let advance = |version: i64| {
        format!(
            "mutation {{ advancePhase(input: {{ id: \"{id}\", expectedVersion: {version} }}) {{ project {{ phase version endedOn }} }} }}"
        )
    };
    let stranger = person("oth", &[Role::Lead], Some("SYT"), None);
    assert_eq!(
        problem(&city.ask(&stranger, &advance(1), json!({})).await).0,
        "NOT_FOUND",
        "it does not see the project"
    );
    let owner = person("own", &[Role::Lead], Some("SXD"), None);
    for (version, phase) in [(1, "PREPARATION"), (2, "IMPLEMENTATION"), (3, "COMPLETION")] {
        let answer = city.ask(&owner, &advance(version), json!({})).await;
        assert_eq!(answer["data"]["advancePhase"]["project"]["phase"], phase, "{answer}");
    }
    assert_eq!(problem(&city.ask(&owner, &advance(1), json!({})).await).0, "STALE_VERSION");
    let suspend = format!(
        "mutation {{ suspendProject(input: {{ id: \"{id}\", expectedVersion: 4, reason: \"Chờ vốn\" }}) {{ project {{ suspended }} }} }}"
    );
    assert_eq!(city.ask(&issuer, &suspend, json!({})).await["data"]["suspendProject"]["project"]["suspended"], true);
    assert_eq!(problem(&city.ask(&owner, &advance(5), json!({})).await).0, "CONFLICT");
    let resume = format!(
        "mutation {{ resumeProject(input: {{ id: \"{id}\", expectedVersion: 5, reason: \"Có vốn\" }}) {{ project {{ suspended }} }} }}"
    );
    assert_eq!(city.ask(&issuer, &resume, json!({})).await["data"]["resumeProject"]["project"]["suspended"], false);
    let done = city.ask(&owner, &advance(6), json!({})).await;
    assert_eq!(
        done["data"]["advancePhase"]["project"],
        json!({ "phase": "COMPLETED", "version": 7, "endedOn": "2026-11-27" }),
        "{done}"
    );
    let cancel = format!(
        "mutation {{ cancelProject(input: {{ id: \"{id}\", expectedVersion: 7, document: \"1/QĐ\", reason: \"thôi\" }}) {{ project {{ phase }} }} }}"
    );
    assert_eq!(problem(&city.ask(&issuer, &cancel, json!({})).await).0, "CONFLICT");
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_forecast_needs_its_reason_and_a_reviewer_is_not_of_the_owner(pool: PgPool) {
    found(&pool).await;
    give(&pool, "projects", &[project("A", json!({}))]).await;
    let (id, version) = row(&pool, "projects.project", "A").await;
    let city = Asked::at(&pool, NOW, projects::subgraph);
    let revise = |reason: &str| {
        format!(
            "mutation {{ reviseForecast(input: {{ id: \"{id}\", expectedVersion: {version}, forecastEnd: \"2027-02-01\", reason: \"{reason}\" }}) {{ project {{ slipDays isLate }} }} }}"
        )
    };
    let issuer = person("iss", &[Role::Issuer], None, None);
    assert_eq!(
        problem(&city.ask(&issuer, &revise(" "), json!({})).await),
        ("VALIDATION".into(), "input.reason".into())
    );
    for day in ["1989-12-31", "2101-01-01", "9999-12-31"] {
        let refused = city.ask(&issuer, &revise("Gõ nhầm").replace("2027-02-01", day), json!({})).await;
        assert_eq!(problem(&refused), ("VALIDATION".into(), "input.forecastEnd".into()), "{day}");
        let row = project("B", json!({ "forecastEnd": day, "forecastReason": "Gõ nhầm" }));
        let results = offer(&pool, "projects", &[row]).await;
        assert_eq!((results[0].status, &*results[0].errors[0].path), (PushStatus::Rejected, "forecastEnd"), "{day}");
    }
    let answer = city.ask(&issuer, &revise("Vướng mặt bằng"), json!({})).await;
    assert_eq!(answer["data"]["reviseForecast"]["project"], json!({ "slipDays": 32, "isLate": true }), "{answer}");
    let assess = format!(
        "mutation {{ assessProject(input: {{ id: \"{id}\", expectedVersion: {}, rag: RED, note: \"Chậm\" }}) {{ project {{ rag }} }} }}",
        version + 1
    );
    let own = person("ins", &[Role::Inspector], Some("SXD"), None);
    assert_eq!(problem(&city.ask(&own, &assess, json!({})).await).0, "FORBIDDEN");
    let reviewer = person("ins", &[Role::Inspector], Some("SYT"), None);
    let answer = city.ask(&reviewer, &assess, json!({})).await;
    assert_eq!(answer["data"]["assessProject"]["project"]["rag"], "RED", "{answer}");
    let red: Value = city.data("{ projectStats(period: \"2026\") { totals { red late slipDays } } }").await;
    assert_eq!(red["projectStats"]["totals"], json!({ "red": 1, "late": 1, "slipDays": 32.0 }));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn each_number_lists_its_projects_in_every_order(pool: PgPool) {
    found(&pool).await;
    let cohort = json!({ "groundbreakingOn": "2025-12-19", "keyList": true });
    give(
        &pool,
        "projects",
        &[
            project("A", cohort.clone()),
            project("B", cohort),
            project("C", json!({ "kind": "SCHEME", "totalInvestment": "5000" })),
        ],
    )
    .await;
    let city = Asked::at(&pool, NOW, projects::subgraph);
    let found = city
        .data("{ projectStats(period: \"2026\", groupBy: [COHORT]) { rows { cohort measures { total } drillDown(measure: TOTAL) { filter asOf } } } }")
        .await;
    for row in found["projectStats"]["rows"].as_array().expect("rows") {
        let listed = city
            .ask(
                &service_kit::testing::operator(),
                "query($filter: ProjectFilter, $day: Date) { projects(filter: $filter, asOf: $day) { totalCount } }",
                json!({ "filter": row["drillDown"]["filter"], "day": row["drillDown"]["asOf"] }),
            )
            .await;
        assert_eq!(listed["data"]["projects"]["totalCount"], row["measures"]["total"], "{row} {listed}");
    }
    for field in ["CODE", "NAME", "BASELINE_END", "FORECAST_END", "SLIP_DAYS", "TOTAL_INVESTMENT", "OBSERVED_AT"] {
        for direction in ["ASC", "DESC"] {
            let mut seen = Vec::new();
            let mut after = String::new();
            for _ in 0..3 {
                let document = format!(
                    "{{ projects(first: 1, orderBy: [{{ field: {field}, direction: {direction} }}]{after}) {{ edges {{ node {{ code }} }} pageInfo {{ endCursor }} }} }}"
                );
                let page = city.data(&document).await["projects"].clone();
                seen.push(page["edges"][0]["node"]["code"].as_str().unwrap_or_default().to_owned());
                after = format!(", after: \"{}\"", page["pageInfo"]["endCursor"].as_str().unwrap_or_default());
            }
            seen.sort();
            assert_eq!(seen, ["A", "B", "C"], "{field} {direction}");
        }
    }
}

/// What a record says already costs no version.
#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn a_change_without_a_change_is_no_version(pool: PgPool) {
    with_site(&pool).await;
    give(&pool, "parcel-cases", &[parcel("1", "K1", json!({}))]).await;
    let city = Asked::at(&pool, NOW, projects::subgraph);
    let (project, _) = row(&pool, "projects.project", "DA").await;
    let (parcel, _) = row(&pool, "projects.parcel_case", "1").await;
    let admin = person("admin", &[Role::Admin], None, None);
    let change = async |verb: &str, id: &str, version: i32, fields: &str| {
        let input = format!("{{ id: \"{id}\", expectedVersion: {version}{fields} }}");
        let answer =
            city.ask(&admin, &format!("mutation {{ {verb}(input: {input}) {{ __typename }} }}"), json!({})).await;
        assert!(answer.get("errors").is_none(), "{verb} {fields}: {answer}");
    };
    for (fields, expected) in [
        (", name: \"Dự án DA\", organization: \"SXD\", programmes: [\"CT1\"]", 1),
        ("", 1),
        (", objective: \"Giảm ùn tắc\"", 2),
        (", objective: \" Giảm ùn tắc \"", 2),
        (", objective: null", 3),
    ] {
        let (_, version) = row(&pool, "projects.project", "DA").await;
        change("updateProject", &project, version, fields).await;
        assert_eq!(row(&pool, "projects.project", "DA").await.1, expected, "{fields}");
    }
    for (verb, fields, expected) in [
        ("unblockParcel", "", 1),
        ("blockParcel", ", blocker: PRICE", 2),
        ("blockParcel", ", blocker: PRICE", 2),
        ("blockParcel", ", blocker: PRICE, note: \"Chờ giá đất\"", 3),
        ("unblockParcel", "", 4),
    ] {
        let (_, version) = row(&pool, "projects.parcel_case", "1").await;
        change(verb, &parcel, version, fields).await;
        assert_eq!(row(&pool, "projects.parcel_case", "1").await.1, expected, "{verb} {fields}");
    }
}
