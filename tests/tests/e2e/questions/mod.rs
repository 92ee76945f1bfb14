//! The 25 questions that the platform answers in one request each, on the sample, in one process and in several.
//!
//! Of each question `questions/NN-….sql` has what must hold: figures by plain SQL over base tables, a naive join that counts twice,
//! and variables for which nothing may be found. `questions/checks.rs` says how such a file is written.

mod checks;

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use checks::{Check, Section, failures, settled};
use e2e::{Process, SECRET, credential};
use sample::NoProgress;
use serde_json::{Value, json};
use service_kit::{Principal, Role};
use sqlx::{ConnectOptions, PgPool};

/// Day on which the sample is loaded.
const NOW: &str = "2026-11-27T03:00:00Z";

struct Question {
    name: &'static str,
    operation: &'static str,
    checks: &'static str,
}

macro_rules! questions {
    ($($name:literal,)*) => {
        &[$(Question {
            name: $name,
            operation: include_str!(concat!("../../../../schema/operations/questions/", $name, ".graphql")),
            checks: include_str!(concat!($name, ".sql")),
        }),*]
    };
}

const QUESTIONS: &[Question] = questions![
    "01-overdue-clearance-and-falling-satisfaction",
    "02-officials-with-late-task-project-and-red-kpi",
    "03-bottlenecks",
    "04-growth-gap-by-ward",
    "05-land-cleared-households-not",
    "06-done-without-effect",
    "07-clarity-and-lateness",
    "08-cohorts-of-groundbreakings",
    "09-feedback-near-sites",
    "10-in-time-but-unsatisfied",
    "11-who-passes-work-on",
    "12-waiting-for-the-centre",
    "13-orphans-of-programmes",
    "14-year-end-disbursement",
    "15-one-ward-and-its-peers",
    "16-changes-since-the-briefing",
    "17-stale-sources",
    "18-extended-tasks-and-slips",
    "19-late-payments-and-complaints",
    "20-notices-lapsing",
    "21-flooding",
    "22-responsibilities-without-a-holder",
    "23-one-programme-on-four-axes",
    "24-revisions-that-flipped-a-judgement",
    "25-march-deadlines-and-late-land",
];

/// Questions that have no right answer yet, and why. The test says when one has, so that it is taken off this list.
const NOT_YET: &[(&str, &str)] = &[];

async fn whole(url: &str, data_dir: &Path) -> Result<Process> {
    let data_dir = data_dir.to_string_lossy();
    let arguments = ["up", "--listen", "127.0.0.1:0", "--data-dir", &data_dir];
    Process::start(&arguments, &[("DATABASE_URL", url), ("IOC_SECRET", SECRET)]).await
}

/// Every service as a process of its own, with a gateway before them, which is the last.
async fn parts(url: &str, data_dir: &Path) -> Result<Vec<Process>> {
    let environment = [("DATABASE_URL", url), ("IOC_SECRET", SECRET)];
    let data_dir = data_dir.to_string_lossy();
    let (mut processes, mut places) = (Vec::new(), Vec::new());
    for service in cli::services::SERVICES {
        let mut arguments = vec!["serve", service.name, "--listen", "127.0.0.1:0"];
        if service.name == "platform" {
            arguments.extend(["--data-dir", &data_dir]);
        }
        let process = Process::start(&arguments, &environment).await?;
        places.push(format!("{}={}/graphql", service.name, process.address));
        processes.push(process);
    }
    let mut arguments = vec!["serve", "gateway", "--listen", "127.0.0.1:0"];
    arguments.extend(places.iter().flat_map(|place| ["--subgraph", place]));
    processes.push(Process::start(&arguments, &environment).await?);
    Ok(processes)
}

/// A source that pushes two kinds, whose three rows wait for a parcel and a plan, and that has been silent since two hours.
async fn add_silent_source(process: &Process, pool: &PgPool) -> Result<()> {
    let source = Principal {
        subject: Some("land-office".to_owned()),
        source: Some("land-office".to_owned()),
        ..Principal::default()
    };
    let credential = credential(SECRET, &source);
    let event = |id: &str| {
        json!({ "externalId": id, "parcel": "NOWHERE", "kind": "INVENTORIED", "happenedOn": "2026-11-02" }).to_string()
            + "\n"
    };
    let payment =
        json!({ "externalId": "P1", "plan": "NOWHERE", "kind": "PAID", "happenedOn": "2026-11-02", "amount": "1" })
            .to_string()
            + "\n";
    let types = [("content-type", "application/x-ndjson")];
    let events = process.push("parcel-events", &credential, (event("E1") + &event("E2")).into_bytes(), &types).await?;
    ensure!(events.statuses() == ["PARKED", "PARKED"], "{:?}", events.lines);
    let payments = process.push("compensation-payments", &credential, payment.into_bytes(), &types).await?;
    ensure!(payments.statuses() == ["PARKED"], "{:?}", payments.lines);
    sqlx::raw_sql(
        "UPDATE platform.source SET cadence_hours = 1 WHERE code = 'land-office';
         UPDATE platform.source_kind SET last_receipt_at = last_receipt_at - interval '2 hours' WHERE source = 'land-office'",
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Asks one process and several. Both must say the same, without an error, except for what changes from second to second.
async fn ask(one: &Process, several: &Process, operation: &str, variables: &Value, credential: &str) -> Result<Value> {
    let answer = one.ask(operation, variables.clone(), Some(credential)).await?;
    let other = several.ask(operation, variables.clone(), Some(credential)).await?;
    let mut json = answer.json();
    ensure!(json.get("errors").is_none(), "{}", json["errors"]);
    ensure!(
        settled(&answer.text) == settled(&other.text),
        "one process and several differ: {} and {}",
        answer.text,
        other.text
    );
    Ok(json["data"].take())
}

/// What is wrong with the answer of a question.
async fn judge(
    question: &Question,
    pool: &PgPool,
    (one, several): (&Process, &Process),
    unloaded: &Value,
    credential: &str,
) -> Result<Vec<String>> {
    let sections = Section::parse(question.checks)?;
    let answer = ask(one, several, question.operation, &json!({}), credential).await?;
    let mut found = Vec::new();
    for section in &sections {
        let failed = match &section.check {
            Check::Empty(variables) => {
                let empty = ask(one, several, question.operation, variables, credential).await.context("of no rows")?;
                failures(pool, section, &empty).await?
            }
            Check::Unloaded => failures(pool, section, unloaded).await?,
            _ => failures(pool, section, &answer).await?,
        };
        found.extend(failed.map(|why| format!("{}: {why}", section.head)));
    }
    let has = |wanted: fn(&Check) -> bool| sections.iter().any(|section| wanted(&section.check));
    for (what, is_there) in [
        ("figures", has(|check| matches!(check, Check::Figures { .. } | Check::Among | Check::Including))),
        ("a naive join", has(|check| matches!(check, Check::Twice))),
        ("an empty case", has(|check| matches!(check, Check::Empty(_) | Check::Unloaded))),
    ] {
        if !is_there {
            found.push(format!("{what} is missing"));
        }
    }
    Ok(found)
}

#[test]
fn every_operation_of_a_question_is_judged() {
    let files = std::fs::read_dir("../schema/operations/questions").expect("the operations");
    let stored: BTreeSet<String> = files
        .filter_map(|file| file.expect("a file").file_name().to_str()?.strip_suffix(".graphql").map(str::to_owned))
        .collect();
    let judged: BTreeSet<String> = QUESTIONS.iter().map(|question| question.name.to_owned()).collect();
    assert_eq!(judged, stored);
    assert!(NOT_YET.iter().all(|(name, _)| judged.iter().any(|judged| judged.starts_with(name))));
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn every_question_is_answered_in_one_request_as_plain_sql_answers_it(pool: PgPool) -> Result<()> {
    let url = pool.connect_options().to_url_lossy().to_string();
    let data = tempfile::tempdir()?;
    let one = whole(&url, data.path()).await?;
    let administrator =
        Principal { subject: Some("administrator".into()), roles: vec![Role::Admin], ..Principal::default() };
    let credential = credential(SECRET, &administrator);
    let mut unloaded = Vec::new();
    for question in QUESTIONS {
        let answer = one.ask(question.operation, json!({}), Some(&credential)).await?;
        unloaded.push(answer.json()["data"].take());
    }

    sample::load("hanoi", &pool, NOW.parse()?, &NoProgress).await?;
    add_silent_source(&one, &pool).await?;
    let parts = parts(&url, data.path()).await?;
    let several = parts.last().context("a gateway")?;

    let mut wrong = Vec::new();
    for (question, unloaded) in QUESTIONS.iter().zip(&unloaded) {
        let failed = judge(question, &pool, (&one, several), unloaded, &credential)
            .await
            .unwrap_or_else(|error| vec![format!("{error:#}")]);
        let excuse = NOT_YET.iter().find(|(number, _)| question.name.starts_with(number));
        match excuse {
            None => wrong.extend(failed.iter().map(|why| format!("question {}: {why}", question.name))),
            Some(_) if failed.is_empty() => {
                wrong.push(format!("question {} has its answer now: take it off NOT_YET", question.name));
            }
            Some((_, reason)) => {
                eprintln!("question {}: not yet: {reason}\n    {}", question.name, failed.join("\n    "));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}
