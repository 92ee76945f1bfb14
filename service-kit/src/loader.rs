//! Batching and caching of look-ups within one request.
//!
//! The crate `dataloader` loads values, caches them and shares them between resolvers. This layer decides when a batch
//! is complete: after two rounds of the request's own task without a new key. So the number of statements depends on
//! the query and not on the speed of the machine, and a test can assert it. The crate's own fixed number of rounds
//! splits a page of 126 rows (decision 0002). The layer also supports keys without a value, does not cache problems,
//! and recovers after a caller was dropped during a batch.
//!
//! A loader belongs to one request. It caches what it loaded, so it must not outlive the request.

use std::collections::HashMap;
use std::fmt::Debug;
use std::future::Future;
use std::hash::Hash;

use dataloader::BatchFn;
use dataloader::cached;
use parking_lot::Mutex;
use tokio::task::unconstrained;

use crate::problem::Problem;

/// Number of rounds without a new key that complete a batch. It is two, because one resolver may need one step more
/// than its siblings.
const QUIET_ROUNDS: usize = 2;

/// Loads many keys with one statement.
pub trait BatchSource: Send + Sync + 'static {
    /// Key of a value.
    type Key: Eq + Hash + Clone + Debug + Send + Sync + 'static;
    /// Loaded value. It is cached for the request, so cloning must be cheap.
    type Value: Clone + Send + Sync + 'static;

    /// Loads the values of the keys. The result has no entry for a key without a value.
    fn load(
        &self,
        keys: Vec<Self::Key>,
    ) -> impl Future<Output = Result<HashMap<Self::Key, Self::Value>, Problem>> + Send;
}

/// The value of a key, the absence of one, or the problem of its batch.
type Outcome<V> = Result<Option<V>, Problem>;

/// Adapter from a [`BatchSource`] to the crate `dataloader`.
struct Batch<S>(S);

impl<S: BatchSource> BatchFn<S::Key, Outcome<S::Value>> for Batch<S> {
    async fn load(&mut self, keys: &[S::Key]) -> HashMap<S::Key, Outcome<S::Value>> {
        let mut found = self.0.load(keys.to_vec()).await;
        let outcome = |key: &S::Key| match &mut found {
            Ok(values) => Ok(values.remove(key)),
            Err(problem) => Err(problem.clone()),
        };
        let outcomes: Vec<_> = keys.iter().map(outcome).collect();
        keys.iter().cloned().zip(outcomes).collect()
    }
}

/// Batching and caching loader over a [`BatchSource`].
pub struct Loader<S: BatchSource> {
    batches: cached::Loader<S::Key, Outcome<S::Value>, Batch<S>>,
    wanted: Mutex<Wanted<S::Key>>,
}

/// Keys of the next batch, and the number of requests for keys.
struct Wanted<K> {
    keys: Vec<K>,
    asked: usize,
}

impl<S: BatchSource> Loader<S> {
    /// Creates a loader for one request.
    pub fn new(source: S) -> Self {
        let batches = cached::Loader::new(Batch(source));
        Self {
            batches: batches.with_max_batch_size(usize::MAX).with_yield_count(0),
            wanted: Mutex::new(Wanted { keys: Vec::new(), asked: 0 }),
        }
    }

    /// Waits until the batch is complete and takes it. The first caller that stops waiting takes all keys.
    async fn complete_batch(&self, key: S::Key) -> Vec<S::Key> {
        let mut seen = {
            let mut wanted = self.wanted.lock();
            wanted.keys.push(key);
            wanted.asked += 1;
            wanted.asked
        };
        let mut quiet = 0;
        while quiet < QUIET_ROUNDS {
            tokio::task::yield_now().await;
            let asked = self.wanted.lock().asked;
            quiet = if asked == seen { quiet + 1 } else { 0 };
            seen = asked;
        }
        std::mem::take(&mut self.wanted.lock().keys)
    }

    /// Loads the value of a key; `None` when there is none.
    ///
    /// # Errors
    /// The problem of the whole batch.
    pub async fn load_one(&self, key: S::Key) -> Result<Option<S::Value>, Problem> {
        let batch = self.complete_batch(key.clone()).await;
        if !batch.is_empty() {
            // Each caller gets the problem below.
            let _ = unconstrained(self.batches.try_load_many(batch)).await;
        }
        loop {
            // Tokio lets a task lock some hundred times in one poll. Without that limit all callers of a page continue
            // in the same round, so that their next keys are in one batch too.
            match unconstrained(self.batches.try_load(key.clone())).await {
                Ok(Ok(value)) => return Ok(value),
                // The problem is not cached: the next caller tries again.
                Ok(Err(problem)) => {
                    self.batches.clear(key).await;
                    return Err(problem);
                }
                // The caller that was loading this key was dropped, so this one requests the key again.
                Err(_) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use schema::problem::ProblemCode;

    use super::*;

    struct Doubling {
        batches: Arc<AtomicUsize>,
    }

    impl BatchSource for Doubling {
        type Key = u32;
        type Value = u32;

        async fn load(&self, keys: Vec<u32>) -> Result<HashMap<u32, u32>, Problem> {
            self.batches.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            if keys.contains(&13) {
                return Err(Problem::conflict("thirteen"));
            }
            Ok(keys.into_iter().filter(|key| key % 2 == 0).map(|key| (key, key * 2)).collect())
        }
    }

    fn doubling() -> (Loader<Doubling>, Arc<AtomicUsize>) {
        let batches = Arc::new(AtomicUsize::new(0));
        (Loader::new(Doubling { batches: batches.clone() }), batches)
    }

    #[tokio::test]
    async fn a_thousand_siblings_share_one_batch_and_a_second_ask_none() {
        let (loader, batches) = doubling();
        let keys = (0..1000).map(|n| loader.load_one(n * 2));
        let values = futures::future::try_join_all(keys).await.expect("loaded");
        assert_eq!((values.len(), values[7]), (1000, Some(28)));
        assert_eq!(loader.load_one(14).await.expect("remembered"), Some(28));
        assert_eq!(loader.load_one(15).await.expect("absent"), None);
        assert_eq!(loader.load_one(15).await.expect("absence remembered"), None);
        assert_eq!(batches.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn a_failed_batch_fails_each_of_its_callers_and_is_not_remembered() {
        let (loader, _) = doubling();
        let (one, two) = futures::join!(loader.load_one(13), loader.load_one(2));
        assert_eq!(one.expect_err("failed").code, ProblemCode::Conflict);
        assert_eq!(two.expect_err("failed with it").code, ProblemCode::Conflict);
        assert_eq!(loader.load_one(2).await.expect("tried anew"), Some(4));
    }

    #[tokio::test]
    async fn a_waiter_takes_over_when_the_leader_is_dropped() {
        let (loader, _) = doubling();
        let mut first = Box::pin(loader.load_one(2));
        assert!(futures::poll!(first.as_mut()).is_pending());
        let mut second = Box::pin(loader.load_one(4));
        assert!(futures::poll!(second.as_mut()).is_pending());
        drop(first);
        assert_eq!(second.await.expect("took over"), Some(8));
    }
}
