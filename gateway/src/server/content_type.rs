//! Checks the `Content-Type` of request bodies: only `application/json` in UTF-8 is accepted.
//!
//! Other types are also refused for security. Any web page can send `text/plain`, `multipart/form-data` and
//! `application/x-www-form-urlencoded` to any host without a CORS preflight.

use http::{HeaderMap, StatusCode, header};

use super::refusal::Refusal;
use crate::error::ErrorCode;

/// Checks the media type and its charset.
///
/// "For POST requests using an officially recognized GraphQL `Content-Type` without indicating an encoding, the server
/// MUST assume the encoding is `utf-8`." (GraphQL over HTTP, POST)
pub(super) fn require_json(headers: &HeaderMap) -> Result<(), Refusal> {
    let mut values = headers.get_all(header::CONTENT_TYPE).into_iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err(unsupported("the request must have one `Content-Type`, `application/json`"));
    };
    let text = String::from_utf8_lossy(value.as_bytes());
    let mut parts = text.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(unsupported(format!("the body must be `application/json`, not `{essence}`")));
    }
    for parameter in parts {
        let Some((name, charset)) = parameter.split_once('=') else {
            continue;
        };
        let charset = charset.trim().trim_matches('"');
        let is_utf8 = charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8");
        if name.trim().eq_ignore_ascii_case("charset") && !is_utf8 {
            return Err(unsupported(format!("the body must be in UTF-8, not in `{charset}`")));
        }
    }
    Ok(())
}

fn unsupported(message: impl Into<String>) -> Refusal {
    Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, ErrorCode::BadRequest, message)
        .with_header(header::ACCEPT, "application/json")
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn accepted(values: &[&'static str]) -> bool {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::CONTENT_TYPE, HeaderValue::from_static(value));
        }
        require_json(&headers).is_ok()
    }

    #[test]
    fn json_in_utf_8_is_read() {
        for value in [
            "application/json",
            "Application/JSON",
            "application/json; charset=utf-8",
            "application/json;charset=\"UTF-8\"",
            "application/json; charset=utf8; profile=x",
            "application/json;",
        ] {
            assert!(accepted(&[value]), "{value}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for values in [
            &[][..],
            &[""],
            &["text/plain"],
            &["application/x-www-form-urlencoded"],
            &["multipart/form-data; boundary=x"],
            &["application/graphql"],
            &["application/json+x"],
            &["text/plain, application/json"],
            &["application/json; charset=iso-8859-1"],
            &["application/json; charset=utf-16"],
            &["application/json", "text/plain"],
        ] {
            assert!(!accepted(values), "{values:?}");
        }
    }
}
