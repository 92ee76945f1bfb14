//! Coalescing: callers that ask for the same work at the same time share one execution.
//!
//! The first caller is the leader and does the work in its own task. The others are followers and wait. Keys are
//! compared in full, so that a hash collision can never return the answer to another request. If the leader is dropped
//! or has no outcome to share, the followers are notified, and one of them becomes the new leader. So no caller depends
//! on another client staying connected.

use std::{
    hash::{BuildHasher, Hash, Hasher},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use ahash::RandomState;
use hashbrown::HashTable;
use parking_lot::Mutex;
use tokio::sync::Notify;

pub(crate) struct InFlight<K, V> {
    entries: Mutex<HashTable<Entry<K, V>>>,
    hasher: RandomState,
    shared: AtomicU64,
}

struct Entry<K, V> {
    hash: u64,
    key: K,
    flight: Arc<Flight<V>>,
}

struct Flight<V> {
    /// Set once, before `done` is notified; `None` when there is nothing to share.
    outcome: OnceLock<Option<V>>,
    followers: AtomicUsize,
    done: Notify,
}

/// The role of a caller.
pub(crate) enum Role<'a, K, V> {
    /// The caller does the work.
    Leader(Leader<'a, K, V>),
    /// Another caller is already doing the work.
    Follower(Follower<V>),
}

/// Must give the followers an outcome. Dropping it tells them that there is none.
pub(crate) struct Leader<'a, K, V> {
    all: &'a InFlight<K, V>,
    hash: u64,
    flight: Arc<Flight<V>>,
}

pub(crate) struct Follower<V> {
    flight: Arc<Flight<V>>,
}

impl<K, V> InFlight<K, V> {
    pub(crate) fn new() -> Self {
        Self { entries: Mutex::new(HashTable::new()), hasher: RandomState::new(), shared: AtomicU64::new(0) }
    }

    /// Hashes what `write` writes, with the seeds of this table.
    pub(crate) fn hash(&self, write: impl FnOnce(&mut dyn Hasher)) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        write(&mut hasher);
        hasher.finish()
    }

    pub(crate) fn hash_one(&self, value: impl Hash) -> u64 {
        self.hasher.hash_one(value)
    }

    /// Joins the work that is running under an equal key, or becomes the leader. `own` creates the stored key. It is
    /// called only for a leader, so that followers copy nothing.
    pub(crate) fn join(&self, hash: u64, is_same: impl Fn(&K) -> bool, own: impl FnOnce() -> K) -> Role<'_, K, V> {
        let mut entries = self.entries.lock();
        if let Some(entry) = entries.find(hash, |entry| entry.hash == hash && is_same(&entry.key)) {
            entry.flight.followers.fetch_add(1, Ordering::Relaxed);
            let flight = entry.flight.clone();
            return Role::Follower(Follower { flight });
        }
        let flight = Arc::new(Flight { outcome: OnceLock::new(), followers: AtomicUsize::new(0), done: Notify::new() });
        let entry = Entry { hash, key: own(), flight: flight.clone() };
        entries.insert_unique(hash, entry, |entry| entry.hash);
        Role::Leader(Leader { all: self, hash, flight })
    }

    /// How many callers shared the outcome of another.
    pub(crate) fn shared(&self) -> u64 {
        self.shared.load(Ordering::Relaxed)
    }
}

impl<K, V> Leader<'_, K, V> {
    /// Ends the work. `outcome` is called only if a follower is waiting.
    pub(crate) fn finish(self, outcome: impl FnOnce() -> Option<V>) {
        self.leave();
        // The entry is removed, so nobody can join any more and the count is final.
        let followers = self.flight.followers.load(Ordering::Relaxed);
        if followers > 0 {
            let outcome = outcome();
            if outcome.is_some() {
                self.all.shared.fetch_add(followers as u64, Ordering::Relaxed);
            }
            // `set` succeeds, because only this line and `drop`, which runs later, set the outcome.
            let _ = self.flight.outcome.set(outcome);
        }
    }

    fn leave(&self) {
        let is_own = |entry: &Entry<K, V>| Arc::ptr_eq(&entry.flight, &self.flight);
        let mut entries = self.all.entries.lock();
        let removed = entries.find_entry(self.hash, is_own).ok().map(|entry| entry.remove().0);
        // The key may be large, so it is freed outside the lock.
        drop(entries);
        drop(removed);
    }
}

impl<K, V> Drop for Leader<'_, K, V> {
    fn drop(&mut self) {
        self.leave();
        // This fails if `finish` has set the outcome, which is intended.
        let _ = self.flight.outcome.set(None);
        self.flight.done.notify_waiters();
    }
}

impl<V: Clone> Follower<V> {
    /// Waits for the outcome; `None` when the leader had none.
    pub(crate) async fn wait(self) -> Option<V> {
        let mut done = std::pin::pin!(self.flight.done.notified());
        // Registered before the outcome is checked, so that no notification is missed.
        done.as_mut().enable();
        if self.flight.outcome.get().is_none() {
            done.await;
        }
        self.flight.outcome.get().cloned().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Numbers = InFlight<u32, String>;

    fn join(all: &Numbers, hash: u64, key: u32) -> Role<'_, u32, String> {
        all.join(hash, |other| *other == key, || key)
    }

    fn leader(role: Role<'_, u32, String>) -> Leader<'_, u32, String> {
        match role {
            Role::Leader(leader) => leader,
            Role::Follower(_) => panic!("a follower"),
        }
    }

    fn follower(role: Role<'_, u32, String>) -> Follower<String> {
        match role {
            Role::Follower(follower) => follower,
            Role::Leader(_) => panic!("a leader"),
        }
    }

    #[tokio::test]
    async fn followers_get_the_outcome_whether_they_wait_before_or_after_it() {
        let all = Numbers::new();
        let first = leader(join(&all, 1, 1));
        let (early, late) = (follower(join(&all, 1, 1)), follower(join(&all, 1, 1)));
        let work = async {
            tokio::task::yield_now().await;
            first.finish(|| Some("one".to_owned()));
        };
        let (early, ()) = tokio::join!(early.wait(), work);
        assert_eq!(early.as_deref(), Some("one"));
        assert_eq!(late.wait().await.as_deref(), Some("one"));
        assert_eq!(all.shared(), 2);
        leader(join(&all, 1, 1));
    }

    #[test]
    fn equal_hashes_of_different_keys_share_nothing() {
        let all = Numbers::new();
        let one = leader(join(&all, 1, 1));
        let two = leader(join(&all, 1, 2));
        one.finish(|| unreachable!("nobody follows"));
        follower(join(&all, 1, 2));
        drop(two);
        assert!(all.entries.lock().is_empty());
    }

    #[tokio::test]
    async fn when_the_leader_goes_a_follower_can_lead() {
        let all = Numbers::new();
        let gone = leader(join(&all, 1, 1));
        let waiting = follower(join(&all, 1, 1));
        drop(gone);
        assert_eq!(waiting.wait().await, None);
        let next = leader(join(&all, 1, 1));
        let other = follower(join(&all, 1, 1));
        next.finish(|| None);
        assert_eq!(other.wait().await, None);
        assert_eq!(all.shared(), 0);
    }
}
