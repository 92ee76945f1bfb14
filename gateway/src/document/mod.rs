//! Parses and validates documents.
