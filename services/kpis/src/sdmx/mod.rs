//! Exchange of published observations with statistics offices: SDMX-CSV 2.0 and its structure in SDMX-ML 3.0.
//!
//! `component` declares the columns once: the header of an export, the columns of an import and the definition of the structure
//! are made from it. `status`, `period`, `code`, `number` and `cell` spell single values, without I/O. `selection` is what an
//! export is asked for, `export` reads observations page by page and writes their lines (`line`), `structure` writes the
//! definition, `import` makes rows of the kind `observations` of the lines of a file (`read`, `key`). `docs/sdmx.md` explains the
//! columns.

mod cell;
mod code;
mod component;
mod export;
mod import;
mod key;
mod line;
mod number;
mod period;
mod read;
mod selection;
mod status;
mod structure;
mod xml;

pub use export::{Asked, Chunk, Export};
pub use import::LAYOUT;
pub use line::ObservedRow;
pub use selection::{Selection, Stated};
pub use structure::structure;

/// Media type of SDMX-CSV. Its parameter `version` is 2.0.0.
pub const CSV: &str = "application/vnd.sdmx.data+csv";

/// Media type of the structure.
pub const STRUCTURE: &str = "application/vnd.sdmx.structure+xml; version=3.0.0";
