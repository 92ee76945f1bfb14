//! `bench-platform`: measures the platform with the data of a whole city, beside hand-written SQL, the plain sample and
//! `PostGraphile`.

use std::{fs, path::PathBuf};

use anyhow::Context;
use bench::{
    machine::{absolute, machine},
    platform::{
        city::Platform,
        crowds::Crowds,
        postgraphile::PostGraphile,
        questions::{self, Aim, Question},
        table::{Line, Report},
        turns::{Answerer, take_turns},
    },
};
use clap::Parser;
use serde_json::json;
use sqlx::PgConnection;

/// Measure the platform with the data of a whole city
#[derive(Parser)]
struct Options {
    /// Runs of each question; everybody who answers it takes turns
    #[arg(long, default_value_t = 30)]
    runs: usize,
    /// Only questions whose name contains this text
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Equal dashboards at once; 0 leaves out all loads
    #[arg(long, default_value_t = 1605)]
    dashboards: usize,
    /// Different questions at once
    #[arg(long, default_value_t = 200)]
    questions: usize,
    /// Volume of the city, as for `ioc up`: `city` is that of a year, 135000 has as many rows as three years
    #[arg(long, default_value = "city", value_name = "VOLUME")]
    volume: String,
    /// Data directory with the city, which is kept; the first run loads it, which takes minutes
    #[arg(long, default_value = "target/bench-city", value_name = "FOLDER")]
    data_dir: PathBuf,
    /// Data directory with the plain sample, which is kept
    #[arg(long, default_value = "target/bench-sample", value_name = "FOLDER")]
    sample_data_dir: PathBuf,
    /// Write all figures to a file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Our program [default: beside this one]
    #[arg(long, env = "IOC", value_name = "FILE")]
    ioc: Option<PathBuf>,
    /// Folder of `PostGraphile`, with its `node_modules`
    #[arg(long, default_value = "bench/peers/postgraphile", value_name = "FOLDER")]
    postgraphile: PathBuf,
}

/// Everybody who answers questions.
struct Answerers {
    city: Platform,
    sample: Platform,
    database: PgConnection,
    postgraphile: Option<PostGraphile>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let own = std::env::current_exe()?;
    let beside = own.parent().context("this program has no folder")?;
    let ioc = absolute(&options.ioc.clone().unwrap_or_else(|| beside.join("ioc")))?;
    let city = Platform::start(&ioc, &absolute(&options.data_dir)?, Some(&options.volume)).await?;
    let sample = Platform::start(&ioc, &absolute(&options.sample_data_dir)?, None).await?;
    let postgraphile = match PostGraphile::absence(&options.postgraphile) {
        None => Some(PostGraphile::start(&absolute(&options.postgraphile)?, &city.socket()?).await?),
        Some(reason) => {
            eprintln!("without PostGraphile: {reason}");
            None
        }
    };
    let mut answerers = Answerers { database: city.database().await?, city, sample, postgraphile };

    let mut lines = Vec::new();
    for question in questions::all() {
        if options.only.as_ref().is_none_or(|text| question.name.contains(text)) {
            let line = line(&mut answerers, &question, options.runs).await;
            eprint!("{line}");
            lines.push(line);
        }
    }
    let Answerers { city, sample, mut database, postgraphile } = answerers;
    if let Some(postgraphile) = postgraphile {
        postgraphile.stop().await?;
    }
    sample.stop().await?;
    let crowds = if options.dashboards == 0 {
        None
    } else {
        Some(Crowds::run(&city, &mut database, options.dashboards, options.questions).await?)
    };
    city.stop().await?;

    let report = Report { lines, crowds };
    println!("{}\n{report}", machine());
    if let Some(path) = &options.json {
        let text = json!({ "machine": machine(), "platform": report });
        fs::write(path, format!("{text:#}\n")).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// Measures a question. One that fails has its failure on the line.
async fn line(answerers: &mut Answerers, question: &Question, runs: usize) -> Line {
    let mut line = Line::new(question);
    if let Err(failure) = measure(answerers, question, runs, &mut line).await {
        line.failure = Some(failure.to_string().chars().take(2000).collect());
    }
    line.judge();
    line
}

async fn measure(
    Answerers { city, sample, database, postgraphile }: &mut Answerers,
    question: &Question,
    runs: usize,
    line: &mut Line,
) -> anyhow::Result<()> {
    let mut turns = vec![Answerer::http(city.address, Some(&city.developer), &question.query).await?];
    let mut slots = vec![&mut line.ours];
    if let Some(statement) = question.sql {
        turns.push(Answerer::Sql { database, statement });
        slots.push(&mut line.sql);
    }
    let equal: Vec<usize> = (1..turns.len()).collect();
    if matches!(question.aim, Aim::TimesSample(_)) {
        turns.push(Answerer::http(sample.address, Some(&sample.developer), &question.query).await?);
        slots.push(&mut line.sample);
    }
    if let (Some(query), Some(postgraphile)) = (question.postgraphile, postgraphile) {
        turns.push(Answerer::http(postgraphile.address, None, query).await?);
        slots.push(&mut line.postgraphile);
    }
    for (slot, latency) in slots.into_iter().zip(take_turns(&mut turns, &equal, runs).await?) {
        *slot = Some(latency);
    }
    Ok(())
}
