//! A workbook: a sheet with the head of the document and what is to be known of each section, then one for each table.
//!
//! Numbers, shares and dates are typed cells, so that a reader can go on to calculate; the program shows them as its language
//! does. A text is always written as text, so no text of the data becomes a formula.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::on_one_line;
use crate::client::Language;
use crate::command::briefing::document::{Align, Cell, Document, Section, Table};
use crate::command::briefing::text::{self, MISSING};

/// Most characters of a cell of a spreadsheet program.
const CELL_CHARS: usize = 32_767;
/// Most characters of the name of a sheet.
const NAME_CHARS: usize = 31;
/// Narrowest and widest column, in characters.
const WIDTHS: (usize, usize) = (9, 50);
/// Widest header that is not wrapped, in characters.
const HEADER_CHARS: usize = 18;
/// Number of the paper format A4.
const A4: u8 = 9;

/// The document as a workbook.
///
/// # Errors
/// When a workbook cannot hold it.
pub fn write(document: &Document) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    book.set_properties(
        &DocProperties::new().set_title(&document.title).set_creation_datetime(&moment(document.made)?),
    );
    let formats = Formats::new(document.language);
    let mut names = Vec::new();
    let overview = document.language.pick("Overview", "Tổng quan");
    head(named(&mut book, overview, &mut names)?, document, &formats)?;
    for section in &document.sections {
        for table in &section.tables {
            sheet(named(&mut book, &table.sheet, &mut names)?, section, table, document, &formats)?;
        }
    }
    book.save_to_buffer()
}

struct Formats {
    title: Format,
    strong: Format,
    plain: Format,
    warning: Format,
    header: Format,
    text: Format,
    missing: Format,
    share: Format,
    date: Format,
    moment: Format,
    /// By the number of decimals.
    numbers: [Format; 3],
}

impl Formats {
    fn new(language: Language) -> Self {
        let cell = || {
            Format::new()
                .set_border(FormatBorder::Thin)
                .set_border_color(Color::RGB(0x00BF_BFBF))
                .set_align(FormatAlign::Top)
        };
        let number = |format: &str| cell().set_num_format(format).set_align(FormatAlign::Right);
        let plain = || Format::new().set_align(FormatAlign::Top);
        Self {
            title: plain().set_bold().set_font_size(14),
            strong: plain().set_bold(),
            plain: plain(),
            warning: plain().set_bold().set_font_color(Color::RGB(0x00B4_5309)),
            header: cell()
                .set_bold()
                .set_text_wrap()
                .set_background_color(Color::RGB(0x00F0_EBE3))
                .set_align(FormatAlign::VerticalCenter),
            text: cell().set_text_wrap().set_num_format("@"),
            missing: cell().set_align(FormatAlign::Right),
            share: number("0.0%"),
            date: number(language.pick("d mmm yyyy", "dd/mm/yyyy")),
            moment: number(language.pick("d mmm yyyy hh:mm", "hh:mm dd/mm/yyyy")),
            numbers: ["#,##0", "#,##0.0", "#,##0.00"].map(number),
        }
    }
}

/// Adds a sheet under a name that spreadsheet programs accept and that no other sheet has.
fn named<'b>(book: &'b mut Workbook, wanted: &str, names: &mut Vec<String>) -> Result<&'b mut Worksheet, XlsxError> {
    let plain: String = on_one_line(wanted).chars().map(|c| if "[]:*?/\\'".contains(c) { ' ' } else { c }).collect();
    let cut =
        |suffix: &str| plain.chars().take(NAME_CHARS - suffix.len()).collect::<String>().trim().to_owned() + suffix;
    let mut name = cut("");
    for number in 2.. {
        if !name.is_empty() && !names.contains(&name.to_lowercase()) {
            break;
        }
        name = cut(&format!(" {number}"));
    }
    names.push(name.to_lowercase());
    let page = book.add_worksheet();
    page.set_name(name)?.set_paper_size(A4).set_landscape().set_print_fit_to_pages(1, 0).set_footer("&R&P/&N");
    Ok(page)
}

/// What the document is, and what is to be known of each section.
fn head(page: &mut Worksheet, document: &Document, formats: &Formats) -> Result<(), XlsxError> {
    let wrapped = formats.plain.clone().set_text_wrap();
    let warned = formats.warning.clone().set_text_wrap();
    let strong = formats.strong.clone().set_text_wrap();
    page.set_column_width(0, 42)?.set_column_width(1, 110)?;
    page.write_string_with_format(0, 0, fitting(&document.title), &formats.title)?;
    page.write_string_with_format(1, 0, fitting(&document.subtitle), &formats.strong)?;
    page.set_freeze_panes(2, 0)?;
    let mut row = 3;
    let mut line = |label: &str, text: &str, format: &Format| -> Result<(), XlsxError> {
        page.write_string_with_format(row, 0, fitting(label), &strong)?;
        page.write_string_with_format(row, 1, fitting(text), format)?;
        row += 1;
        Ok(())
    };
    for (label, value) in &document.facts {
        line(label, value, &wrapped)?;
    }
    let caution = document.language.pick("Caution", "Lưu ý");
    for warning in &document.warnings {
        line(caution, warning, &warned)?;
    }
    for section in &document.sections {
        line("", "", &wrapped)?;
        line(&section.title, &section.notes.join(" "), &wrapped)?;
        for warning in &section.warnings {
            line(caution, warning, &warned)?;
        }
    }
    Ok(())
}

/// A table under what is to be known of it.
fn sheet(
    page: &mut Worksheet,
    section: &Section,
    table: &Table,
    document: &Document,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let mut row = 0;
    page.write_string_with_format(row, 0, fitting(&table.title), &formats.title)?;
    let about = format!("{} · {}", document.subtitle, section.title);
    let notes = section.notes.iter().chain(&table.note).map(|note| (note, &formats.plain));
    let warnings = section.warnings.iter().chain(&document.warnings).map(|warning| (warning, &formats.warning));
    for (text, format) in std::iter::once((&about, &formats.strong)).chain(warnings).chain(notes) {
        row += 1;
        page.write_string_with_format(row, 0, fitting(text), format)?;
    }
    row += 2;
    for (column, heading) in (0_u16..).zip(&table.columns) {
        let align = if heading.align == Align::End { FormatAlign::Right } else { FormatAlign::Left };
        page.write_string_with_format(row, column, fitting(&heading.name), &formats.header.clone().set_align(align))?;
        page.set_column_width(column, width(table, column, document.language))?;
    }
    page.set_freeze_panes(row + 1, 0)?.set_repeat_rows(row, row)?;
    if table.rows.is_empty() {
        page.write_string_with_format(row + 1, 0, fitting(&table.empty), &formats.plain)?;
    }
    for cells in &table.rows {
        row += 1;
        for ((column, datum), heading) in (0_u16..).zip(cells).zip(&table.columns) {
            cell(page, (row, column), datum, heading.align, formats)?;
        }
    }
    Ok(())
}

fn cell(
    page: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    align: Align,
    formats: &Formats,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Missing if align == Align::End => {
            page.write_string_with_format(row, column, MISSING, &formats.missing)?
        }
        Cell::Missing => page.write_string_with_format(row, column, MISSING, &formats.text)?,
        Cell::Blank => page.write_blank(row, column, &formats.text)?,
        Cell::Text(text) => page.write_string_with_format(row, column, fitting(text), &formats.text)?,
        Cell::Number { value, decimals } => {
            let decimals = text::shown_decimals(*value, *decimals).min(formats.numbers.len() - 1);
            page.write_number_with_format(row, column, *value, &formats.numbers[decimals])?
        }
        Cell::Share(value) => page.write_number_with_format(row, column, *value, &formats.share)?,
        Cell::Date(day) => page.write_datetime_with_format(row, column, &date(*day)?, &formats.date)?,
        Cell::Moment(at) => page.write_datetime_with_format(row, column, &moment(*at)?, &formats.moment)?,
    };
    Ok(())
}

fn date(day: NaiveDate) -> Result<ExcelDateTime, XlsxError> {
    let part = |number: u32| u8::try_from(number).unwrap_or_default();
    ExcelDateTime::from_ymd(u16::try_from(day.year()).unwrap_or_default(), part(day.month()), part(day.day()))
}

fn moment(at: NaiveDateTime) -> Result<ExcelDateTime, XlsxError> {
    let part = |number: u32| u8::try_from(number).unwrap_or_default();
    date(at.date())?.and_hms(u16::try_from(at.hour()).unwrap_or_default(), part(at.minute()), f64::from(at.second()))
}

/// Width that shows the values, and the header on few lines; longer texts are wrapped.
fn width(table: &Table, column: u16, language: Language) -> f64 {
    let place = usize::from(column);
    let values =
        table.rows.iter().filter_map(|row| row.get(place)).map(|cell| text::cell(cell, language).chars().count());
    let header = table.columns.get(place).map_or(0, |column| column.name.chars().count().min(HEADER_CHARS));
    let longest = values.max().unwrap_or_default().max(header).clamp(WIDTHS.0, WIDTHS.1);
    #[expect(clippy::cast_precision_loss, reason = "at most 50")]
    let width = longest as f64;
    width * 1.05 + 2.0
}

/// The text that a cell can hold, on one line.
fn fitting(text: &str) -> String {
    on_one_line(text).chars().take(CELL_CHARS).collect()
}
