//! Full-text search by words, without regard to accents, case, punctuation and order.

use sqlx::{Postgres, QueryBuilder};

use crate::problem::Problem;

/// Maximum length of a search, in characters.
pub const MAX_SEARCH: usize = 200;

/// Refuses a search that is too long. Every other text is accepted; a text without letters and digits does not restrict
/// the list.
///
/// # Errors
/// `VALIDATION` at the path.
pub fn check_search(text: &str, path: &str) -> Result<(), Problem> {
    match text.chars().count() {
        0..=MAX_SEARCH => Ok(()),
        chars => {
            Err(Problem::validation(path, format!("the search has {chars} characters; accepted: up to {MAX_SEARCH}")))
        }
    }
}

/// Pushes ` AND …`, a condition that the column has every word of a search, in any order. The column has text folded by
/// `platform.fold`, and the statement folds the words by the same function. PostgreSQL can use a trigram index on the
/// column. A search without words does not restrict the rows.
pub fn push_words(sql: &mut QueryBuilder<Postgres>, column: &'static str, text: &str) {
    sql.push(" AND ").push(column);
    sql.push(" LIKE (platform.search_patterns(").push_bind(text.to_owned());
    sql.push("))[1] AND ").push(column);
    sql.push(" LIKE ALL ((platform.search_patterns(").push_bind(text.to_owned());
    sql.push("))[2:])");
}
