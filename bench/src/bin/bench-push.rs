//! `bench-push`: measures a bulk push beside raw `COPY`, and a dashboard meanwhile.

use std::{fs, path::PathBuf};

use anyhow::Context;
use bench::{
    machine::{absolute, machine},
    platform::push::measure,
};
use clap::Parser;
use serde_json::json;

/// Measure a bulk push beside raw COPY
#[derive(Parser)]
struct Options {
    /// Number of reports
    #[arg(long, default_value_t = 1_000_000)]
    rows: u32,
    /// Folder of the data, which is made anew
    #[arg(long, default_value = "target/bench-push", value_name = "FOLDER")]
    folder: PathBuf,
    /// Write all figures to a file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Our program [default: beside this one]
    #[arg(long, env = "IOC", value_name = "FILE")]
    ioc: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let own = std::env::current_exe()?;
    let beside = own.parent().context("this program has no folder")?;
    let ioc = absolute(&options.ioc.clone().unwrap_or_else(|| beside.join("ioc")))?;
    if options.folder.exists() {
        fs::remove_dir_all(&options.folder)?;
    }
    fs::create_dir_all(&options.folder)?;
    let pushed = measure(&ioc, &absolute(&options.folder)?, options.rows).await?;
    println!("{}\n{pushed}", machine());
    if let Some(path) = &options.json {
        let text = json!({ "machine": machine(), "push": pushed });
        fs::write(path, format!("{text:#}\n")).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}
