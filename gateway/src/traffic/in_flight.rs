//! Shares the outcome of work that is running with everybody who asks for the same meanwhile.
//!
//! The first to ask leads and does the work in its own task; the others wait. Keys are compared in full, so that no
//! collision of hashes can give anybody another's answer. When the leader is dropped or has nothing to share, the
//! followers are told so, and one of them leads anew: nobody depends on another client's staying.

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
    /// Set once, before `done` is told; `None` when there is nothing to share.
    outcome: OnceLock<Option<V>>,
    followers: AtomicUsize,
    done: Notify,
}

/// What became of asking.
pub(crate) enum Role<'a, K, V> {
    /// The work is to be done here.
    Leader(Leader<'a, K, V>),
    /// Somebody does it already.
    Follower(Follower<V>),
}

/// Owes the followers an outcome; dropping it tells them that there is none.
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
        Self {
            entries: Mutex::new(HashTable::new()),
            hasher: RandomState::new(),
            shared: AtomicU64::new(0),
        }
    }

    /// Hashes what `write` feeds in; the seeds are this table's own.
    pub(crate) fn hash(&self, write: impl FnOnce(&mut dyn Hasher)) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        write(&mut hasher);
        hasher.finish()
    }

    pub(crate) fn hash_one(&self, value: impl Hash) -> u64 {
        self.hasher.hash_one(value)
    }

    /// Joins what is running under an equal key, or leads. `own` makes the key to keep and is called only to lead, so
    /// that followers copy nothing.
    pub(crate) fn join(&self, hash: u64, is_same: impl Fn(&K) -> bool, own: impl FnOnce() -> K) -> Role<'_, K, V> {
        let mut entries = self.entries.lock();
        if let Some(entry) = entries.find(hash, |entry| entry.hash == hash && is_same(&entry.key)) {
            entry.flight.followers.fetch_add(1, Ordering::Relaxed);
            let flight = entry.flight.clone();
            return Role::Follower(Follower { flight });
        }
        let flight = Arc::new(Flight {
            outcome: OnceLock::new(),
            followers: AtomicUsize::new(0),
            done: Notify::new(),
        });
        let entry = Entry {
            hash,
            key: own(),
            flight: flight.clone(),
        };
        entries.insert_unique(hash, entry, |entry| entry.hash);
        Role::Leader(Leader {
            all: self,
            hash,
            flight,
        })
    }

    /// How many were spared their own work.
    pub(crate) fn shared(&self) -> u64 {
        self.shared.load(Ordering::Relaxed)
    }
}

impl<K, V> Leader<'_, K, V> {
    /// Ends the work. `outcome` is called only when somebody waits for it.
    pub(crate) fn finish(self, outcome: impl FnOnce() -> Option<V>) {
        self.leave();
        // Nobody can join any more, so the count is final.
        let followers = self.flight.followers.load(Ordering::Relaxed);
        if followers > 0 {
            let outcome = outcome();
            if outcome.is_some() {
                self.all.shared.fetch_add(followers as u64, Ordering::Relaxed);
            }
            // It is set here only, and `drop` leaves a set outcome alone.
            let _ = self.flight.outcome.set(outcome);
        }
    }

    fn leave(&self) {
        let is_own = |entry: &Entry<K, V>| Arc::ptr_eq(&entry.flight, &self.flight);
        let mut entries = self.all.entries.lock();
        let removed = entries.find_entry(self.hash, is_own).ok().map(|entry| entry.remove().0);
        // The key may be large; it is freed outside the lock.
        drop(entries);
        drop(removed);
    }
}

impl<K, V> Drop for Leader<'_, K, V> {
    fn drop(&mut self) {
        self.leave();
        // Fails when `finish` has set it, which is as it should be.
        let _ = self.flight.outcome.set(None);
        self.flight.done.notify_waiters();
    }
}

impl<V: Clone> Follower<V> {
    /// The outcome, or `None` when the leader had none to give.
    pub(crate) async fn wait(self) -> Option<V> {
        let mut done = std::pin::pin!(self.flight.done.notified());
        // Registered before the look at the outcome, so that no notice falls in between.
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
