//! Content codings (RFC 9110 § 8.4): compresses and decompresses whole bodies, with a limit on the decompressed size.
//!
//! The limit makes it safe to accept compressed bodies: one kilobyte can decompress to a gigabyte.

use std::io::{self, Read, Write};

use bytes::Bytes;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use http::{HeaderMap, header};
use serde::Deserialize;

/// Largest window that a zstd frame may ask for, as a power of two. RFC 9659 requires receivers to support this size.
const ZSTD_WINDOW_LOG_MAX: u32 = 23;
/// Most codings that may be applied to one body, one over the other. No known client needs more than one.
const MAX_LAYERS: usize = 2;
/// From this size on, in bytes, a body is compressed on a blocking thread. See [`decode`] for decompression.
pub(crate) const BLOCKING_BYTES: usize = 256 * 1024;

/// A way to compress a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ContentCoding {
    /// `gzip` (RFC 1952).
    Gzip,
    /// `br` (RFC 7932).
    #[serde(rename = "br")]
    Brotli,
    /// `zstd` (RFC 8878).
    Zstd,
    /// `deflate`: the zlib format (RFC 1950), or the raw deflate stream, which some clients send instead.
    Deflate,
}

impl ContentCoding {
    /// The name in `Content-Encoding` and `Accept-Encoding`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
            Self::Deflate => "deflate",
        }
    }

    /// The coding with this name, ignoring case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Some(Self::Gzip),
            "br" => Some(Self::Brotli),
            "zstd" => Some(Self::Zstd),
            "deflate" => Some(Self::Deflate),
            _ => None,
        }
    }

    /// Compresses a body, at levels that prefer speed to the smallest size.
    pub(crate) fn encode(self, plain: &[u8]) -> io::Result<Vec<u8>> {
        let packed = Vec::with_capacity(plain.len() / 4 + 64);
        match self {
            Self::Gzip => {
                let mut encoder = flate2::write::GzEncoder::new(packed, flate2::Compression::new(4));
                encoder.write_all(plain)?;
                encoder.finish()
            }
            Self::Deflate => {
                let mut encoder = flate2::write::ZlibEncoder::new(packed, flate2::Compression::new(4));
                encoder.write_all(plain)?;
                encoder.finish()
            }
            Self::Brotli => {
                let mut encoder = brotli::CompressorWriter::new(packed, 4096, 4, 20);
                encoder.write_all(plain)?;
                Ok(encoder.into_inner())
            }
            Self::Zstd => zstd::stream::encode_all(plain, 1),
        }
    }

    fn decode(self, packed: &[u8], limit_bytes: usize) -> Result<Vec<u8>, DecodeError> {
        match self {
            Self::Gzip => self.drain(MultiGzDecoder::new(packed), packed.len(), limit_bytes),
            Self::Deflate if is_zlib(packed) => self.drain(ZlibDecoder::new(packed), packed.len(), limit_bytes),
            Self::Deflate => self.drain(DeflateDecoder::new(packed), packed.len(), limit_bytes),
            Self::Brotli => self.drain(brotli::Decompressor::new(packed, 4096), packed.len(), limit_bytes),
            Self::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::new(packed).map_err(|source| self.malformed(source))?;
                decoder.window_log_max(ZSTD_WINDOW_LOG_MAX).map_err(|source| self.malformed(source))?;
                self.drain(decoder, packed.len(), limit_bytes)
            }
        }
    }

    fn drain(self, reader: impl Read, packed_len: usize, limit_bytes: usize) -> Result<Vec<u8>, DecodeError> {
        let mut plain = Vec::with_capacity(packed_len.saturating_mul(4).min(limit_bytes));
        let read =
            reader.take(limit_bytes as u64 + 1).read_to_end(&mut plain).map_err(|source| self.malformed(source))?;
        if read > limit_bytes { Err(DecodeError::TooLarge { limit_bytes }) } else { Ok(plain) }
    }

    fn malformed(self, source: io::Error) -> DecodeError {
        DecodeError::Malformed { coding: self.as_str(), source }
    }
}

/// Whether a `deflate` body has the header of RFC 1950 § 2.2.
fn is_zlib(packed: &[u8]) -> bool {
    matches!(packed, [method, flags, ..] if method & 0x0f == 8 && (u16::from(*method) << 8 | u16::from(*flags)).is_multiple_of(31))
}

/// Why a body cannot be decompressed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DecodeError {
    /// The decompressed body exceeds the limit.
    #[error("the body unpacks to more than {limit_bytes} bytes")]
    TooLarge { limit_bytes: usize },
    /// The bytes do not have the format that `Content-Encoding` names.
    #[error("the body is not valid {coding}")]
    Malformed {
        coding: &'static str,
        #[source]
        source: io::Error,
    },
    /// The coding is not known, or too many codings are applied.
    #[error("the content encoding `{name}` is not supported")]
    Unsupported { name: String },
}

/// The codings of a body, in the order in which they were applied.
///
/// # Errors
///
/// When a coding is not known, or when there are more than [`MAX_LAYERS`].
pub(crate) fn codings(headers: &HeaderMap) -> Result<Vec<ContentCoding>, DecodeError> {
    let mut found = Vec::new();
    for value in headers.get_all(header::CONTENT_ENCODING) {
        let text = String::from_utf8_lossy(value.as_bytes());
        for name in text.split(',').map(str::trim) {
            if name.is_empty() || name.eq_ignore_ascii_case("identity") {
                continue;
            }
            match ContentCoding::from_name(name) {
                Some(coding) if found.len() < MAX_LAYERS => found.push(coding),
                _ => {
                    return Err(DecodeError::Unsupported { name: text.into_owned() });
                }
            }
        }
    }
    Ok(found)
}

/// Decompresses a body. The result of each coding may have at most `limit_bytes`.
pub(crate) async fn decode(
    codings: Vec<ContentCoding>,
    packed: Bytes,
    limit_bytes: usize,
) -> Result<Bytes, DecodeError> {
    if codings.is_empty() {
        return Ok(packed);
    }
    let unpack = move || {
        let layers = codings.iter().rev();
        layers.copied().try_fold(packed, |body, coding| coding.decode(&body, limit_bytes).map(Bytes::from))
    };
    // The decompressed size is not known beforehand, so the limit decides which thread does the work.
    if limit_bytes > 16 * BLOCKING_BYTES {
        let blocking = tokio::task::spawn_blocking(unpack).await;
        blocking.unwrap_or(Err(DecodeError::TooLarge { limit_bytes }))
    } else {
        unpack()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [ContentCoding; 4] =
        [ContentCoding::Gzip, ContentCoding::Brotli, ContentCoding::Zstd, ContentCoding::Deflate];

    #[tokio::test]
    async fn every_coding_gives_back_what_it_took() {
        let plain = br#"{"query":"{ me { name } }"}"#.repeat(500);
        for coding in ALL {
            let packed = coding.encode(&plain).unwrap();
            assert!(packed.len() < plain.len() / 4, "{coding:?}");
            let unpacked = decode(vec![coding], packed.into(), plain.len()).await.unwrap();
            assert_eq!(unpacked, plain, "{coding:?}");
        }
    }

    #[tokio::test]
    async fn a_bomb_stops_at_the_cap() {
        let zeros = vec![0; 8 * 1024 * 1024];
        for coding in ALL {
            let packed = coding.encode(&zeros).unwrap();
            assert!(packed.len() < 64 * 1024, "{coding:?}");
            let refused = decode(vec![coding], packed.into(), 1024 * 1024).await;
            assert!(matches!(refused, Err(DecodeError::TooLarge { limit_bytes: 1_048_576 })), "{coding:?}");
        }
    }

    #[tokio::test]
    async fn a_body_of_another_form_or_a_cut_one_is_malformed() {
        let plain = b"0123456789 abcdefghijklmnopqrstuvwxyz".repeat(50);
        for coding in ALL {
            let garbage = decode(vec![coding], Bytes::from_static(b"{\"query\":\"{a}\"}"), 1024).await;
            assert!(matches!(garbage, Err(DecodeError::Malformed { .. })), "{coding:?}");
            let mut cut = coding.encode(&plain).unwrap();
            cut.truncate(cut.len() / 2);
            let refused = decode(vec![coding], cut.into(), 1 << 20).await;
            assert!(matches!(refused, Err(DecodeError::Malformed { .. })), "{coding:?}");
        }
    }

    #[tokio::test]
    async fn a_bare_deflate_stream_is_read_too() {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(b"hello hello hello").unwrap();
        let packed = encoder.finish().unwrap();
        let unpacked = decode(vec![ContentCoding::Deflate], packed.into(), 100).await.unwrap();
        assert_eq!(unpacked, "hello hello hello");
    }

    #[test]
    fn the_header_lists_codings_in_the_order_of_their_application() {
        let read = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_ENCODING, http::HeaderValue::from_static(value));
            codings(&headers)
        };
        assert_eq!(read("identity").unwrap(), []);
        assert_eq!(read("GZIP").unwrap(), [ContentCoding::Gzip]);
        assert_eq!(read("zstd, br").unwrap(), [ContentCoding::Zstd, ContentCoding::Brotli]);
        assert!(matches!(read("compress"), Err(DecodeError::Unsupported { .. })));
        assert!(matches!(read("gzip, gzip, gzip"), Err(DecodeError::Unsupported { .. })));
    }
}
