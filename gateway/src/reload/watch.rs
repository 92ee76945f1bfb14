//! Follows a supergraph file. The file is read as a whole at each look: times of change lie (coarse clocks, symbolic
//! links of a mounted configuration map), and reading some hundred kilobytes a second costs nothing that shows.

use std::{path::PathBuf, sync::Arc, time::Duration};

use tokio::{sync::Notify, time::MissedTickBehavior};

use super::Reload;
use crate::Gateway;

/// Whether a new text must stand for two looks before it is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// Wait until it has stood still, because it may be half written.
    Settled,
    /// Take it as it is, because somebody said that it is complete.
    Now,
}

/// What a look at the file brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// What is served, or what was refused before.
    Known,
    /// A new text that may still be growing.
    Settling,
    /// A new supergraph, which is served now.
    Applied,
    /// A new text that cannot be served.
    Refused,
    /// The file cannot be read.
    Unreadable,
}

/// Keeps a gateway at what a file says.
pub struct FileWatch {
    gateway: Arc<Gateway>,
    path: PathBuf,
    /// A new text that was seen once.
    settling: Option<String>,
    /// A text that cannot be served; it is not tried again by itself.
    refused: Option<String>,
    unreadable: bool,
}

impl FileWatch {
    /// Watches the file that the gateway was built from.
    #[must_use]
    pub fn new(gateway: Arc<Gateway>, path: impl Into<PathBuf>) -> Self {
        Self {
            gateway,
            path: path.into(),
            settling: None,
            refused: None,
            unreadable: false,
        }
    }

    /// Looks at every tick, and at once when notified. Never ends; drop it to stop.
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

    /// Looks at the file once.
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
