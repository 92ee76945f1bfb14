//! How large the buffers of an operation's runs became, so that the next run's do not grow step by step.

use std::sync::atomic::{AtomicUsize, Ordering};

/// No run starts with a larger buffer than this, however large the last one's became.
const MAX_HINT: usize = 4 * 1024 * 1024;

/// The size that a buffer had at the end of a run.
#[derive(Default)]
pub(crate) struct SizeHint(AtomicUsize);

impl SizeHint {
    /// Where to start, at least `floor`.
    pub(crate) fn or_at_least(&self, floor: usize) -> usize {
        self.0.load(Ordering::Relaxed).max(floor)
    }

    /// Takes note of a run. Small differences are let be: they are not worth a write that all processors see.
    pub(crate) fn learn(&self, size: usize) {
        let known = self.0.load(Ordering::Relaxed);
        let size = size.min(MAX_HINT);
        if size > known || size < known / 4 {
            // A little room, for answers are seldom of exactly one length.
            self.0.store(size + size / 16, Ordering::Relaxed);
        }
    }
}

/// The buffers of one operation.
pub(crate) struct Sizes {
    /// The client's answer, in bytes.
    pub(crate) answer: SizeHint,
    /// Values of the tree.
    pub(crate) tree: SizeHint,
    /// Representations of each fetch, in bytes.
    pub(crate) representations: Box<[SizeHint]>,
}

impl Sizes {
    pub(crate) fn new(fetches: usize) -> Self {
        Self {
            answer: SizeHint::default(),
            tree: SizeHint::default(),
            representations: std::iter::repeat_with(SizeHint::default).take(fetches).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_follows_upwards_at_once_and_downwards_only_far() {
        let hint = SizeHint::default();
        assert_eq!(hint.or_at_least(16), 16);
        hint.learn(1600);
        assert_eq!(hint.or_at_least(16), 1700);
        hint.learn(500);
        assert_eq!(hint.or_at_least(16), 1700);
        hint.learn(400);
        assert_eq!(hint.or_at_least(16), 425);
    }

    #[test]
    fn one_giant_answer_does_not_set_the_size_of_all() {
        let hint = SizeHint::default();
        hint.learn(usize::MAX);
        assert!(hint.or_at_least(0) <= MAX_HINT + MAX_HINT / 16);
    }
}
