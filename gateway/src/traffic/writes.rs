//! Counts completed mutations, so that a read never joins a read that may have started before the caller's own
//! mutation.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// The count is part of every coalescing key. So a read after a mutation has another key than a read before it.
#[derive(Clone, Default)]
pub(crate) struct Writes(Arc<AtomicU64>);

impl Writes {
    pub(super) fn ended(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    /// Marks the beginning of a mutation. It ends when the guard is dropped, for whatever reason.
    pub(crate) fn begin(&self) -> WriteGuard<'_> {
        WriteGuard(&self.0)
    }
}

pub(crate) struct WriteGuard<'a>(&'a AtomicU64);

impl Drop for WriteGuard<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Release);
    }
}
