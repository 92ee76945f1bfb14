//! Clock and time zone: the current time, and the city's days.
//!
//! Code that needs the current time takes a [`Clock`], so a test can set it. Instants are UTC; only [`CityTime`] knows
//! when a day begins in the city.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use thiserror::Error;

use crate::excerpt::excerpt;

/// A source of the current time.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The current instant.
    fn now(&self) -> DateTime<Utc>;
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        #[expect(clippy::disallowed_methods, reason = "the one place where the machine's clock is read")]
        Utc::now()
    }
}

/// A clock for tests that always shows the same instant.
#[derive(Debug)]
pub struct FixedClock(DateTime<Utc>);

impl FixedClock {
    /// A clock that shows `now`.
    pub fn new(now: DateTime<Utc>) -> Self {
        Self(now)
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }
}

/// A text that is not a calendar date.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{text}` is not a date; accepted: YYYY-MM-DD from 0001-01-01 to 9999-12-31, for example 2026-03-15")]
pub struct DateError {
    /// The start of the refused text.
    pub text: String,
}

/// The calendar date written as `YYYY-MM-DD` (ISO 8601), in digits only: no sign, no space, no shorter month.
///
/// # Errors
///
/// [`DateError`] for any other text, and for a day that the calendar does not have.
///
/// # Example
///
/// ```
/// use schema::parse_date;
///
/// assert_eq!(parse_date("2026-03-15").unwrap().to_string(), "2026-03-15");
/// assert!(parse_date("2026-3-15").is_err() && parse_date("2026-02-29").is_err());
/// ```
pub fn parse_date(text: &str) -> Result<NaiveDate, DateError> {
    let written = text
        .bytes()
        .enumerate()
        .all(|(index, byte)| if matches!(index, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
    // Only the form is checked above: `NaiveDate` knows the calendar, but its parser also takes signs and spaces.
    let date = if written && text.len() == 10 { text.parse().ok() } else { None };
    date.filter(|date: &NaiveDate| date.year() >= 1).ok_or_else(|| DateError { text: excerpt(text) })
}

/// Where the city's days begin and end.
///
/// # Example
///
/// ```
/// use schema::CityTime;
///
/// // Hanoi is seven hours ahead of UTC: its first of April begins on 31 March in UTC.
/// let city = CityTime::default();
/// let day = city.today("2026-03-31T17:00:00Z".parse().unwrap());
/// assert_eq!(day.to_string(), "2026-04-01");
/// assert_eq!(city.start_of_day(day).to_rfc3339(), "2026-03-31T17:00:00+00:00");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CityTime {
    /// The city's time zone.
    pub tz: Tz,
}

/// `Asia/Ho_Chi_Minh`, the time of all of Vietnam.
impl Default for CityTime {
    fn default() -> Self {
        Self { tz: chrono_tz::Asia::Ho_Chi_Minh }
    }
}

impl CityTime {
    /// Longest gap in local time: Samoa skipped one whole day in 2011.
    const LONGEST_GAP_MINUTES: i64 = 25 * 60;

    /// The city's date at the instant `now`.
    pub fn today(self, now: DateTime<Utc>) -> NaiveDate {
        now.with_timezone(&self.tz).date_naive()
    }

    /// The first instant of `date`.
    ///
    /// If a change of the clocks skips midnight, the day begins at the first minute that exists. If midnight occurs
    /// twice, the day begins at the first.
    pub fn start_of_day(self, date: NaiveDate) -> DateTime<Utc> {
        let midnight = date.and_time(NaiveTime::MIN);
        (0..=Self::LONGEST_GAP_MINUTES)
            .filter_map(|minutes| midnight.checked_add_signed(TimeDelta::minutes(minutes)))
            .find_map(|local| self.tz.from_local_datetime(&local).earliest())
            .map_or_else(|| midnight.and_utc(), |instant| instant.to_utc())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_date_has_exactly_one_spelling() {
        for text in ["0001-01-01", "9999-12-31", "2024-02-29"] {
            assert_eq!(parse_date(text).unwrap().format("%Y-%m-%d").to_string(), text);
        }
        for text in [
            "",
            "2026",
            "2026-03",
            "+026-01-01",
            "-026-01-01",
            "+2026-01-01",
            " 2026-3-5",
            "2026-3-15",
            "2026-03-5",
            " 026-01-01",
            "2026- 3-15",
            "2026-03- 5",
            "2026-+3-15",
            "2026-03-+5",
            "2026-03-15 ",
            "\n026-03-15",
            "2026-03-15T00:00:00Z",
            "20260315",
            "2026/03/15",
            "2026-13-01",
            "2026-00-01",
            "2026-02-29",
            "2026-01-00",
            "0000-01-01",
            "10000-01-01",
            "２０２６-０３-１５",
            "٢٠٢٦-٠٣-١٥",
            "2026–03–15",
            "2026-03-15\0",
            "2026-W10-1",
        ] {
            assert!(parse_date(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn of_ten_characters_only_digits_and_two_hyphens_make_a_date() {
        for index in 0..10 {
            for byte in 0..=127_u8 {
                let mut bytes = *b"2022-11-11";
                bytes[index] = byte;
                let text = str::from_utf8(&bytes).unwrap();
                let form = if matches!(index, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
                if let Ok(date) = parse_date(text) {
                    assert!(form, "{text:?}");
                    assert_eq!(date.to_string(), text);
                }
            }
        }
    }

    #[test]
    fn the_last_microsecond_of_a_day_is_still_that_day() {
        let city = CityTime::default();
        let end = city.start_of_day(day("2027-01-01"));
        assert_eq!(city.today(end - TimeDelta::microseconds(1)), day("2026-12-31"));
        assert_eq!(city.today(end), day("2027-01-01"));
    }

    #[test]
    fn a_day_whose_midnight_is_skipped_begins_when_the_clocks_have_moved() {
        // Beirut moves its clocks forward at midnight: 00:00 becomes 01:00 summer time, which is 22:00 UTC.
        let beirut = CityTime { tz: chrono_tz::Asia::Beirut };
        let start = beirut.start_of_day(day("2026-03-29"));
        assert_eq!(start.to_rfc3339(), "2026-03-28T22:00:00+00:00");
        assert_eq!(beirut.start_of_day(day("2026-03-30")) - start, TimeDelta::hours(23));
    }

    #[test]
    fn the_ends_of_the_calendar_do_not_panic() {
        let city = CityTime::default();
        let [first, last] = [NaiveDate::MIN, NaiveDate::MAX].map(|day| city.start_of_day(day));
        assert!(first < city.start_of_day(day("2026-01-01")) && city.start_of_day(day("2026-01-01")) < last);
    }
}
