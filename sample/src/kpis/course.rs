//! Synthetic values of an indicator: on a straight way from the first period to the last, with a season and noise.

use rust_decimal::Decimal;

use super::period::Period;
use crate::city::{IndicatorFact, PathFact};
use crate::draw::Draw;

/// What is said of a series in a period: a value, or the parts of one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Said {
    pub(super) value: Option<Decimal>,
    /// Numerator and denominator.
    pub(super) parts: Option<(Decimal, Decimal)>,
}

impl Said {
    pub(super) fn value(value: Decimal) -> Self {
        Self { value: Some(value), parts: None }
    }

    pub(super) fn parts(numerator: Decimal, denominator: Decimal) -> Self {
        Self { value: None, parts: Some((numerator, denominator)) }
    }

    /// Both together, of parts that add up.
    pub(super) fn and(self, other: Self) -> Self {
        let value = (self.value.is_some() || other.value.is_some())
            .then(|| self.value.unwrap_or_default() + other.value.unwrap_or_default());
        let both = |(a, b): (Decimal, Decimal), (c, d): (Decimal, Decimal)| (a + c, b + d);
        let parts = match (self.parts, other.parts) {
            (Some(one), Some(other)) => Some(both(one, other)),
            (one, other) => one.or(other),
        };
        Self { value, parts }
    }
}

/// A factor around 1, by at most this many per mille.
pub(super) fn noise(draw: Draw<'_>, purpose: &str, most: u32) -> Decimal {
    Decimal::new(1000 + i64::from(draw.between(purpose, 0, 2 * most)) - i64::from(most), 3)
}

/// The value on the straight way at the place of so many.
pub(super) fn on_the_way(from: Decimal, to: Decimal, place: usize, of: usize) -> Decimal {
    from + (to - from) * Decimal::from(place) / Decimal::from(of.saturating_sub(1).max(1))
}

/// Values of all periods of an indicator of the city.
pub(super) fn course(fact: &IndicatorFact, path: &PathFact, periods: &[Period]) -> Vec<Said> {
    let each_year = periods.iter().filter(|period| period.year() == periods[0].year()).count();
    let mut levels: Vec<Decimal> = Vec::new();
    let said = periods.iter().enumerate().map(|(place, period)| {
        let (code, period_text) = (fact.code.as_str(), period.to_string());
        let draw = Draw(code);
        let season = fact.season.get(period.place()).map_or(Decimal::ONE, |percent| percent / Decimal::ONE_HUNDRED);
        let mean = on_the_way(path.from, path.to, place, periods.len()) * noise(draw, &period_text, path.noise);
        match (fact.nature.as_str(), path.size) {
            ("GROWTH", Some(size)) => {
                let before = place.checked_sub(each_year).map_or(size * season, |place| levels[place]).round();
                let level = (before * (Decimal::ONE + mean / Decimal::ONE_HUNDRED)).round();
                levels.push(level);
                Said::parts(level, before)
            }
            ("RATE", Some(size)) => {
                let whole = (size * noise(draw, &format!("{period_text} size"), 60)).round();
                Said::parts((whole * mean / Decimal::ONE_HUNDRED).round(), whole)
            }
            _ => Said::value((mean * season).round_dp(fact.decimals)),
        }
    });
    said.collect()
}
