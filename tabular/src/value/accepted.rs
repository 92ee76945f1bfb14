//! What a field accepts, in words: for messages, for the guide of a template and for the JSON Schema.

use crate::field::{Field, Form, Words};

/// What a field accepts, as the end of a message, with its example if it has one.
pub(crate) fn accepted_by(field: &Field) -> Words {
    let Words { en, vi } = accepted(field.form);
    if field.example.is_empty() {
        return Words::new(format!("accepted: {en}"), format!("chấp nhận: {vi}"));
    }
    let example = field.example;
    Words::new(format!("accepted: {en}; example: {example}"), format!("chấp nhận: {vi}; ví dụ: {example}"))
}

/// The values that a form takes, as a phrase.
pub fn accepted(form: Form) -> Words {
    match form {
        Form::Text(max) => {
            Words::new(format!("text of at most {max} characters"), format!("văn bản tối đa {max} ký tự"))
        }
        Form::Digits(width) => Words::new(format!("a code of {width} digits"), format!("mã gồm {width} chữ số")),
        Form::Integer(min, max) => {
            Words::new(format!("a whole number from {min} to {max}"), format!("số nguyên từ {min} đến {max}"))
        }
        Form::NUMBER => Words::new(
            "a number such as 1234.56 or 1.234,56 with at most 15 digits before the decimal separator and 28 in all",
            "số như 1234.56 hoặc 1.234,56, tối đa 15 chữ số trước dấu thập phân và 28 chữ số tất cả",
        ),
        Form::AMOUNT => Words::new(
            "a number from 0, such as 1234.56 or 1.234,56, with at most 15 digits before the decimal separator and 28 in all",
            "số từ 0 trở lên như 1234.56 hoặc 1.234,56, tối đa 15 chữ số trước dấu thập phân và 28 chữ số tất cả",
        ),
        Form::Decimal(min, max) => Words::new(
            format!("a number from {min} to {max} with at most 28 digits, with a decimal point or comma"),
            format!("số từ {min} đến {max}, tối đa 28 chữ số, dấu thập phân là chấm hoặc phẩy"),
        ),
        Form::Boolean => Words::new(
            "true or false, yes or no, 1 or 0, có or không, x",
            "có hoặc không, true hoặc false, 1 hoặc 0, x",
        ),
        Form::Date => Words::new(
            "a day such as 2026-03-15 or 15/03/2026 (day first)",
            "ngày như 2026-03-15 hoặc 15/03/2026 (ngày trước, tháng sau)",
        ),
        Form::DateTime => Words::new(
            "a time such as 2026-03-15T08:30:00+07:00 or 15/03/2026 08:30 (day first)",
            "thời điểm như 2026-03-15T08:30:00+07:00 hoặc 15/03/2026 08:30 (ngày trước, tháng sau)",
        ),
        Form::Choice(choices) => {
            let list = choices.iter().map(|(value, label)| format!("{value} ({label})")).collect::<Vec<_>>().join(", ");
            Words::new(format!("one of {list}"), format!("một trong {list}"))
        }
        Form::Texts(max) => Words::new(
            format!("texts of at most {max} characters each, separated by ; in a cell, an array in JSON"),
            format!("các văn bản, mỗi văn bản tối đa {max} ký tự, cách nhau bằng ; trong một ô, mảng trong JSON"),
        ),
    }
}
