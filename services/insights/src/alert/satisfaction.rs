//! Falling satisfaction, month by month.

use chrono::{Months, NaiveDate};
use service_kit::statistics::{change, is_falling};

/// Ratings of a month.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Month {
    /// First day of the month.
    pub first: NaiveDate,
    /// Number of the satisfied.
    pub satisfied: f64,
    /// Number of ratings.
    pub rated: f64,
}

/// First day on which the satisfaction falls without a break until the month that begins on `present`: the day after the first of the
/// falling months. `None` when the last whole month does not fall against the one before.
pub fn falls_since(months: &[Month], present: NaiveDate) -> Option<NaiveDate> {
    let of =
        |first: NaiveDate| months.iter().find(|month| month.first == first).map(|month| (month.satisfied, month.rated));
    let before = |first: NaiveDate| first.checked_sub_months(Months::new(1));
    let falls = |first: NaiveDate| Some(is_falling(change(of(before(first)?)?, of(first)?)?));
    let (mut since, mut day) = (None, present);
    while let Some(month) = before(day).filter(|month| falls(*month) == Some(true)) {
        since = Some(day);
        day = month;
    }
    since
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(month: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, 1).expect("a day")
    }

    #[test]
    fn a_fall_begins_with_the_day_after_its_first_month_and_ends_with_a_month_without() {
        let month = |month, satisfied| Month { first: day(month), satisfied, rated: 100.0 };
        // From April on: 80 to 65 (z = -2.38), 65 to 50 (z = -2.15), 50 to 45 (z = -0.71).
        let months = [month(3, 80.0), month(4, 65.0), month(5, 50.0), month(6, 45.0)];
        assert_eq!(falls_since(&months, day(4)), None);
        assert_eq!(falls_since(&months, day(5)), Some(day(5)));
        assert_eq!(falls_since(&months, day(6)), Some(day(5)));
        assert_eq!(falls_since(&months, day(7)), None);
        let few = [Month { rated: 29.0, ..month(3, 29.0) }, Month { rated: 30.0, ..month(4, 1.0) }];
        assert_eq!(falls_since(&few, day(5)), None);
    }
}
