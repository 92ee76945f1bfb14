//! Remembers the buffer sizes of an operation, so that later runs allocate them in advance instead of growing them.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Largest initial buffer size, however large the last one became.
const MAX_HINT: usize = 4 * 1024 * 1024;

/// The size that a buffer had at the end of a recent run.
#[derive(Default)]
pub(crate) struct SizeHint(AtomicUsize);

impl SizeHint {
    /// The initial size, at least `floor`.
    pub(crate) fn or_at_least(&self, floor: usize) -> usize {
        self.0.load(Ordering::Relaxed).max(floor)
    }

    /// Records the size at the end of a run. Small differences are ignored: they are not worth an atomic write that all
    /// processors must see.
    pub(crate) fn learn(&self, size: usize) {
        let known = self.0.load(Ordering::Relaxed);
        let size = size.min(MAX_HINT);
        if size > known || size < known / 4 {
            // A small margin, because the size of answers varies.
            self.0.store(size + size / 16, Ordering::Relaxed);
        }
    }
}

/// The buffer sizes of one operation.
pub(crate) struct Sizes {
    /// The client's answer, in bytes.
    pub(crate) answer: SizeHint,
    /// The number of values in the tree.
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
