//! The report of the platform: a table for people, JSON for programs.

use std::fmt;

use serde::Serialize;

use super::{
    crowd::Crowd,
    crowds::Crowds,
    questions::{Aim, Group, Question},
    turns::Latency,
};

/// A question with its latencies.
#[derive(Debug, Serialize)]
pub struct Line {
    pub group: Group,
    pub name: String,
    /// `None` when the question could not be answered, see `failure`.
    pub ours: Option<Latency>,
    pub sql: Option<Latency>,
    pub sample: Option<Latency>,
    pub postgraphile: Option<Latency>,
    pub earlier_ms: Option<f64>,
    pub aim: Aim,
    /// Whether the median is within the aim; `None` without an aim.
    pub met: Option<bool>,
    pub failure: Option<String>,
}

impl Line {
    /// A line without latencies.
    pub fn new(question: &Question) -> Self {
        Self {
            group: question.group,
            name: question.name.clone(),
            ours: None,
            sql: None,
            sample: None,
            postgraphile: None,
            earlier_ms: question.earlier_ms,
            aim: question.aim,
            met: None,
            failure: None,
        }
    }

    /// Compares the median with the aim.
    pub fn judge(&mut self) {
        let ratio = |other: Option<Latency>| Some(self.ours?.p50_ms / other?.p50_ms);
        self.met = match self.aim {
            Aim::None => None,
            Aim::TimesSql(times) => Some(ratio(self.sql).is_some_and(|ratio| ratio <= times)),
            Aim::TimesSample(times) => Some(ratio(self.sample).is_some_and(|ratio| ratio <= times)),
            Aim::Milliseconds(ms) => Some(self.ours.is_some_and(|ours| ours.p50_ms <= ms)),
        };
    }
}

/// All lines and loads.
#[derive(Debug, Serialize)]
pub struct Report {
    pub lines: Vec<Line>,
    pub crowds: Option<Crowds>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut group = None;
        for line in &self.lines {
            if group.replace(line.group) != Some(line.group) {
                writeln!(f, "\n{}", line.group)?;
                writeln!(
                    f,
                    "  {:<32}{:>9}{:>9}{:>9}{:>8}{:>11}{:>10}{:>14}{:>11}  aim",
                    "", "p50 ms", "p99 ms", "SQL ms", "× SQL", "sample ms", "× sample", "PostGraphile", "earlier ms"
                )?;
            }
            line.fmt(f)?;
        }
        self.crowds.iter().try_for_each(|crowds| crowds.fmt(f))
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let p50 = |latency: Option<Latency>| latency.map(|latency| latency.p50_ms);
        let ratio = |other: Option<Latency>| Some(self.ours?.p50_ms / other?.p50_ms);
        writeln!(
            f,
            "  {:<32}{:>9}{:>9}{:>9}{:>8}{:>11}{:>10}{:>14}{:>11}  {}{}{}",
            self.name,
            number(p50(self.ours)),
            number(self.ours.map(|ours| ours.p99_ms)),
            number(p50(self.sql)),
            number(ratio(self.sql)),
            number(p50(self.sample)),
            number(ratio(self.sample)),
            number(p50(self.postgraphile)),
            number(self.earlier_ms),
            self.aim,
            if self.met == Some(false) { " MISSED" } else { "" },
            self.failure.as_deref().map(|failure| format!("  ({failure:.200})")).unwrap_or_default(),
        )
    }
}

/// Two digits below 10, one below 100, none above; a dash without a number.
fn number(value: Option<f64>) -> String {
    match value {
        None => "–".to_owned(),
        Some(value) if value < 10.0 => format!("{value:.2}"),
        Some(value) if value < 100.0 => format!("{value:.1}"),
        Some(value) => format!("{value:.0}"),
    }
}

impl fmt::Display for Crowds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nmany requests at once")?;
        writeln!(f, "  {:<32}{:>9}{:>9}{:>9}{:>9}", "", "requests", "failed", "p50 ms", "p99 ms")?;
        let line = |f: &mut fmt::Formatter<'_>, name: &str, crowd: &Crowd| {
            let Latency { p50_ms, p99_ms, .. } = crowd.latency;
            let (p50, p99) = (number(Some(p50_ms)), number(Some(p99_ms)));
            writeln!(f, "  {name:<32}{:>9}{:>9}{p50:>9}{p99:>9}", crowd.requests, crowd.failed)?;
            crowd.failure.iter().try_for_each(|failure| writeln!(f, "      {failure}"))
        };
        line(f, "equal dashboards", &self.dashboards)?;
        line(f, "different questions, with writes", &self.questions)?;
        writeln!(f, "      {} mutations were done meanwhile", self.writes)?;
        line(f, "small requests", &self.alone)?;
        line(f, "  beside 16 years by days", &self.beside_costly)?;
        line(f, "  16 years by days", &self.costly)?;
        writeln!(f, "      small requests take {:.2} times as long (p99), aim 2", self.slowdown())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::questions;

    #[test]
    fn an_aim_that_is_missed_is_told() {
        let question = questions::all().into_iter().find(|question| question.sql.is_some()).expect("an operation");
        let latency = |ms: f64| Some(Latency { runs: 1, p50_ms: ms, p99_ms: ms });
        for (sql_ms, met) in [(10.0, true), (5.0, false)] {
            let mut line = Line { ours: latency(12.0), sql: latency(sql_ms), ..Line::new(&question) };
            line.judge();
            assert_eq!((line.met, line.to_string().contains("MISSED")), (Some(met), !met));
        }
    }
}
