//! Texts, codes of digits, choices and lists: shared by cells and JSON.

use super::refused;
use crate::bytes::{font_advice, font_name};
use crate::fault::{Fault, code};
use crate::field::{Field, Words};
use crate::fold::{fold, nearest};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

/// White space and the marks without width that come with pasted text.
fn outer(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}')
}

/// The text without white space at both ends.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(outer)
}

/// The text to store: trimmed, in Unicode form NFC, at most `max` characters, without control characters.
pub(super) fn text(field: &Field, found: &str, max: usize) -> Result<String, Fault> {
    let text: String = trim(found).nfc().collect();
    if text.contains(char::REPLACEMENT_CHARACTER) {
        return Err(encoding(field, found));
    }
    if let Some(control) = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        let number = u32::from(control);
        let reason = Words::new(
            format!("it holds the control character U+{number:04X}"),
            format!("có ký tự điều khiển U+{number:04X}"),
        );
        return Err(refused(field, code::INVALID, found, Some(reason)));
    }
    if let Some(name) = font_name(&text) {
        return Err(refused(field, code::FONT_ENCODING, found, Some(font_advice(name))));
    }
    let chars = text.chars().count();
    if chars > max {
        let reason = Words::new(format!("it has {chars} characters"), format!("dài {chars} ký tự"));
        return Err(refused(field, code::TOO_LONG, found, Some(reason)));
    }
    Ok(text)
}

/// A text with a place where bytes could not be read.
pub(super) fn encoding(field: &Field, found: &str) -> Fault {
    let reason = Words::new(
        "it holds bytes that are no text in the encoding of the file; save the file as UTF-8",
        "có byte không phải là chữ trong bảng mã của tệp; hãy lưu tệp dạng UTF-8",
    );
    refused(field, code::ENCODING, found, Some(reason))
}

/// A code of digits, padded with zeros to its width.
pub(super) fn digits(field: &Field, found: &str, width: usize) -> Result<Value, Fault> {
    let text = trim(found);
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        let reason = Words::new("only the digits 0 to 9 are accepted", "chỉ chấp nhận các chữ số 0 đến 9");
        return Err(refused(field, code::INVALID, found, Some(reason)));
    }
    if text.len() > width {
        let reason = Words::new(format!("it has {} digits", text.len()), format!("có {} chữ số", text.len()));
        return Err(refused(field, code::TOO_LONG, found, Some(reason)));
    }
    Ok(Value::String(format!("{text:0>width$}")))
}

/// The canonical value of a choice: the value or the label as written, or else without case and accents.
pub(super) fn choice(field: &Field, found: &str, choices: &[(&'static str, &'static str)]) -> Result<Value, Fault> {
    let text: String = trim(found).nfc().collect();
    let exact = choices.iter().find(|(value, label)| *value == text || *label == text);
    if let Some((value, _)) = exact {
        return Ok(Value::from(*value));
    }
    let folded = fold(&text);
    let mut alike: Vec<&str> = Vec::new();
    for (value, label) in choices {
        if (fold(value) == folded || fold(label) == folded) && !alike.contains(value) {
            alike.push(value);
        }
    }
    match alike[..] {
        [value] => Ok(Value::from(value)),
        [first, second, ..] => {
            let reason =
                Words::new(format!("it can mean {first} or {second}"), format!("có thể hiểu là {first} hoặc {second}"));
            Err(refused(field, code::AMBIGUOUS, found, Some(reason)))
        }
        [] => {
            let near = nearest(&text, choices.iter().flat_map(|(value, label)| [*value, *label]));
            let reason = near.map(|near| Words::new(format!("did you mean “{near}”?"), format!("có phải “{near}”?")));
            Err(refused(field, code::INVALID, found, reason))
        }
    }
}

/// A list of texts without empty ones and without repeats.
pub(super) fn texts<'t>(field: &Field, parts: impl Iterator<Item = &'t str>, max: usize) -> Result<Value, Fault> {
    let mut list: indexmap::IndexSet<String> = indexmap::IndexSet::new();
    for part in parts.filter(|part| !trim(part).is_empty()) {
        list.insert(text(field, part, max)?);
    }
    Ok(list.into_iter().map(Value::String).collect())
}
