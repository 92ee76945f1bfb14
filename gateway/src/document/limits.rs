//! Bounds on a document; an answer names the limit and what the document has.

use std::collections::HashMap;

use apollo_compiler::{
    ExecutableDocument, Name,
    executable::{Selection, SelectionSet},
    validation::Valid,
};

use crate::error::{ErrorCode, GraphQlError};

fn exceeded(name: &str, limit: usize, actual: usize) -> GraphQlError {
    GraphQlError::new(
        ErrorCode::Validation,
        format!("the document has {name} {actual}, the limit is {limit}"),
    )
    .with("limitName", name)
    .with("limit", limit)
    .with("actual", actual)
}

pub(super) fn check_tokens(text: &str, limit: usize) -> Result<(), GraphQlError> {
    // A token takes at least one byte, so most documents need not be counted.
    if text.len() <= limit {
        return Ok(());
    }
    let actual = count_tokens(text.as_bytes());
    if actual > limit {
        Err(exceeded("tokens", limit, actual))
    } else {
        Ok(())
    }
}

/// Counts lexical tokens. Text that is no GraphQL gets some number; the parser refuses it afterwards.
fn count_tokens(bytes: &[u8]) -> usize {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+' | b'.');
    let mut count = 0;
    let mut position = 0;
    while let Some(&byte) = bytes.get(position) {
        let rest = &bytes[position..];
        position += match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b',' => 1,
            b'#' => rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len()),
            b'"' => {
                count += 1;
                string_length(rest)
            }
            b'.' if rest.starts_with(b"...") => {
                count += 1;
                3
            }
            _ => {
                count += 1;
                rest.iter()
                    .position(|&byte| !is_word(byte))
                    .unwrap_or(rest.len())
                    .max(1)
            }
        };
    }
    count
}

fn string_length(rest: &[u8]) -> usize {
    let (quote, mut position): (&[u8], usize) = if rest.starts_with(b"\"\"\"") {
        (b"\"\"\"", 3)
    } else {
        (b"\"", 1)
    };
    while position < rest.len() {
        if rest[position] == b'\\' {
            position += 2;
        } else if rest[position..].starts_with(quote) {
            return position + quote.len();
        } else {
            position += 1;
        }
    }
    rest.len()
}

/// Depth counts fields; a fragment is as deep as what it selects.
pub(super) fn check_depth(document: &Valid<ExecutableDocument>, limit: usize) -> Result<(), GraphQlError> {
    let mut fragments = HashMap::new();
    let depths = document
        .operations
        .iter()
        .map(|operation| depth(document, &operation.selection_set, &mut fragments));
    let actual = depths.max().unwrap_or(0);
    if actual > limit {
        Err(exceeded("depth", limit, actual))
    } else {
        Ok(())
    }
}

fn depth<'a>(
    document: &'a Valid<ExecutableDocument>,
    set: &'a SelectionSet,
    fragments: &mut HashMap<&'a Name, usize>,
) -> usize {
    let mut deepest = 0;
    for selection in &set.selections {
        let own = match selection {
            Selection::Field(field) => 1 + depth(document, &field.selection_set, fragments),
            Selection::InlineFragment(fragment) => depth(document, &fragment.selection_set, fragments),
            Selection::FragmentSpread(spread) => {
                let known = fragments.get(&spread.fragment_name).copied();
                known.unwrap_or_else(|| {
                    let found = document.fragments.get(&spread.fragment_name);
                    let own = found.map_or(0, |fragment| depth(document, &fragment.selection_set, fragments));
                    fragments.insert(&spread.fragment_name, own);
                    own
                })
            }
        };
        deepest = deepest.max(own);
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_counted_as_the_specification_cuts_them() {
        let text = "query Q($a: [Int!] = [1, -2.5e3]) { # a comment {\n a: b(c: \"x \\\" y\", d: \"\"\" z \"\"\") ... on T { f } }";
        assert_eq!(count_tokens(text.as_bytes()), 35);
    }

    #[test]
    fn an_exceeded_limit_names_itself_and_both_numbers() {
        let error = check_tokens(&"a ".repeat(20), 10).unwrap_err();
        assert_eq!(error.extensions["limit"], 10);
        assert_eq!(error.extensions["actual"], 20);
        assert_eq!(error.extensions["limitName"], "tokens");
    }
}
