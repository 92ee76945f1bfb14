//! How long the bodies of pushes are kept.

use std::sync::Arc;
use std::time::Duration;

use schema::clock::Clock;
use service_kit::Database;
use service_kit::push::receipts::forget_bodies;

/// Days for which bodies are kept: a year and what its report takes.
pub const BODY_DAYS: u32 = 400;

/// Time between two looks for bodies that are too old.
const PAUSE: Duration = Duration::from_hours(1);

/// Forgets the bodies of pushes that are older than these days, for ever. Their hashes stay.
pub async fn keep_bodies(database: Database, clock: Arc<dyn Clock>, days: u32) {
    loop {
        match forget_bodies(&database, clock.now(), days).await {
            Ok(0) => {}
            Ok(receipts) => tracing::info!(receipts, days, "old bodies of pushes are forgotten"),
            Err(problem) => tracing::warn!(?problem, "old bodies of pushes cannot be forgotten"),
        }
        tokio::time::sleep(PAUSE).await;
    }
}
