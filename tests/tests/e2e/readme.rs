//! Compares the README with the running platform: the first request, its answer, and the commands for writing.

use anyhow::{Context, Result};
use e2e::Process;
use sample::NoProgress;
use serde_json::Value;
use sqlx::{ConnectOptions, PgPool};

use crate::hanoi::hanoi;

const README: &str = include_str!("../../../README.md");
const QUESTION: &str = include_str!("../../../schema/operations/one-ward.graphql");
const ANSWER: &str = include_str!("../../../docs/one-ward.json");

/// Returns the first fenced block of a language.
fn block(language: &str) -> Result<&'static str> {
    let start = README.split_once(&format!("```{language}\n")).context("no such block")?.1;
    Ok(start.split_once("```").context("an open block")?.0)
}

#[sqlx::test(migrations = false)]
async fn the_first_question_has_the_answer_that_is_committed(pool: PgPool) -> Result<()> {
    assert_eq!(
        block("graphql")?,
        QUESTION,
        "the README shows another question than schema/operations/one-ward.graphql"
    );

    let url = hanoi(&pool).await?;
    let data = tempfile::tempdir()?;
    let arguments = ["up", "--listen", "127.0.0.1:0", "--data-dir", &data.path().to_string_lossy()];
    let platform = Process::start(&arguments, &[("DATABASE_URL", &url)]).await?;
    let token = std::fs::read_to_string(data.path().join("dev-token"))?;
    let answer = platform.ask(QUESTION, Value::Null, Some(&token)).await?.json();

    let ward = &answer["data"]["area"];
    let of_base_rows: (i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM feedback.feedback WHERE area_code = '09832'
                   AND (submitted_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date BETWEEN '2026-01-01' AND '2026-09-30'),
                (SELECT count(*) FROM projects.parcel_case AS p JOIN projects.site AS s ON s.code = p.site_code
                   WHERE s.area_code = '09832' AND NOT EXISTS (
                     SELECT FROM projects.milestone AS m
                     WHERE m.parcel_id = p.id AND m.kind = 'WITHDRAWN' AND m.happened_on <= '2026-09-30'))",
    )
    .fetch_one(&pool)
    .await?;
    let number = |value: &Value| value.as_i64().unwrap_or_default();
    let shown = (number(&ward["feedbackMeasures"]["received"]), number(&ward["clearanceMeasures"]["parcels"]));
    assert_eq!(shown, of_base_rows, "{answer}");
    assert!(shown.0 > 0 && shown.1 > 0, "{answer}");

    let pretty = format!("{}\n", serde_json::to_string_pretty(&answer)?);
    if std::env::var_os("UPDATE_README").is_some() {
        let lines = block("json")?.lines().count();
        let beginning: String = pretty.split_inclusive('\n').take(lines).collect();
        std::fs::write("../docs/one-ward.json", &pretty)?;
        std::fs::write("../README.md", README.replacen(block("json")?, &beginning, 1))?;
        return Ok(());
    }
    assert_eq!(ANSWER, pretty, "docs/one-ward.json differs: UPDATE_README=1 cargo test -p e2e readme");
    Ok(())
}

#[test]
fn the_readme_shows_the_beginning_of_the_answer() -> Result<()> {
    let shown = block("json")?;
    assert!(shown.lines().count() >= 10, "the README shows too little of the answer:\n{shown}");
    let beginning: String = ANSWER.split_inclusive('\n').take(shown.lines().count()).collect();
    assert_eq!(shown, beginning, "the README's excerpt is not the beginning of docs/one-ward.json");
    Ok(())
}

/// Returns the commands of the section "Writing", with another address.
fn commands_of_writing(address: &str) -> Result<String> {
    let section = README.split_once("## Writing\n").context("no such section")?.1;
    let section = section.split_once("\n## ").context("an open section")?.0;
    let blocks: String = section.split("```sh\n").skip(1).filter_map(|rest| Some(rest.split_once("```")?.0)).collect();
    Ok(blocks.replace("http://127.0.0.1:4000", address))
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_commands_for_writing_lead_a_task_through_its_whole_cycle(pool: PgPool) -> Result<()> {
    sample::load_tasks("hanoi", None, &pool, "2026-11-21T03:00:00Z".parse()?, &NoProgress).await?;
    let folder = tempfile::tempdir()?;
    let data_dir = folder.path().join(".ioc");
    let url = pool.connect_options().to_url_lossy().to_string();
    let arguments = ["up", "--listen", "127.0.0.1:0", "--data-dir", &data_dir.to_string_lossy()];
    let platform = Process::start(&arguments, &[("DATABASE_URL", &url)]).await?;
    // The credential is in the data folder when the address is printed.
    let ioc = e2e::ioc()?;
    let path = format!("{}:{}", ioc.parent().context("a folder")?.display(), std::env::var("PATH")?);
    let output = tokio::process::Command::new("sh")
        .args(["-e", "-c", &commands_of_writing(&platform.address)?])
        .current_dir(folder.path())
        .env("PATH", path)
        .env("DATABASE_URL", &url)
        .output()
        .await?;
    let said = String::from_utf8(output.stdout)?;
    let statuses: Vec<&str> =
        said.split("\"status\":\"").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0)).collect();
    assert_eq!(
        statuses,
        ["DRAFT", "ASSIGNED", "IN_PROGRESS", "SUBMITTED", "COMPLETED"],
        "{said} {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}
