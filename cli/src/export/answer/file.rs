//! The file of an export: its bytes, its name, and the sheet that describes it.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use chrono_tz::Tz;
use gateway::document::Outline;
use service_kit::{Principal, Problem};
use tabular::{Datum, Sheet, sheet_csv, workbook};

use super::asked::{Asked, Format};
use super::pages::Table;
use super::words::{self, Language, Words};
use crate::operations;

/// In the place of a date, for figures of several days in one table.
pub const SEVERAL: &str = "several-days";

/// What a file says about its export.
pub struct About<'a> {
    /// What the caller asked for.
    pub asked: &'a Asked,
    /// The operation.
    pub outline: &'a Outline,
    /// The caller.
    pub principal: &'a Principal,
    /// Id of the request.
    pub request_id: &'a str,
    /// Time of the export.
    pub now: DateTime<Utc>,
    /// Date of the export in the city.
    pub today: NaiveDate,
    /// The city's time zone.
    pub zone: Tz,
}

impl About<'_> {
    fn word(&self, words: Words) -> &'static str {
        self.asked.language.of(words)
    }

    /// The title of the operation, or its id.
    pub fn title(&self) -> String {
        match (operations::example(&self.outline.text), self.asked.language) {
            (Some(example), Language::Vietnamese) => example.name_vi,
            (Some(example), Language::English) => example.name,
            (None, _) => self.document_name(),
        }
    }

    /// The id of the document, or the name of the operation for one that is a hash.
    fn document_name(&self) -> String {
        let id = self.asked.document.as_str();
        let is_hash = id.len() >= 64;
        self.outline.operation_name.as_ref().filter(|_| is_hash).map_or_else(|| id.to_owned(), Clone::clone)
    }

    /// The dates of the figures: that of the answer or that asked for, and those of the fields below; else today.
    fn days(&self, table: &Table) -> BTreeSet<String> {
        let answered = table.freshness.iter().find(|(name, _)| name == "asOf").and_then(|(_, datum)| match datum {
            Datum::Date(day) => Some(day.clone()),
            _ => None,
        });
        let own = answered.or_else(|| table.part.as_of.clone());
        let today = || self.today.to_string();
        // A field below without a date has that of the answer.
        let below = table.part.as_of_below.iter().map(|day| day.clone().or_else(|| own.clone()).unwrap_or_else(today));
        let mut days: BTreeSet<String> = below.collect();
        days.extend(own.clone());
        if days.is_empty() {
            days.insert(today());
        }
        days
    }

    /// The date of the figures in a table; `None` when they have several.
    pub fn as_of(&self, table: &Table) -> Option<String> {
        let mut days = self.days(table).into_iter();
        days.next().filter(|_| days.next().is_none())
    }

    /// The date of the figures in words: that date, or the dates when there are several.
    fn as_of_words(&self, table: &Table) -> String {
        let several = || {
            let days: Vec<String> = self.days(table).into_iter().collect();
            format!("{}: {}", self.word(words::SEVERAL_DAYS), days.join(", "))
        };
        self.as_of(table).unwrap_or_else(several)
    }

    /// The date of the figures in all tables, the days from the first to the last, or [`SEVERAL`] when one table has several.
    pub fn as_of_all(&self, tables: &[Table]) -> String {
        let days: Option<Vec<String>> = tables.iter().map(|table| self.as_of(table)).collect();
        let Some(mut days) = days else { return SEVERAL.to_owned() };
        days.sort();
        match (days.first(), days.last()) {
            (Some(first), Some(last)) if first != last => format!("{first}..{last}"),
            (Some(day), _) => day.clone(),
            (None, _) => self.today.to_string(),
        }
    }

    /// Names of the file without extension: in ASCII, and in the language of the caller.
    pub fn names(&self, tables: &[Table]) -> (String, String) {
        let as_of = self.as_of_all(tables);
        let mut ascii = vec![self.document_name()];
        let mut own = vec![self.title()];
        if let Some(part) = &self.asked.part {
            ascii.push(part.clone());
            own.push(part.clone());
        }
        ascii.push(format!("as-of-{as_of}"));
        let in_words = if as_of == SEVERAL { self.word(words::SEVERAL_DAYS) } else { as_of.as_str() };
        own.push(format!("{} {in_words}", self.word(words::AS_OF).to_lowercase()));
        let is_incomplete = tables.iter().any(|table| table.is_complete == Some(false));
        match tables {
            [Table { total: Some(total), rows, .. }] if is_incomplete => {
                let (count, of, unit) = (rows.len(), self.word(words::OF), self.word(words::ROWS_UNIT));
                ascii.push(format!("{count}-of-{total}-rows"));
                own.push(format!("{count} {of} {total} {unit}"));
            }
            _ if is_incomplete => {
                ascii.push("incomplete".to_owned());
                own.push(self.word(words::INCOMPLETE).to_owned());
            }
            _ => {}
        }
        let plain = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
        (ascii.join("-").chars().map(plain).collect(), fit_for_files(&own.join(", ")))
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// When a workbook cannot be written.
    pub fn write(&self, tables: &mut [Table]) -> Result<Vec<u8>, Problem> {
        let sheet = |table: &mut Table, footer: String| Sheet {
            name: table.part.name.clone(),
            header: table.part.columns.iter().map(|column| column.name.clone()).collect(),
            rows: std::mem::take(&mut table.rows),
            footer,
        };
        match (self.asked.format, tables) {
            (Format::Csv, [table]) => Ok(sheet_csv(&sheet(table, String::new()))),
            (Format::Csv, _) => Err(Problem::validation("part", "a CSV has one table; accepted: a table in part")),
            (Format::Xlsx, tables) => {
                let mut description = self.description(tables);
                let footers: Vec<String> = tables.iter().map(|table| self.footer(table)).collect();
                let mut sheets: Vec<Sheet> =
                    tables.iter_mut().zip(footers).map(|(table, footer)| sheet(table, footer)).collect();
                for table in sheets.iter().filter(|table| table.long_texts() > 0) {
                    let number = Datum::Number(table.long_texts().to_string());
                    description.rows.push(self.item(&table.name, words::LONG_TEXTS, number));
                }
                sheets.push(description);
                workbook(&self.title(), &sheets, self.zone).map_err(Problem::internal)
            }
        }
    }

    /// What a printed page says about its figures.
    fn footer(&self, table: &Table) -> String {
        let total = table.total.filter(|_| table.part.is_list);
        let total = total.map(|total| format!(" {} {total}", self.word(words::OF))).unwrap_or_default();
        let (unit, count) = (self.word(words::ROWS_UNIT), table.rows.len());
        format!("{} {}, {count}{total} {unit}", self.word(words::AS_OF), self.as_of_words(table))
    }

    /// The sheet that says what was exported, for whom, and as of when.
    fn description(&self, tables: &[Table]) -> Sheet {
        let text = |text: &str| Datum::Text(text.to_owned());
        let mut rows = vec![
            self.item("", words::TITLE, Datum::Text(self.title())),
            self.item("", words::DOCUMENT, text(&self.asked.document)),
        ];
        rows.extend(self.outline.operation_name.as_ref().map(|name| self.item("", words::OPERATION, text(name))));
        for (name, value) in &self.outline.variables {
            let label = format!("{} ${name}", self.word(words::VARIABLE));
            rows.push(vec![Datum::Empty, Datum::Text(label), value.as_deref().map_or(Datum::Empty, text)]);
        }
        let now = self.now.to_rfc3339_opts(SecondsFormat::Secs, true);
        rows.push(self.item("", words::EXPORTED_AT, Datum::Instant(now)));
        rows.push(self.item("", words::TIME_ZONE, text(self.zone.name())));
        rows.push(self.item("", words::CALLER, Datum::Text(self.caller())));
        rows.push(self.item("", words::REQUEST, text(self.request_id)));
        for table in tables {
            rows.extend(self.described(table));
        }
        let header = [words::TABLE, words::ITEM, words::VALUE].map(|words| self.word(words).to_owned());
        Sheet { name: self.word(words::ABOUT).to_owned(), header: header.into(), rows, footer: String::new() }
    }

    fn described(&self, table: &Table) -> Vec<Vec<Datum>> {
        let name = table.part.name.as_str();
        let number = |number: usize| Datum::Number(number.to_string());
        let as_of = self.as_of(table).map_or_else(|| Datum::Text(self.as_of_words(table)), Datum::Date);
        let mut rows =
            vec![self.item(name, words::AS_OF, as_of), self.item(name, words::ROWS, number(table.rows.len()))];
        rows.extend(table.total.map(|total| self.item(name, words::TOTAL, number(total))));
        let complete =
            table.is_complete.map_or_else(|| Datum::Text(self.word(words::UNKNOWN).to_owned()), Datum::Boolean);
        rows.push(self.item(name, words::COMPLETE, complete));
        if table.is_cut {
            rows.push(self.item(name, words::CUT, Datum::Boolean(true)));
        }
        if table.is_null {
            rows.push(self.item(name, words::NOTHING, Datum::Boolean(true)));
        }
        for (field, datum) in table.freshness.iter().filter(|(field, _)| field != "asOf") {
            let label = format!("{}: {field}", self.word(words::FRESHNESS));
            rows.push(vec![Datum::Text(name.to_owned()), Datum::Text(label), datum.clone()]);
        }
        rows
    }

    fn item(&self, table: &str, item: Words, value: Datum) -> Vec<Datum> {
        let table = if table.is_empty() { Datum::Empty } else { Datum::Text(table.to_owned()) };
        vec![table, Datum::Text(self.word(item).to_owned()), value]
    }

    /// Who the caller is and by what it sees: name, roles, organization, areas.
    fn caller(&self) -> String {
        let Principal { subject, roles, organization, areas, .. } = self.principal;
        let Some(subject) = subject else { return self.word(words::VISITOR).to_owned() };
        let roles: Vec<_> = roles.iter().map(|role| role.as_str()).collect();
        let listed = [
            (words::ROLES, roles.join(", ")),
            (words::ORGANIZATION, organization.clone().unwrap_or_default()),
            (words::AREAS, areas.join(", ")),
        ];
        let listed = listed.into_iter().filter(|(_, text)| !text.is_empty());
        listed.fold(subject.clone(), |text, (words, listed)| format!("{text}; {}: {listed}", self.word(words)))
    }
}

/// The text without what file systems do not accept in a name.
fn fit_for_files(text: &str) -> String {
    let fit = |c: char| if c.is_control() || "/\\:*?\"<>|".contains(c) { '-' } else { c };
    text.chars().map(fit).take(150).collect()
}

/// The header that names a file (RFC 6266, RFC 8187).
pub fn disposition((ascii, own): &(String, String), format: Format) -> String {
    use std::fmt::Write;
    let extension = format.as_str();
    let encoded = own.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
        text
    });
    format!("attachment; filename=\"{ascii}.{extension}\"; filename*=UTF-8''{encoded}.{extension}")
}
