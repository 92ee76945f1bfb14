//! Export of projects in the Open Contracting for Infrastructure Data Standard (OC4IDS 0.9.5).
//!
//! `export` reads projects page by page and gives the package as a stream of bytes; `settings` has what the publisher
//! decides, `package` the frame of the package. The other modules map the rows of one project, without I/O: `project` is
//! where they meet. `docs/oc4ids.md` has the table of the fields.
//!
//! What the standard forbids cannot be written: a field without a value is left out (`text`, `skip_serializing_if`), an
//! amount is a number with its currency (`value`), a day is a time in the city's zone (`time`). Text of the export is
//! Vietnamese, as the data is.

mod clearance;
mod contract;
mod document;
mod export;
mod package;
mod party;
mod period;
mod phase;
mod place;
mod plan;
mod project;
mod rows;
mod settings;
mod text;
mod time;
mod transaction;
mod value;

pub use export::{Asked, Chunk, Export};
pub use rows::{Decision, ProjectRows};
pub use settings::{Prefix, PrefixError, Settings};
