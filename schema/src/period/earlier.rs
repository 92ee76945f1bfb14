//! Computation of the earlier period of a comparison.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::{Period, PeriodError, iso_week, last_iso_week};
use crate::{Comparison, Grain};

/// Months in a year. One step back changes 29 February to 28 February.
const YEAR: Months = Months::new(12);

impl Period {
    /// The period of the same grain directly before; for an interval, as many days directly before it.
    ///
    /// # Errors
    ///
    /// [`PeriodError::YearOutOfRange`] when it would begin before the year 1900.
    ///
    /// # Example
    ///
    /// ```
    /// use schema::Period;
    ///
    /// assert_eq!("2027-W01".parse::<Period>()?.previous()?.to_string(), "2026-W53");
    /// let ten_days: Period = "2026-01-11/2026-01-20".parse()?;
    /// assert_eq!(ten_days.previous()?.to_string(), "2026-01-01/2026-01-10");
    /// # Ok::<(), schema::PeriodError>(())
    /// ```
    pub fn previous(self) -> Result<Self, PeriodError> {
        let last = self.first - Days::new(1);
        match self.grain {
            Some(grain) => Self::containing(grain, last),
            None => Self::interval(last - (self.last - self.first), last),
        }
    }

    /// The same period one year before.
    ///
    /// A week keeps its number; week 53 becomes the last week of a year that has only 52. 29 February becomes
    /// 28 February, also as the end of an interval. An interval keeps its dates, so across a leap day its length changes.
    ///
    /// # Errors
    ///
    /// [`PeriodError::YearOutOfRange`] when it would begin before the year 1900.
    ///
    /// # Example
    ///
    /// ```
    /// use schema::Period;
    ///
    /// assert_eq!("2026-Q1".parse::<Period>()?.same_last_year()?.to_string(), "2025-Q1");
    /// assert_eq!("2026-W53".parse::<Period>()?.same_last_year()?.to_string(), "2025-W52");
    /// # Ok::<(), schema::PeriodError>(())
    /// ```
    pub fn same_last_year(self) -> Result<Self, PeriodError> {
        match self.grain {
            Some(Grain::Week) => {
                let (year, week) = (self.first.iso_week().year() - 1, self.first.iso_week().week());
                iso_week(year, week.min(last_iso_week(year)))
            }
            Some(grain) => Self::containing(grain, self.first - YEAR),
            None => Self::interval(self.first - YEAR, self.last - YEAR),
        }
    }

    /// The earlier period of `comparison`.
    ///
    /// # Errors
    ///
    /// [`PeriodError::YearOutOfRange`] when it would begin before the year 1900.
    pub fn compared(self, comparison: Comparison) -> Result<Self, PeriodError> {
        match comparison {
            Comparison::Previous => self.previous(),
            Comparison::SameLastYear => self.same_last_year(),
        }
    }

    /// The day as of which the earlier period is measured, when this period is measured as of `as_of`, so that both
    /// have had the same time.
    ///
    /// - This period is not over: the day moves back by the same step as the period, at most to the earlier period's
    ///   last day. So the first 30 days of March are compared with all of February.
    /// - This period is over: the distance from the end stays the same, so late work had the same time in both periods.
    ///
    /// # Errors
    ///
    /// [`PeriodError::YearOutOfRange`] when the earlier period, or the day itself, would lie before the year 1900.
    ///
    /// # Example
    ///
    /// ```
    /// use schema::{Comparison, Period};
    ///
    /// let march: Period = "2026-03".parse()?;
    /// let as_of = |day: &str| march.compare_as_of(Comparison::Previous, day.parse().unwrap()).map(|day| day.to_string());
    /// assert_eq!(as_of("2026-03-15")?, "2026-02-15");
    /// assert_eq!(as_of("2026-03-30")?, "2026-02-28");
    /// assert_eq!(as_of("2026-04-10")?, "2026-03-10");
    /// # Ok::<(), schema::PeriodError>(())
    /// ```
    pub fn compare_as_of(self, comparison: Comparison, as_of: NaiveDate) -> Result<NaiveDate, PeriodError> {
        let earlier = self.compared(comparison)?;
        let moved = if self.is_partial(as_of) {
            let moved = match self.step_in_months(comparison) {
                Some(months) => as_of.checked_sub_months(months),
                None => as_of.checked_sub_signed(self.first - earlier.first),
            };
            moved.map(|day| day.min(earlier.last))
        } else {
            as_of.checked_sub_signed(self.last - earlier.last)
        };
        let day = moved.ok_or(PeriodError::YearOutOfRange { year: as_of.year() })?;
        super::check_year(day.min(earlier.last))?;
        Ok(day)
    }

    /// Step in calendar months, for periods that people count in months; otherwise the step is a number of days.
    fn step_in_months(self, comparison: Comparison) -> Option<Months> {
        match (comparison, self.grain) {
            // A week is compared by weekday. A day and an interval are not counted in months.
            (_, Some(Grain::Week)) | (Comparison::Previous, Some(Grain::Day) | None) => None,
            (Comparison::SameLastYear, _) | (Comparison::Previous, Some(Grain::Year)) => Some(YEAR),
            (Comparison::Previous, Some(Grain::Quarter)) => Some(Months::new(3)),
            (Comparison::Previous, Some(Grain::Month)) => Some(Months::new(1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(text: &str) -> Period {
        text.parse().unwrap()
    }

    fn as_of(text: &str, comparison: Comparison, day: &str) -> String {
        period(text).compare_as_of(comparison, day.parse().unwrap()).unwrap().to_string()
    }

    #[test]
    fn the_previous_period_crosses_the_year_end() {
        for (text, previous) in [
            ("2026", "2025"),
            ("2026-Q1", "2025-Q4"),
            ("2026-01", "2025-12"),
            ("2026-W01", "2025-W52"),
            ("2021-W01", "2020-W53"),
            ("2026-01-01", "2025-12-31"),
            ("2026-01-01/2026-01-01", "2025-12-31/2025-12-31"),
        ] {
            assert_eq!(period(text).previous().unwrap().to_string(), previous);
        }
    }

    #[test]
    fn the_same_period_last_year_exists_for_leap_days_and_long_years() {
        for (text, earlier) in [
            ("2024", "2023"),
            ("2024-02", "2023-02"),
            ("2020-W53", "2019-W52"),
            ("2021-W52", "2020-W52"),
            ("2021-W01", "2020-W01"),
            ("2024-02-29", "2023-02-28"),
            ("2025-02-28", "2024-02-28"),
            ("2024-02-29/2024-02-29", "2023-02-28/2023-02-28"),
            ("2024-01-15/2024-03-15", "2023-01-15/2023-03-15"),
        ] {
            assert_eq!(period(text).same_last_year().unwrap().to_string(), earlier);
        }
    }

    #[test]
    fn nothing_is_compared_with_a_time_before_the_calendar() {
        for text in ["1900", "1900-Q1", "1900-W01", "1900-01-01", "1900-01-01/2999-12-31"] {
            for comparison in Comparison::ALL {
                let error = period(text).compared(*comparison).unwrap_err();
                assert!(matches!(error, PeriodError::YearOutOfRange { .. }), "{text}: {error}");
            }
        }
    }

    #[test]
    fn a_running_period_is_compared_up_to_the_same_place() {
        use Comparison::{Previous, SameLastYear};

        assert_eq!(as_of("2026", Previous, "2026-05-20"), "2025-05-20");
        assert_eq!(as_of("2024", SameLastYear, "2024-02-29"), "2023-02-28");
        assert_eq!(as_of("2026-Q2", Previous, "2026-05-31"), "2026-02-28");
        assert_eq!(as_of("2026-Q2", SameLastYear, "2026-05-31"), "2025-05-31");
        // A Wednesday is compared with a Wednesday.
        assert_eq!(as_of("2026-W10", Previous, "2026-03-04"), "2026-02-25");
        assert_eq!(as_of("2026-W10", SameLastYear, "2026-03-04"), "2025-03-05");
        assert_eq!(as_of("2026-W53", SameLastYear, "2026-12-29"), "2025-12-23");
        assert_eq!(as_of("2026-01-11/2026-01-20", Previous, "2026-01-13"), "2026-01-03");
        assert_eq!(as_of("2026-01-11/2026-01-20", SameLastYear, "2026-01-13"), "2025-01-13");
    }

    #[test]
    fn a_finished_period_leaves_as_many_days_after_the_end() {
        assert_eq!(as_of("2026-02", Comparison::Previous, "2026-02-28"), "2026-01-31");
        assert_eq!(as_of("2026-02", Comparison::Previous, "2026-03-10"), "2026-02-10");
        // 90 days after the end; the leap day makes the date differ.
        assert_eq!(as_of("2024", Comparison::SameLastYear, "2025-03-31"), "2024-03-30");
        assert_eq!(as_of("2026-03-15", Comparison::Previous, "2026-03-20"), "2026-03-19");
    }

    #[test]
    fn a_day_at_the_ends_of_the_calendar_does_not_panic() {
        let year = period("2026");
        assert!(year.compare_as_of(Comparison::Previous, NaiveDate::MIN).is_err());
        assert!(year.compare_as_of(Comparison::Previous, NaiveDate::MAX).is_ok());
    }
}
