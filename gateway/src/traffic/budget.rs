//! Retry budget: a token bucket. Each read adds a fraction of a token, and each retry takes one.
//!
//! Without it, three attempts for each read would triple the load of a subgraph exactly when it is overloaded.

use parking_lot::Mutex;
use tokio::time::Instant;

/// How many seconds of the minimum rate can accumulate.
const SAVED_SECONDS: f64 = 10.0;
/// How many reads can accumulate tokens.
const SAVED_READS: f64 = 1_000.0;

pub(crate) struct Budget {
    ratio: f64,
    per_second: f64,
    capacity: f64,
    bucket: Mutex<Bucket>,
}

struct Bucket {
    tokens: f64,
    filled: Instant,
}

impl Budget {
    pub(crate) fn new(ratio: f64, per_second: f64, now: Instant) -> Self {
        Self {
            ratio,
            per_second,
            capacity: per_second * SAVED_SECONDS + ratio * SAVED_READS,
            bucket: Mutex::new(Bucket { tokens: per_second, filled: now }),
        }
    }

    /// Adds the share of one read.
    pub(crate) fn deposit(&self) {
        let mut bucket = self.bucket.lock();
        bucket.tokens = (bucket.tokens + self.ratio).min(self.capacity);
    }

    /// Takes a token for one retry, if there is one.
    pub(crate) fn withdraw(&self, now: Instant) -> bool {
        let mut bucket = self.bucket.lock();
        let seconds = now.saturating_duration_since(bucket.filled).as_secs_f64();
        bucket.filled = now;
        bucket.tokens = (bucket.tokens + seconds * self.per_second).min(self.capacity);
        if bucket.tokens < 1.0 {
            return false;
        }
        bucket.tokens -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn withdrawn(budget: &Budget, now: Instant) -> usize {
        (0..10_000).take_while(|_| budget.withdraw(now)).count()
    }

    #[test]
    fn reads_and_time_fill_the_bucket() {
        let start = Instant::now();
        let budget = Budget::new(0.5, 2.0, start);
        assert_eq!(withdrawn(&budget, start), 2);
        for _ in 0..10 {
            budget.deposit();
        }
        assert_eq!(withdrawn(&budget, start), 5);
        assert_eq!(withdrawn(&budget, start + Duration::from_secs(3)), 6);
    }

    #[test]
    fn savings_are_bounded() {
        let start = Instant::now();
        let budget = Budget::new(0.0, 2.0, start);
        assert_eq!(withdrawn(&budget, start + Duration::from_hours(1)), 20);
    }
}
