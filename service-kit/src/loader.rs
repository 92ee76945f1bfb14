//! Batches the look-ups of one request.
//!
//! A batch is sent when the request's own task has nothing left to add: the first caller steps aside until a whole
//! round of its siblings added no key. A timer (as in async-graphql's own loader) would make the number of statements
//! depend on the machine's speed; here it depends on the shape of the query alone, and a test can assert it.
//!
//! A loader belongs to one request: it also remembers what it loaded, so it must never outlive the request.

use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::hash::Hash;

use futures::channel::oneshot;
use parking_lot::Mutex;

use crate::problem::Problem;

/// How many rounds without a new key end the gathering. Two, because a sibling may need one more step than another.
const QUIET_ROUNDS: usize = 2;

/// Loads many keys with one statement.
pub trait BatchSource: Send + Sync + 'static {
    /// What identifies a value.
    type Key: Eq + Hash + Clone + Send + Sync + 'static;
    /// What is loaded; cheap to clone, since it is kept for the request.
    type Value: Clone + Send + Sync + 'static;

    /// Loads the keys. A key without a value is left out.
    fn load(
        &self,
        keys: Vec<Self::Key>,
    ) -> impl Future<Output = Result<HashMap<Self::Key, Self::Value>, Problem>> + Send;
}

/// Declares a [`BatchSource`] over a store function `async fn(&PgPool, &[Key]) -> Result<HashMap<Key, Value>, Problem>`.
///
/// # Example
/// ```ignore
/// batch_source! {
///     /// Areas by their code.
///     pub AreaByCode: String => Area = store::area::by_code
/// }
/// ```
#[macro_export]
macro_rules! batch_source {
    ($($(#[$attribute:meta])* $visibility:vis $name:ident: $key:ty => $value:ty = $load:path)+) => {$(
        $(#[$attribute])*
        $visibility struct $name(pub $crate::Database);

        impl $crate::BatchSource for $name {
            type Key = $key;
            type Value = $value;

            async fn load(&self, keys: Vec<$key>) -> Result<std::collections::HashMap<$key, $value>, $crate::Problem> {
                $load(self.0.pool(), &keys).await
            }
        }
    )+};
}

/// The batching front of a [`BatchSource`].
pub struct Loader<S: BatchSource> {
    source: S,
    state: Mutex<State<S>>,
}

/// How a batch ended, for one who waits for it.
type Waiter = oneshot::Sender<Result<(), Problem>>;

struct State<S: BatchSource> {
    loaded: HashMap<S::Key, Option<S::Value>>,
    wanted: HashSet<S::Key>,
    waiting: Vec<Waiter>,
    led: bool,
}

enum Turn<S: BatchSource> {
    Done(Option<S::Value>),
    Lead,
    Wait(oneshot::Receiver<Result<(), Problem>>),
}

impl<S: BatchSource> Loader<S> {
    /// A loader for one request.
    pub fn new(source: S) -> Self {
        let state = State {
            loaded: HashMap::new(),
            wanted: HashSet::new(),
            waiting: Vec::new(),
            led: false,
        };
        Self {
            source,
            state: Mutex::new(state),
        }
    }

    /// The value of a key, or `None` when there is none.
    ///
    /// # Errors
    /// The problem that the whole batch met.
    pub async fn load_one(&self, key: S::Key) -> Result<Option<S::Value>, Problem> {
        loop {
            match self.turn(&key) {
                Turn::Done(value) => return Ok(value),
                Turn::Lead => self.lead().await?,
                // A leader that was dropped in the middle leaves the receiver cancelled: the next turn leads.
                Turn::Wait(receiver) => {
                    if let Ok(outcome) = receiver.await {
                        outcome?;
                    }
                }
            }
        }
    }

    /// The values of several keys, in their order, without those that have none.
    ///
    /// # Errors
    /// The problem that the whole batch met.
    pub async fn load_many(&self, keys: impl IntoIterator<Item = S::Key>) -> Result<Vec<S::Value>, Problem> {
        let found = futures::future::try_join_all(keys.into_iter().map(|key| self.load_one(key))).await?;
        Ok(found.into_iter().flatten().collect())
    }

    fn turn(&self, key: &S::Key) -> Turn<S> {
        let mut state = self.state.lock();
        if let Some(value) = state.loaded.get(key) {
            return Turn::Done(value.clone());
        }
        state.wanted.insert(key.clone());
        if state.led {
            let (sender, receiver) = oneshot::channel();
            state.waiting.push(sender);
            return Turn::Wait(receiver);
        }
        state.led = true;
        Turn::Lead
    }

    async fn lead(&self) -> Result<(), Problem> {
        let guard = Leadership(self);
        let mut quiet = 0;
        let mut seen = 0;
        while quiet < QUIET_ROUNDS {
            tokio::task::yield_now().await;
            let wanted = self.state.lock().wanted.len();
            quiet = if wanted == seen { quiet + 1 } else { 0 };
            seen = wanted;
        }
        let (keys, waiting) = guard.batch();
        let outcome = self.source.load(keys.iter().cloned().collect()).await.map(|mut found| {
            let mut state = self.state.lock();
            state.loaded.extend(keys.into_iter().map(|key| {
                let value = found.remove(&key);
                (key, value)
            }));
        });
        drop(guard);
        for sender in waiting {
            // A waiter that was dropped meanwhile needs no answer.
            let _ = sender.send(outcome.clone());
        }
        outcome
    }
}

/// Held until the batch is loaded, so that no key is loaded twice. Handing it back, also when the leader's future is
/// dropped half-way, cancels whoever queued up meanwhile: each takes another turn.
struct Leadership<'a, S: BatchSource>(&'a Loader<S>);

impl<S: BatchSource> Leadership<'_, S> {
    fn batch(&self) -> (HashSet<S::Key>, Vec<Waiter>) {
        let mut state = self.0.state.lock();
        (std::mem::take(&mut state.wanted), std::mem::take(&mut state.waiting))
    }
}

impl<S: BatchSource> Drop for Leadership<'_, S> {
    fn drop(&mut self) {
        let mut state = self.0.state.lock();
        state.led = false;
        state.waiting.clear();
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
            Ok(keys
                .into_iter()
                .filter(|key| key % 2 == 0)
                .map(|key| (key, key * 2))
                .collect())
        }
    }

    fn doubling() -> (Loader<Doubling>, Arc<AtomicUsize>) {
        let batches = Arc::new(AtomicUsize::new(0));
        (
            Loader::new(Doubling {
                batches: batches.clone(),
            }),
            batches,
        )
    }

    #[tokio::test]
    async fn a_thousand_siblings_share_one_batch_and_a_second_ask_none() {
        let (loader, batches) = doubling();
        let values = loader.load_many((0..1000).map(|n| n * 2)).await.expect("loaded");
        assert_eq!(values.len(), 1000);
        assert_eq!(values[7], 28);
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
