//! SQL templates: placeholders `{name}` that are filled when a statement is written.

use sqlx::{Postgres, QueryBuilder};

use super::condition::DaySql;

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
