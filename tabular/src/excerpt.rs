//! Excerpts of what a file says, for messages.

/// Maximum length of an excerpt in characters.
const MAX_CHARS: usize = 80;

/// The printable start of `text`, with `…` where it was cut.
pub(crate) fn excerpt(text: &str) -> String {
    let mut chars = text.chars();
    let mut kept: String =
        chars.by_ref().take(MAX_CHARS).map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect();
    if chars.next().is_some() {
        kept.push('…');
    }
    kept
}

/// The first names of a list, quoted, and how many more there are.
pub(crate) fn names<T: AsRef<str>>(list: &[T]) -> String {
    const MOST: usize = 12;
    let mut text: Vec<String> = list.iter().take(MOST).map(|name| format!("“{}”", excerpt(name.as_ref()))).collect();
    if list.len() > MOST {
        text.push(format!("… (+{})", list.len() - MOST));
    }
    text.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_at_a_character() {
        let cut = excerpt(&"ệ".repeat(1_000));
        assert_eq!(cut.chars().count(), MAX_CHARS + 1);
        assert!(cut.ends_with("ệ…"));
        assert_eq!(excerpt("a\nb"), "a\u{fffd}b");
    }

    #[test]
    fn a_long_list_says_how_many_more_there_are() {
        let list: Vec<String> = (0..14).map(|number| number.to_string()).collect();
        assert!(names(&list).ends_with("“11”, … (+2)"));
    }
}
