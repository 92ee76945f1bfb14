//! Months, quarters and years, as they are written in pushes.

use chrono::{Datelike, Months, NaiveDate};

/// First and last year of the observations.
pub(super) const YEARS: [i32; 2] = [2024, 2026];

/// A month, quarter or year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Period {
    pub(super) first: NaiveDate,
    months: u32,
}

impl Period {
    /// The day after the last.
    pub(super) fn end(self) -> NaiveDate {
        self.first + Months::new(self.months)
    }

    pub(super) fn year(self) -> i32 {
        self.first.year()
    }

    /// Its place in the year, from 0.
    pub(super) fn place(self) -> usize {
        (self.first.month0() / self.months) as usize
    }
}

impl std::fmt::Display for Period {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.months {
            12 => write!(f, "{:04}", self.year()),
            3 => write!(f, "{:04}-Q{}", self.year(), self.place() + 1),
            _ => write!(f, "{:04}-{:02}", self.year(), self.first.month()),
        }
    }
}

/// Number of months of a frequency.
fn months_of(frequency: &str) -> u32 {
    match frequency {
        "MONTH" => 1,
        "QUARTER" => 3,
        _ => 12,
    }
}

/// The periods of a frequency in these years.
pub(super) fn periods(frequency: &str, [first, last]: [i32; 2]) -> Vec<Period> {
    let months = months_of(frequency);
    let of_year = |year: i32| (0..12 / months).map(move |place| (year, place * months + 1));
    let starts = (first..=last).flat_map(of_year);
    starts
        .filter_map(|(year, month)| NaiveDate::from_ymd_opt(year, month, 1))
        .map(|first| Period { first, months })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_written_as_pushes_name_them() {
        let texts = |frequency| periods(frequency, [2026, 2026]).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(texts("YEAR"), ["2026"]);
        assert_eq!(texts("QUARTER"), ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]);
        assert_eq!(texts("MONTH")[11], "2026-12");
        assert_eq!(periods("QUARTER", [2026, 2026])[3].end().to_string(), "2027-01-01");
    }
}
