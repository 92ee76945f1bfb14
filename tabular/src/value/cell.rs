//! Values of the cells of CSV and XLSX.

use super::number::{NumberFault, from_cell, from_json, of_sheet};
use super::time::{self, TimeFault, YEARS};
use super::{NULL, number::Number, refused, text};
use crate::fault::{Fault, code};
use crate::field::{Field, Form, Words};
use crate::fold::fold;
use chrono::NaiveTime;
use chrono_tz::Tz;
use serde_json::Value;

/// Most digits of a decimal number: what every reader of the stored number can carry, whatever its point.
const MAX_DIGITS: usize = 28;
/// Spreadsheets keep 15 digits of a number; a longer code was changed when it was typed.
const SHEET_DIGITS: usize = 15;

/// What a spreadsheet says about a cell. Cells of a CSV are texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CellKind {
    /// Text.
    Text,
    /// Number; the text is its binary fraction in full.
    Number,
    /// Number shown as a day or time.
    Serial,
    /// `true` or `false`.
    Bool,
    /// An error such as `#REF!`.
    Error,
    /// A formula without a stored value; the text is the formula.
    Formula,
}

/// A cell.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cell<'t> {
    pub(crate) text: &'t str,
    pub(crate) kind: CellKind,
    /// Whether the workbook counts days from 1904.
    pub(crate) from_1904: bool,
}

impl Cell<'_> {
    fn serial(&self) -> Option<chrono::NaiveDateTime> {
        time::of_serial(self.text.parse().ok()?, self.from_1904)
    }

    /// The cell as a person would type it, so that a failed row can be written back: a number with a decimal comma, which
    /// cannot be taken for groups of thousands.
    pub(crate) fn sent(&self, form: Option<Form>) -> String {
        let text = self.typed(form);
        let is_number = self.kind == CellKind::Number && matches!(form, Some(Form::Decimal(..) | Form::Integer(..)));
        if is_number { with_comma(&text) } else { text }
    }

    /// Whether it is a number with leading zeros, which only a number format gives.
    fn is_code(&self) -> bool {
        let is_digits = self.text.bytes().all(|byte| byte.is_ascii_digit());
        self.kind == CellKind::Number && is_digits && self.text.len() > 1 && self.text.starts_with('0')
    }

    /// The cell as its value is read.
    fn typed(&self, form: Option<Form>) -> String {
        let is_time = self.kind == CellKind::Serial
            || (self.kind == CellKind::Number && matches!(form, Some(Form::Date | Form::DateTime)));
        let time = if is_time { self.serial() } else { None };
        match time {
            Some(time) if time.time() == NaiveTime::MIN && form != Some(Form::DateTime) => time.date().to_string(),
            Some(time) => time.format("%Y-%m-%d %H:%M:%S%.f").to_string(),
            // A code that its cell shows with leading zeros.
            None if self.is_code() && matches!(form, Some(Form::Text(_) | Form::Texts(_) | Form::Digits(_))) => {
                self.text.to_owned()
            }
            None if self.kind == CellKind::Number && matches!(form, Some(Form::Text(_) | Form::Digits(_))) => {
                self.text.parse().ok().and_then(code_of_sheet).unwrap_or_else(|| self.text.to_owned())
            }
            None if matches!(self.kind, CellKind::Number | CellKind::Serial) => {
                self.text.parse().ok().and_then(of_sheet).unwrap_or_else(|| self.text.to_owned())
            }
            None => self.text.to_owned(),
        }
    }
}

/// A number with a decimal comma instead of its point, which cannot be taken for groups of thousands.
pub(crate) fn with_comma(text: &str) -> String {
    // Three digits behind a comma could be a group.
    let is_group = text.split_once('.').is_some_and(|(_, fraction)| fraction.len() == 3);
    text.replace('.', ",") + if is_group { "0" } else { "" }
}

/// Reads a cell; nothing when it is empty.
pub(super) fn value(field: &Field, cell: &Cell<'_>, zone: Tz) -> Result<Option<Value>, Fault> {
    let found = cell.typed(Some(field.form));
    let trimmed = text::trim(&found);
    match cell.kind {
        CellKind::Error => {
            let reason = Words::new("the cell shows an error", "ô báo lỗi");
            return Err(refused(field, code::CELL_ERROR, &found, Some(reason)));
        }
        CellKind::Formula => {
            let reason = Words::new(
                "the formula has no stored value; open the file in a spreadsheet program and save it, or paste values",
                "công thức chưa có giá trị; hãy mở tệp bằng phần mềm bảng tính rồi lưu lại, hoặc dán giá trị",
            );
            return Err(refused(field, code::FORMULA, &found, Some(reason)));
        }
        _ if trimmed.is_empty() => return Ok(None),
        _ if trimmed == NULL => {
            return if field.required { Err(Fault::required(field)) } else { Ok(Some(Value::Null)) };
        }
        CellKind::Text if trimmed.contains(char::REPLACEMENT_CHARACTER) => return Err(text::encoding(field, &found)),
        _ => {}
    }
    typed(field, cell, trimmed, zone).map(Some)
}

/// The text of a number in a field of text. One with more digits than a spreadsheet keeps is written as the spreadsheet
/// shows it, so that it is refused also after it was written back as a text.
fn code_of_sheet(value: f64) -> Option<String> {
    let text = of_sheet(value)?;
    if text.len() <= SHEET_DIGITS || value.fract() != 0.0 {
        return Some(text);
    }
    let scientific = format!("{value:.14e}");
    let (digits, exponent) = scientific.split_once('e')?;
    Some(format!("{digits}E+{exponent:0>2}"))
}

/// Whether a text is a number as a spreadsheet shows it when it is long: `1.23457E+11`.
fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once("E+") else { return false };
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    whole.len() == 1 && exponent.len() == 2 && digits(whole) && digits(fraction) && digits(exponent)
}

fn typed(field: &Field, cell: &Cell<'_>, found: &str, zone: Tz) -> Result<Value, Fault> {
    let is_number = matches!(cell.kind, CellKind::Number | CellKind::Serial);
    match field.form {
        Form::Text(_) | Form::Digits(_) if is_scientific(found) => {
            let reason = Words::new(
                "a spreadsheet turned a long code into a number; format the column as text and type it again",
                "bảng tính đã đổi mã dài thành số; hãy định dạng cột là văn bản rồi nhập lại",
            );
            Err(refused(field, code::INVALID, found, Some(reason)))
        }
        Form::Text(max) => text::text(field, found, max).map(Value::String),
        Form::Digits(width) => text::digits(field, found, width),
        Form::Integer(min, max) => whole(field, &number(field, cell, found)?, found, min, max),
        Form::Decimal(min, max) => decimal(field, &number(field, cell, found)?, found, min, max),
        Form::Boolean => boolean(field, found),
        Form::Date if is_number => match cell.serial() {
            Some(day) if day.time() == NaiveTime::MIN => Ok(Value::String(day.date().to_string())),
            Some(_) => Err(time_fault(field, TimeFault::HasTime, found)),
            None => Err(time_fault(field, TimeFault::Year, found)),
        },
        Form::Date => match time::day(found) {
            Ok(day) => Ok(Value::String(day.to_string())),
            Err(fault) => Err(time_fault(field, fault, found)),
        },
        Form::DateTime => {
            let instant = if is_number {
                cell.serial().ok_or(TimeFault::Year).and_then(|local| time::in_zone(local, zone))
            } else {
                time::time(found, zone)
            };
            instant.map(|at| Value::String(time::instant_text(at))).map_err(|fault| time_fault(field, fault, found))
        }
        Form::Choice(choices) => text::choice(field, found, choices),
        Form::Texts(max) => text::texts(field, found.split(';'), max),
    }
}

fn number(field: &Field, cell: &Cell<'_>, found: &str) -> Result<Number, Fault> {
    if cell.kind == CellKind::Number {
        return from_json(found).ok_or_else(|| refused(field, code::INVALID, found, None));
    }
    from_cell(found).or_else(|fault| match fault {
        NumberFault::Form => Err(refused(field, code::INVALID, found, None)),
        NumberFault::Ambiguous(two) => match (fits(field, &two.grouped), fits(field, &two.decimal)) {
            (true, false) => Ok(two.grouped),
            (false, true) => Ok(two.decimal),
            _ => {
                let (grouped, advice) = (two.grouped.text(), two.advice);
                let reason = Words::new(
                    format!("it can be read in two ways; write {grouped} or {advice}"),
                    format!("có thể hiểu theo hai cách; hãy ghi {grouped} hoặc {advice}"),
                );
                Err(refused(field, code::AMBIGUOUS, found, Some(reason)))
            }
        },
    })
}

/// Whether the field takes the number.
fn fits(field: &Field, number: &Number) -> bool {
    match field.form {
        Form::Integer(min, max) => number.whole().is_some_and(|whole| (min..=max).contains(&whole)),
        Form::Decimal(min, max) => number.is_within(min, max),
        _ => false,
    }
}

pub(super) fn whole(field: &Field, number: &Number, found: &str, min: i64, max: i64) -> Result<Value, Fault> {
    if number.has_fraction() {
        let reason = Words::new("it has a fraction", "có phần thập phân");
        return Err(refused(field, code::INVALID, found, Some(reason)));
    }
    match number.whole() {
        Some(whole) if (min..=max).contains(&whole) => Ok(Value::from(whole)),
        _ => Err(refused(field, code::OUT_OF_RANGE, found, None)),
    }
}

pub(super) fn decimal(field: &Field, number: &Number, found: &str, min: i64, max: i64) -> Result<Value, Fault> {
    let digits = number.digits();
    if digits > MAX_DIGITS {
        let reason = Words::new(format!("it has {digits} digits"), format!("có {digits} chữ số"));
        return Err(refused(field, code::TOO_LONG, found, Some(reason)));
    }
    if !number.is_within(min, max) {
        return Err(refused(field, code::OUT_OF_RANGE, found, None));
    }
    Ok(Value::String(number.text()))
}

fn boolean(field: &Field, found: &str) -> Result<Value, Fault> {
    match fold(found).as_str() {
        "true" | "yes" | "1" | "co" | "x" => Ok(Value::Bool(true)),
        "false" | "no" | "0" | "khong" => Ok(Value::Bool(false)),
        _ => Err(refused(field, code::INVALID, found, None)),
    }
}

pub(super) fn time_fault(field: &Field, fault: TimeFault, found: &str) -> Fault {
    let reason = match fault {
        TimeFault::Form => None,
        TimeFault::NoSuchDay => Some(Words::new(
            "the calendar does not have this day; the day is written before the month",
            "lịch không có ngày này; ngày viết trước tháng",
        )),
        TimeFault::ShortYear => Some(Words::new("write the year with four digits", "hãy viết năm đủ bốn chữ số")),
        TimeFault::Year => Some(Words::new(
            format!("the year is not between {} and {}", YEARS.start(), YEARS.end()),
            format!("năm không nằm trong khoảng {} đến {}", YEARS.start(), YEARS.end()),
        )),
        TimeFault::NoTime => Some(Words::new("the time of day is missing", "thiếu giờ trong ngày")),
        TimeFault::HasTime => Some(Words::new("it has a time of day", "có thêm giờ trong ngày")),
        TimeFault::NoSuchTime => Some(Words::new("the clock does not show this time", "không có giờ này")),
        TimeFault::ClockChange => Some(Words::new(
            "clocks are changed at this time; write the offset, for example +07:00",
            "đồng hồ được chỉnh vào lúc này; hãy ghi thêm múi giờ, ví dụ +07:00",
        )),
    };
    refused(field, code::INVALID, found, reason)
}
