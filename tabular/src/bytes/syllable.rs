//! Written Vietnamese: which words can be syllables of the language.

use unicode_normalization::UnicodeNormalization;

/// Initial consonants, those with more letters first.
const ONSETS: [&str; 28] = [
    "ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr", "b", "c", "d", "đ", "g", "h", "k", "l", "m",
    "n", "p", "r", "s", "t", "v", "x", "",
];

/// Vowels with the consonants that may end them, without tones. Loans such as “xoong” are left out: VNI writes “Coâng”.
const RIMES: &str = "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây \
    e ec em en eng eo ep et ê êch êm ên ênh êp êt êu \
    i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu \
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong op ot \
    ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt \
    u ua uân uâng uât uây uc uê uêch uênh uêu ui um un ung uơ uôc uôi uôm uôn uông uôt up ut uy uya uych uynh uyên uyêt uyt uyu \
    ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu y yêm yên yêng yêt yêu ynh yt";

/// Marks of tones: grave, acute, tilde, hook above, dot below.
const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];

/// Whether a word can be a syllable, in any case and in composed or decomposed letters.
pub(super) fn is_syllable(word: &str) -> bool {
    let decomposed: Vec<char> = word.to_lowercase().nfd().collect();
    let mut tones = decomposed.iter().copied().filter(|c| TONES.contains(c));
    let (tone, more) = (tones.next(), tones.next());
    if more.is_some() {
        return false;
    }
    let is_tone_last = decomposed.last().is_some_and(|c| TONES.contains(c));
    let plain: String = decomposed.iter().copied().filter(|c| !TONES.contains(c)).nfc().collect();
    let is_rime = |rime: &str| {
        // A syllable that a stop ends has no other tone than these two.
        let is_stopped = rime.ends_with(['c', 'p', 't']) || rime.ends_with("ch");
        // Nor has a glide that ends it the tone, apart from that of “thuỷ”.
        let is_glided = rime.chars().nth(1).is_some() && rime.ends_with(['i', 'y', 'u', 'o']) && rime != "uy";
        let fits = (!is_stopped || matches!(tone, Some('\u{301}' | '\u{323}'))) && !(is_glided && is_tone_last);
        fits && RIMES.split(' ').any(|known| known == rime)
    };
    ONSETS.iter().any(|onset| plain.strip_prefix(onset).is_some_and(is_rime))
}

#[cfg(test)]
mod tests {
    use super::is_syllable;

    #[test]
    fn syllables_are_told_from_other_words() {
        for word in
            "nghĩa Việt Độc quyết giếng gì quốc thuở khuỷu Yên ương ĐƯỜNG hoà hòa thuỷ thủy chào tuyên lụt quýt huỳnh mĩ nguyễn"
                .split(' ')
        {
            assert!(is_syllable(word), "{word}");
        }
        for word in "néi viöt nghÜa größe élève où goût naïve café lüc việc̀ cac xaõ toí zô ệ́ đtxd 45".split(' ')
        {
            assert!(!is_syllable(word), "{word}");
        }
    }
}
