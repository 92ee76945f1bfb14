//! Search by words, whatever their accents, case, punctuation and order.

use sqlx::{Postgres, QueryBuilder};

use crate::problem::Problem;

/// Most characters of a search.
pub const MAX_SEARCH: usize = 200;

/// Refuses a search that is too long. Every other text is one: what holds no letter and no digit searches for nothing.
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

/// Pushes ` AND …` so that only rows are left whose column holds every word of a search, in any order. The column holds
/// text folded by `platform.fold`; the words are folded by the same function in the statement, so that there is one
/// folding only. A trigram index over the column can be used. A search without words restricts nothing.
pub fn push_words(sql: &mut QueryBuilder<Postgres>, column: &'static str, text: &str) {
    sql.push(" AND ").push(column);
    sql.push(" LIKE (platform.search_patterns(").push_bind(text.to_owned());
    sql.push("))[1] AND ").push(column);
    sql.push(" LIKE ALL ((platform.search_patterns(").push_bind(text.to_owned());
    sql.push("))[2:])");
}
