//! Cross-origin resource sharing (CORS, WHATWG Fetch § 3.2): which web origins may read answers in a browser.

mod written;

use std::{sync::Arc, time::Duration};

use http::{HeaderName, HeaderValue, Method, Uri};
use serde::Deserialize;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

/// CORS settings. Without them, no CORS header is sent.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "written::WrittenCors")]
pub struct Cors {
    origins: Arc<Origins>,
    credentials: bool,
    methods: Vec<Method>,
    /// `None` allows every header that a page requests.
    request_headers: Option<Vec<HeaderName>>,
    exposed_headers: Vec<HeaderName>,
    max_age: Option<Duration>,
}

/// Why a CORS configuration is refused.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum CorsError {
    /// The text is not an origin.
    #[error("`{0}` is no origin, such as `https://app.example.org` or `https://*.example.org`")]
    Origin(String),
    /// Credentials are allowed for any origin.
    #[error("credentials cannot be allowed to any origin: name the origins")]
    CredentialsForAny,
}

#[derive(Debug)]
enum Origins {
    Any,
    Listed(Vec<OriginPattern>),
}

#[derive(Debug, PartialEq, Eq)]
enum OriginPattern {
    Exact(String),
    /// `https://*.example.org`: the scheme with `://`, and the suffix that follows at least one label.
    Subdomains {
        scheme: String,
        suffix: String,
    },
}

impl OriginPattern {
    fn parse(text: &str) -> Result<Self, CorsError> {
        let wrong = || CorsError::Origin(text.to_owned());
        let lower = text.to_ascii_lowercase();
        let (scheme, host) = lower.split_once("://").ok_or_else(wrong)?;
        let (is_pattern, host) = match host.strip_prefix("*.") {
            Some(rest) => (true, rest),
            None => (false, host),
        };
        let uri: Uri = format!("{scheme}://{host}").parse().map_err(|_| wrong())?;
        let is_origin = uri.authority().is_some_and(|authority| authority.as_str() == host)
            && !host.contains(['*', '@', '/'])
            && !scheme.is_empty();
        match (is_origin, is_pattern) {
            (false, _) => Err(wrong()),
            (true, false) => Ok(Self::Exact(lower)),
            (true, true) => Ok(Self::Subdomains { scheme: format!("{scheme}://"), suffix: format!(".{host}") }),
        }
    }

    fn matches(&self, origin: &str) -> bool {
        match self {
            Self::Exact(exact) => exact.eq_ignore_ascii_case(origin),
            Self::Subdomains { scheme, suffix } => {
                let origin = origin.to_ascii_lowercase();
                let label = origin.strip_prefix(scheme).and_then(|host| host.strip_suffix(suffix));
                let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
                label.is_some_and(|label| !label.is_empty() && label.bytes().all(is_name))
            }
        }
    }
}

impl Cors {
    fn new(origins: Origins) -> Self {
        Self {
            origins: Arc::new(origins),
            credentials: false,
            methods: vec![Method::GET, Method::POST],
            request_headers: None,
            exposed_headers: Vec::new(),
            max_age: None,
        }
    }

    /// Pages of any origin may read answers, without credentials.
    #[must_use]
    pub fn any_origin() -> Self {
        Self::new(Origins::Any)
    }

    /// Pages of these origins may read answers. An origin is exact, or a pattern such as `https://*.example.org`, which
    /// matches all subdomains but not `example.org` itself.
    ///
    /// # Errors
    ///
    /// When a text is not an origin.
    pub fn origins<T: AsRef<str>>(origins: impl IntoIterator<Item = T>) -> Result<Self, CorsError> {
        let patterns = origins.into_iter().map(|text| OriginPattern::parse(text.as_ref()));
        Ok(Self::new(Origins::Listed(patterns.collect::<Result<_, _>>()?)))
    }

    /// Browsers may send cookies and other credentials.
    ///
    /// # Errors
    ///
    /// When any origin is allowed: every page could then use the accounts of its visitors.
    pub fn with_credentials(mut self) -> Result<Self, CorsError> {
        if matches!(*self.origins, Origins::Any) {
            return Err(CorsError::CredentialsForAny);
        }
        self.credentials = true;
        Ok(self)
    }

    /// Methods that pages may use. The default is `GET` and `POST`.
    #[must_use]
    pub fn with_methods(mut self, methods: impl IntoIterator<Item = Method>) -> Self {
        self.methods = methods.into_iter().collect();
        self
    }

    /// Headers that pages may send. By default, every header that a page requests.
    #[must_use]
    pub fn with_request_headers(mut self, headers: impl IntoIterator<Item = HeaderName>) -> Self {
        self.request_headers = Some(headers.into_iter().collect());
        self
    }

    /// Response headers that pages may read. By default, only those that the standard always exposes.
    #[must_use]
    pub fn with_exposed_headers(mut self, headers: impl IntoIterator<Item = HeaderName>) -> Self {
        self.exposed_headers = headers.into_iter().collect();
        self
    }

    /// How long a browser may cache the permission.
    #[must_use]
    pub fn with_max_age(mut self, max_age: Duration) -> Self {
        self.max_age = Some(max_age);
        self
    }

    pub(super) fn allows(&self, origin: &HeaderValue) -> bool {
        match &*self.origins {
            Origins::Any => true,
            Origins::Listed(patterns) => {
                origin.to_str().is_ok_and(|origin| patterns.iter().any(|pattern| pattern.matches(origin)))
            }
        }
    }

    pub(super) fn layer(&self) -> CorsLayer {
        let origin = match &*self.origins {
            Origins::Any => AllowOrigin::any(),
            Origins::Listed(_) => {
                let cors = self.clone();
                AllowOrigin::predicate(move |origin, _| cors.allows(origin))
            }
        };
        let headers = match &self.request_headers {
            Some(headers) => AllowHeaders::list(headers.iter().cloned()),
            None => AllowHeaders::mirror_request(),
        };
        let layer = CorsLayer::new()
            .allow_origin(origin)
            .allow_methods(self.methods.clone())
            .allow_headers(headers)
            .allow_credentials(self.credentials)
            .expose_headers(self.exposed_headers.clone());
        match self.max_age {
            Some(max_age) => layer.max_age(max_age),
            None => layer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(pattern: &str, origin: &'static str) -> bool {
        Cors::origins([pattern]).unwrap().allows(&HeaderValue::from_static(origin))
    }

    #[test]
    fn an_exact_origin_is_itself_and_nothing_longer() {
        assert!(allows("https://App.example.org", "https://app.example.org"));
        assert!(allows("http://localhost:5173", "http://localhost:5173"));
        for other in
            ["http://app.example.org", "https://app.example.org:8443", "https://app.example.org.evil.test", "null"]
        {
            assert!(!allows("https://app.example.org", other), "{other}");
        }
    }

    #[test]
    fn a_wildcard_stands_for_names_below() {
        let pattern = "https://*.example.org";
        assert!(allows(pattern, "https://a.example.org"));
        assert!(allows(pattern, "https://a.b.example.org"));
        assert!(allows("https://*.example.org:8443", "https://a.example.org:8443"));
        for other in [
            "https://example.org",
            "https://.example.org",
            "https://evilexample.org",
            "http://a.example.org",
            "https://a.example.org:1",
            "https://evil.test/.example.org",
            "https://evil.test:1@x.example.org",
        ] {
            assert!(!allows(pattern, other), "{other}");
        }
    }

    #[test]
    fn a_wrong_configuration_is_refused() {
        for text in ["*", "app.example.org", "https://", "https://a/b", "https://a.*.org", "https://*", "://a"] {
            assert_eq!(Cors::origins([text]).unwrap_err(), CorsError::Origin(text.to_owned()));
        }
        assert_eq!(Cors::any_origin().with_credentials().unwrap_err(), CorsError::CredentialsForAny);
    }
}
