//! Parsing and formatting of periods, and their errors.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use thiserror::Error;

use super::{MAX_BUCKETS, MAX_YEAR, MIN_YEAR, Period, iso_week};
use crate::Grain;
use crate::excerpt::excerpt;

/// Error of an invalid period, or of an earlier period or buckets that do not exist.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PeriodError {
    /// The text has none of the six forms.
    #[error(
        "`{text}` is not a period; write 2026, 2026-Q1, 2026-03, 2026-W10, 2026-03-15 or 2026-01-05/2026-02-20 \
         (both days included)"
    )]
    Malformed {
        /// The start of the refused text.
        text: String,
    },
    /// The year is out of range.
    #[error("the year {year} is out of range; accepted: {MIN_YEAR} to {MAX_YEAR}")]
    YearOutOfRange {
        /// The refused year.
        year: i32,
    },
    /// The quarter does not exist.
    #[error("there is no quarter {quarter}; accepted: Q1 to Q4")]
    NoSuchQuarter {
        /// The refused number.
        quarter: u32,
    },
    /// The month does not exist.
    #[error("there is no month {month:02}; accepted: 01 to 12")]
    NoSuchMonth {
        /// The refused number.
        month: u32,
    },
    /// The year has no such ISO week.
    #[error("{year} has no ISO week {week:02}; accepted: W01 to W{last}")]
    NoSuchWeek {
        /// The ISO year.
        year: i32,
        /// The refused number.
        week: u32,
        /// The number of the year's last week.
        last: u32,
    },
    /// The calendar has no such day.
    #[error("there is no day {year:04}-{month:02}-{day:02} in the calendar")]
    NoSuchDay {
        /// The year.
        year: i32,
        /// The month.
        month: u32,
        /// The day of the month.
        day: u32,
    },
    /// The interval ends before it begins.
    #[error("the interval ends on {last}, before it begins on {first}; write the earlier day first")]
    Reversed {
        /// The day written first.
        first: NaiveDate,
        /// The day written last.
        last: NaiveDate,
    },
    /// The period has too many buckets of the grain.
    #[error(
        "{period} has more than {MAX_BUCKETS} buckets of grain {grain}; choose a coarser grain or a shorter period"
    )]
    TooManyBuckets {
        /// The period to be cut.
        period: Period,
        /// The grain asked for.
        grain: Grain,
    },
}

/// Parses one of the six forms, exactly as [`Display`](fmt::Display) writes it.
///
/// # Example
///
/// ```
/// use schema::{Period, PeriodError};
///
/// assert!("2026-W53".parse::<Period>().is_ok());
/// assert_eq!(
///     "2025-W53".parse::<Period>().unwrap_err().to_string(),
///     "2025 has no ISO week 53; accepted: W01 to W52",
/// );
/// ```
impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let malformed = || PeriodError::Malformed { text: excerpt(text) };
        let Some((first, last)) = text.split_once('/') else {
            return Written::read(text).ok_or_else(malformed)?.period();
        };
        let day = |end| match Written::read(end) {
            Some(Written::Day { year, month, day }) => calendar_day(year, month, day),
            _ => Err(malformed()),
        };
        Self::interval(day(first)?, day(last)?)
    }
}

/// Numbers of a text in the form of a calendar period. They are not checked against the calendar yet.
enum Written {
    Year { year: i32 },
    Quarter { year: i32, quarter: u32 },
    Month { year: i32, month: u32 },
    Week { year: i32, week: u32 },
    Day { year: i32, month: u32, day: u32 },
}

impl Written {
    fn read(text: &str) -> Option<Self> {
        let Some((year, rest)) = text.split_once('-') else {
            return Some(Self::Year { year: digits(text, 4)? });
        };
        let year = digits(year, 4)?;
        if let Some(quarter) = rest.strip_prefix('Q') {
            return Some(Self::Quarter { year, quarter: digits(quarter, 1)? });
        }
        if let Some(week) = rest.strip_prefix('W') {
            return Some(Self::Week { year, week: digits(week, 2)? });
        }
        match rest.split_once('-') {
            Some((month, day)) => Some(Self::Day { year, month: digits(month, 2)?, day: digits(day, 2)? }),
            None => Some(Self::Month { year, month: digits(rest, 2)? }),
        }
    }

    fn period(self) -> Result<Period, PeriodError> {
        match self {
            Self::Year { year } => Period::containing(Grain::Year, calendar_day(year, 1, 1)?),
            Self::Quarter { year, quarter: quarter @ 1..=4 } => {
                Period::containing(Grain::Quarter, calendar_day(year, quarter * 3, 1)?)
            }
            Self::Quarter { quarter, .. } => Err(PeriodError::NoSuchQuarter { quarter }),
            Self::Month { year, month: month @ 1..=12 } => {
                Period::containing(Grain::Month, calendar_day(year, month, 1)?)
            }
            Self::Month { month, .. } => Err(PeriodError::NoSuchMonth { month }),
            Self::Week { year, week } => iso_week(year, week),
            Self::Day { year, month, day } => Period::containing(Grain::Day, calendar_day(year, month, day)?),
        }
    }
}

/// Parses a number of exactly `width` ASCII digits. Signs and spaces are refused, so that each period has one notation.
fn digits<N: FromStr>(text: &str, width: usize) -> Option<N> {
    (text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

fn calendar_day(year: i32, month: u32, day: u32) -> Result<NaiveDate, PeriodError> {
    NaiveDate::from_ymd_opt(year, month, day).ok_or(PeriodError::NoSuchDay { year, month, day })
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = (self.first, self.last);
        match self.grain {
            Some(Grain::Year) => write!(f, "{}", first.year()),
            Some(Grain::Quarter) => write!(f, "{}-Q{}", first.year(), first.quarter()),
            Some(Grain::Month) => write!(f, "{}-{:02}", first.year(), first.month()),
            Some(Grain::Week) => write!(f, "{}-W{:02}", first.iso_week().year(), first.iso_week().week()),
            Some(Grain::Day) => write!(f, "{first}"),
            None => write!(f, "{first}/{last}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        text.parse::<Period>().expect_err(text).to_string()
    }

    #[test]
    fn only_the_one_spelling_is_read() {
        for text in [
            "",
            " 2026",
            "2026 ",
            "+2026",
            "26",
            "02026",
            "2026-",
            "2026-1",
            "2026-001",
            "2026-q1",
            "2026-Q01",
            "2026-Q",
            "2026-w10",
            "2026-W1",
            "2026-W010",
            "2026W10",
            "2026-3-15",
            "2026-03-15T00:00",
            "2026-03-15-01",
            "2026/2027",
            "2026-01/2026-02",
            "2026-01-05/",
            "/2026-01-05",
            "2026-01-05/2026-01-06/2026-01-07",
            "２０２６",
            "2026–03",
            "-2026",
            "2026-03-1५",
        ] {
            assert!(error(text).contains("is not a period; write 2026,"), "{text}");
        }
    }

    #[test]
    fn an_error_says_what_is_wrong_and_what_is_accepted() {
        assert_eq!(error("2026-Q5"), "there is no quarter 5; accepted: Q1 to Q4");
        assert_eq!(error("2026-13"), "there is no month 13; accepted: 01 to 12");
        assert_eq!(error("2026-00"), "there is no month 00; accepted: 01 to 12");
        assert_eq!(error("2026-W54"), "2026 has no ISO week 54; accepted: W01 to W53");
        assert_eq!(error("2025-W00"), "2025 has no ISO week 00; accepted: W01 to W52");
        assert_eq!(error("2026-02-29"), "there is no day 2026-02-29 in the calendar");
        assert_eq!(error("1899-12-31"), "the year 1899 is out of range; accepted: 1900 to 2999");
        assert_eq!(error("3000-W60"), "the year 3000 is out of range; accepted: 1900 to 2999");
        assert_eq!(
            error("2026-02-20/2026-01-05"),
            "the interval ends on 2026-01-05, before it begins on 2026-02-20; write the earlier day first"
        );
    }

    #[test]
    fn a_long_text_is_not_repeated_whole() {
        assert!(error(&"2026-".repeat(1_000_000)).len() < 250);
    }
}
