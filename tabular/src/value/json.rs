//! Values of NDJSON. Types are JSON types; a decimal number may be a number or a text.

use super::cell::{decimal, time_fault, whole};
use super::number::from_json;
use super::{refused, text, time};
use crate::fault::{Fault, code};
use crate::field::{Field, Form, Words};
use chrono_tz::Tz;
use serde_json::Value;
use serde_json::value::RawValue;

/// Reads a JSON value.
pub(super) fn value(field: &Field, raw: &RawValue, zone: Tz) -> Result<Value, Fault> {
    let json = raw.get();
    let wrong = |reason: Words| refused(field, code::INVALID, json, Some(reason));
    if json == "null" {
        return if field.required { Err(Fault::required(field)) } else { Ok(Value::Null) };
    }
    match field.form {
        Form::Integer(min, max) => {
            let number = if is_number(json) { from_json(json) } else { None };
            whole(field, &number.ok_or_else(|| wrong(expected("a JSON number", "số JSON")))?, json, min, max)
        }
        Form::Decimal(min, max) => {
            let stated = if json.starts_with('"') { string(raw)? } else { json.to_owned() };
            let number = if is_number(&stated) { from_json(&stated) } else { None };
            let exact = Words::new(
                "in JSON the decimal separator is a point and thousands are not grouped",
                "trong JSON dấu thập phân là dấu chấm và không nhóm hàng nghìn",
            );
            decimal(field, &number.ok_or_else(|| wrong(exact))?, &stated, min, max)
        }
        Form::Boolean => match json {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(wrong(expected("true or false without quotation marks", "true hoặc false không có dấu nháy"))),
        },
        Form::Digits(width) if json.bytes().all(|byte| byte.is_ascii_digit()) => text::digits(field, json, width),
        Form::Texts(max) => {
            let list: Vec<String> =
                serde_json::from_str(json).map_err(|_| wrong(expected("an array of texts", "mảng các văn bản")))?;
            text::texts(field, list.iter().map(String::as_str), max)
        }
        Form::Text(_) | Form::Digits(_) | Form::Date | Form::DateTime | Form::Choice(_) => {
            if !json.starts_with('"') {
                return Err(wrong(expected("a JSON text in quotation marks", "văn bản JSON trong dấu nháy kép")));
            }
            stated(field, &string(raw)?, zone)
        }
    }
}

fn stated(field: &Field, found: &str, zone: Tz) -> Result<Value, Fault> {
    let trimmed = text::trim(found);
    if trimmed.is_empty() {
        let reason = Words::new(
            "an empty text; leave the key out, or write null to clear the value",
            "văn bản rỗng; hãy bỏ khóa này, hoặc ghi null để xóa giá trị",
        );
        return Err(refused(field, code::INVALID, found, Some(reason)));
    }
    match field.form {
        Form::Digits(width) => text::digits(field, trimmed, width),
        Form::Choice(choices) => text::choice(field, trimmed, choices),
        Form::Date => match time::day(trimmed) {
            Ok(day) => Ok(Value::String(day.to_string())),
            Err(fault) => Err(time_fault(field, fault, found)),
        },
        Form::DateTime => match time::time(trimmed, zone) {
            Ok(at) => Ok(Value::String(time::instant_text(at))),
            Err(fault) => Err(time_fault(field, fault, found)),
        },
        Form::Text(max) => text::text(field, trimmed, max).map(Value::String),
        _ => Err(refused(field, code::INVALID, found, None)),
    }
}

fn expected(en: &str, vi: &str) -> Words {
    Words::new(format!("expected {en}"), format!("cần {vi}"))
}

fn is_number(json: &str) -> bool {
    json.starts_with(|c: char| c == '-' || c.is_ascii_digit())
}

/// The text of a JSON string. A lone surrogate such as `\ud800` is refused here.
fn string(raw: &RawValue) -> Result<String, Fault> {
    serde_json::from_str(raw.get()).map_err(|_| {
        Fault::new(
            "",
            code::ENCODING,
            format!("found “{}”, which is no Unicode text; accepted: UTF-8", crate::excerpt::excerpt(raw.get())),
            format!("có “{}”, không phải văn bản Unicode; chấp nhận: UTF-8", crate::excerpt::excerpt(raw.get())),
        )
    })
}
