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
    /// Checks that there is a bound, and a number that satisfies all.
    ///
    /// # Errors
    /// `VALIDATION` at the path otherwise.
    pub fn check(&self, path: &str) -> Result<(), Problem> {
        if *self == Self::default() {
            return Err(Problem::validation(path, "there is no bound; accepted: eq, gt, gte, lt, lte"));
        }
        let bounds = [("eq", self.eq), ("gt", self.gt), ("gte", self.gte), ("lt", self.lt), ("lte", self.lte)];
        // If any number satisfies the bounds, one that is a bound does, or one halfway between two of them, or beyond one.
        let named: Vec<f64> = bounds.iter().filter_map(|(_, bound)| *bound).collect();
        let between = named.iter().flat_map(|one| named.iter().map(move |other| f64::midpoint(*one, *other)));
        let beyond = [f64::MIN, f64::MAX];
        if named.iter().copied().chain(between).chain(beyond).any(|number| self.matches(Some(number))) {
            return Ok(());
        }
        let given = bounds.iter().filter_map(|(name, bound)| bound.map(|bound| format!("{name} {bound}")));
        let given = given.collect::<Vec<_>>().join(", ");
        Err(Problem::validation(path, format!("{given}; accepted: bounds that a number can satisfy")))
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
    fn bounds_that_no_number_satisfies_are_refused() {
        let none = NumberFilter::default();
        let refused = |filter: NumberFilter| filter.check("having.1").map_err(|problem| problem.path);
        for filter in [
            none,
            NumberFilter { gt: Some(5.0), lt: Some(3.0), ..none },
            NumberFilter { gt: Some(3.0), lt: Some(3.0), ..none },
            NumberFilter { gt: Some(3.0), lte: Some(3.0), ..none },
            NumberFilter { gte: Some(3.5), lte: Some(3.0), ..none },
            NumberFilter { eq: Some(1.0), gte: Some(2.0), ..none },
            NumberFilter { gte: Some(1.0), gt: Some(4.0), lte: Some(9.0), lt: Some(2.0), ..none },
        ] {
            assert_eq!(refused(filter), Err(Some("having.1".to_owned())), "{filter:?}");
        }
        for filter in [
            NumberFilter { eq: Some(0.0), ..none },
            NumberFilter { gt: Some(3.0), ..none },
            NumberFilter { lt: Some(-3.0), ..none },
            NumberFilter { gte: Some(3.0), lte: Some(3.0), ..none },
            NumberFilter { gt: Some(2.0), lt: Some(3.0), ..none },
            NumberFilter { gt: Some(1.0), gte: Some(2.0), lt: Some(9.0), lte: Some(2.0), ..none },
        ] {
            assert_eq!(refused(filter), Ok(()), "{filter:?}");
        }
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
