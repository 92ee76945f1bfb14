//! One process and several processes give the same bytes. If one process is down, the others answer.

use std::path::Path;

use anyhow::Result;
use e2e::{Process, SECRET, credential, passport, run};
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use service_kit::{Principal, Role};
use sqlx::PgPool;

use crate::hanoi::hanoi;

const OPERATIONS: [&str; 6] = [
    include_str!("../../../schema/operations/first-look.graphql"),
    include_str!("../../../schema/operations/wards.graphql"),
    include_str!("../../../schema/operations/late-organizations.graphql"),
    include_str!("../../../schema/operations/trend.graphql"),
    include_str!("../../../schema/operations/responsible.graphql"),
    include_str!("../../../schema/operations/search.graphql"),
];

async fn serve(role: &str, arguments: &[&str], url: &str) -> Result<Process> {
    let arguments = [&["serve", role, "--listen", "127.0.0.1:0"], arguments].concat();
    Process::start(&arguments, &[("DATABASE_URL", url), ("IOC_SECRET", SECRET)]).await
}

/// Parts of the platform as separate processes.
struct Parts {
    platform: Process,
    directory: Process,
    tasks: Process,
    gateway: Process,
}

impl Parts {
    async fn start(url: &str, data_dir: &Path) -> Result<Self> {
        let platform = serve("platform", &["--data-dir", &data_dir.to_string_lossy()], url).await?;
        let directory = serve("directory", &[], url).await?;
        let tasks = serve("tasks", &[], url).await?;
        let place = |name: &str, part: &Process| format!("{name}={}/graphql", part.address);
        let places = [place("platform", &platform), place("directory", &directory), place("tasks", &tasks)];
        let arguments: Vec<&str> = places.iter().flat_map(|place| ["--subgraph", place]).collect();
        let gateway = serve("gateway", &arguments, url).await?;
        Ok(Self { platform, directory, tasks, gateway })
    }
}

async fn whole(url: &str, data_dir: &Path) -> Result<Process> {
    let data_dir = data_dir.to_string_lossy();
    let arguments = ["up", "--listen", "127.0.0.1:0", "--data-dir", &data_dir];
    Process::start(&arguments, &[("DATABASE_URL", url), ("IOC_SECRET", SECRET)]).await
}

#[sqlx::test(migrations = false)]
async fn one_process_and_several_give_the_same_bytes(pool: PgPool) -> Result<()> {
    let url = hanoi(&pool).await?;
    let data = tempfile::tempdir()?;
    let one = whole(&url, data.path()).await?;
    let parts = Parts::start(&url, data.path()).await?;

    let supergraph = data.path().join("supergraph.graphql");
    std::fs::write(&supergraph, run(&["schema", "print", "supergraph"], &[]).await?)?;
    let supergraph = supergraph.to_string_lossy();
    let directory = format!("directory={}/graphql", parts.directory.address);
    let tasks = format!("tasks={}/graphql", parts.tasks.address);
    let platform = format!("platform={}/graphql", parts.platform.address);
    let arguments = [
        "gateway",
        "--supergraph",
        &supergraph,
        "--listen",
        "127.0.0.1:0",
        "--subgraph",
        &directory,
        "--subgraph",
        &tasks,
        "--subgraph",
        &platform,
    ];
    let foreign = Process::start(&arguments, &[]).await?;

    let operator = Principal { subject: Some("operator".into()), roles: vec![Role::Ioc], ..Principal::default() };
    // The platform's gateway verifies a credential and signs who the caller is; a foreign one passes on what services accept.
    let (credential, passport) = (credential(SECRET, &operator), passport(&operator));
    for operation in OPERATIONS {
        let expected = one.ask(operation, Value::Null, Some(&credential)).await?;
        assert_eq!(expected.status, 200, "{}", expected.text);
        expected.data();
        for (other, credential) in [(&parts.gateway, &credential), (&foreign, &passport)] {
            assert_eq!(other.ask(operation, Value::Null, Some(credential)).await?.text, expected.text);
        }
    }
    // A service reached directly accepts no credential of a caller.
    for past in [&parts.tasks, &parts.directory, &parts.platform] {
        let answer = past.ask("{ __typename }", Value::Null, Some(&credential)).await?;
        assert_eq!(answer.problems(), ["UNAUTHENTICATED at "], "{}", answer.text);
    }
    for wrong in [
        "{ areas(after: \"x\") { totalCount } }",
        "{ areas(filter: {search: \"\\u0000\"}) { totalCount } }",
        "{ nothing }",
        "{",
    ] {
        let expected = one.ask(wrong, Value::Null, None).await?;
        for other in [&parts.gateway, &foreign] {
            let answer = other.ask(wrong, Value::Null, None).await?;
            assert_eq!((answer.status, answer.text), (expected.status, expected.text.clone()), "{wrong}");
        }
    }
    Ok(())
}

#[sqlx::test(migrations = false)]
async fn a_service_that_is_down_nulls_its_own_fields_and_leaves_the_rest(pool: PgPool) -> Result<()> {
    let url = hanoi(&pool).await?;
    let data = tempfile::tempdir()?;
    let Parts { platform: _platform, directory: _directory, tasks, gateway } = Parts::start(&url, data.path()).await?;
    let query = "{ areas(first: 2, filter: {kind: [WARD]}) { totalCount edges { node { name taskMeasures(period: \"2026\") { total } } } } organization(code: \"SXD\") { name } }";
    let before = gateway.ask(query, Value::Null, None).await?.data();
    assert_eq!(before["areas"]["totalCount"], 51);

    tasks.stop(Signal::SIGKILL).await?;
    let ready = gateway.get("/health/ready").await?;
    assert_eq!(ready.status, 503, "{}", ready.text);
    assert!(ready.text.contains("tasks"), "{}", ready.text);

    let answer = gateway.ask(query, Value::Null, None).await?.json();
    assert_eq!(answer["data"]["areas"]["totalCount"], 51, "{answer}");
    assert_eq!(answer["data"]["areas"]["edges"][1]["node"]["taskMeasures"], Value::Null, "{answer}");
    assert_eq!(answer["data"]["organization"]["name"], "Sở Xây dựng", "{answer}");
    let errors = answer["errors"].as_array().cloned().unwrap_or_default();
    let paths: Vec<&Value> = errors.iter().map(|error| &error["path"]).collect();
    let expected = [0, 1].map(|index| json!(["areas", "edges", index, "node", "taskMeasures"]));
    assert_eq!(paths, expected.iter().collect::<Vec<_>>());
    assert!(errors.iter().all(|error| error["extensions"]["code"] == "SUBGRAPH_UNAVAILABLE"), "{answer}");
    Ok(())
}

#[sqlx::test(migrations = false)]
async fn a_false_credential_is_refused_and_none_may_read_but_not_write(pool: PgPool) -> Result<()> {
    let url = hanoi(&pool).await?;
    let data = tempfile::tempdir()?;
    let one = whole(&url, data.path()).await?;
    let refused = one.ask("{ __typename }", Value::Null, Some("forged")).await?;
    assert_eq!((refused.status, refused.problems()), (401, vec!["UNAUTHENTICATED at ".to_owned()]));
    let write = "mutation { createTask(input: {code: \"X\", title: \"Nhiệm vụ\"}) { task { code } } }";
    let anonymous = one.ask(write, Value::Null, None).await?;
    assert_eq!(anonymous.problems(), ["UNAUTHENTICATED at "]);
    let create = ["key", "create", "--subject", "issuer", "--role", "ISSUER", "--organization", "VPUB"];
    let key = run(&create, &[("DATABASE_URL", &url)]).await?;
    let written = one.ask(write, Value::Null, Some(key.trim())).await?;
    assert_eq!(written.data()["createTask"]["task"]["code"], "X");

    // A revoked key is refused for every request that begins a second later, and a mistyped one at once.
    let mistyped = one.ask("{ __typename }", Value::Null, Some(&format!("{}x", key.trim()))).await?;
    assert_eq!(mistyped.status, 401);
    let id = &key.trim()["ioc_".len().."ioc_".len() + 12];
    run(&["key", "revoke", id], &[("DATABASE_URL", &url)]).await?;
    let revoked = std::time::Instant::now();
    loop {
        let began = revoked.elapsed();
        if one.ask("{ __typename }", Value::Null, Some(key.trim())).await?.status == 401 {
            break;
        }
        assert!(began < std::time::Duration::from_secs(1), "a revoked key is accepted for too long");
    }
    let nowhere = ["key", "create", "--subject", "x", "--role", "LEAD", "--organization", "NONE"];
    let refused = run(&nowhere, &[("DATABASE_URL", &url)]).await.expect_err("no such organization");
    assert!(refused.to_string().contains("organization"), "{refused}");
    Ok(())
}

#[sqlx::test(migrations = false)]
async fn pushes_reach_the_service_of_their_kind(pool: PgPool) -> Result<()> {
    let url = hanoi(&pool).await?;
    let data = tempfile::tempdir()?;
    let parts = Parts::start(&url, data.path()).await?;
    let token = credential(
        SECRET,
        &Principal {
            source: Some("dms".to_owned()),
            ..Principal { subject: Some("dms".to_owned()), ..Principal::default() }
        },
    );
    let types = [("content-type", "application/x-ndjson")];
    let line = |row: Value| format!("{row}\n").into_bytes();
    let task = json!({ "externalId": "G1", "code": "G1", "title": "Qua cổng", "status": "ASSIGNED", "lead": "NEW", "startOn": "2026-01-05" });
    let waits = parts.gateway.push("tasks", &token, line(task), &types).await?;
    assert_eq!(waits.statuses(), ["PARKED"], "{:?}", waits.lines);
    let organization = json!({ "externalId": "NEW", "code": "NEW", "name": "Cơ quan mới", "axis": "COMMITTEE", "level": "DEPARTMENT" });
    let made = parts.gateway.push("organizations", &token, line(organization), &types).await?;
    assert_eq!(made.statuses(), ["CREATED"], "{:?}", made.lines);
    // The service of the tasks learns of it through the database, and any push of its own resumes what waited.
    let other = json!({ "externalId": "G2", "code": "G2", "title": "Qua cổng", "status": "ASSIGNED", "lead": "NEW", "startOn": "2026-01-05" });
    assert_eq!(parts.gateway.push("tasks", &token, line(other), &types).await?.statuses(), ["CREATED"]);
    let receipt = waits.summary()["receipt"].as_str().expect("a receipt").to_owned();
    let receipt = parts.gateway.get_as(&format!("/v1/push/receipts/{receipt}"), &token).await?.json();
    assert_eq!((receipt["parked"].as_i64(), receipt["created"].as_i64()), (Some(0), Some(1)), "{receipt}");
    let declared: usize = cli::services::SERVICES.iter().map(|service| service.pushed.len()).sum();
    assert_eq!(parts.gateway.get("/v1/push").await?.json()["kinds"].as_array().map(Vec::len), Some(declared));
    let template = parts.gateway.get("/v1/push/tasks/template.csv").await?;
    assert_eq!(template.status, 200);
    Ok(())
}
