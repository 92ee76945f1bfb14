//! Reload: replaces the supergraph without a restart and without losing a request.
//!
//! The new engine is built beside the present one. It prepares the documents that clients use most, and then replaces
//! the present engine. Running requests finish on the engine with which they began, and new requests find cached plans.
//! A supergraph that cannot be served changes nothing.
//!
//! - [`blueprint`] builds engines and keeps the connections whose URL has not changed;
//! - [`popularity`] tracks which documents are used most;
//! - [`watch`] watches a supergraph file.

mod blueprint;
mod popularity;
mod watch;

use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

pub use self::watch::{FileWatch, Look, Urgency};
pub(crate) use self::{
    blueprint::{Blueprint, Connections},
    popularity::{Popularity, UsedDocument},
};
use crate::{BuildError, Gateway, telemetry::ReloadOutcome};

/// Why a supergraph was refused.
#[derive(Debug, thiserror::Error)]
pub enum ReloadError {
    /// The gateway cannot be built from it.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The build did not finish, for example because of a panic.
    #[error("building an engine for the supergraph broke off")]
    BrokeOff(#[source] tokio::task::JoinError),
}

/// The outcome of a reload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reload {
    /// The supergraph is already being served.
    Unchanged,
    /// The supergraph is served now.
    Applied(Warmed),
}

/// What was prepared before the switch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Warmed {
    /// Operations that were planned.
    pub operations: usize,
    /// How long the preparation took.
    pub elapsed: Duration,
}

/// Which supergraph is being served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SupergraphStatus {
    /// 1 for the supergraph at the start; each reload adds one.
    pub generation: u64,
    /// Whether the newest supergraph was refused, so that an older one is still served.
    pub refused: bool,
}

impl Gateway {
    /// Replaces the supergraph. Running requests finish on the present one. Settings, local subgraphs, and connections
    /// whose URL has not changed are kept.
    ///
    /// # Errors
    ///
    /// When the supergraph cannot be served. The present one stays in use.
    pub async fn reload(&self, supergraph_sdl: impl Into<String>) -> Result<Reload, ReloadError> {
        let sdl = supergraph_sdl.into();
        let mut connections = self.connections.lock().await;
        let present = self.engine();
        if present.supergraph().sdl == sdl {
            self.note_refused(false);
            return Ok(Reload::Unchanged);
        }
        let (blueprint, kept) = (self.blueprint.clone(), connections.clone());
        let building = tokio::task::spawn_blocking(move || blueprint.engine(sdl, &kept));
        let built = match building.await {
            Ok(built) => built.map_err(ReloadError::from),
            Err(error) => Err(ReloadError::BrokeOff(error)),
        };
        let (engine, present_connections) = match built {
            Ok(built) => built,
            Err(error) => {
                self.note_refused(true);
                self.metrics().reloaded(ReloadOutcome::Refused, self.supergraph_status().generation);
                return Err(error);
            }
        };
        for (id, errors) in engine.warm_trusted_documents().await {
            let problem = errors.first().map_or("", |error| error.message.as_str());
            tracing::warn!(document = id, problem, "a trusted document cannot be served any more");
        }
        let options = &self.blueprint.config.reload;
        let warmed = engine.warm(present.most_used(options.warm_documents), options.warm_time).await;
        self.replace(Arc::new(engine));
        *connections = present_connections;
        let generation = self.generation.fetch_add(1, Ordering::Relaxed) + 1;
        self.note_refused(false);
        self.metrics().reloaded(ReloadOutcome::Applied, generation);
        Ok(Reload::Applied(warmed))
    }

    /// Which supergraph is being served, and whether a newer one was refused.
    #[must_use]
    pub fn supergraph_status(&self) -> SupergraphStatus {
        SupergraphStatus {
            generation: self.generation.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
        }
    }

    /// Records whether the newest supergraph was refused.
    pub(crate) fn note_refused(&self, refused: bool) {
        self.refused.store(refused, Ordering::Relaxed);
        self.metrics().supergraph_refused(refused);
    }
}

impl crate::execution::Engine {
    /// Prepares documents until all are done or the time is over. They are prepared one after the other, because
    /// running requests need the processors too.
    async fn warm(&self, documents: Vec<UsedDocument>, time: Duration) -> Warmed {
        let started = Instant::now();
        let deadline = tokio::time::Instant::now() + time;
        let mut operations = 0;
        for document in documents {
            if tokio::time::Instant::now() >= deadline {
                break;
            }
            let Ok(prepared) = tokio::time::timeout_at(deadline, self.prepare_again(&document)).await else {
                break;
            };
            operations += prepared;
        }
        Warmed { operations, elapsed: started.elapsed() }
    }
}
