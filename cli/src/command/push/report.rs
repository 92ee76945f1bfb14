//! What a push shows on stdout.

use std::fmt::Write;
use std::path::Path;

use serde_json::{Value, json};

use super::answer::{Row, State, Summary};
use super::file::Outcome;
use crate::client::{Failure, Language};

/// Widest cell of a table but its last, in characters.
const MAX_CELL_CHARS: usize = 32;

/// The result as a table for people.
pub fn table(name: &str, kind: &str, source: Option<&str>, outcome: &Outcome, language: Language) -> String {
    let Outcome { summary, failed, failed_file } = outcome;
    let say = |english: &'static str, vietnamese: &'static str| language.pick(english, vietnamese);
    let of_source = source.map(|source| format!(" ({source})")).unwrap_or_default();
    let mut text = format!("{} → {kind}{of_source}: {}\n", clean(name), state(summary.state, language));
    // A dry run leaves no receipt that could be looked at.
    if let Some(receipt) = summary.receipt.as_ref().filter(|_| summary.state != State::DryRun) {
        put(&mut text, format_args!("{}: {}", say("receipt", "biên nhận"), clean(receipt)));
    }
    let counts = summary.counts;
    for (label, number, is_always_shown) in [
        (say("rows", "số dòng"), counts.rows, true),
        (say("created", "tạo mới"), counts.created, true),
        (say("updated", "cập nhật"), counts.updated, true),
        (say("removed", "đã xóa"), counts.removed, false),
        (say("unchanged", "không đổi"), counts.unchanged, true),
        (say("stale", "cũ hơn dữ liệu đã có"), counts.stale, false),
        (say("parked", "chờ dữ liệu liên quan"), counts.parked, false),
        (say("rejected", "bị từ chối"), counts.rejected, true),
    ] {
        if is_always_shown || number > 0 {
            put(&mut text, format_args!("  {label:22} {number:>9}"));
        }
    }
    if let Some(error) = &summary.error {
        put(&mut text, format_args!("{}: {} [{}]", say("error", "lỗi"), clean(&error.message), clean(&error.code)));
    }
    for note in summary.notes.iter().flatten() {
        put(&mut text, format_args!("{}: {}", say("note", "lưu ý"), clean(language.pick(&note.en, &note.vi))));
    }
    if let Some(at) = summary.received_at.as_ref().filter(|_| summary.replayed) {
        put(&mut text, replayed(at, language));
    }
    rows(&mut text, failed, language);
    let more = (counts.rejected + counts.parked).saturating_sub(failed.len() as u64);
    if more > 0 {
        put(&mut text, format_args!("… {more} {}", say("more failed rows", "dòng lỗi nữa")));
    }
    if let Some(path) = failed_file {
        put(&mut text, format_args!("{}: {}", say("failed rows", "các dòng lỗi"), path.display()));
    }
    text
}

fn replayed(at: &str, language: Language) -> String {
    let at = clean(at);
    language.pick(
        format!("note: this push had arrived before the connection broke; these are its results of {at}"),
        format!("lưu ý: lần gửi này đã đến nơi trước khi mất kết nối; đây là kết quả lúc {at}"),
    )
}

fn state(state: State, language: Language) -> &'static str {
    match state {
        State::Done => language.pick("done", "đã xong"),
        State::DryRun => language.pick("checked, nothing stored", "đã kiểm tra, chưa lưu gì"),
        State::RolledBack => language.pick("nothing stored, since rows failed", "không lưu gì vì có dòng lỗi"),
        State::Failed => language.pick("failed", "không thành công"),
        State::Other => language.pick("not done", "chưa xong"),
    }
}

/// A table of failed rows, a line for each error.
fn rows(text: &mut String, failed: &[Row], language: Language) {
    let mut cells: Vec<[String; 4]> = Vec::new();
    for row in failed {
        let id = row.external_id.as_deref().map(cell).unwrap_or_default();
        let start = [row.place().to_string(), id];
        if row.errors.is_empty() {
            let [line, id] = start.clone();
            cells.push([line, id, String::new(), String::new()]);
        }
        for error in &row.errors {
            let [line, id] = start.clone();
            let message = if error.message.is_empty() { &error.code } else { &error.message };
            cells.push([line, id, error.path.as_deref().map(cell).unwrap_or_default(), clean(message)]);
        }
    }
    if cells.is_empty() {
        return;
    }
    let head = language.pick(["line", "external id", "field", "message"], ["dòng", "mã nguồn", "trường", "thông báo"]);
    cells.insert(0, head.map(str::to_owned));
    let width = |column: usize| cells.iter().map(|cells| cells[column].chars().count()).max().unwrap_or_default();
    let (line, id, field) = (width(0), width(1), width(2));
    text.push('\n');
    for [at, external_id, path, message] in &cells {
        put(text, format_args!("  {at:>line$}  {external_id:id$}  {path:field$}  {message}"));
    }
}

fn put(text: &mut String, line: impl std::fmt::Display) {
    // Writing into a String cannot fail.
    let _ = writeln!(text, "{line}");
}

/// A text without characters that could steer a terminal.
fn clean(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

fn cell(text: &str) -> String {
    let text = clean(text);
    if text.chars().count() <= MAX_CELL_CHARS {
        return text;
    }
    let start: String = text.chars().take(MAX_CELL_CHARS - 1).collect();
    format!("{start}…")
}

/// The summary as one line of JSON, with the file and the file of its failed rows.
pub fn json(path: &Path, outcome: &Outcome) -> String {
    let mut line = outcome.summary.line.clone();
    line.insert("file".to_owned(), json!(path));
    if let Some(failed) = &outcome.failed_file {
        line.insert("failedFile".to_owned(), json!(failed));
    }
    format!("{}\n", Value::Object(line))
}

/// A push without a summary as one line of JSON.
pub fn failure_json(path: &Path, failure: &Failure) -> String {
    let error = json!({ "code": failure.code(), "message": failure.to_string() });
    format!("{}\n", json!({ "file": path, "state": "FAILED", "error": error }))
}

/// The sentence about a push that the server ended with an error, or rolled back.
pub fn reason(summary: &Summary, language: Language) -> String {
    let state = state(summary.state, language);
    match &summary.error {
        Some(error) => format!("{state}: {} [{}]", error.message, error.code),
        None => state.to_owned(),
    }
}
