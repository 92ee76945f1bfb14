//! Sliding window: counts successes and failures of recent time in slices, so that old counts expire without storing
//! each attempt.

use std::time::Duration;

use tokio::time::Instant;

const SLICES: usize = 10;

#[derive(Clone, Copy, Default)]
struct Slice {
    /// Number of the slice since the start. Every tenth slice uses the same position in the array.
    number: u64,
    successes: u64,
    failures: u64,
}

pub(super) struct Window {
    start: Instant,
    slice: Duration,
    slices: [Slice; SLICES],
}

impl Window {
    pub(super) fn new(length: Duration, now: Instant) -> Self {
        Self { start: now, slice: (length / 10).max(Duration::from_millis(1)), slices: [Slice::default(); SLICES] }
    }

    fn number(&self, now: Instant) -> u64 {
        let passed = now.saturating_duration_since(self.start).as_nanos() / self.slice.as_nanos();
        u64::try_from(passed).unwrap_or(u64::MAX)
    }

    pub(super) fn count(&mut self, failed: bool, now: Instant) {
        let number = self.number(now);
        let slot = &mut self.slices[usize::try_from(number % SLICES as u64).unwrap_or_default()];
        if slot.number != number {
            *slot = Slice { number, ..Slice::default() };
        }
        if failed {
            slot.failures += 1;
        } else {
            slot.successes += 1;
        }
    }

    /// Successes and failures within the window.
    pub(super) fn totals(&self, now: Instant) -> (u64, u64) {
        let oldest = self.number(now).saturating_sub(SLICES as u64 - 1);
        self.slices
            .iter()
            .filter(|slice| slice.number >= oldest)
            .fold((0, 0), |(successes, failures), slice| (successes + slice.successes, failures + slice.failures))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_slices_fall_out() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut window = Window::new(Duration::from_secs(10), start);
        window.count(true, at(0));
        window.count(false, at(5));
        assert_eq!(window.totals(at(9)), (1, 1));
        assert_eq!(window.totals(at(10)), (1, 0));
        window.count(true, at(10));
        assert_eq!(window.totals(at(10)), (1, 1));
        assert_eq!(window.totals(at(100)), (0, 0));
    }
}
