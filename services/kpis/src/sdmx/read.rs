//! The cells of a line, and what is wrong with them.

use chrono::{DateTime, SecondsFormat, Utc};
use schema::clock::CityTime;
use serde_json::{Map, Value};
use tabular::{Fault, code};

use super::code::code;
use super::component::{AGENCY, DATAFLOW, DEFINITION, NOT_APPLICABLE, VERSION};

/// Cells by column, as the reader typed them.
pub struct Cells {
    cells: Map<String, Value>,
    pub faults: Vec<Fault>,
}

impl Cells {
    /// The cells of a line, with the faults that are known already.
    pub fn new(cells: Map<String, Value>, faults: Vec<Fault>) -> Self {
        Self { cells, faults }
    }

    /// The text of a cell; `None` for an empty one.
    pub fn text(&self, column: &str) -> Option<&str> {
        self.cells.get(column).and_then(Value::as_str)
    }

    /// The whole number of a cell.
    pub fn whole(&self, column: &str) -> Option<i64> {
        self.cells.get(column).and_then(Value::as_i64)
    }

    /// Adds a fault of a cell, in English and in Vietnamese.
    pub fn refuse(&mut self, column: &str, en: &str, vi: &str) {
        let found = self.text(column).unwrap_or_default();
        let (found_en, found_vi) = match found {
            "" => ("found no value".to_owned(), "không có giá trị".to_owned()),
            found => (format!("found “{found}”"), format!("có “{found}”")),
        };
        self.faults.push(Fault::new(column, code::INVALID, format!("{found_en}; {en}"), format!("{found_vi}; {vi}")));
    }

    /// Whether one of the cells has a fault.
    pub fn has_fault(&self, columns: &[&str]) -> bool {
        self.faults.iter().any(|fault| columns.contains(&&*fault.path))
    }

    /// Reads a cell, or refuses it with what is accepted.
    pub fn read<T>(&mut self, column: &str, read: impl Fn(&str) -> Option<T>, en: &str, vi: &str) -> Option<T> {
        let value = read(self.text(column)?);
        if value.is_none() {
            self.refuse(column, en, vi);
        }
        value
    }

    /// The code of a cell; `None` for an empty one and for `_Z`, not applicable.
    pub fn code(&mut self, column: &str) -> Option<String> {
        if self.text(column) == Some(NOT_APPLICABLE) {
            return None;
        }
        self.read(
            column,
            code,
            "accepted: a code, in which $ and two hexadecimal digits stand for a byte",
            "chấp nhận: mã, trong đó $ và hai chữ số thập lục phân là một byte",
        )
    }

    /// The instant of a cell: of a day its begin in the city.
    pub fn time(&mut self, column: &str, city: CityTime) -> Option<String> {
        let instant = |text: &str| match schema::parse_date(text) {
            Ok(day) => Some(city.start_of_day(day)),
            Err(_) => DateTime::parse_from_rfc3339(text).ok().map(|at| at.with_timezone(&Utc)),
        };
        let at = self.read(
            column,
            instant,
            "accepted: a day (2026-04-06) or a time with its offset (2026-04-06T08:00:00+07:00)",
            "chấp nhận: ngày (2026-04-06) hoặc thời điểm kèm múi giờ (2026-04-06T08:00:00+07:00)",
        )?;
        Some(at.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }

    /// Refuses a line that another structure defines.
    pub fn check_structure(&mut self) {
        let defines = match self.text("STRUCTURE") {
            Some("dataflow") => DATAFLOW,
            Some("datastructure") => DEFINITION,
            Some(_) => {
                let accepted = "dataflow, datastructure";
                self.refuse("STRUCTURE", &format!("accepted: {accepted}"), &format!("chấp nhận: {accepted}"));
                return;
            }
            // The reader has refused a line without it.
            None => return,
        };
        let expected = format!("{AGENCY}:{defines}");
        let is_known = |text: &str| {
            let version = text.strip_prefix(&expected)?;
            // A later version 1 only adds to this one.
            (version.is_empty() || (version.starts_with("(1.") && version.ends_with(')'))).then_some(())
        };
        let (en, vi) = (format!("accepted: {expected}({VERSION})"), format!("chấp nhận: {expected}({VERSION})"));
        self.read("STRUCTURE_ID", is_known, &en, &vi);
    }
}
