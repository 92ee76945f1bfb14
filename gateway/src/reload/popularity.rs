//! Measures how much a document was used recently. Counts are halved every minute, so that documents that were popular
//! earlier do not displace those in use now.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use crate::planning::Conditions;

/// Counts of one period have half the weight in the next.
const HALF_LIFE: Duration = Duration::from_mins(1);

/// A document that should be prepared again.
pub(crate) struct UsedDocument {
    pub(crate) text: String,
    /// Operations that were planned, by name (`None` for an operation without a name), and their combinations of
    /// conditions.
    pub(crate) operations: Vec<(Option<String>, Vec<Conditions>)>,
    pub(crate) uses: u32,
}

/// A decaying counter in one word: the number of the period in the upper half, the count in the lower half.
///
/// Two threads that count at the same time may lose one use. A ranking tolerates that, and a request costs only one
/// load and one store.
#[derive(Debug, Default)]
pub(crate) struct Popularity(AtomicU64);

impl Popularity {
    /// Counts one use. The time is measured since the creation of the cache.
    pub(crate) fn count(&self, now: Duration) {
        self.set(now, self.uses(now).saturating_add(1));
    }

    /// The count, halved for each period that has passed.
    pub(crate) fn uses(&self, now: Duration) -> u32 {
        let word = self.0.load(Ordering::Relaxed);
        let (then, count) = (word >> 32, word & u64::from(u32::MAX));
        let passed = period(now).saturating_sub(then).min(63);
        u32::try_from(count >> passed).unwrap_or(u32::MAX)
    }

    pub(crate) fn set(&self, now: Duration, uses: u32) {
        self.0.store(period(now) << 32 | u64::from(uses), Ordering::Relaxed);
    }
}

fn period(now: Duration) -> u64 {
    (now.as_secs() / HALF_LIFE.as_secs()) & u64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_period_halves_what_was_counted_before() {
        let popularity = Popularity::default();
        for _ in 0..8 {
            popularity.count(Duration::from_secs(59));
        }
        assert_eq!(popularity.uses(Duration::from_secs(59)), 8);
        assert_eq!(popularity.uses(Duration::from_mins(1)), 4);
        popularity.count(Duration::from_secs(125));
        assert_eq!(popularity.uses(Duration::from_secs(125)), 3);
        assert_eq!(popularity.uses(Duration::from_hours(1)), 0);
    }
}
