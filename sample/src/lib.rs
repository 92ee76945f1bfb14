//! Bundled sample cities.
