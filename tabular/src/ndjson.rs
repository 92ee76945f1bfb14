//! NDJSON: one JSON object on each line.

use crate::doubt::Doubts;
use crate::excerpt::{excerpt, names};
use crate::fault::{Fault, ReadError, code};
use crate::field::Field;
use crate::fold::nearest;
use crate::reading::{Reading, Required};
use crate::row::{Raw, Row, Sink, deliver};
use crate::value;
use chrono_tz::Tz;
use memchr::memchr;
use serde::Deserializer;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

/// Bytes of a line that is too long which are kept to show it.
const SHOWN: usize = 200;

/// Reads the rows of an NDJSON from UTF-8.
pub(crate) struct NdjsonRows<'a> {
    fields: &'a [Field],
    zone: Tz,
    required: Required,
    longest: usize,
    line: Vec<u8>,
    too_long: bool,
    number: u64,
    pub(crate) rows: u64,
    pub(crate) doubts: Doubts,
}

impl<'a> NdjsonRows<'a> {
    pub(crate) fn new(fields: &'a [Field], reading: &Reading) -> Self {
        Self {
            fields,
            zone: reading.zone,
            required: reading.required,
            longest: reading.limits.line_bytes,
            line: Vec::new(),
            too_long: false,
            number: 1,
            rows: 0,
            doubts: Doubts::default(),
        }
    }

    pub(crate) fn buffered(&self) -> usize {
        self.line.capacity()
    }

    pub(crate) fn push(&mut self, bytes: &[u8], sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let line_end = memchr(b'\n', rest);
            let text = &rest[..line_end.unwrap_or(rest.len())];
            let room = self.longest - self.line.len().min(self.longest);
            self.too_long |= text.len() > room;
            self.line.extend_from_slice(&text[..text.len().min(room)]);
            rest = &rest[line_end.map_or(rest.len(), |end| end + 1)..];
            if line_end.is_some() {
                self.end_line(sink)?;
            }
        }
        Ok(())
    }

    /// Ends the file with its last line.
    pub(crate) fn finish(&mut self, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        self.end_line(sink)
    }

    fn end_line(&mut self, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let number = self.number;
        self.number += 1;
        let too_long = std::mem::take(&mut self.too_long);
        let mut line = std::mem::take(&mut self.line);
        if line.trim_ascii().is_empty() && !too_long {
            line.clear();
            self.line = line;
            return Ok(());
        }
        self.rows += 1;
        let row = if too_long {
            let start = String::from_utf8_lossy(&line[..line.len().min(SHOWN)]).into_owned();
            let fault = Fault::new(
                "",
                code::TOO_LONG,
                format!("found a line longer than {} bytes; accepted: at most that", self.longest),
                format!("dòng dài hơn {} byte, vượt mức cho phép", self.longest),
            );
            refused(self.rows, number, start, fault)
        } else {
            self.parse(number, &line)
        };
        line.clear();
        self.line = line;
        self.doubts.see(&row, self.fields);
        deliver(row, sink)
    }

    fn parse(&self, number: u64, line: &[u8]) -> Row {
        let text = match std::str::from_utf8(line) {
            Ok(text) if !text.contains(char::REPLACEMENT_CHARACTER) => text.trim(),
            result => {
                let place = result.map_or_else(|error| error.valid_up_to(), str::len) + 1;
                let fault = Fault::new(
                    "",
                    code::ENCODING,
                    format!("found bytes that are no text (near byte {place} of the line); accepted: UTF-8"),
                    format!("có byte không phải là chữ (gần byte thứ {place} của dòng); chấp nhận: UTF-8"),
                );
                return refused(self.rows, number, String::from_utf8_lossy(line).into_owned(), fault);
            }
        };
        let members = match read_members(text) {
            Ok(members) => members,
            Err(error) => {
                let (found, column) = (excerpt(text), error.column());
                let fault = Fault::new(
                    "",
                    code::NOT_AN_OBJECT,
                    format!(
                        "found “{found}”, which is no JSON object (error at character {column}); accepted: one object on each line"
                    ),
                    format!(
                        "có “{found}”, không phải đối tượng JSON (lỗi ở ký tự {column}); chấp nhận: mỗi dòng một đối tượng"
                    ),
                );
                return refused(self.rows, number, text.to_owned(), fault);
            }
        };
        self.row(number, text, &members)
    }

    fn row(&self, line: u64, text: &str, members: &[(String, &RawValue)]) -> Row {
        let raw = Raw::Line(text.to_owned());
        let mut row = Row { number: self.rows, line, values: serde_json::Map::new(), faults: Vec::new(), raw };
        let mut seen = vec![false; self.fields.len()];
        for (key, raw) in members.iter().filter(|(key, _)| !key.starts_with('#')) {
            let Some(index) = self.fields.iter().position(|field| field.name == key) else {
                row.refuse(unknown(key, self.fields));
                continue;
            };
            let field = &self.fields[index];
            if std::mem::replace(&mut seen[index], true) {
                row.refuse(Fault::new(
                    field.name,
                    code::DUPLICATE_KEY,
                    format!("found the key “{}” twice; accepted: once", field.name),
                    format!("khóa “{}” xuất hiện hai lần; chấp nhận: một lần", field.name),
                ));
                continue;
            }
            match value::of_json(field, raw, self.zone) {
                Ok(value) => {
                    row.values.insert(field.name.to_owned(), value);
                }
                Err(fault) => row.refuse(fault),
            }
        }
        if self.required == Required::EveryRow {
            for (field, _) in self.fields.iter().zip(&seen).filter(|(field, seen)| field.required && !**seen) {
                row.refuse(Fault::required(field));
            }
        }
        row
    }
}

fn refused(number: u64, line: u64, raw: String, fault: Fault) -> Row {
    Row { number, line, values: serde_json::Map::new(), faults: vec![fault], raw: Raw::Line(raw) }
}

fn unknown(key: &str, fields: &[Field]) -> Fault {
    let found = excerpt(key);
    let near = nearest(key, fields.iter().map(|field| field.name));
    let list = fields.iter().map(|field| field.name).collect::<Vec<_>>();
    let (en, vi) = if let Some(near) = near {
        (format!("did you mean “{near}”?"), format!("có phải “{near}”?"))
    } else {
        let list = names(&list);
        (format!("accepted: {list}"), format!("chấp nhận: {list}"))
    };
    let (en, vi) = (format!("found the unknown key “{found}”; {en}"), format!("khóa “{found}” không tồn tại; {vi}"));
    Fault::new(found, code::UNKNOWN_FIELD, en, vi)
}

/// The members of an object in their order, with repeats. Values are not parsed here, so a deeply nested one costs no
/// stack.
pub(crate) fn read_members(text: &str) -> serde_json::Result<Vec<(String, &RawValue)>> {
    struct Members;
    impl<'de> Visitor<'de> for Members {
        type Value = Vec<(String, &'de RawValue)>;

        fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            formatter.write_str("a JSON object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = Vec::new();
            while let Some(member) = map.next_entry()? {
                members.push(member);
            }
            Ok(members)
        }
    }
    let mut json = serde_json::Deserializer::from_str(text);
    let members = json.deserialize_map(Members)?;
    json.end()?;
    Ok(members)
}
