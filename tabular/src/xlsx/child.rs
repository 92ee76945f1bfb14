//! The process that reads a workbook and writes its cells as NDJSON to standard output.

use super::check;
use super::message::{Kind, LAST_COLUMN, Merged, Message, Refusal, Task};
use crate::bytes::{font_name, is_unicode};
use crate::write::{GUIDE, LISTS};
use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxFormulaMetadata, open_workbook};
use nix::sys::resource::{Resource, setrlimit};
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::process::ExitCode;

/// Most leading zeros and digits of a code.
const MOST_ZEROS: usize = 40;

/// Most cells, and bytes of their texts, that are looked at to recognise an encoding.
const SAMPLE_CELLS: usize = 50_000;
const SAMPLE_BYTES: usize = 64 * 1024;

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
    if let Some(font) = font(&mut book, &name)? {
        return Err(Stop::Refused(Refusal::Font(font.to_owned())));
    }
    let mut zeros = Zeros::new(&task.path, &name)?;
    let mut cells = book.worksheet_cells_reader(&name)?;
    let mut row: (u64, Vec<(usize, Kind, String)>) = (0, Vec::new());
    while let Some(cell) = cells.next_cell_with_formula_metadata()? {
        let formula = cell.formula.as_ref().map(|formula| match formula {
            XlsxFormulaMetadata::Normal { formula } | XlsxFormulaMetadata::Shared { formula, .. } => formula.as_str(),
            _ => "",
        });
        let Some((kind, mut text)) = cell_text(&cell.value, formula, task.cell_bytes) else { continue };
        if kind == Kind::Number {
            text = zeros.shown(cell.pos, text);
        }
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

/// The font encoding of most of the first texts of a sheet. Of a few cells none may be clear by itself. Headers are often Unicode when what is
/// below them is not.
fn font(book: &mut Xlsx<BufReader<File>>, sheet: &str) -> Result<Option<&'static str>, Stop> {
    let mut cells = book.worksheet_cells_reader(sheet)?;
    let (mut texts, mut others, mut unicode) = (String::new(), 0_usize, 0_usize);
    for _ in 0..SAMPLE_CELLS {
        if texts.len() > SAMPLE_BYTES {
            break;
        }
        let Some(cell) = cells.next_cell()? else { break };
        let text = match cell.get_value() {
            DataRef::String(text) => text.as_str(),
            DataRef::SharedString(text) => *text,
            _ => continue,
        };
        if text.contains(is_unicode) {
            unicode += 1;
        } else if !text.is_ascii() {
            others += 1;
            texts.push(' ');
            texts.push_str(text);
        }
    }
    Ok(if others > unicode { font_name(&texts) } else { None })
}

/// Cells that show a number with leading zeros, by a number format such as `00000`: codes that a spreadsheet took for numbers.
/// The styles of cells are read beside their values, and only if the workbook has such a format.
struct Zeros {
    /// The style of each cell in the order of the sheet, the next one last.
    styled: Vec<((u32, u32), usize)>,
}

impl Zeros {
    fn new(path: &std::path::Path, sheet: &str) -> Result<Self, Stop> {
        let mut book: Xlsx<BufReader<File>> = open_workbook(path)?;
        let mut cells = book.worksheet_cells_reader(sheet)?;
        let digits =
            |style: &calamine::Style| style.number_format.as_ref().map_or(0, |format| zeros(&format.format_code));
        let widths: Vec<usize> = cells.styles().iter().map(digits).collect();
        let mut styled = Vec::new();
        if widths.iter().any(|width| *width > 0) {
            while let Some((row, column, style)) = cells.next_style_id()? {
                let width = widths.get(style).copied().unwrap_or(0);
                if width > 0 {
                    styled.push(((row, column), width));
                }
            }
        }
        styled.sort_unstable_by(|left, right| right.cmp(left));
        Ok(Self { styled })
    }

    /// The number as the cell shows it. Cells come in the order of the sheet.
    fn shown(&mut self, at: (u32, u32), number: String) -> String {
        while self.styled.last().is_some_and(|(place, _)| *place < at) {
            self.styled.pop();
        }
        let width = self.styled.last().filter(|(place, _)| *place == at).map_or(0, |(_, width)| *width);
        let is_whole = number.bytes().all(|byte| byte.is_ascii_digit());
        if is_whole { format!("{number:0>width$}") } else { number }
    }
}

/// Number of digits that a number format shows at least, if it has nothing but zeros; otherwise 0.
fn zeros(format: &str) -> usize {
    let numbers = format.split(';').next().unwrap_or_default();
    let is_code = (2..=MOST_ZEROS).contains(&numbers.len()) && numbers.bytes().all(|byte| byte == b'0');
    if is_code { numbers.len() } else { 0 }
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

/// The value of `=TRUE()` and `=FALSE()`: a spreadsheet program writes them into a cell of text that says so, with the number 1 or 0.
fn logical(formula: &str) -> Option<bool> {
    match formula.trim().trim_start_matches('=').to_ascii_uppercase().as_str() {
        "TRUE()" => Some(true),
        "FALSE()" => Some(false),
        _ => None,
    }
}

/// Kind and text of a cell; nothing for an empty one.
fn cell_text(value: &DataRef<'_>, formula: Option<&str>, longest: usize) -> Option<(Kind, String)> {
    let text = |text: &str| {
        let mut end = text.len().min(longest);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text[..end].to_owned()
    };
    if let Some(value) = formula.and_then(logical) {
        return Some((Kind::Bool, value.to_string()));
    }
    Some(match value {
        DataRef::Empty if formula.is_some() => (Kind::Formula, text(&format!("={}", formula.unwrap_or_default()))),
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
