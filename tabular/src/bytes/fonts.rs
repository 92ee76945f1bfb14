//! Recognition of TCVN3 and VNI: Vietnamese letters drawn by a font over the places of Western letters.
//!
//! No detector of encodings knows them, because their bytes are valid windows-1252. A text is in one of them if its words are
//! Vietnamese when they are read so, and are not otherwise. It is refused with advice: a wrong guess would store letters that
//! nobody can search.

use unicode_normalization::UnicodeNormalization;

use super::syllable::is_syllable;
use crate::fault::{FileFault, code};
use crate::field::Words;

const TCVN3: &str = "TCVN3 (ABC)";
const VNI: &str = "VNI";
const TWICE: &str = "UTF-8 twice";

/// Letters of TCVN3 from U+00A1 to U+00FE; a space where it has none.
const TCVN3_LETTERS: &str =
    "ĂÂÊÔƠƯĐăâêôơưđ      àảãáạ ằẳẵắ       ặầẩẫấậè ẻẽéẹềểễếệìỉ   ĩíịò ỏõóọồổỗốộờởỡớợù ủũúụừửữứựỳỷỹýỵ";

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
    /// Whether one of `only` is no word of another language: it has a sign in it, or several letters that are not Vietnamese.
    is_clear: bool,
}

impl Readings {
    /// Counts a word.
    fn count(&mut self, word: &str, is_plain: bool, decoded: Option<String>) {
        let is_font = decoded.is_some_and(|word| is_syllable(&word));
        self.only += usize::from(is_font && !is_plain);
        self.both += usize::from(is_font && is_plain);
        self.plain += usize::from(is_plain && !is_font);
        let foreign = word.chars().filter(|c| !c.is_ascii()).count();
        self.is_clear |= is_font && !is_plain && (foreign > 1 || has_sign_in_word(word));
    }

    /// Whether the font encoding explains words that nothing else does, and a good part of `all`.
    fn are_of_font(&self, all: usize) -> bool {
        self.only > self.plain && (self.only + self.both) * 3 >= all
    }
}

/// The words of a text that was read as Unicode or as windows-1252.
#[derive(Default)]
struct Found {
    all: usize,
    tcvn3: Readings,
    vni: Readings,
}

impl Found {
    fn of(text: &str) -> Self {
        let mut found = Self::default();
        let words = text.split(|c: char| !(c.is_alphabetic() || is_sign(c)));
        for word in words.filter(|word| !word.is_ascii() && word.contains(char::is_alphabetic)) {
            found.all += 1;
            let is_plain = is_syllable(word) || of_windows_1258(word).is_some_and(|word| is_syllable(&word));
            found.tcvn3.count(word, is_plain, of_tcvn3(word));
            found.vni.count(word, is_plain, of_vni(word));
        }
        found
    }

    /// The font encodings that explain the text, the better one first.
    fn fonts(&self) -> impl Iterator<Item = (&'static str, &Readings)> {
        let mut fonts = [(TCVN3, &self.tcvn3), (VNI, &self.vni)];
        fonts.sort_by_key(|(_, readings)| std::cmp::Reverse(readings.only));
        fonts.into_iter().filter(|(_, readings)| readings.are_of_font(self.all))
    }
}

/// Vietnamese letters and marks that only Unicode has.
pub(crate) fn is_unicode(c: char) -> bool {
    matches!(c, 'Ă' | 'ă' | 'Đ' | 'đ' | 'Ĩ' | 'ĩ' | 'Ũ' | 'ũ' | 'Ơ' | 'ơ' | 'Ư' | 'ư' | '\u{300}'..='\u{323}' | 'Ạ'..='ỹ')
}

/// The encoding of a text that was taken for Unicode or for windows-1252 and is neither.
pub(crate) fn font_name(text: &str) -> Option<&'static str> {
    if text.is_ascii() || text.contains(is_unicode) {
        return None;
    }
    if is_utf8_twice(text) {
        return Some(TWICE);
    }
    let found = Found::of(text);
    // One word alone may be a name.
    let clear = found.fonts().find(|(_, font)| font.only + font.both > 1 || font.is_clear);
    clear.map(|(name, _)| name)
}

/// The font encoding that a word of an accepted text may be in, and the word as the font shows it.
pub(crate) fn font_doubt(text: &str) -> Option<(&'static str, String)> {
    if text.is_ascii() || text.contains(is_unicode) {
        return None;
    }
    let words = text.split(|c: char| !(c.is_alphabetic() || is_sign(c)));
    words.filter(|word| !word.is_ascii() && !is_syllable(word)).find_map(|word| {
        let fonts = [(TCVN3, of_tcvn3(word)), (VNI, of_vni(word))];
        let read = fonts.into_iter().find_map(|(name, read)| Some((name, read.filter(|read| is_syllable(read))?)));
        read.map(|(name, read)| (name, read.nfc().collect()))
    })
}

/// What Vietnamese text in bytes that are no UTF-8 can be, if nobody says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Legacy {
    /// Words are Vietnamese in windows-1258.
    Windows1258,
    /// Words are Vietnamese in a font encoding only.
    Font(&'static str),
    /// Words are Vietnamese in windows-1258, and others in this font encoding.
    Either(&'static str),
    /// It is not Vietnamese.
    Other,
}

/// What a text of bytes can be that was read as windows-1252.
pub(crate) fn legacy(text: &str) -> Legacy {
    let found = Found::of(text);
    if let Some((name, _)) = found.fonts().next() {
        return Legacy::Font(name);
    }
    let (tcvn3, vni) = (&found.tcvn3, &found.vni);
    match (tcvn3, vni) {
        (font, _) if font.plain == 0 && font.both > 0 => Legacy::Either(TCVN3),
        (_, font) if font.plain == 0 && font.both > 0 => Legacy::Either(VNI),
        _ if tcvn3.plain + tcvn3.both > 0 => Legacy::Windows1258,
        _ => Legacy::Other,
    }
}

/// Whether the text is UTF-8 that was read as windows-1252.
fn is_utf8_twice(text: &str) -> bool {
    let (bytes, _, is_lossy) = encoding_rs::WINDOWS_1252.encode(text);
    !is_lossy && std::str::from_utf8(&bytes).is_ok_and(|text| !text.is_ascii())
}

/// Whether a sign or a capital follows a letter, or a sign stands for the đ that begins a word.
fn has_sign_in_word(word: &str) -> bool {
    let mut before: Option<char> = None;
    word.chars().any(|c| {
        let before = before.replace(c);
        let is_capital = c.is_uppercase() && before.is_some_and(char::is_lowercase);
        let follows = before.is_some_and(char::is_alphabetic) && is_sign(c);
        (is_capital && !c.is_ascii())
            || follows
            || (matches!(c, '\u{a7}' | '\u{ae}') && word.starts_with(c) && word.chars().count() > 1)
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

/// What to do about a text in this encoding.
pub(crate) fn font_advice(name: &str) -> Words {
    if name == TWICE {
        return Words::new(
            "it is UTF-8 that a program took for windows-1252 and stored anew; export it once more as UTF-8",
            "là UTF-8 bị phần mềm hiểu nhầm thành windows-1252 rồi lưu lại; hãy xuất lại dạng UTF-8",
        );
    }
    Words::new(
        format!("it is in the font encoding {name}; convert it with Unikey (Ctrl+Shift+F6, from {name} to Unicode)"),
        format!("dùng bảng mã phông chữ {name}; hãy chuyển mã bằng Unikey (Ctrl+Shift+F6, từ {name} sang Unicode)"),
    )
}

/// The refusal of a text that can be read in two ways.
pub(crate) fn either_fault(name: &str) -> FileFault {
    FileFault::new(
        code::FONT_ENCODING,
        format!(
            "found text that is no UTF-8 and can be windows-1258 or {name}; accepted: UTF-8, or charset=windows-1258 if it is that"
        ),
        format!(
            "văn bản không phải UTF-8, có thể là windows-1258 hoặc {name}; chấp nhận: UTF-8, hoặc charset=windows-1258 nếu đúng vậy"
        ),
    )
}

/// The fault of a file in a font encoding.
pub(crate) fn font_fault(text: &str) -> Option<FileFault> {
    font_name(text).map(fault_of_font)
}

/// The fault of a file in this encoding.
pub(crate) fn fault_of_font(name: &str) -> FileFault {
    let advice = font_advice(name);
    FileFault::new(
        code::FONT_ENCODING,
        format!("found text that is no Unicode: {}, then save the file as UTF-8", advice.en),
        format!("văn bản không phải Unicode: {}, rồi lưu tệp dạng UTF-8", advice.vi),
    )
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
    fn the_letters_of_tcvn3_are_in_their_places() {
        assert_eq!(TCVN3_LETTERS.chars().count(), 0xfe - 0xa1 + 1);
        // From the tables of TCVN 5712:1993, VN3.
        for (code, letter) in [
            (0xa7, 'Đ'),
            (0xad, 'ư'),
            (0xb5, 'à'),
            (0xbb, 'ằ'),
            (0xcb, 'ậ'),
            (0xd0, 'é'),
            (0xd6, 'ệ'),
            (0xdf, 'ò'),
            (0xe4, 'ọ'),
            (0xef, 'ù'),
            (0xf1, 'ủ'),
            (0xf4, 'ụ'),
            (0xf7, 'ữ'),
            (0xfa, 'ỳ'),
            (0xfe, 'ỵ'),
        ] {
            assert_eq!(TCVN3_LETTERS.chars().nth(code - 0xa1), Some(letter), "{code:x}");
        }
    }

    #[test]
    fn bytes_that_nobody_declares_are_read_only_if_one_reading_is_left() {
        let of_1258 = |text: &str| {
            let bytes = encoding_rs::WINDOWS_1258.encode(text).0.into_owned();
            legacy(&encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes).0)
        };
        // Tones are marks of their own in windows-1258: “Sở Tài chính”, “Chợ”.
        assert_eq!(of_1258("Sơ\u{309} Tài chính"), Legacy::Windows1258);
        assert_eq!(of_1258("Chơ\u{323}"), Legacy::Windows1258);
        assert_eq!(of_1258("Nguyê\u{303}n Thi\u{323} Hà"), Legacy::Windows1258);
        for text in ["Chi côc ThuÕ", "Tæ", "CÇu", "§iÖn lùc", "Quü"] {
            assert_eq!(legacy(text), Legacy::Font(TCVN3), "{text}");
        }
        for text in ["Ñoäi", "Ñöôøng", "Xaõ", "Coâng ty"] {
            assert_eq!(legacy(text), Legacy::Font(VNI), "{text}");
        }
        // “Bé” or “Bộ”, “Công an” or “Cụng an”.
        assert_eq!(legacy("Bé"), Legacy::Either(TCVN3));
        assert_eq!(legacy("Công an"), Legacy::Either(TCVN3));
        assert_eq!(legacy("Größe über Straßen"), Legacy::Other);
    }

    #[test]
    fn utf_8_that_was_stored_twice_is_recognised() {
        let twice = |text: &str| encoding_rs::WINDOWS_1252.decode_without_bom_handling(text.as_bytes()).0.into_owned();
        assert_eq!(font_name(&twice("Sở Xây dựng")), Some(TWICE));
        assert_eq!(font_name(&twice("Hà")), Some(TWICE));
        assert_eq!(font_name("Hà, café, 5 m²"), None);
    }

    #[test]
    fn a_few_words_are_enough() {
        for text in [
            "Hµ Néi",
            "Chi côc ThuÕ",
            "Së X©y dùng",
            "Kho b¹c",
            "ViÖt",
            "Lª V¨n B×nh",
            "Ba §×nh",
            "NguyÔn ThÞ Hoa",
            "®Þa bµn",
            "Kho b¹c",
        ] {
            assert_eq!(font_name(text), Some(TCVN3), "{text}");
        }
        for text in ["Haø Noäi", "Leâ Vaên Bình", "Nguyeãn Thò Hoa", "ñòa baøn", "Ñoäi"] {
            assert_eq!(font_name(text), Some(VNI), "{text}");
        }
        // windows-1258 that was read as windows-1252, names of other languages, units, signs beside words.
        let text = "Hà Nội, Lê Văn Bình, Nguyễn Thị Hoa, địa bàn, đường";
        let decomposed: String = UnicodeNormalization::nfd(text).collect();
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
