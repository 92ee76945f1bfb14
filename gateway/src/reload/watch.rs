//! Watches a supergraph file. The whole file is read at each check, because modification times are not reliable: clocks
//! are coarse, and mounted configuration maps use symbolic links. Reading some hundred kilobytes a second has no
//! measurable cost.

use std::{path::PathBuf, sync::Arc, time::Duration};

use tokio::{sync::Notify, time::MissedTickBehavior};

use super::Reload;
use crate::Gateway;

/// Whether a new text must be unchanged for two checks before it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// Wait for a second check, because the file may be partly written.
    Settled,
    /// Use it immediately, because a notification says that it is complete.
    Now,
}

/// The result of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// No change: the text is already served, or was refused before.
    Known,
    /// A new text that may not be complete yet.
    Settling,
    /// A new supergraph, which is served now.
    Applied,
    /// A new text that cannot be served.
    Refused,
    /// The file cannot be read.
    Unreadable,
}

/// Keeps a gateway up to date with a file.
pub struct FileWatch {
    gateway: Arc<Gateway>,
    path: PathBuf,
    /// A new text that was seen once.
    settling: Option<String>,
    /// A text that cannot be served. It is not tried again unless a notification asks for it.
    refused: Option<String>,
    unreadable: bool,
}

impl FileWatch {
    /// Watches the file from which the gateway was built.
    #[must_use]
    pub fn new(gateway: Arc<Gateway>, path: impl Into<PathBuf>) -> Self {
        Self { gateway, path: path.into(), settling: None, refused: None, unreadable: false }
    }

    /// Checks the file at every interval, and immediately when notified. Never ends; drop the future to stop it.
    pub async fn run(mut self, every: Option<Duration>, notified: Arc<Notify>) {
        let mut ticks = every.filter(|every| !every.is_zero()).map(|every| {
            let mut ticks = tokio::time::interval(every);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            ticks
        });
        loop {
            let tick = async {
                match &mut ticks {
                    Some(ticks) => ticks.tick().await,
                    None => std::future::pending().await,
                }
            };
            let urgency = tokio::select! {
                _ = tick => Urgency::Settled,
                () = notified.notified() => Urgency::Now,
            };
            self.look(urgency).await;
        }
    }

    /// Checks the file once.
    pub async fn look(&mut self, urgency: Urgency) -> Look {
        let text = match tokio::fs::read_to_string(&self.path).await {
            Ok(text) => text,
            Err(error) => return self.unreadable(&error),
        };
        self.unreadable = false;
        let served = self.gateway.engine().supergraph().sdl == text;
        if urgency == Urgency::Settled && !served {
            if self.refused.as_ref() == Some(&text) {
                return Look::Known;
            }
            if self.settling.as_ref() != Some(&text) {
                self.settling = Some(text);
                return Look::Settling;
            }
        }
        self.settling = None;
        self.apply(text).await
    }

    async fn apply(&mut self, text: String) -> Look {
        let path = self.path.display();
        match self.gateway.reload(text.clone()).await {
            Ok(Reload::Unchanged) => {
                self.refused = None;
                Look::Known
            }
            Ok(Reload::Applied(warmed)) => {
                self.refused = None;
                let generation = self.gateway.supergraph_status().generation;
                let (operations, elapsed) = (warmed.operations, warmed.elapsed);
                tracing::info!(%path, generation, operations, ?elapsed, "the new supergraph is served, its plans are warm");
                Look::Applied
            }
            Err(error) => {
                tracing::error!(%path, %error, "the new supergraph is refused; the one before it stays");
                self.refused = Some(text);
                Look::Refused
            }
        }
    }

    fn unreadable(&mut self, error: &std::io::Error) -> Look {
        if !self.unreadable {
            let path = self.path.display();
            tracing::error!(%path, %error, "the supergraph file cannot be read; what is served stays");
            self.unreadable = true;
        }
        Look::Unreadable
    }
}
