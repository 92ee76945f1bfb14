//! Deterministic random choices. Each choice is a hash of its purpose, without state, so it does not depend on the
//! order of other choices.

use chrono::{Days, NaiveDate};

/// Source of choices for one item, such as a task.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Draw<'a>(pub(crate) &'a str);

impl Draw<'_> {
    /// A number for a purpose, evenly spread over all of `u64`.
    pub(crate) fn number(self, purpose: &str) -> u64 {
        schema::sample_id("draw", &format!("{}/{purpose}", self.0)).as_u64_pair().0
    }

    /// A whole number from `low` to `high`, both included; `low` when the range is empty.
    pub(crate) fn between(self, purpose: &str, low: u32, high: u32) -> u32 {
        let span = u64::from(high.saturating_sub(low)) + 1;
        low + u32::try_from(self.number(purpose) % span).unwrap_or(0)
    }

    /// True for `percent` percent of all items.
    pub(crate) fn chance(self, purpose: &str, percent: u32) -> bool {
        self.between(purpose, 1, 100) <= percent
    }

    /// One of several items; `None` if there are none.
    pub(crate) fn pick<T: Copy>(self, purpose: &str, of: &[T]) -> Option<T> {
        let last = u32::try_from(of.len().checked_sub(1)?).ok()?;
        of.get(self.between(purpose, 0, last) as usize).copied()
    }

    /// A day from `first` to `last`, both included; `first` when the range is empty.
    pub(crate) fn day(self, purpose: &str, first: NaiveDate, last: NaiveDate) -> NaiveDate {
        let span = u32::try_from((last - first).num_days()).unwrap_or(0);
        first + Days::new(u64::from(self.between(purpose, 0, span)))
    }
}

/// Items of which the n-th is picked in proportion to 1 / (n + offset).
#[derive(Debug)]
pub(crate) struct Ranked<T> {
    items: Vec<T>,
    /// For each item, the sum of the weights up to it.
    sums: Vec<f64>,
}

impl<T> Ranked<T> {
    pub(crate) fn new(items: Vec<T>, offset: u32) -> Self {
        let weights = (offset + 1..).zip(&items).map(|(place, _)| 1.0 / f64::from(place));
        let sums = weights.scan(0.0, |sum, weight| {
            *sum += weight;
            Some(*sum)
        });
        Self { sums: sums.collect(), items }
    }

    pub(crate) fn pick(&self, draw: Draw<'_>, purpose: &str) -> &T {
        let drawn = f64::from(draw.between(purpose, 0, u32::MAX - 1)) / f64::from(u32::MAX);
        let total = self.sums.last().copied().unwrap_or_default();
        let place = self.sums.partition_point(|sum| *sum <= drawn * total);
        &self.items[place]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_never_changes_and_depends_on_its_purpose() {
        assert_eq!(Draw("NV-001").number("due"), Draw("NV-001").number("due"));
        assert_ne!(Draw("NV-001").number("due"), Draw("NV-001").number("start"));
        assert_ne!(Draw("NV-001").number("due"), Draw("NV-002").number("due"));
    }

    #[test]
    fn ranges_include_both_ends_and_nothing_else() {
        let drawn: std::collections::BTreeSet<u32> =
            (0..200).map(|n| Draw(&n.to_string()).between("x", 3, 6)).collect();
        assert_eq!(drawn.into_iter().collect::<Vec<_>>(), [3, 4, 5, 6]);
        assert_eq!(Draw("a").between("x", 5, 5), 5);
        assert_eq!(Draw("a").pick::<u8>("x", &[]), None);
    }
}
