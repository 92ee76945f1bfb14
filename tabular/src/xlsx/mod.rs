//! XLSX: stored in a temporary file, then read by a child process with limits on memory and processor time.
//!
//! A workbook states sizes that a parser believes before it reads the data, so a file of 2 kB can ask for gigabytes. In a
//! child process this ends in a refusal of the file, and never in the end of the platform.

mod check;
mod child;
mod message;
mod spool;

pub use child::read_xlsx_child;
pub(crate) use spool::Spool;
