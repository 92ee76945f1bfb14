//! The tables of an operation: one for each list, `…Stats` or object at its top level, with its columns.
//!
//! Types are known by the conventions of the API: a Relay connection is named `…Connection` and its edges `…Edge`, measures
//! are named `…Stats` and have `rows` and `totals`, and the date and source of figures is a field `freshness`.

use std::collections::BTreeSet;

use gateway::document::{Outline, OutlinedField};

/// A table that the answer of an operation has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Name: the response key, after a point that of a field below it.
    pub name: String,
    /// Response keys from `data` to what has the rows; the first is that of the root field.
    pub steps: Vec<String>,
    /// Response key of the rows in it. `None`: it is the list, or the only row.
    pub rows: Option<String>,
    /// Response key of the list in each row that has a row for each of its objects, beside what the row has itself.
    pub each: Option<String>,
    /// Whether it can have several rows.
    pub is_list: bool,
    /// The columns, each from a row.
    pub columns: Vec<Column>,
    /// Number of rows that the list has in all, from the same place as the rows.
    pub total: Option<String>,
    /// How to get the next page.
    pub paging: Option<Paging>,
    /// The most rows that the operation asks for at once; `None` when it does not say.
    pub first: Option<usize>,
    /// Whether all rows are there when fewer came than could; otherwise nothing says so.
    pub ends_early: bool,
    /// Date and source of the figures: response keys from `data`, and what is asked for there.
    pub freshness: Option<(Vec<String>, Vec<Column>)>,
    /// The date in the argument `asOf` of the root field.
    pub as_of: Option<String>,
    /// The dates of the fields below it that take `asOf`; `None`: neither the field nor one above it gives a date, so its
    /// figures are those of the day of the export.
    pub as_of_below: BTreeSet<Option<String>>,
}

/// Fields and variable of a list in pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    /// Response key of `pageInfo`.
    pub info: String,
    /// Response key of `hasNextPage`.
    pub has_next: String,
    /// Response key of `endCursor`, and the variable that takes it; `None` when the operation cannot go on.
    pub next: Option<(String, String)>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Dotted response keys from the row, without those that only connections have.
    pub name: String,
    /// All response keys from the row.
    pub steps: Vec<String>,
    /// What its values are.
    pub kind: Kind,
}

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Texts, codes, words of a vocabulary; joined values of a list.
    Text,
    /// Numbers.
    Number,
    /// Yes or no.
    Boolean,
    /// Days.
    Date,
    /// Points in time.
    Instant,
}

/// The tables of an operation, in the order of its answer.
pub fn parts(outline: &Outline) -> Vec<Part> {
    let mut parts: Vec<Part> = outline.fields.iter().flat_map(of_root).collect();
    // A variable that moves two lists follows neither.
    let variables: Vec<String> =
        parts.iter().filter_map(|part| Some(part.paging.as_ref()?.next.as_ref()?.1.clone())).collect();
    for paging in parts.iter_mut().filter_map(|part| part.paging.as_mut()) {
        paging.next.take_if(|(_, variable)| variables.iter().filter(|other| *other == variable).count() > 1);
    }
    parts
}

fn of_root(field: &OutlinedField) -> Vec<Part> {
    if field.fields.is_empty() {
        let is_meta = field.name.starts_with("__");
        let columns = columns(std::slice::from_ref(field));
        return if is_meta { Vec::new() } else { vec![Part { columns, steps: Vec::new(), ..part(field, field) }] };
    }
    if field.is_list || !(is_connection(field) || is_stats(field)) {
        return vec![of_list(field)];
    }
    let rows = if is_stats(field) {
        child(field, "rows")
    } else {
        child(field, "edges").filter(|edges| child(edges, "node").is_some()).or_else(|| child(field, "nodes"))
    };
    let is_apart = |other: &&OutlinedField| {
        !matches!(other.name.as_str(), "rows" | "edges" | "nodes" | "pageInfo" | "freshness")
            && !other.fields.is_empty()
    };
    let mut parts: Vec<Part> = rows.map(|rows| of_rows(field, rows)).into_iter().collect();
    for other in field.fields.iter().filter(is_apart) {
        let name = format!("{}.{}", field.key, other.key);
        let steps = vec![field.key.clone(), other.key.clone()];
        parts.push(Part { name, steps, columns: columns(&other.fields), ..part(field, other) });
    }
    match &mut parts[..] {
        // Only the totals, or only the number of rows.
        [only] if rows.is_none() => only.name.clone_from(&field.key),
        [] => {
            let counts: Vec<_> = field.fields.iter().filter(|count| count.fields.is_empty()).cloned().collect();
            parts.push(Part { columns: columns(&counts), ..part(field, field) });
        }
        _ => {}
    }
    parts.retain(|part| !part.columns.is_empty());
    parts
}

/// The table of a list or an object. Its only list of objects (the points of a trend) has a row for each, unless a number of the row
/// would then be there several times, so that its sum would be wrong.
fn of_list(field: &OutlinedField) -> Part {
    let is_each = |child: &&OutlinedField| child.is_list && !child.fields.is_empty();
    let (lists, own): (Vec<_>, Vec<_>) = field.fields.iter().partition(|child| is_each(child));
    let mut own_columns = Vec::new();
    collect(own, Parent::Plain, &Place::default(), &mut own_columns);
    match lists[..] {
        [each] if own_columns.iter().all(|column| column.kind != Kind::Number) => {
            let single = OutlinedField { is_list: false, ..each.clone() };
            let fields = field.fields.iter().map(|child| if child.key == each.key { &single } else { child });
            let mut columns = Vec::new();
            collect(fields, Parent::Plain, &Place::default(), &mut columns);
            Part { columns, each: Some(each.key.clone()), ..part(field, field) }
        }
        _ => Part { columns: columns(&field.fields), ..part(field, field) },
    }
}

/// The table of a connection or of measures.
fn of_rows(field: &OutlinedField, rows: &OutlinedField) -> Part {
    let mut columns = Vec::new();
    let parent = if rows.name == "edges" { Parent::Edge } else { Parent::Plain };
    collect(&rows.fields, parent, &Place::default(), &mut columns);
    let paging = child(field, "pageInfo").and_then(|info| {
        let after = field.argument("after").and_then(|after| after.variable.clone());
        let next = child(info, "endCursor").map(|cursor| cursor.key.clone()).zip(after);
        Some(Paging { info: info.key.clone(), has_next: child(info, "hasNextPage")?.key.clone(), next })
    });
    Part {
        rows: Some(rows.key.clone()),
        is_list: true,
        columns,
        total: ["totalCount", "rowCount"].iter().find_map(|count| child(field, count)).map(|total| total.key.clone()),
        paging,
        ..part(field, field)
    }
}

/// A table without columns of a root field, or of a field below it.
fn part(root: &OutlinedField, field: &OutlinedField) -> Part {
    let first = json(root, "first").and_then(|first| first.as_u64()).and_then(|first| usize::try_from(first).ok());
    let as_of = as_of(root);
    let mut as_of_below = BTreeSet::new();
    collect_as_of(&field.fields, as_of.as_ref(), &mut as_of_below);
    let freshness = child(root, "freshness")
        .map(|freshness| (vec![root.key.clone(), freshness.key.clone()], columns(&freshness.fields)));
    Part {
        name: root.key.clone(),
        steps: vec![root.key.clone()],
        rows: None,
        each: None,
        is_list: field.is_list,
        columns: Vec::new(),
        total: None,
        paging: None,
        first,
        ends_early: first.is_some() || !root.takes("first") || is_stats(root),
        freshness,
        as_of,
        as_of_below,
    }
}

/// The value of an argument that the operation gives.
fn json(field: &OutlinedField, name: &str) -> Option<serde_json::Value> {
    field.argument(name)?.value.as_deref().and_then(|text| serde_json::from_str(text).ok())
}

fn as_of(field: &OutlinedField) -> Option<String> {
    json(field, "asOf").as_ref().and_then(serde_json::Value::as_str).map(str::to_owned)
}

/// Collects the dates of fields. A field without a date is read as of that of the next field above it that has one.
fn collect_as_of(fields: &[OutlinedField], above: Option<&String>, into: &mut BTreeSet<Option<String>>) {
    for field in fields {
        let own = as_of(field);
        let day = own.as_ref().or(above);
        if field.takes("asOf") && (own.is_some() || above.is_none()) {
            into.insert(own.clone());
        }
        collect_as_of(&field.fields, day, into);
    }
}

fn child<'a>(field: &'a OutlinedField, name: &str) -> Option<&'a OutlinedField> {
    field.fields.iter().find(|child| child.name == name)
}

fn is_connection(field: &OutlinedField) -> bool {
    field.type_name.ends_with("Connection")
}

fn is_stats(field: &OutlinedField) -> bool {
    field.type_name.ends_with("Stats")
}

/// What the fields are below.
#[derive(Clone, Copy)]
enum Parent {
    Plain,
    Connection,
    Edge,
}

/// Where the fields are.
#[derive(Clone, Default)]
struct Place {
    name: String,
    steps: Vec<String>,
    /// Whether there is a list above.
    in_list: bool,
}

fn columns(fields: &[OutlinedField]) -> Vec<Column> {
    let mut columns = Vec::new();
    collect(fields, Parent::Plain, &Place::default(), &mut columns);
    columns
}

fn collect<'a>(
    fields: impl IntoIterator<Item = &'a OutlinedField>,
    parent: Parent,
    place: &Place,
    into: &mut Vec<Column>,
) {
    for field in fields {
        let is_hidden = match (parent, field.name.as_str()) {
            (Parent::Connection, "pageInfo") | (Parent::Edge, "cursor") => continue,
            (Parent::Connection, "edges" | "nodes") | (Parent::Edge, "node") => true,
            _ => false,
        };
        let mut below = place.clone();
        below.in_list |= field.is_list;
        below.steps.push(field.key.clone());
        if !is_hidden {
            let point = if below.name.is_empty() { "" } else { "." };
            below.name.extend([point, &field.key]);
        }
        if field.fields.is_empty() {
            let kind = if below.in_list { Kind::Text } else { kind(&field.type_name) };
            into.push(Column { name: below.name, steps: below.steps, kind });
        } else {
            let parent = match (parent, field.name.as_str()) {
                (Parent::Connection, "edges") => Parent::Edge,
                _ if is_connection(field) => Parent::Connection,
                _ => Parent::Plain,
            };
            collect(&field.fields, parent, &below, into);
        }
    }
}

/// What the values of a scalar type are. Identifiers and codes are texts, whatever they look like.
fn kind(type_name: &str) -> Kind {
    match type_name {
        "Int" | "Float" | "Decimal" => Kind::Number,
        "Boolean" => Kind::Boolean,
        "Date" => Kind::Date,
        "DateTime" => Kind::Instant,
        _ => Kind::Text,
    }
}
