//! Comparison of names and labels that ignores case, accents and extra spaces.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The text in lower case, without accents, with single spaces; `đ` is `d`.
pub(crate) fn fold(text: &str) -> String {
    let plain: String = text
        .nfd()
        .filter(|c| !is_combining_mark(*c) && !matches!(c, '\u{feff}' | '\u{200b}'..='\u{200d}'))
        .flat_map(char::to_lowercase)
        .map(|c| if matches!(c, 'đ' | 'ð') { 'd' } else { c })
        .collect();
    // A star is the usual mark of a required column.
    plain.trim_matches(|c: char| c == '*' || c.is_whitespace()).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The candidate nearest to `text` when it looks like a slip of the pen: at most two edits, fewer in short words.
pub(crate) fn nearest<'a>(text: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 100;
    if text.len() > LONGEST {
        return None;
    }
    let folded: Vec<char> = fold(text).chars().collect();
    candidates
        .map(|candidate| (distance(&folded, &fold(candidate).chars().collect::<Vec<_>>()), candidate))
        .filter(|(edits, candidate)| *edits <= 2 && *edits * 3 <= candidate.chars().count())
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

/// Number of insertions, deletions, substitutions and swaps of neighbours between two texts (optimal string alignment).
fn distance(left: &[char], right: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=right.len()).collect();
    for (i, l) in left.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, r) in right.iter().enumerate() {
            let edited = (above[j] + usize::from(l != r)).min(above[j + 1] + 1).min(row[j] + 1);
            let swapped = i > 0 && j > 0 && *l == right[j - 1] && left[i - 1] == *r;
            row.push(if swapped { edited.min(before[j - 1] + 1) } else { edited });
        }
        before = std::mem::replace(&mut above, row);
    }
    above[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_and_spaces_do_not_matter() {
        assert_eq!(fold("  HẠN   hoàn thành * "), "han hoan thanh");
        assert_eq!(fold("Đường"), fold("duong"));
    }

    #[test]
    fn a_slip_is_found_and_another_word_is_not() {
        let names = ["currentDue", "title", "ward"];
        assert_eq!(nearest("curentDu", names.into_iter()), Some("currentDue"));
        assert_eq!(nearest("war", names.into_iter()), Some("ward"));
        assert_eq!(nearest("titel", names.into_iter()), Some("title"));
        assert_eq!(nearest("budget", names.into_iter()), None);
        assert_eq!(nearest("wo", names.into_iter()), None);
    }
}
