//! Decision on the encoding of a text file, and decoding to UTF-8.
//!
//! Order: byte order mark; NUL pattern of UTF-16; UTF-8 when the first 64 KiB are; the declared charset; detection. A file
//! that starts as UTF-8 stays UTF-8: a byte that does not fit later is a fault of its row. When the first 64 KiB of a CSV are plain
//! ASCII, the decision waits for the first other byte.

use super::{Legacy, Out, either_fault, fault_of_font, font_fault, legacy, signature};
use crate::fault::{FileFault, ReadError, code};
use crate::field::Words;
use crate::reading::Format;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, WINDOWS_1258};

/// Bytes that the decision looks at.
pub(crate) const HEAD: usize = 64 * 1024;

/// Decodes a file to UTF-8.
pub(crate) struct Decoder {
    format: Format,
    declared: Option<&'static Encoding>,
    state: State,
    decided: &'static Encoding,
    pub(crate) notes: Vec<Words>,
}

enum State {
    /// Collects bytes for the decision; `start` at the start of the file.
    Head {
        bytes: Vec<u8>,
        start: bool,
    },
    /// Plain ASCII so far.
    Ascii,
    /// UTF-8 passes unchanged.
    Utf8,
    Other(Box<encoding_rs::Decoder>, Vec<u8>),
}

impl Decoder {
    pub(crate) fn new(format: Format, charset: Option<&str>) -> Result<Self, FileFault> {
        let declared = charset.map(|label| Encoding::for_label(label.trim().as_bytes()).ok_or_else(|| unknown(label)));
        let state = State::Head { bytes: Vec::new(), start: true };
        Ok(Self { format, declared: declared.transpose()?, state, decided: UTF_8, notes: Vec::new() })
    }

    /// Name of the encoding, for example `windows-1258`.
    pub(crate) fn encoding(&self) -> &'static str {
        self.decided.name()
    }

    pub(crate) fn buffered(&self) -> usize {
        match &self.state {
            State::Head { bytes, .. } => bytes.capacity(),
            State::Other(_, buffer) => buffer.capacity(),
            State::Ascii | State::Utf8 => 0,
        }
    }

    pub(crate) fn push(&mut self, mut bytes: &[u8], out: &mut Out<'_>) -> Result<(), ReadError> {
        while !bytes.is_empty() {
            match &mut self.state {
                State::Head { bytes: head, .. } => {
                    let (taken, rest) = bytes.split_at(bytes.len().min(HEAD - head.len()));
                    head.extend_from_slice(taken);
                    bytes = rest;
                    if head.len() == HEAD {
                        self.decide(false, out)?;
                    }
                }
                State::Ascii => {
                    let plain = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(bytes.len());
                    out(&bytes[..plain])?;
                    bytes = &bytes[plain..];
                    if !bytes.is_empty() {
                        self.state = State::Head { bytes: Vec::new(), start: false };
                    }
                }
                State::Utf8 => return out(bytes),
                State::Other(..) => return self.decode(bytes, false, out),
            }
        }
        Ok(())
    }

    /// Ends the file.
    pub(crate) fn finish(&mut self, out: &mut Out<'_>) -> Result<(), ReadError> {
        if matches!(self.state, State::Head { .. }) {
            self.decide(true, out)?;
        }
        self.decode(&[], true, out)
    }

    fn decide(&mut self, last: bool, out: &mut Out<'_>) -> Result<(), ReadError> {
        let State::Head { bytes: head, start } = std::mem::replace(&mut self.state, State::Utf8) else { return Ok(()) };
        if start {
            signature::check(&head, self.format)?;
            if let Some((encoding, mark)) = Encoding::for_bom(&head) {
                self.settle(encoding, None);
                Self::check_fonts(&head[mark..], encoding)?;
                return self.push(&head[mark..], out);
            }
            if let Some(encoding) = utf_16(&head) {
                self.settle(encoding, Some(("recognised by its zero bytes", "nhận ra qua các byte 0")));
                return self.push(&head, out);
            }
            if head.split(|byte| *byte == 0).skip(1).count() * 100 > head.len() {
                return Err(signature::wrong_format(("binary data", "dữ liệu nhị phân"), self.format).into());
            }
            // The first letter outside ASCII decides.
            if head.is_ascii() && !last && self.format == Format::Csv && self.declared != Some(UTF_8) {
                self.state = State::Ascii;
                return out(&head);
            }
        }
        // JSON is UTF-8 (RFC 8259), and so is a text that is declared as such: a byte that does not fit is a fault of its row.
        let is_stated = self.declared == Some(UTF_8) || (self.format == Format::Ndjson && self.declared.is_none());
        let is_utf8 = is_stated || mostly_utf8(&head, last);
        // Values of JSON are checked each by itself: they may be escaped.
        if self.format != Format::Ndjson {
            Self::check_fonts(&head, if is_utf8 { UTF_8 } else { WINDOWS_1252 })?;
        }
        if is_utf8 {
            self.settle(UTF_8, None);
        } else if let Some(declared) = self.declared.filter(|declared| *declared != UTF_8) {
            self.settle(declared, Some(("as declared", "như đã khai báo")));
        } else {
            let encoding = match legacy(&WINDOWS_1252.decode_without_bom_handling(&head).0) {
                Legacy::Font(name) => return Err(fault_of_font(name).into()),
                Legacy::Either(name) => return Err(either_fault(name).into()),
                Legacy::Windows1258 => WINDOWS_1258,
                Legacy::Other => {
                    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
                    detector.feed(&head, last);
                    detector.guess(Some(b"vn"), Utf8Detection::Deny)
                }
            };
            self.settle(
                encoding,
                Some(("detected from the text; UTF-8 is safer", "nhận dạng theo nội dung; nên dùng UTF-8")),
            );
        }
        self.push(&head, out)
    }

    fn settle(&mut self, encoding: &'static Encoding, why: Option<(&str, &str)>) {
        self.decided = encoding;
        self.state = if encoding == UTF_8 {
            State::Utf8
        } else {
            State::Other(Box::new(encoding.new_decoder_without_bom_handling()), vec![0; HEAD])
        };
        if let Some((en, vi)) = why {
            let name = encoding.name();
            self.notes.push(Words::new(format!("read as {name} ({en})"), format!("đọc theo bảng mã {name} ({vi})")));
        }
    }

    fn check_fonts(head: &[u8], encoding: &'static Encoding) -> Result<(), FileFault> {
        if encoding == UTF_16LE || encoding == UTF_16BE {
            return Ok(());
        }
        font_fault(&encoding.decode_without_bom_handling(head).0).map_or(Ok(()), Err)
    }

    fn decode(&mut self, mut bytes: &[u8], last: bool, out: &mut Out<'_>) -> Result<(), ReadError> {
        let State::Other(decoder, buffer) = &mut self.state else { return Ok(()) };
        loop {
            let (result, read, written, _) = decoder.decode_to_utf8(bytes, buffer, last);
            if written > 0 {
                out(&buffer[..written])?;
            }
            bytes = &bytes[read..];
            if result == CoderResult::InputEmpty {
                return Ok(());
            }
        }
    }
}

/// UTF-16 without a mark: Latin letters have a zero as every second byte.
fn utf_16(head: &[u8]) -> Option<&'static Encoding> {
    let pairs = head[..head.len().min(4096)].chunks_exact(2);
    let all = pairs.len();
    let (mut first, mut second) = (0, 0);
    for pair in pairs {
        first += usize::from(pair[0] == 0);
        second += usize::from(pair[1] == 0);
    }
    if second * 2 > all && first * 20 < all {
        Some(UTF_16LE)
    } else if first * 2 > all && second * 20 < all {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Whether the text is UTF-8, apart from a few damaged places: at least four times as many letters fit as do not.
fn mostly_utf8(head: &[u8], last: bool) -> bool {
    let (mut fit, mut unfit) = (0_usize, 0_usize);
    let mut chunks = head.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        fit += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        // The end of the head may cut a letter.
        let cut = chunks.peek().is_none() && !last && chunk.invalid().len() < 4 && is_cut(chunk.invalid());
        unfit += usize::from(!chunk.invalid().is_empty() && !cut);
    }
    unfit == 0 || fit > unfit
}

fn is_cut(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

fn unknown(label: &str) -> FileFault {
    let label = crate::excerpt::excerpt(label);
    FileFault::new(
        code::UNKNOWN_CHARSET,
        format!(
            "found the charset “{label}”; accepted: utf-8, utf-16le, windows-1258, windows-1252 and others of the WHATWG list"
        ),
        format!(
            "bảng mã “{label}” không tồn tại; chấp nhận: utf-8, utf-16le, windows-1258, windows-1252 và các mã khác của WHATWG"
        ),
    )
}
