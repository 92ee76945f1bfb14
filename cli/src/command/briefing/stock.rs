//! The period of which stock is taken, with the days and instants that the questions need.

use anyhow::{Result, bail};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use schema::{CityTime, Comparison, Grain, Period};
use serde_json::{Value, json};

/// Days for which the platform tells changes, less one for clocks that differ.
const MAX_CHANGE_DAYS: i64 = 365;

/// A period as it is seen at a moment.
#[derive(Debug, Clone)]
pub struct Stock {
    pub city: CityTime,
    pub period: Period,
    pub previous: Period,
    pub next: Period,
    /// Year up to the day, over which entities are ranked: a week has too few figures for a score.
    pub year: Period,
    /// Day at the end of which the figures are taken: the last of the period, today while it runs.
    pub as_of: NaiveDate,
    /// The day on which the document is made.
    pub today: NaiveDate,
    /// Day at the end of which those of the period before are taken.
    pub previous_as_of: NaiveDate,
}

impl Stock {
    /// # Errors
    /// When the period has not begun, or its neighbours do not exist.
    pub fn of(period: Period, city: CityTime, now: DateTime<Utc>) -> Result<Self> {
        let today = city.today(now);
        if today < period.first_day() {
            bail!(
                "--period {period} begins on {}, and today is {today}; accepted: a period that has begun",
                period.first_day()
            );
        }
        let as_of = period.last_day().min(today);
        let next = match period.grain() {
            Some(grain) => Period::containing(grain, period.end())?,
            None => Period::interval(period.end(), period.end() + (period.last_day() - period.first_day()))?,
        };
        Ok(Self {
            city,
            period,
            previous: period.previous()?,
            next,
            year: Period::containing(Grain::Year, as_of)?,
            as_of,
            today,
            previous_as_of: period.compare_as_of(Comparison::Previous, as_of)?,
        })
    }

    /// Whether the period is over: on its last day it still runs. Changes that come after it are not its own.
    pub fn is_over(&self) -> bool {
        self.period.last_day() < self.today
    }

    /// Whether the platform still tells the changes of the period.
    pub fn has_changes(&self, now: DateTime<Utc>) -> bool {
        now - self.just_before(self.period.first_day()) <= TimeDelta::days(MAX_CHANGE_DAYS)
    }

    /// Changes are those after an instant, so the first one of a day is after the microsecond before it.
    fn just_before(&self, day: NaiveDate) -> DateTime<Utc> {
        self.city.start_of_day(day) - TimeDelta::microseconds(1)
    }

    /// Values of the variables of the operation.
    pub fn variables(&self, now: DateTime<Utc>) -> Value {
        let (with_changes, is_over) = (self.has_changes(now), self.is_over());
        json!({
            "period": self.period.to_string(),
            "previous": self.previous.to_string(),
            "next": self.next.to_string(),
            "year": self.year.to_string(),
            "nextFrom": self.next.first_day(),
            "nextTo": self.next.last_day(),
            "asOf": self.as_of,
            "previousAsOf": self.previous_as_of,
            "begin": self.just_before(self.period.first_day()),
            "end": is_over.then(|| self.just_before(self.period.end())),
            "withChanges": with_changes,
            "isOver": with_changes && is_over,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stock(period: &str, now: &str) -> Result<Stock> {
        Stock::of(period.parse()?, CityTime::default(), now.parse()?)
    }

    #[test]
    fn a_week_that_is_over_is_seen_from_its_last_day() {
        let now = "2026-11-27T10:00:00Z";
        let stock = stock("2026-W47", now).expect("a period");
        let expected = json!({
            "period": "2026-W47", "previous": "2026-W46", "next": "2026-W48", "year": "2026",
            "nextFrom": "2026-11-23", "nextTo": "2026-11-29", "asOf": "2026-11-22", "previousAsOf": "2026-11-15",
            "begin": "2026-11-15T16:59:59.999999Z", "end": "2026-11-22T16:59:59.999999Z", "withChanges": true, "isOver": true,
        });
        assert_eq!(stock.variables(now.parse().expect("an instant")), expected);
        assert!(stock.is_over());
    }

    #[test]
    fn a_week_that_runs_is_seen_from_today_in_the_city() {
        // 18:00 UTC is the next day in Hanoi.
        let now = "2026-11-17T18:00:00Z";
        let stock = stock("2026-W47", now).expect("a period");
        assert_eq!(
            (stock.as_of.to_string(), stock.previous_as_of.to_string()),
            ("2026-11-18".into(), "2026-11-11".into())
        );
        let variables = stock.variables(now.parse().expect("an instant"));
        assert!(variables["end"].is_null() && variables["isOver"] == false && !stock.is_over());
    }

    #[test]
    fn on_its_last_day_a_period_still_runs() {
        let now = "2026-11-22T16:59:59Z";
        let stock = stock("2026-W47", now).expect("a period");
        assert!(!stock.is_over());
        assert!(
            Stock::of(stock.period, CityTime::default(), "2026-11-22T17:00:00Z".parse().expect("an instant"))
                .expect("a period")
                .is_over()
        );
        assert_eq!(stock.variables(now.parse().expect("an instant"))["isOver"], false);
    }

    #[test]
    fn changes_of_a_period_that_began_more_than_a_year_ago_are_not_asked_for() {
        let now = "2026-11-27T10:00:00Z";
        let variables = stock("2025-W47", now).expect("a period").variables(now.parse().expect("an instant"));
        assert!(variables["withChanges"] == false && variables["isOver"] == false);
    }

    #[test]
    fn an_interval_is_followed_by_one_as_long() {
        let stock = stock("2026-11-02/2026-11-20", "2026-12-01T00:00:00Z").expect("a period");
        assert_eq!(stock.next.to_string(), "2026-11-21/2026-12-09");
    }

    #[test]
    fn a_period_that_has_not_begun_is_refused() {
        let refused = stock("2026-W49", "2026-11-27T10:00:00Z").expect_err("refused").to_string();
        assert_eq!(
            refused,
            "--period 2026-W49 begins on 2026-11-30, and today is 2026-11-27; accepted: a period that has begun"
        );
    }
}
