//! Filter operators shared by every list and aggregate. Operators inside one object are joined by AND.

use async_graphql::InputObject;
use chrono::NaiveDate;

use crate::problem::Problem;
use crate::scalar::Date;

/// Bounds on a number. A measure without a value matches no bound.
#[derive(InputObject, Debug, Clone, Copy, Default, PartialEq)]
pub struct NumberFilter {
    /// Equal to.
    pub eq: Option<f64>,
    /// Greater than.
    pub gt: Option<f64>,
    /// Greater than or equal to.
    pub gte: Option<f64>,
    /// Less than.
    pub lt: Option<f64>,
    /// Less than or equal to.
    pub lte: Option<f64>,
}

impl NumberFilter {
    /// Whether a value satisfies every bound.
    #[expect(clippy::float_cmp, reason = "`eq` on counts is exact; on shares the caller asked for exactness")]
    pub fn matches(&self, value: Option<f64>) -> bool {
        let Some(value) = value else {
            return *self == Self::default();
        };
        self.eq.is_none_or(|bound| value == bound)
            && self.gt.is_none_or(|bound| value > bound)
            && self.gte.is_none_or(|bound| value >= bound)
            && self.lt.is_none_or(|bound| value < bound)
            && self.lte.is_none_or(|bound| value <= bound)
    }
}

/// Bounds on a date.
#[derive(InputObject, Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct DateFilter {
    /// On this very day.
    pub on: Option<Date>,
    /// On or after this day.
    pub from: Option<Date>,
    /// On or before this day.
    pub to: Option<Date>,
}

impl DateFilter {
    /// The bounds as a closed interval of days; an open end is `None`.
    ///
    /// # Errors
    /// `VALIDATION` below the given path, also when the interval is empty.
    pub fn checked(&self, path: &str) -> Result<(Option<NaiveDate>, Option<NaiveDate>), Problem> {
        let date = |value: &Option<Date>, name: &str| {
            value.as_ref().map(|date| date.checked(&format!("{path}.{name}"))).transpose()
        };
        let (on, from, to) = (date(&self.on, "on")?, date(&self.from, "from")?, date(&self.to, "to")?);
        let (from, to) = (from.max(on), to.map_or(on, |to| Some(on.map_or(to, |on| on.min(to)))));
        match (from, to) {
            (Some(first), Some(last)) if first > last => {
                Err(Problem::validation(path, format!("no day lies from {first} to {last}")))
            }
            bounds => Ok(bounds),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_hold_on_both_sides_and_a_missing_value_matches_nothing() {
        let between = NumberFilter { gt: Some(1.0), lte: Some(3.0), ..Default::default() };
        assert!(!between.matches(Some(1.0)) && between.matches(Some(1.5)) && between.matches(Some(3.0)));
        assert!(!between.matches(Some(3.1)) && !between.matches(None));
        assert!(NumberFilter::default().matches(None));
        let exact = NumberFilter { eq: Some(0.0), ..Default::default() };
        assert!(exact.matches(Some(0.0)) && !exact.matches(None));
    }

    #[test]
    fn date_bounds_intersect_and_an_empty_interval_is_refused() {
        let day = |text: &str| Some(Date::from(text.parse::<NaiveDate>().expect("a date")));
        let filter = DateFilter { on: day("2026-03-15"), from: day("2026-01-01"), to: None };
        let expected: NaiveDate = "2026-03-15".parse().expect("a date");
        assert_eq!(filter.checked("filter.due").expect("bounds"), (Some(expected), Some(expected)));
        let empty = DateFilter { on: None, from: day("2026-02-01"), to: day("2026-01-31") };
        assert_eq!(empty.checked("filter.due").expect_err("empty").path.as_deref(), Some("filter.due"));
    }
}
