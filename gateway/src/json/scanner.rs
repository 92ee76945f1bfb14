//! A strict JSON scanner that skips values without decoding them.

/// Deepest nesting that is accepted. Deeper input could overflow the stack.
const MAX_NESTING: usize = 128;

/// Input that is not JSON, or not the JSON that was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem} at byte {offset}")]
pub struct JsonError {
    /// What is wrong.
    pub problem: &'static str,
    /// Position of the problem, from the start of the text.
    pub offset: usize,
}

/// A scanner at a position in JSON text. The text must be valid UTF-8, because the scanner checks single bytes only.
pub(crate) struct Scanner<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    pub(crate) fn position(&self) -> usize {
        self.position
    }

    pub(crate) fn error(&self, problem: &'static str) -> JsonError {
        JsonError { problem, offset: self.position }
    }

    /// Skips white space and returns the next byte without consuming it; 0 at the end.
    #[inline]
    pub(crate) fn peek(&mut self) -> u8 {
        loop {
            match self.bytes.get(self.position) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.position += 1,
                Some(&byte) => return byte,
                None => return 0,
            }
        }
    }

    /// Consumes a byte that [`Self::peek`] has returned.
    #[inline]
    pub(crate) fn bump(&mut self) {
        self.position += 1;
    }

    #[inline]
    pub(crate) fn expect(&mut self, byte: u8, problem: &'static str) -> Result<(), JsonError> {
        if self.peek() == byte {
            self.position += 1;
            Ok(())
        } else {
            Err(self.error(problem))
        }
    }

    /// Consumes a text if it is next. Otherwise the position does not change.
    #[inline]
    pub(crate) fn take_prefix(&mut self, prefix: &[u8]) -> bool {
        let found = self.bytes[self.position..].starts_with(prefix);
        if found {
            self.position += prefix.len();
        }
        found
    }

    /// Consumes a string and returns its raw content, without quotes and with its escapes.
    #[inline]
    pub(crate) fn string(&mut self) -> Result<&'a [u8], JsonError> {
        self.expect(b'"', "expected a string")?;
        let start = self.position;
        self.skip_string_rest()?;
        Ok(&self.bytes[start..self.position - 1])
    }

    /// Skips from after the opening quote to after the closing quote, eight bytes at a time until a special byte.
    #[inline]
    fn skip_string_rest(&mut self) -> Result<(), JsonError> {
        const ONES: u64 = 0x0101_0101_0101_0101;
        const HIGH: u64 = 0x8080_8080_8080_8080;
        loop {
            while let Some(chunk) = self.bytes.get(self.position..self.position + 8) {
                let mut word_bytes = [0; 8];
                word_bytes.copy_from_slice(chunk);
                let word = u64::from_le_bytes(word_bytes);
                let quote = word ^ (ONES * u64::from(b'"'));
                let slash = word ^ (ONES * u64::from(b'\\'));
                // A byte is special when it is a quote, a backslash or below 0x20. A byte of a multi-byte character is
                // not special.
                let special = (quote.wrapping_sub(ONES) & !quote)
                    | (slash.wrapping_sub(ONES) & !slash)
                    | (word.wrapping_sub(ONES * 0x20) & !word);
                let special = special & HIGH;
                if special != 0 {
                    self.position += (special.trailing_zeros() / 8) as usize;
                    break;
                }
                self.position += 8;
            }
            match self.bytes.get(self.position) {
                None => return Err(self.error("the text ends inside a string")),
                Some(b'"') => {
                    self.position += 1;
                    return Ok(());
                }
                Some(b'\\') => self.skip_escape()?,
                Some(0x00..=0x1f) => return Err(self.error("a control character inside a string")),
                Some(_) => self.position += 1,
            }
        }
    }

    /// Skips an escape. Half of a surrogate pair is refused: it is not a character, and strict clients could not parse
    /// an answer that contains it (RFC 8259, section 8.2).
    #[cold]
    fn skip_escape(&mut self) -> Result<(), JsonError> {
        match self.bytes.get(self.position + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.position += 2;
                Ok(())
            }
            Some(b'u') => match (self.code_unit(self.position), self.code_unit(self.position + 6)) {
                (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => {
                    self.position += 12;
                    Ok(())
                }
                (Some(0xd800..=0xdfff), _) => Err(self.error("half of a surrogate pair inside a string")),
                (Some(_), _) => {
                    self.position += 6;
                    Ok(())
                }
                (None, _) => Err(self.error("a bad escape inside a string")),
            },
            _ => Err(self.error("a bad escape inside a string")),
        }
    }

    /// The code unit of a `\uXXXX` at a position.
    fn code_unit(&self, position: usize) -> Option<u16> {
        let escape = self.bytes.get(position..position + 6)?;
        let digits = std::str::from_utf8(escape.strip_prefix(b"\\u")?).ok()?;
        let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        is_hex.then(|| u16::from_str_radix(digits, 16).ok()).flatten()
    }

    /// Consumes a value of any kind and returns its raw text.
    #[inline]
    pub(crate) fn value(&mut self) -> Result<&'a [u8], JsonError> {
        let first = self.peek();
        let start = self.position;
        self.skip_value(first, 0)?;
        Ok(&self.bytes[start..self.position])
    }

    #[inline]
    fn skip_value(&mut self, first: u8, nesting: usize) -> Result<(), JsonError> {
        match first {
            b'"' => {
                self.position += 1;
                self.skip_string_rest()
            }
            b'-' | b'0'..=b'9' => self.skip_number(),
            b't' => self.skip_word(b"true"),
            b'f' => self.skip_word(b"false"),
            b'n' => self.skip_word(b"null"),
            b'{' | b'[' => self.skip_container(first, nesting),
            0 => Err(self.error("the text ends where a value is expected")),
            _ => Err(self.error("expected a value")),
        }
    }

    pub(crate) fn skip_word(&mut self, word: &[u8]) -> Result<(), JsonError> {
        if self.take_prefix(word) { Ok(()) } else { Err(self.error("expected a value")) }
    }

    fn skip_number(&mut self) -> Result<(), JsonError> {
        if self.bytes.get(self.position) == Some(&b'-') {
            self.position += 1;
        }
        if self.bytes.get(self.position) == Some(&b'0') {
            self.position += 1;
        } else {
            self.skip_digits()?;
        }
        if self.bytes.get(self.position) == Some(&b'.') {
            self.position += 1;
            self.skip_digits()?;
        }
        if let Some(b'e' | b'E') = self.bytes.get(self.position) {
            self.position += 1;
            if let Some(b'+' | b'-') = self.bytes.get(self.position) {
                self.position += 1;
            }
            self.skip_digits()?;
        }
        Ok(())
    }

    fn skip_digits(&mut self) -> Result<(), JsonError> {
        let start = self.position;
        while self.bytes.get(self.position).is_some_and(u8::is_ascii_digit) {
            self.position += 1;
        }
        if self.position == start { Err(self.error("expected a digit")) } else { Ok(()) }
    }

    fn skip_container(&mut self, open: u8, nesting: usize) -> Result<(), JsonError> {
        if nesting >= MAX_NESTING {
            return Err(self.error("the value is nested too deeply"));
        }
        let close = if open == b'{' { b'}' } else { b']' };
        self.position += 1;
        if self.peek() == close {
            self.position += 1;
            return Ok(());
        }
        loop {
            if open == b'{' {
                self.string()?;
                self.expect(b':', "expected a colon")?;
            }
            let first = self.peek();
            self.skip_value(first, nesting + 1)?;
            match self.peek() {
                b',' => self.position += 1,
                byte if byte == close => {
                    self.position += 1;
                    return Ok(());
                }
                _ => return Err(self.error("expected a comma or the end of the list or object")),
            }
        }
    }

    /// Refuses anything but white space after the value.
    pub(crate) fn finish(&mut self) -> Result<(), JsonError> {
        self.peek();
        if self.position == self.bytes.len() { Ok(()) } else { Err(self.error("more text after the value")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(text: &str) -> bool {
        let mut scanner = Scanner::new(text.as_bytes());
        scanner.value().and_then(|_| scanner.finish()).is_ok()
    }

    #[test]
    fn accepts_exactly_what_another_parser_accepts() {
        let texts = [
            "null",
            "true",
            "fals",
            "0",
            "-0",
            "01",
            "1.",
            "1.5",
            ".5",
            "1e5",
            "1e",
            "1E+5",
            "-",
            "\"\"",
            "\"a\\n\"",
            "\"\\x\"",
            "\"\\u12g4\"",
            "\"\\u1234\"",
            "\"\t\"",
            "\"unterminated",
            "[]",
            "[1,]",
            "[1,2]",
            "[1 2]",
            "{}",
            "{\"a\":1}",
            "{\"a\":1,}",
            "{\"a\"}",
            "{a:1}",
            "{\"a\":{\"b\":[1,{\"c\":null}]}}",
            " [ 1 , 2 ] ",
            "1 2",
            "",
            "\"Hà Nội — hơn tám ký tự\"",
            "\"0123456\u{1}\"",
            "\"01234567\\\"89\"",
        ];
        for text in texts {
            let expected = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
            assert_eq!(accepts(text), expected, "{text}");
        }
    }

    #[test]
    fn refuses_what_is_nested_too_deeply() {
        assert!(!accepts(&format!("{}{}", "[".repeat(10_000), "]".repeat(10_000))));
    }

    #[test]
    fn surrogates_come_in_pairs() {
        for whole in [r#""\ud83d\ude00""#, r#""a\uD83D\uDE00\u00e9""#, r#""\ud7ff\ue000""#] {
            assert!(Scanner::new(whole.as_bytes()).string().is_ok(), "{whole}");
        }
        for half in [
            r#""\ude00""#,
            r#""\ud83d""#,
            r#""\ud83dx""#,
            r#""\ud83d\n""#,
            r#""\ud83d\ud83d\ude00""#,
            r#""\ud83d\u0041""#,
            r#""\u+041""#,
        ] {
            assert!(Scanner::new(half.as_bytes()).string().is_err(), "{half}");
        }
    }

    #[test]
    fn a_string_is_given_with_its_escapes() {
        let mut scanner = Scanner::new(br#" "a\"b" "#);
        assert_eq!(scanner.string().unwrap(), br#"a\"b"#);
    }
}
