//! The parent of the child process: stores the workbook, starts the child, reads its pipe row by row.

use super::message::{Kind, LAST_COLUMN, Merged, Message, Refusal, Task};
use crate::bytes::{fault_of_font, signature};
use crate::excerpt::{excerpt, names};
use crate::fault::{Fault, FileFault, ReadError, code};
use crate::field::{Field, Words};
use crate::header::column_name;
use crate::reading::{Child, Format, Reading};
use crate::row::{Sink, Summary};
use crate::table::Table;
use crate::value::{Cell, CellKind};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use tempfile::NamedTempFile;

/// Longest line of the child: a row of full cells is shorter.
const LONGEST_MESSAGE: u64 = 16 * 1024 * 1024;

/// A workbook on its way to the child process.
pub(crate) struct Spool<'a> {
    file: NamedTempFile,
    bytes: u64,
    child: Child,
    sheet: Option<String>,
    limits: crate::limits::Limits,
    table: Table<'a>,
    head: Vec<u8>,
    /// Whether the child has said anything.
    has_begun: bool,
}

impl<'a> Spool<'a> {
    pub(crate) fn new(fields: &'a [Field], reading: &Reading) -> Result<Self, FileFault> {
        let child = reading.child.clone().ok_or_else(|| {
            FileFault::new(
                code::NOT_SUPPORTED,
                "found an XLSX; accepted here: CSV and NDJSON, because this installation does not read XLSX",
                "tệp XLSX; ở đây chấp nhận: CSV và NDJSON, vì hệ thống này không đọc XLSX",
            )
        })?;
        let file = NamedTempFile::new().map_err(|_| no_space())?;
        let (sheet, limits) = (reading.sheet.clone(), reading.limits);
        Ok(Self {
            file,
            bytes: 0,
            child,
            sheet,
            limits,
            table: Table::new(fields, reading),
            head: Vec::new(),
            has_begun: false,
        })
    }

    pub(crate) fn push(&mut self, data: &[u8]) -> Result<(), FileFault> {
        const HEAD: usize = 512;
        self.bytes += data.len() as u64;
        if self.bytes > self.limits.workbook_bytes {
            let most = self.limits.workbook_bytes / (1024 * 1024);
            return Err(FileFault::new(
                code::TOO_LARGE,
                format!("found a workbook over {most} MiB; accepted: at most that; send a CSV or split the file"),
                format!("bảng tính lớn hơn {most} MiB, vượt mức cho phép; hãy gửi CSV hoặc chia nhỏ tệp"),
            ));
        }
        let missing = HEAD - self.head.len();
        self.head.extend_from_slice(&data[..data.len().min(missing)]);
        self.file.write_all(data).map_err(|_| no_space())
    }

    pub(crate) fn finish(&mut self, sink: &mut Sink<'_>) -> Result<Summary, ReadError> {
        signature::check(&self.head, Format::Xlsx)?;
        self.file.flush().map_err(|_| no_space())?;
        let task = Task {
            path: self.file.path().to_owned(),
            sheet: self.sheet.take(),
            memory_bytes: self.limits.child_memory_bytes,
            cpu_s: self.limits.child_cpu_s,
            parts: self.limits.workbook_parts,
            inflated_bytes: self.limits.workbook_inflated_bytes,
            ratio: self.limits.ratio,
            ratio_from_bytes: self.limits.ratio_from_bytes,
            cell_bytes: self.limits.cell_bytes,
        };
        let task = serde_json::to_string(&task).map_err(|_| unreadable("the task"))?;
        let mut result = self.run(&task, sink);
        // A process that ends before its first word may have met a full machine.
        if result.is_err() && !self.has_begun {
            result = self.run(&task, sink);
        }
        result?;
        self.table.finish(sink)?;
        let notes = std::mem::take(&mut self.table.notes);
        Ok(Summary { rows: self.table.rows, encoding: None, notes })
    }

    /// Reads the workbook in a process of its own.
    fn run(&mut self, task: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        // The child needs nothing of the environment, which holds secrets.
        let mut child = Command::new(&self.child.program)
            .args(&self.child.arguments)
            .arg(task)
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|_| unreadable("the process that reads workbooks does not start"))?;
        let result = match child.stdout.take() {
            Some(pipe) => self.receive(BufReader::with_capacity(64 * 1024, pipe), sink),
            None => Err(unreadable("the process that reads workbooks has no output").into()),
        };
        // Ends the child when its rows are not wanted any more; a child that ended by itself is not there to kill.
        let _ = child.kill();
        let _ = child.wait();
        result
    }

    fn receive(&mut self, mut pipe: impl BufRead, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let mut merged = MergedRows::default();
        let mut from_1904 = false;
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = (&mut pipe).take(LONGEST_MESSAGE).read_until(b'\n', &mut line);
            if read.is_err() || line.last() != Some(&b'\n') {
                return Err(limits_passed().into());
            }
            self.has_begun = true;
            match serde_json::from_slice::<Message>(&line).map_err(|_| unreadable("a message"))? {
                Message::Sheet { name, hidden, others, from_1904: epoch, merged: ranges } => {
                    from_1904 = epoch;
                    merged = MergedRows::new(ranges);
                    self.note_sheets(&name, &hidden, &others);
                }
                Message::Row { row, cells } => {
                    let faults = merged.faults(row);
                    self.row(row, &cells, from_1904, faults, sink)?;
                }
                Message::End => return Ok(()),
                Message::Refused(refusal) => return Err(refused(&refusal).into()),
            }
        }
    }

    fn row(
        &mut self,
        row: u64,
        found: &[(usize, Kind, String)],
        from_1904: bool,
        faults: Vec<Fault>,
        sink: &mut Sink<'_>,
    ) -> Result<(), ReadError> {
        let width = found.iter().map(|(column, ..)| (*column).min(LAST_COLUMN) + 1).max().unwrap_or(0);
        let mut cells = vec![Cell { text: "", kind: CellKind::Text, from_1904 }; width];
        for (column, kind, text) in found {
            let kind = match kind {
                Kind::Text => CellKind::Text,
                Kind::Number => CellKind::Number,
                Kind::Serial => CellKind::Serial,
                Kind::Bool => CellKind::Bool,
                Kind::Error => CellKind::Error,
                Kind::Formula => CellKind::Formula,
            };
            cells[(*column).min(LAST_COLUMN)] = Cell { text, kind, from_1904 };
        }
        self.table.row(row, &cells, faults, sink)
    }

    fn note_sheets(&mut self, read: &str, hidden: &[String], others: &[String]) {
        let read = excerpt(read);
        if !hidden.is_empty() {
            let list = names(hidden);
            self.table.notes.push(Words::new(
                format!("read the sheet “{read}”; ignored hidden sheets: {list}"),
                format!("đã đọc trang tính “{read}”; bỏ qua các trang tính ẩn: {list}"),
            ));
        }
        if !others.is_empty() {
            let list = names(others);
            self.table.notes.push(Words::new(
                format!("read the sheet “{read}”; ignored other sheets: {list}"),
                format!("đã đọc trang tính “{read}”; bỏ qua các trang tính khác: {list}"),
            ));
        }
    }
}

/// Merged ranges in the order of their rows.
#[derive(Default)]
struct MergedRows {
    /// Those that start later, the next one last.
    later: Vec<Merged>,
    open: Vec<Merged>,
}

impl MergedRows {
    fn new(mut ranges: Vec<Merged>) -> Self {
        ranges.sort_by_key(|range| std::cmp::Reverse(range.first_row));
        Self { later: ranges, open: Vec::new() }
    }

    fn faults(&mut self, row: u64) -> Vec<Fault> {
        while self.later.last().is_some_and(|range| range.first_row <= row) {
            self.open.extend(self.later.pop());
        }
        self.open.retain(|range| range.last_row >= row);
        self.open.iter().take(10).map(merged_fault).collect()
    }
}

fn merged_fault(range: &Merged) -> Fault {
    let (first, last) = (column_name(range.first_column), column_name(range.last_column));
    let name = format!("{first}{}:{last}{}", range.first_row, range.last_row);
    Fault::new(
        "",
        code::MERGED_CELLS,
        format!(
            "found the merged cells {name}; accepted: no merged cells in data rows; unmerge them and fill each cell"
        ),
        format!("có ô gộp {name}; chấp nhận: các dòng dữ liệu không có ô gộp; hãy bỏ gộp và điền từng ô"),
    )
}

fn refused(refusal: &Refusal) -> FileFault {
    match refusal {
        Refusal::Encrypted => FileFault::new(
            code::ENCRYPTED,
            "found an encrypted workbook; accepted: one without a password",
            "bảng tính được mã hóa; chấp nhận: bảng tính không có mật khẩu",
        ),
        Refusal::TooLarge => FileFault::new(
            code::TOO_LARGE,
            "found a workbook with more data than accepted; send a CSV or split the file",
            "bảng tính chứa nhiều dữ liệu hơn mức cho phép; hãy gửi CSV hoặc chia nhỏ tệp",
        ),
        Refusal::NoSheet => FileFault::new(
            code::UNREADABLE,
            "found no visible sheet; accepted: a workbook with one",
            "không có trang tính nào hiển thị; chấp nhận: bảng tính có ít nhất một trang",
        ),
        Refusal::Font(name) => fault_of_font(name),
        Refusal::Unreadable(reason) => unreadable(reason),
    }
}

fn unreadable(reason: &str) -> FileFault {
    let reason = excerpt(reason);
    FileFault::new(
        code::UNREADABLE,
        format!(
            "found a workbook that cannot be read ({reason}); open it in a spreadsheet program and save it again as XLSX"
        ),
        format!("không đọc được bảng tính ({reason}); hãy mở bằng phần mềm bảng tính rồi lưu lại dạng XLSX"),
    )
}

fn limits_passed() -> FileFault {
    FileFault::new(
        code::UNREADABLE,
        "found a workbook that needs more memory or time than accepted; save it again as XLSX, or send a CSV",
        "bảng tính cần nhiều bộ nhớ hoặc thời gian hơn mức cho phép; hãy lưu lại dạng XLSX, hoặc gửi CSV",
    )
}

fn no_space() -> FileFault {
    FileFault::new(
        code::UNREADABLE,
        "the workbook cannot be stored on this server at the moment; send it again later",
        "máy chủ hiện không lưu được bảng tính; hãy gửi lại sau",
    )
}
