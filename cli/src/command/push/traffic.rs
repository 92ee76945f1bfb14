//! What has moved in a push so far: its progress bar, and the watch for a connection that moves nothing.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use parking_lot::Mutex;

use crate::client::Language;

/// Progress of one file, shared by its sender and the reader of the answer.
pub struct Traffic {
    bar: ProgressBar,
    language: Language,
    /// Number of pieces that moved in either direction.
    moved: AtomicU64,
    /// Why the file could not be read.
    fault: Mutex<Option<io::Error>>,
}

impl Traffic {
    /// Shows a bar on stderr, if that is a terminal.
    pub fn new(name: &str, len: u64, language: Language) -> Self {
        let style = ProgressStyle::with_template("{prefix:24} {bar:30} {bytes}/{total_bytes} {msg}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::new(len).with_style(style).with_prefix(name.to_owned());
        Self { bar, language, moved: AtomicU64::new(0), fault: Mutex::default() }
    }

    /// Notes that bytes were sent, up to a position in the file.
    pub fn sent(&self, position: u64) {
        self.bar.set_position(position);
        self.moved.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes that a part of the answer came, with which `rows` rows are answered.
    pub fn answered(&self, rows: u64) {
        self.moved.fetch_add(1, Ordering::Relaxed);
        // A text is made for nobody when there is no terminal.
        if !self.bar.is_hidden() {
            self.bar
                .set_message(self.language.pick(format!("{rows} rows answered"), format!("{rows} dòng đã có kết quả")));
        }
    }

    /// Notes that the file cannot be read on.
    pub fn broke(&self, fault: io::Error) {
        *self.fault.lock() = Some(fault);
    }

    /// Takes what [`Self::broke`] noted.
    pub fn fault(&self) -> Option<io::Error> {
        self.fault.lock().take()
    }

    /// Writes a line to stderr without disturbing the bar.
    pub fn say(&self, line: &str) {
        self.bar.suspend(|| eprintln!("{line}"));
    }

    /// Resolves when nothing has moved for a time.
    pub async fn stalled(&self, patience: Duration) {
        let mut before = self.moved.load(Ordering::Relaxed);
        loop {
            tokio::time::sleep(patience).await;
            let now = self.moved.load(Ordering::Relaxed);
            if now == before {
                return;
            }
            before = now;
        }
    }
}

impl Drop for Traffic {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
