//! Budget of a client request: the work that it may cause in the subgraphs, which charge it themselves.

use std::sync::{Arc, atomic::AtomicU64};

/// Units of work that one client request may cause. Subgraphs in this process share the count; a subgraph with a URL is
/// sent the units and counts by itself.
#[derive(Clone, Debug)]
pub struct Budget {
    /// The units of the whole request.
    pub units: u64,
    /// What subgraphs in this process have charged so far.
    pub charged: Arc<AtomicU64>,
}

impl Budget {
    pub(crate) fn new(units: u64) -> Self {
        Self { units, charged: Arc::default() }
    }
}
