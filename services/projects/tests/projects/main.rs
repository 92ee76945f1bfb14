//! The projects against a database of their own.

mod oc4ids;
