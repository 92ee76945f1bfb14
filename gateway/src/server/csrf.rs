//! Refuses what a browser may have been tricked into sending (cross-site request forgery).
//!
//! A web page can make a visitor's browser send a *simple request* to any host, with the visitor's cookies, without
//! asking that host first. Bodies are safe already: only `application/json` is read, which no simple request can have.
//! What remains are GET requests, which run queries only; they can change nothing, but they can be used to measure and
//! to load. See docs/decisions/0101.

use http::{HeaderMap, HeaderName, StatusCode, header};
use serde::Deserialize;

use super::{Cors, refusal::Refusal};
use crate::{config::written, error::ErrorCode};

/// Which GET requests are taken for forged.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub struct CsrfPrevention {
    /// When a GET request needs one of the headers.
    pub mode: CsrfMode,
    /// Headers that no page can add to a simple request: one of them, with any value, shows that the browser asked
    /// first.
    #[serde(deserialize_with = "written::header_names")]
    pub headers: Vec<HeaderName>,
}

/// When a GET request needs to show that it is no simple one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CsrfMode {
    /// When the browser itself says (`Sec-Fetch-Site`) that the request comes from another site's page. Programs that
    /// are no browsers do not send that header and need not know of the rule.
    FromOtherSites,
    /// Always, unless its `Content-Type` is one that no simple request can have: Apollo's rule.
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
        Self {
            mode: CsrfMode::FromOtherSites,
            headers: names.into_iter().map(HeaderName::from_static).collect(),
        }
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

/// An origin that may read the answers may as well cause them.
fn is_allowed(headers: &HeaderMap, cors: Option<&Cors>) -> bool {
    match (headers.get(header::ORIGIN), cors) {
        (Some(origin), Some(cors)) => cors.allows(origin),
        _ => false,
    }
}

/// Whether the type is none of the three that the Fetch standard lets pass without asking ("CORS-safelisted").
fn has_preflighted_type(headers: &HeaderMap) -> bool {
    const SIMPLE: [&str; 3] = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];
    let Some(text) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let essence = text.split(';').next().unwrap_or_default().trim();
    let is_type = essence
        .split_once('/')
        .is_some_and(|(top, sub)| !top.is_empty() && !sub.is_empty());
    // A list is not one type: how a browser reads it is not certain.
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
        let csrf = CsrfPrevention {
            mode,
            ..CsrfPrevention::default()
        };
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
        assert!(passes(
            &[("sec-fetch-site", "cross-site"), ("apollo-require-preflight", "1")],
            None
        ));
        assert!(!passes(
            &[("sec-fetch-site", "cross-site"), ("apollo-require-preflight", "")],
            None
        ));
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
        for simple in [
            "text/plain",
            "Text/Plain;charset=UTF-8",
            "multipart/form-data; a=b",
            "json",
            "",
        ] {
            assert!(!passes(&[("content-type", simple)]), "{simple}");
        }
        assert!(!passes(&[("content-type", "text/plain, application/json")]));
    }

    #[test]
    fn it_can_be_switched_off() {
        assert!(passes(CsrfMode::Off, &[("sec-fetch-site", "cross-site")], None));
    }
}
