//! How far a load has come, for whoever wants to show it.

/// Told of the stages of a load and of the steps within each.
pub trait Progress: Send + Sync {
    /// A stage begins that has `total` steps.
    fn stage(&self, name: &str, total: u64);

    /// So many steps of the current stage are done.
    fn advance(&self, steps: u64);
}

/// Shows nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn stage(&self, _name: &str, _total: u64) {}

    fn advance(&self, _steps: u64) {}
}
