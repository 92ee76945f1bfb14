//! The README's first question and its answer are the platform's own, and the counts are the published ones.

use anyhow::{Context, Result};
use e2e::Process;
use sample::NoProgress;
use serde_json::Value;
use sqlx::{ConnectOptions, PgPool};

const README: &str = include_str!("../../README.md");
const QUESTION: &str = include_str!("../../schema/operations/first-look.graphql");

/// The first fenced block of a language.
fn block(language: &str) -> Result<&'static str> {
    let start = README
        .split_once(&format!("```{language}\n"))
        .context("no such block")?
        .1;
    Ok(start.split_once("```").context("an open block")?.0)
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_first_question_has_the_answer_that_the_readme_shows(pool: PgPool) -> Result<()> {
    assert_eq!(
        block("graphql")?,
        QUESTION,
        "the README shows another question than schema/operations/first-look.graphql"
    );

    sample::load("hanoi", &pool, "2026-11-21T03:00:00Z".parse()?, &NoProgress).await?;
    let data = tempfile::tempdir()?;
    let url = pool.connect_options().to_url_lossy().to_string();
    let arguments = [
        "up",
        "--listen",
        "127.0.0.1:0",
        "--data-dir",
        &data.path().to_string_lossy(),
    ];
    let platform = Process::start(&arguments, &[("DATABASE_URL", &url)]).await?;
    let answer = platform.ask(QUESTION, Value::Null, None).await?.json();

    let data = &answer["data"];
    assert_eq!(
        (
            &data["areas"]["totalCount"],
            &data["wards"]["totalCount"],
            &data["communes"]["totalCount"]
        ),
        (&126.into(), &51.into(), &75.into())
    );
    assert_eq!(data["tasks"]["totalCount"], 230);
    assert_eq!(data["programme"]["tasks"]["totalCount"], 82);
    let committee = data["taskStats"]["rows"]
        .as_array()
        .and_then(|rows| rows.iter().find(|row| row["axis"] == "COMMITTEE"));
    assert_eq!(committee.context("a row of the axis")?["measures"]["total"], 168);

    let pretty = format!("{}\n", serde_json::to_string_pretty(&answer)?);
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write("../README.md", README.replacen(block("json")?, &pretty, 1))?;
        return Ok(());
    }
    assert_eq!(
        block("json")?,
        pretty,
        "renew it with UPDATE_README=1 cargo test -p e2e --test readme"
    );
    Ok(())
}
