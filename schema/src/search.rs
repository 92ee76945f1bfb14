//! Search that ignores accents and case.
//!
//! People type "giai phong mat bang" and mean "Giải phóng mặt bằng". The stored search column and the text of a query
//! both go through [`fold`], so they meet whatever keyboard, Unicode form or spacing either was written with.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The form of `text` that searches compare: without accents, in lower case, words parted by single spaces.
///
/// The Vietnamese letter đ, which Unicode does not decompose, becomes d. Folding twice changes nothing.
///
/// # Example
///
/// ```
/// use schema::fold;
///
/// assert_eq!(fold("Giải phóng mặt bằng"), "giai phong mat bang");
/// assert_eq!(fold("  Đống   Đa\n"), "dong da");
/// ```
pub fn fold(text: &str) -> String {
    // Decomposed twice: lowering a letter can give one that carries a mark of its own.
    let letters: String = text
        .nfkd()
        .filter(|letter| !is_combining_mark(*letter))
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter(|letter| !is_combining_mark(*letter))
        .map(|letter| if letter == 'đ' { 'd' } else { letter })
        .collect();
    let mut folded = String::with_capacity(letters.len());
    for word in letters.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vietnamese_vowel_with_every_tone_becomes_a_plain_letter() {
        let accented = "aàảãáạăằẳẵắặâầẩẫấậ eèẻẽéẹêềểễếệ iìỉĩíị oòỏõóọôồổỗốộơờởỡớợ uùủũúụưừửữứự yỳỷỹýỵ đ";
        let plain = "aaaaaaaaaaaaaaaaaa eeeeeeeeeeee iiiiii oooooooooooooooooo uuuuuuuuuuuu yyyyyy d";
        assert_eq!(fold(accented), plain);
        assert_eq!(fold(&accented.to_uppercase()), plain);
    }

    #[test]
    fn composed_and_decomposed_input_meet() {
        let text = "Ủy ban nhân dân phường Đống Đa";
        let decomposed: String = text.nfd().collect();
        assert_ne!(decomposed, text);
        assert_eq!(fold(&decomposed), fold(text));
    }

    #[test]
    fn digits_and_document_numbers_survive() {
        assert_eq!(fold("06-CTr/TU"), "06-ctr/tu");
        assert_eq!(fold("ＮＱ\u{a0}57"), "nq 57");
    }

    #[test]
    fn nothing_but_space_folds_to_nothing() {
        assert_eq!(fold(" \t\u{3000}\n"), "");
    }
}
