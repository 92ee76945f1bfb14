//! A row on its way: as it is staged, and what became of it.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use chrono::{DateTime, NaiveDate, SecondsFormat, TimeDelta, Utc};
use schema::clock::CityTime;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use tabular::Words;

use super::kind::{DELETED, EXTERNAL_ID, OBSERVED_AT, PushKind, SOURCE_VERSION};
use crate::vocabulary;

vocabulary! {
    /// What became of a pushed row.
    pub enum PushStatus {
        /// The row made a record.
        Created = "CREATED",
        /// The row changed the record.
        Updated = "UPDATED",
        /// A push that replaces did not name the record, and removed it.
        Removed = "REMOVED",
        /// The record said so already.
        Unchanged = "UNCHANGED",
        /// The row is in the history; a newer row has the last word.
        Stale = "STALE",
        /// The row waits for what it names, and is applied when that arrives.
        Parked = "PARKED",
        /// The row cannot be accepted.
        Rejected = "REJECTED",
    }
}

/// Reason why a row was rejected or waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowError {
    /// Name of the field; empty for the row.
    pub path: String,
    /// Code for programs.
    pub code: String,
    /// What was found, and what is accepted, in English.
    pub en: String,
    /// The same in Vietnamese.
    pub vi: String,
}

impl RowError {
    /// An error at a field.
    pub fn new(path: impl Into<String>, code: &str, message: Words) -> Self {
        Self { path: path.into(), code: code.to_owned(), en: message.en, vi: message.vi }
    }
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RowResult {
    /// Number of the row, from 1.
    pub row: i64,
    /// Line of the file.
    pub line: i64,
    /// Id of the record in its source; empty when the row states none.
    pub external_id: String,
    /// What became of it.
    pub status: PushStatus,
    /// Key of the record.
    #[serde(rename = "id")]
    pub key: Option<String>,
    /// Why it was rejected or waits.
    pub errors: Vec<RowError>,
}

/// Values as NDJSON.
pub(in crate::push) fn ndjson(values: impl Iterator<Item = impl Serialize>) -> Vec<u8> {
    let mut lines = Vec::with_capacity(values.size_hint().0 * 128);
    for value in values {
        // Plain data always has a text.
        if serde_json::to_writer(&mut lines, &value).is_ok() {
            lines.push(b'\n');
        }
    }
    lines
}

/// Row that can be applied.
#[derive(Debug, Clone, PartialEq)]
pub struct Staged {
    /// Number of the row, from 1.
    pub row: i64,
    /// Line of the file.
    pub line: i64,
    /// Id of the record in its source.
    pub external_id: String,
    /// Version that the source gave; 0 without one.
    pub rank: i64,
    /// Time from which the row is true.
    pub at: DateTime<Utc>,
    /// Whether the row states its time; otherwise it is true from its receipt.
    pub timed: bool,
    /// Last part of the order: a digest of the content, or the number of a row without time and version.
    pub ordinal: i64,
    /// Whether the record is gone.
    pub deleted: bool,
    /// External id of the parent.
    pub parent: Option<String>,
    /// Stated columns.
    pub content: BTreeMap<String, Value>,
    /// Cells as they were sent, as JSON.
    pub raw: String,
}

/// Line of what no row of a file says.
const ABSENT: i64 = 0;

impl Staged {
    /// Whether it removes a record that a push did not name.
    pub fn removes_absent(&self) -> bool {
        self.line == ABSENT && self.deleted
    }

    /// A row that says that a record is gone, or that it is there, and nothing else.
    pub fn presence(row: i64, external_id: &str, deleted: bool, now: DateTime<Utc>) -> Self {
        Self {
            row,
            line: ABSENT,
            external_id: external_id.to_owned(),
            rank: 0,
            at: now,
            timed: false,
            ordinal: row,
            deleted,
            parent: None,
            content: BTreeMap::new(),
            raw: "null".to_owned(),
        }
    }
}

/// How far a row may state a time in the future: clocks differ.
const AHEAD: TimeDelta = TimeDelta::minutes(5);

/// Stages the typed values of a row.
///
/// # Errors
/// What is wrong with the row's identity and times.
pub fn stage(
    kind: &PushKind,
    mut values: Map<String, Value>,
    (row, line): (i64, i64),
    raw: String,
    (now, city): (DateTime<Utc>, CityTime),
) -> Result<Staged, (Vec<RowError>, String)> {
    let mut errors = Vec::new();
    let external_id = match values.remove(EXTERNAL_ID) {
        Some(Value::String(id)) if !id.is_empty() => id,
        _ => {
            errors.push(RowError::new(
                EXTERNAL_ID,
                "REQUIRED",
                Words::new(
                    "found no value; accepted: the id of the record in your system",
                    "không có giá trị; chấp nhận: mã của bản ghi trong hệ thống của đơn vị",
                ),
            ));
            String::new()
        }
    };
    let rank = values.remove(SOURCE_VERSION).and_then(|version| version.as_i64());
    let stated = match values.remove(OBSERVED_AT) {
        Some(Value::String(time)) => time.parse::<DateTime<Utc>>().ok(),
        _ => None,
    };
    if let Some(at) = stated
        && at > now + AHEAD
    {
        errors.push(in_the_future(
            "a time",
            OBSERVED_AT,
            &at.with_timezone(&city.tz).to_rfc3339_opts(SecondsFormat::AutoSi, true),
        ));
    }
    for field in kind.fields.iter().filter(|field| field.past) {
        let name = field.field.name;
        if let Some(Value::String(text)) = values.get(name)
            && is_ahead(text, now, city)
        {
            errors.push(in_the_future("a day or a time", name, text));
        }
    }
    let deleted = values.remove(DELETED) == Some(Value::Bool(true));
    if !errors.is_empty() {
        return Err((errors, raw));
    }
    let parent = kind.parent.as_ref().and_then(|parent| match values.remove(parent.field) {
        Some(Value::String(id)) => Some(id),
        _ => None,
    });
    let mut content = BTreeMap::new();
    if !deleted {
        for field in kind.fields.iter().filter(|field| !field.column.is_empty()) {
            if let Some(value) = values.remove(field.field.name) {
                content.insert(field.column.to_owned(), value);
            }
        }
    }
    // Rows that are true from their receipt are in the order of the file; all others in an order of their own.
    let ordinal = match (stated, rank) {
        (None, None) => row,
        _ => digest(&external_id, stated, deleted, parent.as_deref(), &content),
    };
    Ok(Staged {
        row,
        line,
        external_id,
        rank: rank.unwrap_or(0),
        at: stated.unwrap_or(now),
        timed: stated.is_some(),
        ordinal,
        deleted,
        parent,
        content,
        raw,
    })
}

/// Whether a day is after today, or a time after now.
fn is_ahead(text: &str, now: DateTime<Utc>, city: CityTime) -> bool {
    match (text.parse::<NaiveDate>(), text.parse::<DateTime<Utc>>()) {
        (Ok(day), _) => day > city.today(now + AHEAD),
        (_, Ok(at)) => at > now + AHEAD,
        _ => false,
    }
}

fn in_the_future(accepted: &str, field: &str, text: &str) -> RowError {
    let words = Words::new(
        format!("{text} is in the future; accepted: {accepted} until now"),
        format!("{text} ở tương lai; cần: ngày hoặc thời điểm không sau hiện tại"),
    );
    RowError::new(field, "INVALID", words)
}

/// A digest of what a row states, as a positive number.
fn digest(
    external_id: &str,
    at: Option<DateTime<Utc>>,
    deleted: bool,
    parent: Option<&str>,
    content: &BTreeMap<String, Value>,
) -> i64 {
    let stated = serde_json::json!([external_id, at, deleted, parent, content]);
    let hash = Sha256::digest(stated.to_string());
    let first = hash.iter().take(8).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    i64::try_from(first >> 1).unwrap_or(i64::MAX)
}

/// Numbers of rows by what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Rows in all.
    pub rows: i64,
    /// Rows that made a record.
    pub created: i64,
    /// Rows that changed a record.
    pub updated: i64,
    /// Records that a push which replaces has removed.
    pub removed: i64,
    /// Rows that said nothing new.
    pub unchanged: i64,
    /// Rows that a newer row overrules.
    pub stale: i64,
    /// Rows that wait.
    pub parked: i64,
    /// Rows that were rejected.
    pub rejected: i64,
}

impl Counts {
    /// Counts results.
    pub fn of(results: &[RowResult]) -> Self {
        let count = |status| results.iter().filter(|result| result.status == status).map(|_| 1).sum();
        Self {
            rows: results.iter().map(|_| 1).sum(),
            created: count(PushStatus::Created),
            updated: count(PushStatus::Updated),
            removed: count(PushStatus::Removed),
            unchanged: count(PushStatus::Unchanged),
            stale: count(PushStatus::Stale),
            parked: count(PushStatus::Parked),
            rejected: count(PushStatus::Rejected),
        }
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, more: Self) {
        self.rows += more.rows;
        self.created += more.created;
        self.updated += more.updated;
        self.removed += more.removed;
        self.unchanged += more.unchanged;
        self.stale += more.stale;
        self.parked += more.parked;
        self.rejected += more.rejected;
    }
}
