//! Rates: numerator and denominator, so that sums are correct.
//!
//! 1 of 2 and 98 of 98 are 99 of 100, not the mean of 50 % and 100 %. A rate therefore has two parts, and only the
//! final value is divided.

use std::iter::Sum;
use std::ops::{Add, AddAssign};

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};

/// A numerator over a denominator, both in the same unit.
///
/// The value of a share is between 0 and 1. It can exceed 1 if the numerator is not a part of the denominator, for
/// example disbursed over planned money. The default is 0 over 0, which has no value.
///
/// # Example
///
/// ```
/// use schema::Rate;
///
/// let wards = [Rate::new(1, 2), Rate::new(98, 98), Rate::default()];
/// let city: Rate = wards.into_iter().sum();
/// assert_eq!(city.value(), Some(0.99));
/// assert_eq!(Rate::default().value(), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
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

/// Adds the parts. A part beyond the range of [`Decimal`] (some 7.9 × 10²⁸) stays at its limit.
impl Add for Rate {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            numerator: self.numerator.saturating_add(other.numerator),
            denominator: self.denominator.saturating_add(other.denominator),
        }
    }
}

impl AddAssign for Rate {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Rate {
    fn sum<I: Iterator<Item = Self>>(rates: I) -> Self {
        rates.fold(Self::default(), Add::add)
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
    fn parts_beyond_the_range_do_not_panic() {
        let huge = Rate::new(Decimal::MAX, Decimal::MAX);
        assert_eq!((huge + huge).value(), Some(1.0));
    }

    #[test]
    fn money_is_divided_without_losing_the_published_digits() {
        let disbursed = Rate::new(Decimal::new(59_000_123_456_789, 2), Decimal::new(95_300_000_000_000, 2));
        assert!((disbursed.value().unwrap() - 0.619_098_882_022_969_6).abs() < 1e-12);
    }
}
