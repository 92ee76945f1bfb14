//! Check and repair of the stored facts, for operators.

pub use crate::store::facts::recompute;
