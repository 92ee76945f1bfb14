//! Recognition of TCVN3 and VNI: Vietnamese letters drawn by a font over the places of Western letters.
//!
//! No detector of encodings knows them, because their bytes are valid windows-1252. A text is in one of them if its words are
//! Vietnamese when they are read so, and are not otherwise. It is refused with advice: a wrong guess would store letters that
//! nobody can search.

use super::syllable::is_syllable;
use crate::fault::{FileFault, code};
use crate::field::Words;

const TCVN3: &str = "TCVN3 (ABC)";
const VNI: &str = "VNI";

/// Letters of TCVN3 from U+00A1 to U+00FE; a space where it has none.
const TCVN3_LETTERS: &str =
    "ĂÂÊÔƠƯĐăâêôơưđ      àảãáạ ằẳẵắ       ặầẩẫấậè ẻẽéẹềểễếệìỉ   ĩíịò ỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ";

/// Letters of VNI that stand for one letter.
const VNI_LETTERS: [(char, &str); 7] =
    [('ñ', "đ"), ('ô', "ơ"), ('ö', "ư"), ('æ', "ỉ"), ('ó', "ĩ"), ('ò', "ị"), ('î', "ỵ")];

/// Letters of VNI that are written after a vowel, with the combining marks that they mean.
const VNI_MARKS: [(char, &str); 19] = [
    ('ù', "\u{301}"),
    ('ø', "\u{300}"),
    ('û', "\u{309}"),
    ('õ', "\u{303}"),
    ('ï', "\u{323}"),
    ('â', "\u{302}"),
    ('á', "\u{302}\u{301}"),
    ('à', "\u{302}\u{300}"),
    ('å', "\u{302}\u{309}"),
    ('ã', "\u{302}\u{303}"),
    ('ä', "\u{302}\u{323}"),
    ('ê', "\u{306}"),
    ('é', "\u{306}\u{301}"),
    ('è', "\u{306}\u{300}"),
    ('ú', "\u{306}\u{309}"),
    ('ü', "\u{306}\u{303}"),
    ('ë', "\u{306}\u{323}"),
    ('í', "í"),
    ('ì', "ì"),
];

/// Signs that are letters in TCVN3: most of its frequent letters, which Unicode text hardly has after a letter.
fn is_sign(c: char) -> bool {
    matches!(c, '\u{a1}'..='\u{be}' | '×' | '÷')
}

/// How the words of a text with letters outside ASCII can be read.
#[derive(Default)]
struct Readings {
    /// Vietnamese in the font encoding, and not as they are.
    only: usize,
    /// Vietnamese in both.
    both: usize,
    /// Vietnamese as they are, and not in the font encoding.
    plain: usize,
}

impl Readings {
    /// Counts a word. Returns whether only the font encoding explains it.
    fn count(&mut self, is_plain: bool, decoded: Option<String>) -> bool {
        let is_font = decoded.is_some_and(|word| is_syllable(&word));
        self.only += usize::from(is_font && !is_plain);
        self.both += usize::from(is_font && is_plain);
        self.plain += usize::from(is_plain && !is_font);
        is_font && !is_plain
    }

    /// Whether the font encoding explains words that nothing else does, and a good part of `all`. One word alone may be a name.
    fn are_of_font(&self, all: usize) -> bool {
        self.only > self.plain && (self.only + self.both) * 3 >= all && self.only + self.both > 1
    }
}

/// Vietnamese letters and marks that only Unicode has.
fn is_unicode(c: char) -> bool {
    matches!(c, 'Ă' | 'ă' | 'Đ' | 'đ' | 'Ĩ' | 'ĩ' | 'Ũ' | 'ũ' | 'Ơ' | 'ơ' | 'Ư' | 'ư' | '\u{300}'..='\u{323}' | 'Ạ'..='ỹ')
}

/// The font encoding of a text that was read as Unicode or as windows-1252.
pub(crate) fn font_name(text: &str) -> Option<&'static str> {
    if text.is_ascii() || text.contains(is_unicode) {
        return None;
    }
    let (mut all, mut tcvn3, mut vni) = (0_usize, Readings::default(), Readings::default());
    let mut has_sign = false;
    let words = text.split(|c: char| !(c.is_alphabetic() || is_sign(c)));
    for word in words.filter(|word| !word.is_ascii() && word.contains(char::is_alphabetic)) {
        all += 1;
        let is_plain = is_syllable(word) || of_windows_1258(word).is_some_and(|word| is_syllable(&word));
        has_sign |= tcvn3.count(is_plain, of_tcvn3(word)) && has_sign_in_word(word);
        vni.count(is_plain, of_vni(word));
    }
    // One word is enough if it has a sign where no other writing has one.
    let is_one_word = has_sign && tcvn3.only == all;
    if is_one_word || (tcvn3.only >= vni.only && tcvn3.are_of_font(all)) {
        Some(TCVN3)
    } else if vni.are_of_font(all) {
        Some(VNI)
    } else {
        None
    }
}

/// Whether a sign follows a letter, or stands for the đ that begins a word.
fn has_sign_in_word(word: &str) -> bool {
    let mut before = None;
    word.chars().any(|c| {
        let follows = before.replace(c).is_some_and(char::is_alphabetic) && is_sign(c);
        follows || (matches!(c, '\u{a7}' | '\u{ae}') && word.starts_with(c) && word.chars().count() > 1)
    })
}

fn of_tcvn3(word: &str) -> Option<String> {
    word.chars()
        .map(|c| match u32::from(c) {
            code if c.is_ascii() => char::from_u32(code),
            code => {
                let place = usize::try_from(code.checked_sub(0xa1)?).ok()?;
                TCVN3_LETTERS.chars().nth(place).filter(|letter| *letter != ' ')
            }
        })
        .collect()
}

/// The word with the marks of VNI after the letters to which they belong.
fn of_vni(word: &str) -> Option<String> {
    let mut read = String::new();
    for c in word.to_lowercase().chars() {
        let mark = VNI_MARKS.iter().find(|(mark, _)| *mark == c);
        let letter = VNI_LETTERS.iter().find(|(letter, _)| *letter == c);
        match (c.is_ascii(), mark, letter) {
            (true, ..) => read.push(c),
            (_, Some((_, meant)), _) | (_, _, Some((_, meant))) => read.push_str(meant),
            _ => return None,
        }
    }
    Some(read)
}

/// The word as windows-1258 has it, if it was read as windows-1252.
fn of_windows_1258(word: &str) -> Option<String> {
    let (bytes, _, is_lossy) = encoding_rs::WINDOWS_1252.encode(word);
    (!is_lossy).then(|| encoding_rs::WINDOWS_1258.decode_without_bom_handling(&bytes).0.into_owned())
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
        assert_eq!(font_name(tcvn3), Some(TCVN3));
        assert_eq!(font_name(vni), Some(VNI));
        assert_eq!(font_name(unicode), None);
        assert_eq!(font_name("Größe über naïve Straßen, für élève où goût, diện tích 45 m² × 3"), None);
        assert_eq!(font_name("¹"), None);
    }

    #[test]
    fn a_few_words_are_enough() {
        for text in ["Hµ Néi", "Lª V¨n B×nh", "Ba §×nh", "NguyÔn ThÞ Hoa", "®Þa bµn", "Kho b¹c"] {
            assert_eq!(font_name(text), Some(TCVN3), "{text}");
        }
        for text in ["Haø Noäi", "Leâ Vaên Bình", "Nguyeãn Thò Hoa", "ñòa baøn"] {
            assert_eq!(font_name(text), Some(VNI), "{text}");
        }
        // windows-1258 that was read as windows-1252, names of other languages, units, signs beside words.
        let text = "Hà Nội, Lê Văn Bình, Nguyễn Thị Hoa, địa bàn, đường";
        let decomposed: String = unicode_normalization::UnicodeNormalization::nfd(text).collect();
        for text in [
            &*encoding_rs::WINDOWS_1252.decode_without_bom_handling(&encoding_rs::WINDOWS_1258.encode(&decomposed).0).0,
            "Lê Đỗ Hà",
            "Công an xã, cáo trình",
            "René Müller, café, José",
            "10 µm, 5 m², 45°, 3 × 4 × 5 m, 8 ÷ 2",
            "«Hà Nội», Acme® ©2026, § 5, 1º, 2ª",
            "TP.HCM ĐTXD BĐS",
        ] {
            assert_eq!(font_name(text), None, "{text}");
        }
    }
}
