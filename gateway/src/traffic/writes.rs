//! Counts mutations that have ended, so that a read never joins one which may have begun before the caller's own write.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// The count is part of every key of shared reads: a read after a write has another key than one before it.
#[derive(Clone, Default)]
pub(crate) struct Writes(Arc<AtomicU64>);

impl Writes {
    pub(super) fn ended(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    /// A mutation begins; it ends when the guard is dropped, however that happens.
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
