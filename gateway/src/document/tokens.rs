//! Counts lexical tokens without building them, so that checking an oversized document costs one pass over its bytes.

/// Counts lexical tokens. For a text that is not GraphQL the count has no meaning; the parser refuses it later.
pub(super) fn count_tokens(text: &str) -> usize {
    let bytes = text.as_bytes();
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
                rest.iter().position(|&byte| !is_word(byte)).unwrap_or(rest.len()).max(1)
            }
        };
    }
    count
}

fn string_length(rest: &[u8]) -> usize {
    let (quote, mut position): (&[u8], usize) = if rest.starts_with(b"\"\"\"") { (b"\"\"\"", 3) } else { (b"\"", 1) };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_counted_as_the_specification_cuts_them() {
        let text = "query Q($a: [Int!] = [1, -2.5e3]) { # a comment {\n a: b(c: \"x \\\" y\", d: \"\"\" z \"\"\") ... on T { f } }";
        assert_eq!(count_tokens(text), 35);
    }
}
