//! `ioc briefing`: the stocktaking for a briefing (giao ban) as a document.
//!
//! A client of a running platform: it sends the stored operation `documents/briefing`, so the document has what the holder of
//! the credential may see, and nothing else.
//!
//! - [`stock`] is the period with its days, [`question`] asks, [`answer`] is what came;
//! - [`sections`] make a [`document`] of it: tables of typed cells with warnings;
//! - [`write`] has a writer for each format; [`text`] writes numbers and dates, [`words`] says codes in a language.
//!
//! Missing is not zero: a figure that is null has its own cell, and a part that is missing is named at the top.

mod answer;
mod document;
mod question;
mod sections;
mod stock;
#[cfg(test)]
mod tests;
mod text;
mod words;
mod write;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Args;
use schema::clock::{Clock, SystemClock};
use schema::{CityTime, Period};

use self::sections::Frame;
use self::stock::Stock;
use self::write::Format;
use crate::client::{Client, Language, Server};
use crate::{options, output};

/// Exit code when parts of the document are missing.
const INCOMPLETE: u8 = 2;

#[derive(Args)]
pub struct Briefing {
    /// Period of which stock is taken: 2026-W47, 2026-11, 2026-Q4, 2026, 2026-11-20 or 2026-11-02/2026-11-20
    #[arg(long)]
    period: Period,
    /// Format of the document [default: by the extension of --out; md on stdout]
    #[arg(long)]
    format: Option<Format>,
    /// Language of the document
    #[arg(long, default_value = "vi")]
    language: Language,
    /// File to write [default: stdout]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Who made the document, as its head shows it
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
    /// Write the document although a service did not answer; it says at the top what is missing, and the exit code is 2
    #[arg(long)]
    allow_missing: bool,
    /// Time zone of the city [default: Asia/Ho_Chi_Minh]
    #[arg(long, env = "IOC_TIME_ZONE", value_parser = options::time_zone)]
    time_zone: Option<CityTime>,
    #[command(flatten)]
    server: Server,
}

impl Briefing {
    pub async fn run(self) -> Result<ExitCode> {
        let format = self.format()?;
        let now = SystemClock.now();
        let stock = Stock::of(self.period, self.time_zone.unwrap_or_default(), now)?;
        if self.server.is_exposed() {
            eprintln!("ioc: the credential is sent to {} unencrypted; prefer https", self.server.base());
        }
        let client = Client::new(&self.server, self.language)?;
        let answer = question::ask(&client, &stock, now).await?;
        let failed = answer.failures();
        if !failed.is_empty() && !self.allow_missing {
            bail!(
                "the platform did not answer every part, so no document was written: {}; ask again, or write it with these \
                 parts marked as missing by --allow-missing",
                failed.join("; ")
            );
        }
        let frame =
            Frame { language: self.language, stock: &stock, answer: &answer, now, author: self.author.as_deref() };
        let document = frame.document();
        let written = format.write(&document)?;
        match &self.out {
            Some(file) => output::write_file(&written, file)?,
            None => output::write(&written)?,
        }
        Ok(if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(INCOMPLETE) })
    }

    /// The format that is asked for.
    fn format(&self) -> Result<Format> {
        let of_name = || {
            match &self.out {
            Some(file) => Format::of_name(file).with_context(|| {
                format!("--out {} does not say the format; accepted: a name that ends with .md, .html or .xlsx, or --format", file.display())
            }),
            None => Ok(Format::Md),
        }
        };
        let format = self.format.map_or_else(of_name, Ok)?;
        if format == Format::Xlsx && self.out.is_none() && std::io::stdout().is_terminal() {
            bail!("a workbook cannot be shown on a terminal; accepted: --out FILE");
        }
        Ok(format)
    }
}
