//! Filter operators of all lists and measures. The operators of one object are joined by AND.

use async_graphql::InputObject;
use chrono::NaiveDate;

use crate::problem::Problem;
use crate::scalar::Date;

/// Bounds on a number. A measure without a value matches no bound.
#[derive(InputObject, Debug, Clone, Copy, Default, PartialEq)]
pub struct NumberFilter {
    /// Value that the number equals.
    pub eq: Option<f64>,
    /// Exclusive lower bound.
    pub gt: Option<f64>,
    /// Inclusive lower bound.
    pub gte: Option<f64>,
    /// Exclusive upper bound.
    pub lt: Option<f64>,
    /// Inclusive upper bound.
    pub lte: Option<f64>,
}

impl NumberFilter {
    /// Checks that there is a bound, and that a number can satisfy all.
    ///
    /// # Errors
    /// `VALIDATION` at the given path.
    pub fn checked(&self, path: &str) -> Result<(), Problem> {
        if *self == Self::default() {
            return Err(Problem::validation(path, "no bound; accepted: one or more of eq, gt, gte, lt, lte"));
        }
        // The greatest lower bound and the least upper one; an exclusive one is narrower than an equal inclusive one.
        let lower = [(self.eq, false), (self.gte, false), (self.gt, true)];
        let upper = [(self.eq, false), (self.lte, false), (self.lt, true)];
        let is_empty = lower.iter().any(|(low, above)| {
            upper.iter().any(|(high, below)| {
                let (Some(low), Some(high)) = (low, high) else { return false };
                low > high || (low >= high && (*above || *below))
            })
        });
        if is_empty {
            return Err(Problem::validation(
                path,
                "no number satisfies all bounds; accepted: a lower bound below the upper one",
            ));
        }
        Ok(())
    }

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
    /// Day that the date equals.
    pub on: Option<Date>,
    /// First day of the range, inclusive.
    pub from: Option<Date>,
    /// Last day of the range, inclusive.
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
    fn bounds_that_are_missing_or_that_nothing_satisfies_are_refused() {
        let bounds = |eq, gt, gte, lt, lte| NumberFilter { eq, gt, gte, lt, lte }.checked("having.0").is_ok();
        assert!(!bounds(None, None, None, None, None));
        assert!(bounds(None, Some(3.0), None, None, None));
        assert!(bounds(None, None, Some(3.0), None, Some(3.0)), "exactly 3");
        assert!(!bounds(None, Some(3.0), None, None, Some(3.0)));
        assert!(!bounds(None, None, Some(3.0), Some(3.0), None));
        assert!(!bounds(None, Some(5.0), None, Some(3.0), None));
        assert!(bounds(None, Some(3.0), None, Some(5.0), None));
        assert!(bounds(Some(4.0), Some(3.0), None, Some(5.0), None));
        assert!(!bounds(Some(3.0), Some(3.0), None, None, None));
        assert!(!bounds(Some(6.0), None, None, None, Some(5.0)));
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
