//! Recognition of TCVN3 and VNI: Vietnamese letters drawn by a font over the places of Western letters.
//!
//! No detector of encodings knows them, because their bytes are valid windows-1252. The text is refused with advice:
//! a wrong guess would store letters that nobody can search.

use crate::fault::{FileFault, code};
use crate::field::Words;

/// Fewer letters outside ASCII than this decide nothing.
const FEWEST: usize = 6;

/// The font encoding of a text that was read as Unicode or as windows-1252.
pub(crate) fn font_name(text: &str) -> Option<&'static str> {
    let mut foreign = 0_usize;
    let mut tcvn3 = 0_usize;
    let mut vni = 0_usize;
    let mut before = ' ';
    for c in text.chars() {
        foreign += usize::from(!c.is_ascii());
        // In TCVN3 the most frequent letters stand where windows-1252 has signs: µ à, ¸ á, ¹ ạ, ¨ ă, © â, ® đ, ª ê,
        // « ô, ¬ ơ, soft hyphen ư. Unicode text has hardly any such sign inside a word.
        let sign = matches!(c, '\u{a8}'..='\u{ae}' | '\u{b5}'..='\u{ba}' | '\u{bc}'..='\u{be}');
        tcvn3 += usize::from(sign && before.is_alphabetic());
        // Đ and đ start a word.
        tcvn3 += usize::from(matches!(before, '\u{a7}' | '\u{ae}') && (c.is_alphabetic() || sign));
        // VNI writes a vowel and then its mark as a second letter; these do not follow a vowel in Vietnamese words.
        let vowel = matches!(before.to_ascii_lowercase(), 'a' | 'e' | 'o' | 'u' | 'y') || matches!(before, 'ô' | 'ö');
        let mark = c.to_lowercase().next().unwrap_or(c);
        vni += usize::from(vowel && matches!(mark, 'ø' | 'û' | 'ï' | 'å' | 'ä' | 'ë' | 'ü'));
        before = c;
    }
    if foreign < FEWEST {
        return None;
    }
    if tcvn3 * 5 >= foreign {
        Some("TCVN3 (ABC)")
    } else if vni * 6 >= foreign {
        Some("VNI")
    } else {
        None
    }
}

/// What to do about a text in this font encoding.
pub(crate) fn font_advice(name: &str) -> Words {
    Words::new(
        format!("it is in the font encoding {name}; convert it with Unikey (Ctrl+Shift+F6, from {name} to Unicode)"),
        format!("dùng bảng mã phông chữ {name}; hãy chuyển mã bằng Unikey (Ctrl+Shift+F6, từ {name} sang Unicode)"),
    )
}

/// The fault of a file in a font encoding.
pub(crate) fn font_fault(text: &str) -> Option<FileFault> {
    let advice = font_advice(font_name(text)?);
    Some(FileFault::new(
        code::FONT_ENCODING,
        format!("found text that is no Unicode: {}, then save the file as UTF-8", advice.en),
        format!("văn bản không phải Unicode: {}, rồi lưu tệp dạng UTF-8", advice.vi),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn font_encodings_are_recognised_and_other_texts_are_not() {
        // "Cộng hòa xã hội chủ nghĩa Việt Nam, Độc lập - Tự do - Hạnh phúc"
        let tcvn3 =
            "Céng hßa x· héi chñ nghÜa ViÖt Nam, §éc lËp - Tù do - H¹nh phóc, ®\u{ad}êng sè 4, ®Þa bµn quËn, thµnh phè";
        let vni = "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam, Ñoäc laäp - Töï do - Haïnh phuùc";
        let unicode = "Cộng hòa xã hội chủ nghĩa Việt Nam, Độc lập - Tự do - Hạnh phúc, thuê quán hoà toán tuân";
        assert_eq!(font_name(tcvn3), Some("TCVN3 (ABC)"));
        assert_eq!(font_name(vni), Some("VNI"));
        assert_eq!(font_name(unicode), None);
        assert_eq!(font_name("Größe über naïve Straßen, für élève où goût, diện tích 45 m² × 3"), None);
        assert_eq!(font_name("¹"), None);
    }
}
