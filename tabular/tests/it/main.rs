//! Files as departments send them, and what the reader says.

mod csv;
mod kind;
mod ndjson;
mod streams;
mod written;
mod xlsx;
