//! Response compression: negotiates `Accept-Encoding` and compresses answers.

use bytes::Bytes;
use http::{HeaderMap, header};

use super::options::ResponseCompression;
use crate::{config::ContentCoding, content_coding::BLOCKING_BYTES};

impl ResponseCompression {
    /// The coding that the client prefers among those that are offered (RFC 9110 § 12.5.3); `None` for no compression.
    pub(super) fn negotiate(&self, headers: &HeaderMap) -> Option<ContentCoding> {
        if self.codings.is_empty() || !headers.contains_key(header::ACCEPT_ENCODING) {
            return None;
        }
        let mut named: Vec<(ContentCoding, u16)> = Vec::new();
        let (mut identity, mut any) = (None, None);
        let values = headers.get_all(header::ACCEPT_ENCODING).into_iter();
        for element in values.filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(',')) {
            let mut parts = element.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default();
            let quality = quality(parts);
            if name.eq_ignore_ascii_case("identity") {
                identity = Some(quality);
            } else if name == "*" {
                any = Some(quality);
            } else if let Some(coding) = ContentCoding::from_name(name) {
                named.push((coding, quality));
            }
        }
        let of = |coding: ContentCoding| {
            let named = named.iter().find(|(name, _)| *name == coding);
            named.map(|(_, quality)| *quality).or(any).unwrap_or(0)
        };
        let mut best: Option<(ContentCoding, u16)> = None;
        for &coding in &self.codings {
            let quality = of(coding);
            if quality > 0 && best.is_none_or(|(_, highest)| quality > highest) {
                best = Some((coding, quality));
            }
        }
        // A client that gives `identity` the highest quality does not want compression.
        best.filter(|(_, quality)| identity.is_none_or(|identity| *quality >= identity)).map(|(coding, _)| coding)
    }

    /// Compresses a body that is large enough. Returns the coding that was applied.
    pub(super) async fn pack(&self, coding: Option<ContentCoding>, plain: Bytes) -> (Option<ContentCoding>, Bytes) {
        let Some(coding) = coding.filter(|_| plain.len() >= self.min_bytes) else {
            return (None, plain);
        };
        let packed = if plain.len() >= BLOCKING_BYTES {
            let copy = plain.clone();
            let packing = tokio::task::spawn_blocking(move || coding.encode(&copy)).await;
            packing.ok().and_then(Result::ok)
        } else {
            coding.encode(&plain).ok()
        };
        match packed {
            Some(packed) if packed.len() < plain.len() => (Some(coding), packed.into()),
            _ => (None, plain),
        }
    }
}

/// The quality value (`q`) among the parameters, in thousandths. 1000 when there is none, 0 when it is invalid.
pub(super) fn quality<'a>(parameters: impl Iterator<Item = &'a str>) -> u16 {
    let mut weights = parameters.filter_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| value.trim())
    });
    match weights.next() {
        None => 1000,
        Some(text) => match text.parse::<f32>() {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "the weight is between nought and one"
            )]
            Ok(weight) if (0.0..=1.0).contains(&weight) => (weight * 1000.0).round() as u16,
            _ => 0,
        },
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn negotiated(accept: &'static str) -> Option<ContentCoding> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(accept));
        ResponseCompression::default().negotiate(&headers)
    }

    #[test]
    fn the_best_liked_coding_is_taken() {
        use ContentCoding::{Brotli, Gzip, Zstd};
        assert_eq!(negotiated("gzip, deflate, br, zstd"), Some(Zstd));
        assert_eq!(negotiated("gzip, deflate, br"), Some(Gzip));
        assert_eq!(negotiated("gzip;q=0.5, br;q=0.8"), Some(Brotli));
        assert_eq!(negotiated("*"), Some(Zstd));
        assert_eq!(negotiated("zstd;q=0, *;q=0.5"), Some(Gzip));
        assert_eq!(negotiated("GZIP; Q=1"), Some(Gzip));
    }

    #[test]
    fn who_likes_none_gets_none() {
        for accept in ["", "identity", "deflate", "gzip;q=0", "*;q=0", "identity, gzip;q=0.5", "gzip;q=x"] {
            assert_eq!(negotiated(accept), None, "{accept}");
        }
        assert_eq!(ResponseCompression::default().negotiate(&HeaderMap::new()), None);
    }
}
