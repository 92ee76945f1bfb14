//! Statistics of small samples: bounds of a share, a share drawn towards a prior, and the comparison of two shares.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// Quantile of the normal distribution for bounds of 95 %.
const Z_95: f64 = 1.959_963_984_540_054;
/// Quantile of the normal distribution for a one-sided test at 5 %.
const Z_FALLING: f64 = -1.645;

/// Size of a sample from which on it is ranked and compared.
pub const FEWEST_RANKED: f64 = 30.0;

/// Statistic of a share: of its part, its whole, and for some a prior share and its weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statistic {
    /// The share.
    Share,
    /// Lower bound of the share at 95 % (Wilson 1927).
    WilsonLow,
    /// Upper bound of the share at 95 %.
    WilsonHigh,
    /// The share, drawn towards the prior: (part + weight · prior) ÷ (whole + weight).
    Shrunk,
}

impl Statistic {
    /// The statistic; `None` for an empty sample, and for one that is hidden (a negative value).
    pub fn value(self, values: &[Decimal]) -> Option<f64> {
        let number = |place: usize| values.get(place).filter(|value| !value.is_sign_negative())?.to_f64();
        let (part, whole) = (number(0)?, number(1)?);
        if whole <= 0.0 {
            return None;
        }
        match self {
            Self::Share => Some(part / whole),
            Self::WilsonLow => Some(wilson(part, whole).0),
            Self::WilsonHigh => Some(wilson(part, whole).1),
            Self::Shrunk => {
                let (prior, weight) = (number(2)?, number(3)?);
                Some((part + weight * prior) / (whole + weight))
            }
        }
    }

    /// The statistic, if the sample is large enough to be ranked.
    pub fn ranked(self, values: &[Decimal]) -> Option<f64> {
        let size = values.get(1)?.to_f64()?;
        if size < FEWEST_RANKED { None } else { self.value(values) }
    }
}

/// Bounds of a share at 95 % by Wilson's score, within 0 and 1.
pub fn wilson(part: f64, whole: f64) -> (f64, f64) {
    let (share, z2) = (part / whole, Z_95 * Z_95);
    let centre = share + z2 / (2.0 * whole);
    let spread = Z_95 * (share * (1.0 - share) / whole + z2 / (4.0 * whole * whole)).sqrt();
    let scale = 1.0 + z2 / whole;
    // Rounding must not lead out of the range where the share is 0 or 1.
    let low = if part <= 0.0 { 0.0 } else { (centre - spread) / scale };
    let high = if part >= whole { 1.0 } else { (centre + spread) / scale };
    (low.max(0.0), high.min(1.0))
}

/// Comparison of two shares, each of a part and a whole, by the pooled two-proportion test; `None` when a sample is too small or
/// the shares do not vary.
pub fn change(before: (f64, f64), after: (f64, f64)) -> Option<f64> {
    let ((part_before, before), (part_after, after)) = (before, after);
    if before < FEWEST_RANKED || after < FEWEST_RANKED {
        return None;
    }
    let pooled = (part_before + part_after) / (before + after);
    let error = (pooled * (1.0 - pooled) * (1.0 / before + 1.0 / after)).sqrt();
    (error > 0.0).then(|| (part_after / after - part_before / before) / error)
}

/// Whether a share falls, by the value of [`change`].
pub fn is_falling(z: f64) -> bool {
    z < Z_FALLING
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64, within: f64) {
        assert!((found - expected).abs() < within, "{found} is not {expected}");
    }

    /// Newcombe (1998) and the reference values of the domain.
    #[test]
    fn wilson_bounds_are_those_of_the_literature_and_stay_in_the_range() {
        for (part, whole, low, high, within) in [
            (4.0, 4.0, 0.510_109, 1.0, 1e-6),
            (480.0, 500.0, 0.939_026, 0.973_959, 1e-6),
            (81.0, 263.0, 0.2553, 0.3662, 1e-4),
            (0.0, 20.0, 0.0, 0.1611, 1e-4),
        ] {
            let (found_low, found_high) = wilson(part, whole);
            close(found_low, low, within);
            close(found_high, high, within);
        }
        for (part, whole) in [(38.0, 38.0), (0.0, 77.0)] {
            let (low, high) = wilson(part, whole);
            assert!((0.0..=1.0).contains(&low) && (0.0..=1.0).contains(&high), "{low} {high}");
        }
    }

    #[test]
    fn a_share_falls_by_the_pooled_test_alone_and_only_of_thirty_on_both_sides() {
        for (before, after, z, falls) in [
            ((80.0, 100.0), (65.0, 100.0), -2.375_423, true),
            ((24.0, 30.0), (18.0, 30.0), -1.690_309, true),
            // The unpooled test would say that it falls.
            ((23.0, 30.0), (17.0, 30.0), -1.6432, false),
        ] {
            let found = change(before, after).expect("a value");
            close(found, z, 1e-4);
            assert_eq!(is_falling(found), falls);
        }
        assert_eq!(change((30.0, 30.0), (30.0, 30.0)), None);
        assert_eq!(change((29.0, 29.0), (1.0, 30.0)), None);
    }

    #[test]
    fn small_samples_are_not_ranked_and_hidden_ones_have_no_value() {
        let of = |values: &[i64]| values.iter().map(|value| Decimal::from(*value)).collect::<Vec<_>>();
        assert_eq!(Statistic::WilsonLow.ranked(&of(&[4, 4])), None);
        assert!(Statistic::WilsonLow.value(&of(&[4, 4])).is_some());
        assert_eq!(Statistic::Share.value(&of(&[-1, -1])), None);
        assert_eq!(Statistic::Share.value(&of(&[0, 0])), None);
        close(
            Statistic::Shrunk.value(&[4.into(), 4.into(), Decimal::new(5, 1), 20.into()]).expect("a value"),
            14.0 / 24.0,
            1e-12,
        );
    }
}
