//! Periods.

use chrono::{Datelike, NaiveDate};
use serde::Serialize;

use super::time::Times;

/// Period from the beginning of a day to the end of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Period {
    #[serde(skip_serializing_if = "Option::is_none")]
    start_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_date: Option<String>,
}

impl Period {
    /// A period of which at least one end is known.
    pub fn of(times: Times, first: Option<NaiveDate>, last: Option<NaiveDate>) -> Option<Self> {
        let (start_date, end_date) = (first.map(|day| times.from(day)), last.map(|day| times.until(day)));
        (start_date.is_some() || end_date.is_some()).then_some(Self { start_date, end_date })
    }

    /// A calendar year.
    pub fn of_year(times: Times, year: i16) -> Option<Self> {
        let first = NaiveDate::from_ymd_opt(year.into(), 1, 1);
        Self::of(times, first, first.and_then(|day| day.with_month(12)).and_then(|day| day.with_day(31)))
    }
}
