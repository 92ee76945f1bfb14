//! SQL templates: placeholders `{name}` that are filled when a statement is written.

use sqlx::{Postgres, QueryBuilder};

use super::condition::DaySql;

/// Rows without a join that PostgreSQL does not leave out by itself, because it does not know that it finds one row at most.
#[derive(Debug, Clone, Copy)]
pub struct Bare<T> {
    /// Templates of the rows.
    pub rows: T,
    /// Columns that the rows have with the join only, for each join: `f.owner`.
    pub without: &'static [&'static [&'static str]],
}

impl<T: Copy> Bare<T> {
    /// The first rows that have every column that the parts of a statement read.
    pub(super) fn for_parts<'a>(choices: &[Self], parts: &(impl Iterator<Item = &'a str> + Clone)) -> Option<T> {
        let is_read = |column: &str| parts.clone().any(|sql| has_word(sql, column));
        let serve = |bare: &&Self| !bare.without.iter().copied().flatten().any(|column| is_read(column));
        choices.iter().find(serve).map(|bare| bare.rows)
    }
}

/// Whether a name is in a text, and not only as the beginning of a longer one.
fn has_word(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let next = text[at + name.len()..].chars().next();
        !next.is_some_and(|next| next.is_alphanumeric() || next == '_')
    })
}

/// Pushes SQL. `fill` replaces each placeholder `{name}`.
pub fn push_template(
    sql: &mut QueryBuilder<Postgres>,
    template: &str,
    fill: impl Fn(&mut QueryBuilder<Postgres>, &str),
) {
    let mut pieces = template.split('{');
    sql.push(pieces.next().unwrap_or_default());
    for piece in pieces {
        let (name, rest) = piece.split_once('}').unwrap_or((piece, ""));
        fill(sql, name);
        sql.push(rest);
    }
}

/// Pushes a source of rows as of the end of a day: a template with `{day}`.
pub fn push_source(sql: &mut QueryBuilder<Postgres>, template: &'static str, day: DaySql) {
    push_template(sql, template, |sql, _| day.push(sql));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_barest_rows_serve_that_have_every_column_that_is_read() {
        let choices = [
            Bare { rows: "alone", without: &[&["f.area"], &["f.owner", "f.position"]] },
            Bare { rows: "of area", without: &[&["f.owner", "f.position"]] },
        ];
        let rows = |parts: &[&str]| Bare::for_parts(&choices, &parts.iter().copied());
        assert_eq!(rows(&[]), Some("alone"));
        assert_eq!(rows(&["f.site = ANY({})", "f.owner_level", "d.owner"]), Some("alone"));
        assert_eq!(rows(&["f.site", "f.area = ANY({})"]), Some("of area"));
        assert_eq!(rows(&["f.area", "count(*) FILTER (WHERE f.owner_level = f.owner)"]), None);
        assert_eq!(rows(&["JOIN held ON held.position = f.position AND true"]), None);
    }
}
