//! Sheets of typed values, for exports: CSV and workbooks.

use super::{CELL_CHARS, WriteError, csv_line, fitting, neutral, properties};
use crate::value::serial_of;
use chrono_tz::Tz;
use rust_xlsxwriter::{Color, Format as CellFormat, Workbook, Worksheet};
use std::borrow::Cow;

/// Most digits of a number that a spreadsheet program keeps.
const SPREADSHEET_DIGITS: usize = 15;
/// Most digits before the point that the general number format shows.
const GENERAL_DIGITS: usize = 10;
/// Number of rows that decide over the width of a column.
const MEASURED_ROWS: usize = 100;
/// Most characters of the name of a sheet.
const NAME_CHARS: usize = 31;

/// Value of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Datum {
    /// Nothing.
    Empty,
    /// Text, never a formula.
    Text(String),
    /// Number with a decimal point, without separators of thousands.
    Number(String),
    /// Yes or no.
    Boolean(bool),
    /// Day, as `2026-03-15`.
    Date(String),
    /// Point in time (RFC 3339).
    Instant(String),
}

/// Table of typed values with a header.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    /// Name; in a workbook what a spreadsheet program does not accept in it is replaced.
    pub name: String,
    /// Names of the columns.
    pub header: Vec<String>,
    /// Rows, each with a value for each column.
    pub rows: Vec<Vec<Datum>>,
    /// Text at the foot of each printed page; empty for none.
    pub footer: String,
}

impl Sheet {
    /// Number of texts that are longer than a cell of a workbook, so that [`workbook`] writes their beginning only.
    #[must_use]
    pub fn long_texts(&self) -> usize {
        let is_long = |datum: &&Datum| matches!(datum, Datum::Text(text) if text.chars().count() > CELL_CHARS);
        self.rows.iter().flatten().filter(is_long).count()
    }
}

/// The table as CSV (RFC 4180) in UTF-8 with a byte order mark, so that spreadsheet programs show it right. Values have
/// their canonical text. A text that a spreadsheet program would take for a formula has an apostrophe before it; a number
/// has none, whatever its sign.
#[must_use]
pub fn sheet_csv(sheet: &Sheet) -> Vec<u8> {
    let mut file = "\u{feff}".to_owned();
    let header: Vec<_> = sheet.header.iter().map(|name| neutral(name)).collect();
    csv_line(&mut file, header.iter().map(AsRef::as_ref));
    for row in &sheet.rows {
        let cells: Vec<_> = row.iter().map(csv_cell).collect();
        csv_line(&mut file, cells.iter().map(AsRef::as_ref));
    }
    file.into_bytes()
}

fn csv_cell(datum: &Datum) -> Cow<'_, str> {
    match datum {
        Datum::Empty => "".into(),
        Datum::Boolean(value) => if *value { "true" } else { "false" }.into(),
        Datum::Number(text) if is_number(text) => text.into(),
        Datum::Text(text) | Datum::Number(text) | Datum::Date(text) | Datum::Instant(text) => neutral(text),
    }
}

fn is_number(text: &str) -> bool {
    text.starts_with(|first: char| first == '-' || first.is_ascii_digit())
        && text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// A workbook of the tables, with fixed headers and typed cells. Times are in `zone`, because a workbook has none. A number
/// with more digits than a spreadsheet program keeps is written as text.
///
/// # Errors
///
/// There are more columns or rows than a workbook has.
pub fn workbook(title: &str, sheets: &[Sheet], zone: Tz) -> Result<Vec<u8>, WriteError> {
    let mut book = Workbook::new();
    book.set_properties(&properties(title)?);
    let formats = Formats::new();
    let mut names: Vec<String> = Vec::new();
    for sheet in sheets {
        let name = unused_name(&sheet.name, &names);
        let page = book.add_worksheet();
        page.set_name(&name)?;
        names.push(name);
        write(page, sheet, &formats, zone)?;
    }
    Ok(book.save_to_buffer()?)
}

struct Formats {
    header: CellFormat,
    text: CellFormat,
    date: CellFormat,
    instant: CellFormat,
    long_integer: CellFormat,
    long_fraction: CellFormat,
}

impl Formats {
    fn new() -> Self {
        let number = |format: &str| CellFormat::new().set_num_format(format);
        Self {
            header: CellFormat::new().set_bold().set_background_color(Color::RGB(0x00DD_EBF7)),
            text: number("@"),
            date: number("dd/mm/yyyy"),
            instant: number("dd/mm/yyyy hh:mm:ss"),
            long_integer: number("0"),
            long_fraction: number("0.0####"),
        }
    }
}

fn write(page: &mut Worksheet, sheet: &Sheet, formats: &Formats, zone: Tz) -> Result<(), WriteError> {
    page.set_freeze_panes(1, 0)?.set_repeat_rows(0, 0)?;
    if !sheet.footer.is_empty() {
        // An ampersand begins a code there, and the foot of a page has at most 255 characters.
        let text: String = sheet.footer.chars().take(200).collect();
        page.set_footer(format!("&L{}&R&P/&N", text.replace('&', "&&")));
    }
    for (column, name) in (0_u16..).zip(&sheet.header) {
        page.write_string_with_format(0, column, fitting(name), &formats.header)?;
        page.set_column_width(column, width(sheet, column))?;
    }
    for (line, row) in (1_u32..).zip(&sheet.rows) {
        for (column, datum) in (0_u16..).zip(row) {
            cell(page, (line, column), datum, formats, zone)?;
        }
    }
    if let (Ok(last_row @ 1..), Some(last_column)) =
        (u32::try_from(sheet.rows.len()), u16::try_from(sheet.header.len()).ok().and_then(|count| count.checked_sub(1)))
    {
        page.autofilter(0, 0, last_row, last_column)?;
    }
    Ok(())
}

fn cell(
    page: &mut Worksheet,
    (row, column): (u32, u16),
    datum: &Datum,
    formats: &Formats,
    zone: Tz,
) -> Result<(), WriteError> {
    let number = match datum {
        Datum::Empty => return Ok(()),
        Datum::Boolean(value) => {
            page.write_boolean(row, column, *value)?;
            return Ok(());
        }
        Datum::Text(_) => None,
        Datum::Number(text) => exact(text).map(|(number, format)| (number, format.of(formats))),
        Datum::Date(text) => serial_of(text, zone).map(|serial| (serial, Some(&formats.date))),
        Datum::Instant(text) => serial_of(text, zone).map(|serial| (serial, Some(&formats.instant))),
    };
    match (number, datum) {
        (Some((number, Some(format))), _) => page.write_number_with_format(row, column, number, format)?,
        (Some((number, None)), _) => page.write_number(row, column, number)?,
        (None, Datum::Text(text) | Datum::Number(text) | Datum::Date(text) | Datum::Instant(text)) => {
            page.write_string_with_format(row, column, fitting(text), &formats.text)?
        }
        (None, Datum::Empty | Datum::Boolean(_)) => page,
    };
    Ok(())
}

/// How a number is shown.
#[derive(Clone, Copy)]
enum Shown {
    General,
    LongInteger,
    LongFraction,
}

impl Shown {
    fn of(self, formats: &Formats) -> Option<&CellFormat> {
        match self {
            Self::General => None,
            Self::LongInteger => Some(&formats.long_integer),
            Self::LongFraction => Some(&formats.long_fraction),
        }
    }
}

/// The number, if a spreadsheet program keeps the digits that were stated: at most fifteen, or a binary fraction, whose
/// text is the shortest one that gives it back.
fn exact(text: &str) -> Option<(f64, Shown)> {
    if !is_number(text) {
        return None;
    }
    let number: f64 = text.parse().ok()?;
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    let count = |part: &str| part.chars().filter(char::is_ascii_digit).count();
    let (whole, is_fraction) = (count(mantissa.split('.').next().unwrap_or_default()), mantissa.contains('.'));
    let is_binary = is_fraction && whole <= SPREADSHEET_DIGITS && number.to_string() == text;
    if count(mantissa.trim_start_matches(['-', '0', '.'])) > SPREADSHEET_DIGITS && !is_binary {
        return None;
    }
    let shown = match (whole > GENERAL_DIGITS, is_fraction) {
        (false, _) => Shown::General,
        (true, false) => Shown::LongInteger,
        (true, true) => Shown::LongFraction,
    };
    Some((number, shown))
}

/// Characters of the longest of the first values of a column, within bounds.
fn width(sheet: &Sheet, column: u16) -> u16 {
    let values = sheet.rows.iter().take(MEASURED_ROWS).filter_map(|row| row.get(usize::from(column)));
    let length = |datum: &Datum| match datum {
        Datum::Empty => 0,
        Datum::Boolean(_) => 5,
        Datum::Date(_) => 10,
        Datum::Instant(_) => 19,
        Datum::Text(text) | Datum::Number(text) => text.chars().count(),
    };
    let header = sheet.header.get(usize::from(column)).map_or(0, |name| name.chars().count());
    let longest = values.map(length).max().unwrap_or_default().max(header).clamp(8, 60);
    u16::try_from(longest).unwrap_or(60) + 2
}

/// A name that spreadsheet programs accept, and that no other sheet has.
fn unused_name(wanted: &str, names: &[String]) -> String {
    let first = super::template::sheet_name(wanted);
    let is_used = |name: &str| names.iter().any(|used| used.to_lowercase() == name.to_lowercase());
    let numbered = (2..).map(|number: usize| {
        let suffix = format!(" {number}");
        first.chars().take(NAME_CHARS - suffix.len()).chain(suffix.chars()).collect()
    });
    std::iter::once(first.clone()).chain(numbered).find(|name| !is_used(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{Data, Reader as _, Xlsx};
    use std::io::Cursor;

    fn text(text: &str) -> Datum {
        Datum::Text(text.to_owned())
    }

    fn number(text: &str) -> Datum {
        Datum::Number(text.to_owned())
    }

    fn sheet(name: &str, rows: Vec<Vec<Datum>>) -> Sheet {
        let header = (0..rows[0].len()).map(|column| format!("c{column}")).collect();
        Sheet { name: name.to_owned(), header, rows, footer: "A & B".to_owned() }
    }

    fn read(bytes: Vec<u8>) -> Vec<(String, Vec<Vec<Data>>)> {
        let mut book = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
        let read = |(name, range): (String, calamine::Range<Data>)| {
            (name, range.rows().map(<[Data]>::to_vec).collect::<Vec<_>>())
        };
        book.worksheets().into_iter().map(read).collect()
    }

    #[test]
    fn no_text_of_a_csv_is_a_formula_and_numbers_stay_numbers() {
        let rows = vec![
            vec![text("=1+1"), text("+84 24"), text("-5"), text("@SUM(A1)"), text("\tx"), text("'=x")],
            vec![number("-5"), number("0.95"), number("5e-7"), number("=2"), number("+7"), text("Hoàn Kiếm")],
            vec![Datum::Boolean(true), Datum::Empty, text("a;b"), text("\"x\", y"), text("a\nb"), text(" c")],
        ];
        let file = String::from_utf8(sheet_csv(&sheet("x", rows))).expect("UTF-8");
        let expected = "\u{feff}c0,c1,c2,c3,c4,c5\r\n\
            '=1+1,'+84 24,'-5,'@SUM(A1),\"'\tx\",''=x\r\n\
            -5,0.95,5e-7,'=2,'+7,Hoàn Kiếm\r\n\
            true,,\"a;b\",\"\"\"x\"\", y\",\"a\nb\",\" c\"\r\n";
        assert_eq!(file, expected);
        let mut header = sheet("x", vec![vec![text("")]]);
        header.header[0] = "=cmd".to_owned();
        assert!(sheet_csv(&header).starts_with("\u{feff}'=cmd\r\n".as_bytes()));
    }

    #[test]
    fn cells_of_a_workbook_are_typed() {
        let date = |text: &str| Datum::Date(text.to_owned());
        let rows = vec![
            vec![text("=1+1"), number("-5"), number("1234567890123.5"), date("2026-03-15"), Datum::Boolean(false)],
            vec![
                text("00004"),
                number("0.1"),
                number("12345678901234567.25"),
                date("someday"),
                Datum::Instant("2026-03-14T17:30:00Z".to_owned()),
            ],
        ];
        let bytes = workbook("Nhiệm vụ", &[sheet("Quá hạn", rows)], chrono_tz::Asia::Ho_Chi_Minh).expect("written");
        let read = read(bytes);
        let [(name, rows)] = &read[..] else { panic!("{read:?}") };
        assert_eq!(name, "Quá hạn");
        let string = |text: &str| Data::String(text.to_owned());
        assert_eq!(rows[1][..3], [string("=1+1"), Data::Float(-5.0), Data::Float(1_234_567_890_123.5)]);
        let serial = |cell: &Data| match cell {
            Data::DateTime(time) => time.as_f64(),
            other => panic!("{other:?}"),
        };
        // 15 March 2026 is day 46,096 of the calendar of spreadsheets; 17:30 UTC is 00:30 of the next day in Hanoi.
        assert!((serial(&rows[1][3]) - 46_096.0).abs() < 1e-9);
        assert_eq!(rows[1][4], Data::Bool(false));
        let exact = [string("00004"), Data::Float(0.1), string("12345678901234567.25"), string("someday")];
        assert_eq!(rows[2][..4], exact);
        assert!((serial(&rows[2][4]) - (46_096.0 + 0.5 / 24.0)).abs() < 1e-4);
    }

    #[test]
    fn a_number_is_one_only_if_no_digit_is_lost() {
        for kept in
            ["0", "-5", "0.8333333333333334", "5e-7", "123456789012345", "-1234567890123.45", "0.000000123456789"]
        {
            assert_eq!(exact(kept).map(|(number, _)| number), kept.parse().ok(), "{kept}");
        }
        for text in
            ["1234567890123456", "12345678901234567.25", "9007199254740993", "NaN", "inf", "", "+1", ".5x", "1,5"]
        {
            assert!(exact(text).is_none(), "{text}");
        }
    }

    #[test]
    fn sheets_have_different_names_that_are_accepted() {
        let one = || vec![vec![text("x")]];
        let long = "a".repeat(40);
        let sheets = [sheet("tasks", one()), sheet("Tasks", one()), sheet(&long, one()), sheet(&long, one())];
        let names = read(workbook("x", &sheets, Tz::UTC).expect("written")).into_iter().map(|(name, _)| name);
        let expected = ["tasks".to_owned(), "Tasks 2".to_owned(), "a".repeat(31), format!("{} 2", "a".repeat(29))];
        assert_eq!(names.collect::<Vec<_>>(), expected);
        let empty = Sheet { name: "[x]:/".to_owned(), ..Sheet::default() };
        assert_eq!(read(workbook("x", &[empty], Tz::UTC).expect("written"))[0].0, "x");
    }

    #[test]
    fn texts_that_do_not_fit_are_counted() {
        let whole = "x".repeat(CELL_CHARS);
        let rows = vec![vec![text(&whole), text(&format!("{whole}y"))]];
        assert_eq!(sheet("x", rows).long_texts(), 1);
    }
}
