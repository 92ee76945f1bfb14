//! SQL of the platform's own records.

pub mod audit;
pub mod filter;
pub mod key;
pub mod source;
