//! Merges the `Cache-Control` headers of several responses into one that all of them allow.

use std::fmt;

use http::{HeaderMap, HeaderValue, header};

/// How long an answer may be cached and by which caches (RFC 9111 § 5.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a directive of its own; any may stand beside any")]
pub(super) struct Freshness {
    /// Freshness lifetime in seconds; `None` if there is no limit.
    max_age: Option<u64>,
    /// Freshness lifetime for shared caches in seconds, if it differs.
    s_maxage: Option<u64>,
    no_store: bool,
    no_cache: bool,
    private: bool,
    public: bool,
    must_revalidate: bool,
}

impl Freshness {
    pub(super) const NO_STORE: Self = Self {
        max_age: None,
        s_maxage: None,
        no_store: true,
        no_cache: false,
        private: false,
        public: false,
        must_revalidate: false,
    };

    /// Reads the headers of a response; `None` when they have no `Cache-Control`.
    ///
    /// A directive that cannot be parsed makes the response stale, as RFC 9111 § 4.2.1 recommends.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let mut values = headers.get_all(header::CACHE_CONTROL).into_iter().peekable();
        values.peek()?;
        let mut freshness = Self { no_store: false, ..Self::NO_STORE };
        for value in values {
            let Ok(text) = value.to_str() else {
                return Some(Self::NO_STORE);
            };
            for directive in text.split(',') {
                let (name, argument) = match directive.split_once('=') {
                    Some((name, argument)) => (name.trim(), argument.trim().trim_matches('"')),
                    None => (directive.trim(), ""),
                };
                let seconds = || Some(argument.parse().unwrap_or(0));
                match name.to_ascii_lowercase().as_str() {
                    "max-age" => freshness.max_age = least(freshness.max_age, seconds()),
                    "s-maxage" => freshness.s_maxage = least(freshness.s_maxage, seconds()),
                    "no-store" => freshness.no_store = true,
                    "no-cache" => freshness.no_cache = true,
                    "private" => freshness.private = true,
                    "public" => freshness.public = true,
                    "must-revalidate" | "proxy-revalidate" => freshness.must_revalidate = true,
                    _ => {}
                }
            }
        }
        Some(freshness)
    }

    /// What both allow.
    pub(super) fn and(self, other: Self) -> Self {
        // A shared cache uses `max-age` when there is no `s-maxage`, so a limit in either of them applies to the merged
        // value.
        let shared = least(self.s_maxage.or(self.max_age), other.s_maxage.or(other.max_age));
        let has_shared = self.s_maxage.is_some() || other.s_maxage.is_some();
        Self {
            max_age: least(self.max_age, other.max_age),
            s_maxage: shared.filter(|_| has_shared),
            no_store: self.no_store || other.no_store,
            no_cache: self.no_cache || other.no_cache,
            private: self.private || other.private,
            public: self.public && other.public,
            must_revalidate: self.must_revalidate || other.must_revalidate,
        }
    }

    pub(super) fn header(self) -> HeaderValue {
        HeaderValue::from_str(&self.to_string()).unwrap_or_else(|_| HeaderValue::from_static("no-store"))
    }
}

fn least(left: Option<u64>, right: Option<u64>) -> Option<u64> {
    match (left, right) {
        (Some(left), Some(right)) => Some(left.min(right)),
        (one, other) => one.or(other),
    }
}

impl fmt::Display for Freshness {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.no_store {
            return formatter.write_str("no-store");
        }
        let mut directives = Vec::new();
        directives.extend(self.max_age.map(|seconds| format!("max-age={seconds}")));
        if !self.private {
            directives.extend(self.s_maxage.map(|seconds| format!("s-maxage={seconds}")));
        }
        for (holds, name) in [
            (self.no_cache, "no-cache"),
            (self.private, "private"),
            (self.public && !self.private, "public"),
            (self.must_revalidate, "must-revalidate"),
        ] {
            if holds {
                directives.push(name.to_owned());
            }
        }
        if directives.is_empty() {
            // No known directive was given, so nothing allows caching.
            return formatter.write_str("no-store");
        }
        formatter.write_str(&directives.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &'static str) -> Freshness {
        let mut headers = HeaderMap::new();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(text));
        Freshness::of(&headers).unwrap()
    }

    fn merged(left: &'static str, right: &'static str) -> String {
        let both = of(left).and(of(right)).to_string();
        assert_eq!(both, of(right).and(of(left)).to_string(), "the order does not matter");
        both
    }

    #[test]
    fn the_strictest_of_both_holds() {
        assert_eq!(merged("max-age=60, public", "max-age=10, public"), "max-age=10, public");
        assert_eq!(merged("max-age=60, public", "max-age=10"), "max-age=10");
        assert_eq!(merged("max-age=60, public", "private, max-age=90"), "max-age=60, private");
        assert_eq!(merged("max-age=60", "no-store"), "no-store");
        assert_eq!(merged("max-age=60", "No-Cache"), "max-age=60, no-cache");
        assert_eq!(merged("max-age=60, s-maxage=600", "max-age=30"), "max-age=30, s-maxage=30");
        assert_eq!(merged("max-age=60, s-maxage=600", "private, max-age=70"), "max-age=60, private");
        assert_eq!(merged("max-age=5, must-revalidate", "max-age=6"), "max-age=5, must-revalidate");
    }

    #[test]
    fn what_cannot_be_read_is_not_kept() {
        assert_eq!(of("max-age=soon").to_string(), "max-age=0");
        assert_eq!(of("max-age=\"7\"").to_string(), "max-age=7");
        assert_eq!(of("max-age=9, max-age=3").to_string(), "max-age=3");
        assert_eq!(of("immutable").to_string(), "no-store");
        assert_eq!(Freshness::of(&HeaderMap::new()), None);
    }
}
