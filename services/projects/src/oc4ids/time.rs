//! Days of the city as times: the standard has no days.

use chrono::{DateTime, Days, NaiveDate, SecondsFormat, TimeDelta, Utc};
use schema::clock::CityTime;

/// Writes days and instants in the city's zone.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    city: CityTime,
    /// The city's date of the export.
    pub today: NaiveDate,
}

impl Times {
    /// Times of an export at an instant.
    pub fn new(city: CityTime, now: DateTime<Utc>) -> Self {
        Self { city, today: city.today(now) }
    }

    /// An instant (RFC 3339).
    pub fn instant(self, instant: DateTime<Utc>) -> String {
        instant.with_timezone(&self.city.tz).to_rfc3339_opts(SecondsFormat::Secs, false)
    }

    /// The beginning of a day.
    pub fn from(self, day: NaiveDate) -> String {
        self.instant(self.city.start_of_day(day))
    }

    /// The last second of a day, for an end that includes the day.
    pub fn until(self, day: NaiveDate) -> String {
        let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
        self.instant(self.city.start_of_day(next) - TimeDelta::seconds(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_and_ends_in_the_city() {
        let now = DateTime::from_timestamp(1_795_000_000, 0).expect("an instant");
        let times = Times::new(CityTime::default(), now);
        let day: NaiveDate = "2026-03-31".parse().expect("a day");
        assert_eq!(times.from(day), "2026-03-31T00:00:00+07:00");
        assert_eq!(times.until(day), "2026-03-31T23:59:59+07:00");
    }
}
