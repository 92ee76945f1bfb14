//! Progress of a load.

/// Receiver of the progress of a load. Stages can run at the same time.
pub trait Progress: Send + Sync {
    /// A stage with `total` steps begins. It ends when its value is dropped.
    fn stage(&self, name: &'static str, total: u64) -> Box<dyn Stage>;
}

/// A stage that runs.
pub trait Stage: Send + Sync {
    /// This number of its steps is done.
    fn advance(&self, steps: u64);
}

/// Receiver that does nothing.
#[derive(Debug, Clone, Copy)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn stage(&self, _name: &'static str, _total: u64) -> Box<dyn Stage> {
        Box::new(Self)
    }
}

impl Stage for NoProgress {
    fn advance(&self, _steps: u64) {}
}
