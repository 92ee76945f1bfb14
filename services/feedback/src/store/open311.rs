//! SQL of Open311.
