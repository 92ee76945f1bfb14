//! Texts that were read as they are although a word of them may be in a font encoding: too little to refuse them, enough to say so.

use serde_json::Value;

use crate::bytes::font_doubt;
use crate::excerpt::excerpt;
use crate::field::{Field, Form, Words};
use crate::row::Row;

/// The doubtful texts of a file.
#[derive(Debug, Default)]
pub(crate) struct Doubts {
    count: u64,
    first: Option<First>,
}

/// The first doubtful text.
#[derive(Debug)]
struct First {
    line: u64,
    header: &'static str,
    text: String,
    font: &'static str,
    /// Its word as the font shows it.
    shown: String,
}

impl Doubts {
    /// Looks at the texts of a row.
    pub(crate) fn see(&mut self, row: &Row, fields: &[Field]) {
        for field in fields.iter().filter(|field| matches!(field.form, Form::Text(_) | Form::Texts(_))) {
            let texts = match row.values.get(field.name) {
                Some(Value::Array(texts)) => &texts[..],
                Some(text) => std::slice::from_ref(text),
                None => &[],
            };
            for text in texts.iter().filter_map(Value::as_str) {
                let Some((font, shown)) = font_doubt(text) else { continue };
                self.count += 1;
                self.first.get_or_insert_with(|| First {
                    line: row.line,
                    header: field.header,
                    text: excerpt(text),
                    font,
                    shown,
                });
            }
        }
    }

    /// What is said of them at the end.
    pub(crate) fn note(&self) -> Option<Words> {
        let First { line, header, text, font, shown } = self.first.as_ref()?;
        let count = self.count;
        Some(Words::new(
            format!(
                "texts that may be in the font encoding {font} and were read as they are: {count}, the first on line {line}, “{header}”: “{text}”, where the font shows “{shown}”"
            ),
            format!(
                "văn bản có thể dùng bảng mã phông chữ {font} nhưng được giữ nguyên: {count}, đầu tiên ở dòng {line}, “{header}”: “{text}”, phông chữ sẽ hiện “{shown}”"
            ),
        ))
    }
}
