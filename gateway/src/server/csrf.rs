//! Prevents cross-site request forgery (CSRF): refuses requests that a browser may have been tricked into sending.
//!
//! A web page can make a visitor's browser send a *simple request* to any host, with the visitor's cookies and without
//! a CORS preflight. `POST` is already safe: only `application/json` is accepted, which a simple request cannot have.
//! Only `GET` remains. It runs only queries, so it cannot change anything, but a page could measure response times or
//! cause load. See docs/decisions/0101.

use http::{HeaderMap, HeaderName, StatusCode, header};
use serde::Deserialize;

use super::{Cors, refusal::Refusal};
use crate::{config::written, error::ErrorCode};

/// Which GET requests are treated as forged.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub struct CsrfPrevention {
    /// When a GET request needs one of the headers.
    pub mode: CsrfMode,
    /// Headers that a page cannot add to a simple request. If one of them is present, with any value, the browser has
    /// sent a preflight first.
    #[serde(deserialize_with = "written::header_names")]
    pub headers: Vec<HeaderName>,
}

/// When a GET request must show that it is not a simple request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CsrfMode {
    /// When the browser says (`Sec-Fetch-Site`) that a page of another site, or of another origin of the same site,
    /// sent the request. Clients that are not browsers do not send this header, so the rule does not affect them.
    FromOtherSites,
    /// Always, unless the request has a `Content-Type` that a simple request cannot have. This is Apollo's rule.
    Always,
    /// Never.
    Off,
}

impl Default for CsrfPrevention {
    fn default() -> Self {
        let names = [
            "apollo-require-preflight",
            "x-apollo-operation-name",
            "graphql-require-preflight",
            "x-graphql-client-name",
        ];
        Self { mode: CsrfMode::FromOtherSites, headers: names.into_iter().map(HeaderName::from_static).collect() }
    }
}

impl CsrfPrevention {
    pub(super) fn check(&self, headers: &HeaderMap, cors: Option<&Cors>) -> Result<(), Refusal> {
        let suspicious = match self.mode {
            CsrfMode::Off => false,
            CsrfMode::FromOtherSites => comes_from_other_site(headers) && !is_allowed(headers, cors),
            CsrfMode::Always => !has_preflighted_type(headers),
        };
        let shown = |name: &HeaderName| headers.get(name).is_some_and(|value| !value.is_empty());
        if !suspicious || self.headers.iter().any(shown) {
            return Ok(());
        }
        let names: Vec<_> = self.headers.iter().map(HeaderName::as_str).collect();
        let message = format!(
            "the request may be forged by another site's page (CSRF): send it with POST, or with one of the headers {}",
            names.join(", ")
        );
        Err(Refusal::new(StatusCode::FORBIDDEN, ErrorCode::Forbidden, message))
    }
}

fn comes_from_other_site(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").map(http::HeaderValue::as_bytes);
    matches!(site, Some(b"cross-site" | b"same-site"))
}

/// An origin that may read answers may also send requests.
fn is_allowed(headers: &HeaderMap, cors: Option<&Cors>) -> bool {
    match (headers.get(header::ORIGIN), cors) {
        (Some(origin), Some(cors)) => cors.allows(origin),
        _ => false,
    }
}

/// Whether the type is none of the three that the Fetch standard allows without a preflight ("CORS-safelisted").
fn has_preflighted_type(headers: &HeaderMap) -> bool {
    const SIMPLE: [&str; 3] = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];
    let Some(text) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let essence = text.split(';').next().unwrap_or_default().trim();
    let is_type = essence.split_once('/').is_some_and(|(top, sub)| !top.is_empty() && !sub.is_empty());
    // A list is not a media type, and browsers may interpret it differently.
    is_type && !text.contains(',') && !SIMPLE.iter().any(|simple| essence.eq_ignore_ascii_case(simple))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn passes(mode: CsrfMode, headers: &[(&'static str, &'static str)], cors: Option<&Cors>) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        let csrf = CsrfPrevention { mode, ..CsrfPrevention::default() };
        csrf.check(&map, cors).is_ok()
    }

    #[test]
    fn other_sites_need_a_header_or_permission() {
        let passes = |headers: &[_], cors| passes(CsrfMode::FromOtherSites, headers, cors);
        assert!(passes(&[], None), "no browser");
        assert!(passes(&[("sec-fetch-site", "same-origin")], None));
        assert!(passes(&[("sec-fetch-site", "none")], None), "typed by the user");
        assert!(!passes(&[("sec-fetch-site", "cross-site")], None));
        assert!(!passes(&[("sec-fetch-site", "same-site")], None));
        assert!(passes(&[("sec-fetch-site", "cross-site"), ("apollo-require-preflight", "1")], None));
        assert!(!passes(&[("sec-fetch-site", "cross-site"), ("apollo-require-preflight", "")], None));
        let cors = Cors::origins(["https://app.test"]).unwrap();
        let from = |origin| [("sec-fetch-site", "cross-site"), ("origin", origin)];
        assert!(passes(&from("https://app.test"), Some(&cors)));
        assert!(!passes(&from("https://evil.test"), Some(&cors)));
    }

    #[test]
    fn the_strict_rule_asks_every_get_request() {
        let passes = |headers: &[_]| passes(CsrfMode::Always, headers, None);
        assert!(!passes(&[]));
        assert!(passes(&[("x-apollo-operation-name", "Q")]));
        assert!(passes(&[("content-type", "application/json")]));
        for simple in ["text/plain", "Text/Plain;charset=UTF-8", "multipart/form-data; a=b", "json", ""] {
            assert!(!passes(&[("content-type", simple)]), "{simple}");
        }
        assert!(!passes(&[("content-type", "text/plain, application/json")]));
    }

    #[test]
    fn it_can_be_switched_off() {
        assert!(passes(CsrfMode::Off, &[("sec-fetch-site", "cross-site")], None));
    }
}
