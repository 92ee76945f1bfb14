//! Working days of the sample. They are used only for the dates of synthetic events; the directory's calendar counts
//! the working days of deadlines.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc, Weekday};
use schema::CityTime;

/// Days off within the working weeks of the story's year, as (month, day).
const DAYS_OFF: &[(u32, u32)] =
    &[(1, 1), (1, 2), (2, 16), (2, 17), (2, 18), (2, 19), (2, 20), (4, 27), (4, 30), (5, 1), (8, 31), (9, 1), (9, 2)];

fn is_worked(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !DAYS_OFF.contains(&(day.month(), day.day()))
}

/// The day itself, or the next working day.
pub(crate) fn from(day: NaiveDate) -> NaiveDate {
    day.iter_days().find(|day| is_worked(*day)).unwrap_or(day)
}

/// The day itself, or the last working day before it.
pub(crate) fn until(day: NaiveDate) -> NaiveDate {
    std::iter::successors(Some(day), NaiveDate::pred_opt).find(|day| is_worked(*day)).unwrap_or(day)
}

/// The day this number of days later, or the next working day after it.
pub(crate) fn after(day: NaiveDate, days: u32) -> NaiveDate {
    from(day + Days::new(u64::from(days)))
}

/// The day this number of days earlier, or the last working day before it.
pub(crate) fn before(day: NaiveDate, days: u32) -> NaiveDate {
    until(day - Days::new(u64::from(days)))
}

/// Time on a working day of the city: `minutes` after eight o'clock.
pub(crate) fn instant(day: NaiveDate, minutes: u32) -> DateTime<Utc> {
    CityTime::default().start_of_day(day) + TimeDelta::minutes(8 * 60 + i64::from(minutes))
}
