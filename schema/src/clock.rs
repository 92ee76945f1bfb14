//! The current time, passed in, and the city's days.
//!
//! Nothing reads the system's clock on its own: whatever depends on "now" takes a [`Clock`], so a test decides what day
//! it is. Instants are UTC everywhere; only [`CityTime`] knows where midnight falls.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

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
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place where the machine's clock is read"
        )]
        Utc::now()
    }
}

/// A clock that stands still until it is moved, in microseconds as the database stores them.
///
/// # Example
///
/// ```
/// use chrono::TimeDelta;
/// use schema::{Clock, FixedClock};
///
/// let clock = FixedClock::new("2026-03-31T16:59:59Z".parse().unwrap());
/// clock.advance(TimeDelta::seconds(1));
/// assert_eq!(clock.now().to_rfc3339(), "2026-03-31T17:00:00+00:00");
/// ```
#[derive(Debug)]
pub struct FixedClock {
    // One number holds the whole state, so no lock is needed; nothing else is ordered by it.
    unix_us: AtomicI64,
}

impl FixedClock {
    /// A clock that shows `now`.
    pub fn new(now: DateTime<Utc>) -> Self {
        Self {
            unix_us: AtomicI64::new(now.timestamp_micros()),
        }
    }

    /// Moves the clock to `now`.
    pub fn set(&self, now: DateTime<Utc>) {
        self.unix_us.store(now.timestamp_micros(), Ordering::Relaxed);
    }

    /// Moves the clock forward, or back by a negative step.
    pub fn advance(&self, step: TimeDelta) {
        self.unix_us
            .fetch_add(step.num_microseconds().unwrap_or(0), Ordering::Relaxed);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.unix_us.load(Ordering::Relaxed)).unwrap_or_default()
    }
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
/// assert_eq!(city.end_of_day_exclusive(day).to_rfc3339(), "2026-04-01T17:00:00+00:00");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CityTime {
    /// The city's time zone.
    pub tz: Tz,
}

/// `Asia/Ho_Chi_Minh`, the time of all of Vietnam.
impl Default for CityTime {
    fn default() -> Self {
        Self {
            tz: chrono_tz::Asia::Ho_Chi_Minh,
        }
    }
}

impl CityTime {
    /// The longest stretch of local time that a zone has ever left out: Samoa skipped one whole day in 2011.
    const LONGEST_GAP_MINUTES: i64 = 25 * 60;

    /// The city's date at the instant `now`.
    pub fn today(self, now: DateTime<Utc>) -> NaiveDate {
        now.with_timezone(&self.tz).date_naive()
    }

    /// The first instant of `date`.
    ///
    /// Where a change of the clocks leaves midnight out, the day begins at the first minute that exists; where midnight
    /// comes twice, at the first.
    pub fn start_of_day(self, date: NaiveDate) -> DateTime<Utc> {
        let midnight = date.and_time(NaiveTime::MIN);
        (0..=Self::LONGEST_GAP_MINUTES)
            .filter_map(|minutes| midnight.checked_add_signed(TimeDelta::minutes(minutes)))
            .find_map(|local| self.tz.from_local_datetime(&local).earliest())
            .map_or_else(|| midnight.and_utc(), |instant| instant.to_utc())
    }

    /// The first instant after `date`: the open end of the half-open interval that is the day.
    pub fn end_of_day_exclusive(self, date: NaiveDate) -> DateTime<Utc> {
        date.succ_opt()
            .map_or(DateTime::<Utc>::MAX_UTC, |next| self.start_of_day(next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_last_microsecond_of_a_day_is_still_that_day() {
        let city = CityTime::default();
        let end = city.end_of_day_exclusive(day("2026-12-31"));
        assert_eq!(city.today(end - TimeDelta::microseconds(1)), day("2026-12-31"));
        assert_eq!(city.today(end), day("2027-01-01"));
    }

    #[test]
    fn a_day_whose_midnight_is_skipped_begins_when_the_clocks_have_moved() {
        // Beirut moves its clocks forward at midnight: 00:00 becomes 01:00 summer time, which is 22:00 UTC.
        let beirut = CityTime {
            tz: chrono_tz::Asia::Beirut,
        };
        let start = beirut.start_of_day(day("2026-03-29"));
        assert_eq!(start.to_rfc3339(), "2026-03-28T22:00:00+00:00");
        assert_eq!(
            beirut.end_of_day_exclusive(day("2026-03-29")) - start,
            TimeDelta::hours(23)
        );
    }

    #[test]
    fn the_ends_of_the_calendar_do_not_panic() {
        let city = CityTime::default();
        assert_eq!(city.end_of_day_exclusive(NaiveDate::MAX), DateTime::<Utc>::MAX_UTC);
        assert!(city.start_of_day(NaiveDate::MIN) < city.start_of_day(day("2026-01-01")));
    }

    #[test]
    fn a_fixed_clock_shows_what_it_was_set_to() {
        let clock = FixedClock::new(DateTime::UNIX_EPOCH);
        let later = "2026-03-15T01:02:03.456789Z".parse().unwrap();
        clock.set(later);
        assert_eq!(clock.now(), later);
        clock.advance(TimeDelta::microseconds(-1));
        assert_eq!(clock.now(), later - TimeDelta::microseconds(1));
    }
}
