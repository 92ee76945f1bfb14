//! Templates that a clerk fills in.

use super::{GUIDE, LISTS, WriteError, csv_line, fitting, properties};
use crate::field::{Field, Form};
use crate::value::{Cell, CellKind, accepted, of_cell, serial_of};
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, Format as CellFormat, Formula, Workbook, Worksheet,
};

/// Values of a yes-or-no field in a list.
const YES_NO: [&str; 2] = ["có", "không"];
/// Last row of a sheet.
const LAST_ROW: u32 = 1_048_575;

/// A CSV in UTF-8 with a byte order mark, so that spreadsheet programs show it right: names as header, then `rows`, or the
/// examples of the fields when there are none.
pub fn template_csv(fields: &[Field], rows: &[Vec<String>]) -> Vec<u8> {
    let mut file = "\u{feff}".to_owned();
    csv_line(&mut file, fields.iter().map(|field| field.name));
    for row in rows {
        csv_line(&mut file, row.iter().map(String::as_str));
    }
    if rows.is_empty() {
        csv_line(&mut file, fields.iter().map(|field| field.example));
    }
    file.into_bytes()
}

/// A workbook with Vietnamese headers and a row of examples, a guide, and lists for choices. `title` is the title of the
/// kind of record, in Vietnamese, and names the sheet.
///
/// # Errors
///
/// There are more fields than a spreadsheet has columns.
pub fn template_xlsx(title: &str, fields: &[Field]) -> Result<Vec<u8>, WriteError> {
    let mut book = Workbook::new();
    book.set_properties(&properties(title)?);
    data_sheet(book.add_worksheet(), title, fields)?;
    guide(book.add_worksheet(), fields)?;
    lists(book.add_worksheet(), fields)?;
    Ok(book.save_to_buffer()?)
}

fn data_sheet(sheet: &mut Worksheet, title: &str, fields: &[Field]) -> Result<(), WriteError> {
    sheet.set_name(sheet_name(title))?.set_freeze_panes(1, 0)?;
    for (column, field) in (0_u16..).zip(fields) {
        let format = match field.form {
            Form::Date => CellFormat::new().set_num_format("dd/mm/yyyy"),
            Form::DateTime => CellFormat::new().set_num_format("dd/mm/yyyy hh:mm"),
            Form::Integer(..) | Form::Decimal(..) => CellFormat::new(),
            Form::Text(_) | Form::Digits(_) | Form::Boolean | Form::Choice(_) | Form::Texts(_) => {
                // A text stays as it is typed: 00004 does not become 4.
                CellFormat::new().set_num_format("@")
            }
        };
        let width = u16::try_from(field.header.chars().count().clamp(12, 40)).unwrap_or(40);
        sheet.set_column_format(column, &format)?.set_column_width(column, width + 2)?;
        let header = if field.required { format!("{} *", field.header) } else { field.header.to_owned() };
        sheet.write_string_with_format(0, column, header, &header_format(field.required))?;
        match example_number(field) {
            Some(number) => sheet.write_number_with_format(1, column, number, &format)?,
            None => sheet.write_string_with_format(1, column, fitting(&example_text(field)), &format)?,
        };
        if let Some(count) = list(field).map(|list| list.len()).filter(|count| *count > 0) {
            // A literal list in the rule may have 255 characters only, so the values stand on a sheet of their own.
            let letters = crate::header::column_name(column.into());
            let rule = DataValidation::new()
                .allow_list_formula(Formula::new(format!("='{LISTS}'!${letters}$1:${letters}${count}")))
                .set_error_style(DataValidationErrorStyle::Stop)
                .set_error_title("Giá trị không hợp lệ")?
                .set_error_message("Hãy chọn một giá trị trong danh sách. / Choose a value of the list.")?;
            sheet.add_data_validation(1, column, LAST_ROW, column, &rule)?;
        }
    }
    Ok(())
}

fn guide(sheet: &mut Worksheet, fields: &[Field]) -> Result<(), WriteError> {
    const HEADERS: [(&str, u16); 8] = [
        ("Cột", 24),
        ("Name", 20),
        ("Bắt buộc / Required", 18),
        ("Mô tả", 50),
        ("Description", 50),
        ("Chấp nhận", 50),
        ("Accepted", 50),
        ("Ví dụ / Example", 24),
    ];
    sheet.set_name(format!("{GUIDE} - Guide"))?.set_freeze_panes(1, 1)?;
    let wrapped = CellFormat::new().set_text_wrap().set_num_format("@");
    for (column, (header, width)) in (0_u16..).zip(HEADERS) {
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(0, column, header, &header_format(false))?;
    }
    for (row, field) in (1_u32..).zip(fields) {
        let accepted = accepted(field.form);
        let required = if field.required { "có / yes" } else { "không / no" };
        let (en, vi) = field.description;
        let cells = [field.header, field.name, required, vi, en, &accepted.vi, &accepted.en, field.example];
        for (column, cell) in (0_u16..).zip(cells) {
            sheet.write_string_with_format(row, column, fitting(cell), &wrapped)?;
        }
    }
    let row = u32::try_from(fields.len()).unwrap_or(LAST_ROW).saturating_add(2);
    for (row, note) in (row..).zip([
        "Dòng 2 của trang đầu là ví dụ: hãy xóa trước khi gửi. / Row 2 of the first sheet is an example: delete it first.",
        "Ô trống: không thay đổi giá trị. Ghi NULL để xóa giá trị. / An empty cell changes nothing. NULL clears a value.",
    ]) {
        sheet.write_string(row, 0, note)?;
    }
    Ok(())
}

fn lists(sheet: &mut Worksheet, fields: &[Field]) -> Result<(), WriteError> {
    sheet.set_name(LISTS)?.set_hidden(true);
    for (column, field) in (0_u16..).zip(fields) {
        for (row, value) in (0_u32..).zip(list(field).unwrap_or_default()) {
            sheet.write_string(row, column, value)?;
        }
    }
    Ok(())
}

/// Values that a cell of the field offers.
fn list(field: &Field) -> Option<Vec<&'static str>> {
    match field.form {
        Form::Choice(choices) => Some(choices.iter().map(|(_, label)| *label).collect()),
        Form::Boolean => Some(YES_NO.to_vec()),
        _ => None,
    }
}

/// The example as a number of the sheet, where the field takes numbers or times.
fn example_number(field: &Field) -> Option<f64> {
    let zone = chrono_tz::Asia::Ho_Chi_Minh;
    let value = of_cell(field, &Cell { text: field.example, kind: CellKind::Text, from_1904: false }, zone).ok()??;
    match field.form {
        Form::Integer(..) => value.as_f64(),
        Form::Decimal(..) => value.as_str()?.parse().ok(),
        Form::Date | Form::DateTime => serial_of(value.as_str()?, zone),
        _ => None,
    }
}

/// The example as a text: a choice by its label.
fn example_text(field: &Field) -> String {
    let label = match field.form {
        Form::Choice(choices) => choices.iter().find(|(value, _)| *value == field.example).map(|(_, label)| *label),
        _ => None,
    };
    label.unwrap_or(field.example).to_owned()
}

fn header_format(required: bool) -> CellFormat {
    let color = if required { Color::RGB(0x00FF_E699) } else { Color::RGB(0x00DD_EBF7) };
    CellFormat::new().set_bold().set_text_wrap().set_background_color(color)
}

/// A name that spreadsheet programs accept for a sheet.
pub(super) fn sheet_name(title: &str) -> String {
    let plain: String = title.chars().map(|c| if "[]:*?/\\'".contains(c) { ' ' } else { c }).take(31).collect();
    if plain.trim().is_empty() { "Dữ liệu".to_owned() } else { plain.trim().to_owned() }
}
