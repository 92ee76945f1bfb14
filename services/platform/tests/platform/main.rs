//! The platform's own records.

mod audit;
mod keys;
