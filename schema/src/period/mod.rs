//! Periods: ranges of whole days in the city's calendar, with one notation each.
//!
//! | Written | Means |
//! |---|---|
//! | `2026` | the year |
//! | `2026-Q1` | the quarter |
//! | `2026-03` | the month |
//! | `2026-W10` | the ISO 8601 week, Monday to Sunday; the year is that of its Thursday |
//! | `2026-03-15` | the day |
//! | `2026-01-05/2026-02-20` | the days from 5 January to 20 February, **both included** |
//!
//! An interval is written with its last day, because people do so and due dates are inclusive. In code and SQL a period
//! is the half-open interval `first_day() .. end()`. Years are 1900 to 2999; any other year is a typing error.
//!
//! Submodules: `notation` parses and formats, `earlier` computes the earlier period of a comparison, `buckets` divides
//! a period into time buckets.

mod buckets;
mod earlier;
mod notation;

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

pub use buckets::MAX_BUCKETS;
pub use notation::PeriodError;

use crate::Grain;

/// The first year that a period may touch.
pub const MIN_YEAR: i32 = 1900;

/// The last year that a period may touch.
pub const MAX_YEAR: i32 = 2999;

/// A range of whole days: a calendar unit, or a custom interval.
///
/// `2026-03-15` and `2026-03-15/2026-03-15` hold the same day and are not equal: one is a calendar day, the other an
/// interval without a grain.
///
/// # Example
///
/// ```
/// use schema::{Grain, Period};
///
/// let quarter: Period = "2026-Q1".parse()?;
/// assert_eq!(quarter.first_day().to_string(), "2026-01-01");
/// assert_eq!(quarter.end().to_string(), "2026-04-01");
/// assert_eq!(quarter.grain(), Some(Grain::Quarter));
/// assert_eq!(quarter.previous()?.to_string(), "2025-Q4");
/// # Ok::<(), schema::PeriodError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    // Both days lie in the years MIN_YEAR..=MAX_YEAR and first <= last, so the date arithmetic of this module stays
    // far inside the range of `NaiveDate`.
    first: NaiveDate,
    last: NaiveDate,
    grain: Option<Grain>,
}

impl Period {
    /// The calendar unit of the given grain that holds `date`.
    ///
    /// # Errors
    ///
    /// [`PeriodError::YearOutOfRange`] when a day of it lies outside the years 1900–2999.
    ///
    /// # Example
    ///
    /// ```
    /// use schema::{Grain, Period};
    ///
    /// // The first of January 2027 is a Friday, so its week still belongs to 2026.
    /// let week = Period::containing(Grain::Week, "2027-01-01".parse().unwrap())?;
    /// assert_eq!(week.to_string(), "2026-W53");
    /// # Ok::<(), schema::PeriodError>(())
    /// ```
    pub fn containing(grain: Grain, date: NaiveDate) -> Result<Self, PeriodError> {
        check_year(date)?;
        let month = date - Days::new(date.day0().into());
        let unit_of_months = |first: NaiveDate, months| (first, first + Months::new(months) - Days::new(1));
        let (first, last) = match grain {
            Grain::Day => (date, date),
            Grain::Week => {
                let week = date.week(Weekday::Mon);
                (week.first_day(), week.last_day())
            }
            Grain::Month => unit_of_months(month, 1),
            Grain::Quarter => unit_of_months(month - Months::new(date.month0() % 3), 3),
            Grain::Year => unit_of_months(month - Months::new(date.month0()), 12),
        };
        check_year(first)?;
        check_year(last)?;
        Ok(Self { first, last, grain: Some(grain) })
    }

    /// The days from `first` to `last`, both included.
    ///
    /// # Errors
    ///
    /// [`PeriodError::Reversed`] when `last` is before `first`, [`PeriodError::YearOutOfRange`] when a day lies outside
    /// the years 1900–2999.
    pub fn interval(first: NaiveDate, last: NaiveDate) -> Result<Self, PeriodError> {
        check_year(first)?;
        check_year(last)?;
        if last < first {
            return Err(PeriodError::Reversed { first, last });
        }
        Ok(Self { first, last, grain: None })
    }

    /// The first day.
    pub fn first_day(self) -> NaiveDate {
        self.first
    }

    /// The last day, which still belongs to the period.
    pub fn last_day(self) -> NaiveDate {
        self.last
    }

    /// The day after the last: the open end of the half-open interval of days.
    pub fn end(self) -> NaiveDate {
        self.last + Days::new(1)
    }

    /// The calendar unit that the period is, or `None` for a custom interval.
    pub fn grain(self) -> Option<Grain> {
        self.grain
    }

    /// Whether `date` is one of the period's days.
    pub fn contains(self, date: NaiveDate) -> bool {
        (self.first..=self.last).contains(&date)
    }

    /// Whether the period is not yet over when seen from `as_of`, so that its figures can still grow.
    ///
    /// On its last day a period counts as complete: a figure as of a day includes that day.
    pub fn is_partial(self, as_of: NaiveDate) -> bool {
        as_of < self.last
    }
}

/// Refuses a date outside the years that a period may touch.
fn check_year(date: NaiveDate) -> Result<(), PeriodError> {
    check_year_number(date.year())
}

fn check_year_number(year: i32) -> Result<(), PeriodError> {
    if (MIN_YEAR..=MAX_YEAR).contains(&year) { Ok(()) } else { Err(PeriodError::YearOutOfRange { year }) }
}

/// The number of the last ISO 8601 week of `year`, 52 or 53: the week that holds 28 December.
fn last_iso_week(year: i32) -> u32 {
    NaiveDate::from_ymd_opt(year, 12, 28).map_or(52, |date| date.iso_week().week())
}

/// The ISO 8601 week `week` of the ISO year `year`.
fn iso_week(year: i32, week: u32) -> Result<Period, PeriodError> {
    // The year is checked first, so that the error does not list the weeks of an impossible year.
    check_year_number(year)?;
    let monday = NaiveDate::from_isoywd_opt(year, week, Weekday::Mon).ok_or_else(|| PeriodError::NoSuchWeek {
        year,
        week,
        last: last_iso_week(year),
    })?;
    Period::containing(Grain::Week, monday)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(text: &str) -> Period {
        text.parse().unwrap()
    }

    fn bounds(text: &str) -> (String, String) {
        (period(text).first_day().to_string(), period(text).end().to_string())
    }

    #[test]
    fn each_form_has_its_half_open_bounds() {
        for (text, first, end) in [
            ("2026", "2026-01-01", "2027-01-01"),
            ("2026-Q4", "2026-10-01", "2027-01-01"),
            ("2024-02", "2024-02-01", "2024-03-01"),
            ("2026-W01", "2025-12-29", "2026-01-05"),
            ("2026-W53", "2026-12-28", "2027-01-04"),
            ("2026-12-31", "2026-12-31", "2027-01-01"),
            ("2026-01-05/2026-02-20", "2026-01-05", "2026-02-21"),
        ] {
            assert_eq!(bounds(text), (first.to_owned(), end.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_period_is_partial_until_its_last_day() {
        let march = period("2026-03");
        assert!(march.is_partial("2026-02-10".parse().unwrap()));
        assert!(march.is_partial("2026-03-30".parse().unwrap()));
        assert!(!march.is_partial("2026-03-31".parse().unwrap()));
    }

    #[test]
    fn a_date_outside_the_calendar_is_refused_without_a_panic() {
        for grain in Grain::ALL {
            assert!(Period::containing(*grain, NaiveDate::MAX).is_err());
            assert!(Period::containing(*grain, NaiveDate::MIN).is_err());
        }
        // The week of 31 December 2999 ends in the year 3000.
        let last = "2999-12-31".parse().unwrap();
        assert_eq!(Period::containing(Grain::Week, last), Err(PeriodError::YearOutOfRange { year: 3000 }));
    }
}
