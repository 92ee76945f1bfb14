//! Limits of a file. All of them bound memory or time; a file within them is read however long it is.

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// Limits of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes after decompression.
    pub file_bytes: u64,
    /// Most bytes of data for each byte of a compressed file. Counts from `ratio_from_bytes` of data on, because a
    /// short file of equal rows shrinks a lot.
    pub ratio: u64,
    /// See `ratio`.
    pub ratio_from_bytes: u64,
    /// Longest line of an NDJSON.
    pub line_bytes: usize,
    /// Longest cell.
    pub cell_bytes: usize,
    /// Longest record of a CSV.
    pub record_bytes: usize,
    /// Most columns with a header.
    pub columns: usize,
    /// Largest XLSX as it is sent.
    pub workbook_bytes: u64,
    /// Most parts of an XLSX.
    pub workbook_parts: usize,
    /// Most bytes of all parts of an XLSX after decompression.
    pub workbook_inflated_bytes: u64,
    /// Address space of the process that reads an XLSX.
    pub child_memory_bytes: u64,
    /// Processor time of the process that reads an XLSX.
    pub child_cpu_s: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 8 * 1024 * MIB as u64,
            ratio: 200,
            ratio_from_bytes: 64 * MIB as u64,
            line_bytes: MIB,
            cell_bytes: MIB,
            record_bytes: 4 * MIB,
            columns: 300,
            workbook_bytes: 64 * MIB as u64,
            workbook_parts: 2_000,
            workbook_inflated_bytes: 1024 * MIB as u64,
            child_memory_bytes: 2 * 1024 * MIB as u64,
            child_cpu_s: 60,
        }
    }
}
