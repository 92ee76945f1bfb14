//! Division of a period into time buckets.

use super::{Period, PeriodError};
use crate::Grain;

/// Maximum number of buckets of a period: three years of days.
pub const MAX_BUCKETS: usize = 1_100;

impl Period {
    /// The calendar units of the given grain that overlap the period, in order and without a gap.
    ///
    /// The first and the last bucket are whole units and may reach beyond the period: the weeks of a month begin in the
    /// month before. What is counted in a bucket is still limited to the days of the period.
    ///
    /// # Errors
    ///
    /// [`PeriodError::TooManyBuckets`] above [`MAX_BUCKETS`], [`PeriodError::YearOutOfRange`] when the last week of
    /// the year 2999 would reach beyond it.
    ///
    /// # Example
    ///
    /// ```
    /// use schema::{Grain, Period};
    ///
    /// let month: Period = "2026-02".parse()?;
    /// let weeks: Vec<String> = month.buckets(Grain::Week)?.iter().map(Period::to_string).collect();
    /// assert_eq!(weeks, ["2026-W05", "2026-W06", "2026-W07", "2026-W08", "2026-W09"]);
    /// # Ok::<(), schema::PeriodError>(())
    /// ```
    pub fn buckets(self, grain: Grain) -> Result<Vec<Self>, PeriodError> {
        let mut bucket = Self::containing(grain, self.first)?;
        let mut buckets = vec![bucket];
        while bucket.last < self.last {
            if buckets.len() == MAX_BUCKETS {
                return Err(PeriodError::TooManyBuckets { period: self, grain });
            }
            bucket = Self::containing(grain, bucket.end())?;
            buckets.push(bucket);
        }
        Ok(buckets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(period: &str, grain: Grain) -> Result<usize, PeriodError> {
        period.parse::<Period>()?.buckets(grain).map(|buckets| buckets.len())
    }

    #[test]
    fn a_year_has_its_days_weeks_months_and_quarters() {
        assert_eq!(count("2026", Grain::Day), Ok(365));
        // From the week of 29 December 2025 to the week of 31 December 2026.
        assert_eq!(count("2026", Grain::Week), Ok(53));
        assert_eq!(count("2026", Grain::Month), Ok(12));
        assert_eq!(count("2026", Grain::Quarter), Ok(4));
        assert_eq!(count("2026", Grain::Year), Ok(1));
    }

    #[test]
    fn a_coarser_grain_gives_the_units_that_hold_the_period() {
        assert_eq!(count("2026-03-15", Grain::Year), Ok(1));
        // The first week of 2026 begins in December 2025.
        assert_eq!(count("2026-W01", Grain::Month), Ok(2));
    }

    #[test]
    fn the_limit_is_the_last_count_that_is_served() {
        assert_eq!(count("2024-01-01/2027-01-04", Grain::Day), Ok(MAX_BUCKETS));
        let error = count("2024-01-01/2027-01-05", Grain::Day).unwrap_err();
        assert_eq!(
            error.to_string(),
            "2024-01-01/2027-01-05 has more than 1100 buckets of grain DAY; choose a coarser grain or a shorter period"
        );
    }
}
