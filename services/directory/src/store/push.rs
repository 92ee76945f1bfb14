//! SQL of pushes.

/// Checks the shares of the successions that a chunk wrote: `directory.check_shares` otherwise waits for the end.
pub const SETTLE_SHARES: &str = "SELECT directory.settle_shares() WHERE $1 IS NOT NULL";
