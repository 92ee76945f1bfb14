//! How a file is to be read: what its sender declares and what the installation allows.

use crate::limits::Limits;
use chrono_tz::Tz;
use std::path::PathBuf;

/// Format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object on each line.
    Ndjson,
    /// Columns separated by `,`, `;`, tab or `|`.
    Csv,
    /// Workbook of a spreadsheet program.
    Xlsx,
}

/// Compression of a file. An XLSX is compressed by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Not compressed.
    None,
    /// Gzip, also with several members.
    Gzip,
    /// Zstandard, also with several frames.
    Zstd,
}

/// Where a required field must be stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Required {
    /// Each row states it: without it a row has the fault `REQUIRED`, and a table without its column is refused.
    EveryRow,
    /// Only rows of new records state it. The caller knows which these are and adds [`crate::Fault::required`].
    /// A null is refused in each case.
    NewRecords,
}

/// Program that runs [`crate::read_xlsx_child`], with its first arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Child {
    /// Path of the program.
    pub program: PathBuf,
    /// Arguments before those that this crate adds.
    pub arguments: Vec<String>,
}

/// How a file is to be read.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Declared format.
    pub format: Format,
    /// Declared compression.
    pub compression: Compression,
    /// Declared charset of a text file, for example `windows-1258`. UTF-8 is recognised in any case.
    pub charset: Option<String>,
    /// Zone of times without an offset.
    pub zone: Tz,
    /// Where a required field must be stated.
    pub required: Required,
    /// Name of the sheet of an XLSX that is read when it exists: the title of the kind of record. Otherwise the first
    /// visible sheet is read.
    pub sheet: Option<String>,
    /// Program that reads an XLSX. Without it an XLSX is refused.
    pub child: Option<Child>,
    /// Limits of the file.
    pub limits: Limits,
}

impl Reading {
    /// Reads an uncompressed file of this format; times without an offset are of Ho Chi Minh City.
    pub fn new(format: Format) -> Self {
        Self {
            format,
            compression: Compression::None,
            charset: None,
            zone: chrono_tz::Asia::Ho_Chi_Minh,
            required: Required::EveryRow,
            sheet: None,
            child: None,
            limits: Limits::default(),
        }
    }
}
