//! A page of HTML that needs no other file: its style is inside, and a policy forbids everything else.

use crate::client::Language;
use crate::command::briefing::document::{Align, Document, Section, Table};
use crate::command::briefing::text;

const STYLE: &str = include_str!("page.css");

/// Nothing is loaded and nothing is executed, whatever a text of the data is.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// The document as a page.
pub fn write(document: &Document) -> String {
    let language = document.language;
    let facts: String =
        document.facts.iter().map(|(label, value)| element("dt", "", label) + &element("dd", "", value)).collect();
    let sections: String = document.sections.iter().map(|part| section(part, language)).collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"{code}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title} – {period}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <h1>{title}</h1>\n<p class=\"period\">{period}</p>\n<dl>\n{facts}</dl>\n{warnings}{sections}</body>\n</html>\n",
        code = language.code(),
        title = escaped(&document.title),
        period = escaped(&document.subtitle),
        warnings = paragraphs("warning", &document.warnings),
    )
}

fn section(section: &Section, language: Language) -> String {
    let tables: String = section.tables.iter().map(|part| table(part, language)).collect();
    let (warnings, notes) = (paragraphs("warning", &section.warnings), paragraphs("basis", &section.notes));
    format!("<section>\n{}{warnings}{notes}{tables}</section>\n", element("h2", "", &section.title))
}

fn table(table: &Table, language: Language) -> String {
    let mut out = element("h3", "", &table.title);
    if table.rows.is_empty() {
        out.push_str(&element("p", "", &table.empty));
    } else {
        let class = |place: usize| match table.columns.get(place).map(|column| column.align) {
            Some(Align::End) => "number",
            Some(Align::Start) | None => "",
        };
        let header = table.columns.iter().enumerate().map(|(place, column)| element("th", class(place), &column.name));
        out += "<table>\n<thead><tr>\n";
        out.extend(header);
        out += "</tr></thead>\n<tbody>\n";
        for row in &table.rows {
            let cells =
                row.iter().enumerate().map(|(place, cell)| element("td", class(place), &text::cell(cell, language)));
            out += "<tr>\n";
            out.extend(cells);
            out += "</tr>\n";
        }
        out.push_str("</tbody>\n</table>\n");
    }
    out + &table.note.as_deref().map(|note| element("p", "note", note)).unwrap_or_default()
}

fn paragraphs(class: &str, texts: &[String]) -> String {
    texts.iter().map(|text| element("p", class, text)).collect()
}

/// An element with a text.
fn element(name: &str, class: &str, text: &str) -> String {
    let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
    format!("<{name}{class}>{}</{name}>\n", escaped(text))
}

/// A text without markup, in an element or an attribute. A browser drops the other control characters.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}
