//! Markdown with tables (GitHub Flavored Markdown, whose tables are an extension of `CommonMark`).

use std::fmt::Write;

use super::on_one_line;
use crate::client::Language;
use crate::command::briefing::document::{Align, Document, Table};
use crate::command::briefing::text;

/// The document in Markdown.
pub fn write(document: &Document) -> String {
    let mut out = String::new();
    line(&mut out, &format!("# {}", escaped(&document.title)));
    line(&mut out, &format!("**{}**", escaped(&document.subtitle)));
    for (label, value) in &document.facts {
        // Writing into a String cannot fail.
        let _ = writeln!(out, "- **{}:** {}", escaped(label), escaped(value));
    }
    out.push('\n');
    warnings(&mut out, &document.warnings, document.language);
    for section in &document.sections {
        line(&mut out, &format!("## {}", escaped(&section.title)));
        warnings(&mut out, &section.warnings, document.language);
        for note in &section.notes {
            line(&mut out, &escaped(note));
        }
        for shown in &section.tables {
            table(&mut out, shown, document.language);
        }
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// Adds a block and the empty line behind it.
fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push_str("\n\n");
}

fn warnings(out: &mut String, warnings: &[String], language: Language) {
    for warning in warnings {
        line(out, &format!("> **{}:** {}", language.pick("Caution", "Lưu ý"), escaped(warning)));
    }
}

fn table(out: &mut String, table: &Table, language: Language) {
    line(out, &format!("### {}", escaped(&table.title)));
    if table.rows.is_empty() {
        line(out, &escaped(&table.empty));
    } else {
        let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        out.push_str(&row(table.columns.iter().map(|column| escaped(&column.name)).collect()));
        let rule = |align| if align == Align::End { "---:" } else { "---" };
        out.push_str(&row(table.columns.iter().map(|column| rule(column.align).to_owned()).collect()));
        for cells in &table.rows {
            out.push_str(&row(cells.iter().map(|cell| escaped(&text::cell(cell, language))).collect()));
        }
        out.push('\n');
    }
    if let Some(note) = &table.note {
        line(out, &escaped(note));
    }
}

/// A text without markup: a backslash before what would begin some (`CommonMark`, section 2.4), and no line breaks.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in on_one_line(text).trim().chars() {
        if "\\`*_{}[]<>#|~!&$".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
