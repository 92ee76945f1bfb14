//! The process that reads a workbook and writes its cells as NDJSON to standard output.

use super::check;
use super::message::{Kind, LAST_COLUMN, Merged, Message, Refusal, Task};
use crate::write::{GUIDE, LISTS};
use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, open_workbook};
use nix::sys::resource::{Resource, setrlimit};
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::process::ExitCode;

/// Most merged ranges and other sheets that are reported.
const MOST_REPORTED: usize = 10_000;

/// Entry of the child process. `arguments` are those that follow the ones of [`crate::Child`].
///
/// It limits its own memory and processor time, so it must be called first in a process of its own, before threads are
/// started. A failure is a message on standard output, or the end of the process; the parent understands both.
pub fn read_xlsx_child(arguments: &[String]) -> ExitCode {
    let Some(task) = arguments.first().and_then(|text| serde_json::from_str::<Task>(text).ok()) else {
        eprintln!("found no task; this command is for the platform itself");
        return ExitCode::FAILURE;
    };
    let limited = setrlimit(Resource::RLIMIT_AS, task.memory_bytes, task.memory_bytes)
        .and_then(|()| setrlimit(Resource::RLIMIT_CPU, task.cpu_s, task.cpu_s))
        .and_then(|()| setrlimit(Resource::RLIMIT_CORE, 0, 0));
    if limited.is_err() {
        return ExitCode::FAILURE;
    }
    let mut out = Output(BufWriter::with_capacity(64 * 1024, io::stdout().lock()));
    let last = match read(&task, &mut out) {
        Ok(()) => Message::End,
        Err(Stop::Refused(refusal)) => Message::Refused(refusal),
        Err(Stop::Output) => return ExitCode::FAILURE,
    };
    match out.write(&last).and_then(|()| out.0.flush().map_err(|_| Stop::Output)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

struct Output(BufWriter<io::StdoutLock<'static>>);

impl Output {
    fn write(&mut self, message: &Message) -> Result<(), Stop> {
        serde_json::to_writer(&mut self.0, message).map_err(|_| Stop::Output)?;
        self.0.write_all(b"\n").map_err(|_| Stop::Output)
    }
}

enum Stop {
    Refused(Refusal),
    /// The parent reads no further.
    Output,
}

impl From<calamine::XlsxError> for Stop {
    fn from(error: calamine::XlsxError) -> Self {
        Self::Refused(match error {
            calamine::XlsxError::Password => Refusal::Encrypted,
            other => Refusal::Unreadable(other.to_string()),
        })
    }
}

fn read(task: &Task, out: &mut Output) -> Result<(), Stop> {
    check::archive(task).map_err(Stop::Refused)?;
    let mut book: Xlsx<BufReader<File>> = open_workbook(&task.path)?;
    let from_1904 = book.has_1904_epoch();
    let (name, hidden, others) = sheet(&book, task.sheet.as_deref())?;
    let mut merged = Vec::new();
    for range in book.merge_cells_by_sheet_name(&name)?.into_iter().take(MOST_REPORTED) {
        merged.push(Merged {
            first_row: u64::from(range.start.0) + 1,
            last_row: u64::from(range.end.0) + 1,
            first_column: range.start.1 as usize,
            last_column: range.end.1 as usize,
        });
    }
    out.write(&Message::Sheet { name: name.clone(), hidden, others, from_1904, merged })?;
    let mut cells = book.worksheet_cells_reader(&name)?;
    let mut row: (u64, Vec<(usize, Kind, String)>) = (0, Vec::new());
    while let Some(cell) = cells.next_cell_with_formula_metadata()? {
        let Some((kind, text)) = cell_text(&cell.value, cell.formula.is_some(), task.cell_bytes) else { continue };
        let number = u64::from(cell.pos.0) + 1;
        if number != row.0 {
            if number < row.0 {
                return Err(Stop::Refused(Refusal::Unreadable(format!("row {number} follows row {}", row.0))));
            }
            flush(&mut row, out)?;
            row.0 = number;
        }
        // A row with millions of cells in the same place must not fill the memory.
        if row.1.len() > LAST_COLUMN {
            row.1.truncate(LAST_COLUMN);
        }
        row.1.push(((cell.pos.1 as usize).min(LAST_COLUMN), kind, text));
    }
    flush(&mut row, out)
}

fn flush(row: &mut (u64, Vec<(usize, Kind, String)>), out: &mut Output) -> Result<(), Stop> {
    if row.1.is_empty() {
        return Ok(());
    }
    out.write(&Message::Row { row: row.0, cells: std::mem::take(&mut row.1) })
}

/// The sheet with the wanted name, or the first visible one; the hidden ones, and the visible ones that are not read.
fn sheet(book: &Xlsx<BufReader<File>>, wanted: Option<&str>) -> Result<(String, Vec<String>, Vec<String>), Stop> {
    let sheets = book.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let (visible, hidden): (Vec<_>, Vec<_>) = sheets.partition(|sheet| sheet.visible == SheetVisible::Visible);
    let same = |name: &str| wanted.is_some_and(|wanted| crate::fold::fold(wanted) == crate::fold::fold(name));
    let chosen = visible.iter().find(|sheet| same(&sheet.name)).or(visible.first());
    let Some(chosen) = chosen else { return Err(Stop::Refused(Refusal::NoSheet)) };
    let names = |sheets: &[&calamine::Sheet]| {
        let others = sheets.iter().filter(|sheet| sheet.name != chosen.name && !of_template(&sheet.name));
        others.map(|sheet| sheet.name.clone()).take(MOST_REPORTED).collect()
    };
    Ok((chosen.name.clone(), names(&hidden), names(&visible)))
}

/// Whether a template of this crate has this sheet beside the data.
fn of_template(name: &str) -> bool {
    name == LISTS || name.starts_with(GUIDE)
}

/// Kind and text of a cell; nothing for an empty one.
fn cell_text(value: &DataRef<'_>, is_formula: bool, longest: usize) -> Option<(Kind, String)> {
    let text = |text: &str| {
        let mut end = text.len().min(longest);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text[..end].to_owned()
    };
    Some(match value {
        DataRef::Empty if is_formula => (Kind::Formula, String::new()),
        DataRef::Empty => return None,
        DataRef::Int(number) => (Kind::Number, number.to_string()),
        DataRef::Float(number) => (Kind::Number, number.to_string()),
        DataRef::String(found) | DataRef::DateTimeIso(found) | DataRef::DurationIso(found) => (Kind::Text, text(found)),
        DataRef::SharedString(found) => (Kind::Text, text(found)),
        DataRef::Bool(value) => (Kind::Bool, value.to_string()),
        DataRef::DateTime(time) => (Kind::Serial, time.as_f64().to_string()),
        DataRef::Error(error) => (Kind::Error, error.to_string()),
    })
}
