//! Rates: numerator and denominator.
//!
//! 1 of 2 and 98 of 98 are 99 of 100, not the mean of 50 % and 100 %. So the parts are summed, and only the final value
//! is divided.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// A numerator over a denominator, both in the same unit.
///
/// The value of a share is between 0 and 1. It can exceed 1 if the numerator is not a part of the denominator, for
/// example disbursed over planned money.
///
/// # Example
///
/// ```
/// use schema::Rate;
///
/// assert_eq!(Rate::new(99, 100).value(), Some(0.99));
/// assert_eq!(Rate::new(0, 0).value(), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// The numerator.
    pub numerator: Decimal,
    /// The denominator.
    pub denominator: Decimal,
}

impl Rate {
    /// The rate of two counts or amounts.
    pub fn new(numerator: impl Into<Decimal>, denominator: impl Into<Decimal>) -> Self {
        Self { numerator: numerator.into(), denominator: denominator.into() }
    }

    /// The quotient, or `None` when the denominator is 0.
    pub fn value(self) -> Option<f64> {
        if self.denominator.is_zero() {
            return None;
        }
        Some(self.numerator.to_f64()? / self.denominator.to_f64()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zero_denominator_has_no_value_whatever_the_numerator() {
        assert_eq!(Rate::new(5, 0).value(), None);
        assert_eq!(Rate::new(0, 5).value(), Some(0.0));
    }

    #[test]
    fn a_rate_may_exceed_one() {
        assert_eq!(Rate::new(150, 100).value(), Some(1.5));
    }

    #[test]
    fn parts_at_the_end_of_the_range_do_not_panic() {
        assert_eq!(Rate::new(Decimal::MAX, Decimal::MAX).value(), Some(1.0));
    }

    #[test]
    fn money_is_divided_without_losing_the_published_digits() {
        let disbursed = Rate::new(Decimal::new(59_000_123_456_789, 2), Decimal::new(95_300_000_000_000, 2));
        assert!((disbursed.value().unwrap() - 0.619_098_882_022_969_6).abs() < 1e-12);
    }
}
