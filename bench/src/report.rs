//! The report: medians of all trials, as a table for people and as JSON for programs.

use std::fmt::{self, Write};

use serde::Serialize;

use crate::{
    contender::{Contender, Mode, Program},
    trial::Trial,
};

/// One line of the table.
#[derive(Debug, Serialize)]
pub struct Line {
    #[serde(flatten)]
    pub contender: Contender,
    pub rounds: usize,
    pub requests_per_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub gateway_cpu_ms: f64,
    /// Processor time relative to our gateway in the same mode: the median of the ratios in each round.
    pub cpu_to_ours: Option<f64>,
    pub subgraphs_cpu_ms: f64,
    /// Processor time of the gateway relative to that of the subgraphs.
    pub cpu_to_subgraphs: Option<f64>,
    pub subgraph_requests: f64,
    pub peak_memory_mib: f64,
    pub errors: u64,
    pub keys_in_order: bool,
    /// `false` when the mode should coalesce requests but the subgraphs got as many requests as without it.
    pub mode_took_effect: bool,
}

/// All lines, ordered by mode and then as in the trials.
#[derive(Debug, Serialize)]
pub struct Report {
    pub lines: Vec<Line>,
}

impl Report {
    /// Summarizes all trials.
    pub fn new(trials: &[Trial]) -> Self {
        let first_round = trials.iter().filter(|trial| trial.round == 0);
        Self { lines: first_round.map(|trial| line(trial.contender, trials)).collect() }
    }
}

fn line(contender: Contender, trials: &[Trial]) -> Line {
    let of = |contender: Contender| trials.iter().filter(move |trial| trial.contender == contender);
    let median_of = |value: &dyn Fn(&Trial) -> f64| median(of(contender).map(value).collect()).unwrap_or(0.0);
    let ours = |round| of(Contender { program: Program::Ioc, ..contender }).find(|trial| trial.round == round);
    let ratios = of(contender).filter_map(|trial| Some(trial.gateway_cpu_ms / ours(trial.round)?.gateway_cpu_ms));
    let to_subgraphs = of(contender).map(|trial| trial.gateway_cpu_ms / trial.subgraphs_cpu_ms);
    let subgraph_requests = median_of(&|trial| trial.subgraph_requests);
    let unshared =
        median(of(Contender { mode: Mode::Full, ..contender }).map(|trial| trial.subgraph_requests).collect());
    let shares = matches!(contender.mode, Mode::Subgraph | Mode::Request);
    Line {
        contender,
        rounds: of(contender).count(),
        requests_per_second: median_of(&|trial| trial.requests_per_second),
        p50_ms: median_of(&|trial| trial.p50_ms),
        p99_ms: median_of(&|trial| trial.p99_ms),
        gateway_cpu_ms: median_of(&|trial| trial.gateway_cpu_ms),
        cpu_to_ours: median(ratios.collect()),
        subgraphs_cpu_ms: median_of(&|trial| trial.subgraphs_cpu_ms),
        cpu_to_subgraphs: median(to_subgraphs.filter(|ratio| ratio.is_finite()).collect()),
        subgraph_requests,
        peak_memory_mib: median_of(&|trial| trial.peak_memory_mib),
        errors: of(contender).map(|trial| trial.errors).sum(),
        keys_in_order: of(contender).all(|trial| trial.keys_in_order),
        mode_took_effect: !shares || unshared.is_none_or(|unshared| subgraph_requests < unshared * 0.9),
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    // The two middle values, which are the same one if their number is odd.
    let (upper, lower) = (values.len() / 2, values.len().checked_sub(1)? / 2);
    Some(f64::midpoint(values[lower], values[upper]))
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut mode = None;
        for line in &self.lines {
            if mode.replace(line.contender.mode) != Some(line.contender.mode) {
                writeln!(f, "\n{}", line.contender.mode.title())?;
                writeln!(
                    f,
                    "  {:<22}{:>9}{:>9}{:>9}{:>10}{:>8}{:>14}{:>12}{:>10}{:>9}",
                    "", "req/s", "p50 ms", "p99 ms", "CPU ms", "× ours", "× subgraphs", "fetches", "peak MiB", "errors"
                )?;
            }
            line.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ratio = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.2}"));
        let mut notes = String::new();
        if !self.mode_took_effect {
            write!(notes, "  (nothing was shared: the mode took no effect)")?;
        }
        if !self.keys_in_order {
            write!(notes, "  (keys in another order)")?;
        }
        writeln!(
            f,
            "  {:<22}{:>9.0}{:>9.1}{:>9.1}{:>10.3}{:>8}{:>14}{:>12.2}{:>10.0}{:>9}{notes}",
            self.contender.program,
            self.requests_per_second,
            self.p50_ms,
            self.p99_ms,
            self.gateway_cpu_ms,
            ratio(self.cpu_to_ours),
            ratio(self.cpu_to_subgraphs),
            self.subgraph_requests,
            self.peak_memory_mib,
            self.errors,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trial(program: Program, mode: Mode, round: usize, gateway_cpu_ms: f64, subgraph_requests: f64) -> Trial {
        Trial {
            contender: Contender { program, mode },
            round,
            requests: 10,
            errors: 0,
            requests_per_second: 1.0,
            p50_ms: 1.0,
            p99_ms: 1.0,
            gateway_cpu_ms,
            subgraphs_cpu_ms: 2.0,
            subgraph_requests,
            peak_memory_mib: 1.0,
            keys_in_order: true,
        }
    }

    #[test]
    fn ratios_are_taken_within_a_round() {
        let mut trials = Vec::new();
        for (round, drift) in [(0, 1.0), (1, 3.0), (2, 0.5)] {
            trials.push(trial(Program::Ioc, Mode::Full, round, drift, 7.0));
            trials.push(trial(Program::HiveRouter, Mode::Full, round, drift * 2.0, 7.0));
        }
        let report = Report::new(&trials);
        assert_eq!(report.lines[1].cpu_to_ours, Some(2.0));
        assert_eq!(report.lines[1].cpu_to_subgraphs, Some(1.0));
    }

    #[test]
    fn a_mode_without_effect_is_told() {
        let trials = [
            trial(Program::Ioc, Mode::Full, 0, 1.0, 7.0),
            trial(Program::Ioc, Mode::Subgraph, 0, 1.0, 7.0),
            trial(Program::Ioc, Mode::Request, 0, 1.0, 0.2),
        ];
        let effect: Vec<bool> = Report::new(&trials).lines.iter().map(|line| line.mode_took_effect).collect();
        assert_eq!(effect, [true, false, true]);
        assert!(Report::new(&trials).to_string().contains("nothing was shared"));
    }
}
