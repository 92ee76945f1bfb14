//! Progress reports of a load.

/// Receiver of progress: stages of a load and steps within each. By default it does nothing.
pub trait Progress: Send + Sync {
    /// A stage with `total` steps begins.
    fn stage(&self, _name: &str, _total: u64) {}

    /// This number of steps of the current stage is done.
    fn advance(&self, _steps: u64) {}
}

/// Receiver that does nothing.
#[derive(Debug, Clone, Copy)]
pub struct NoProgress;

impl Progress for NoProgress {}
