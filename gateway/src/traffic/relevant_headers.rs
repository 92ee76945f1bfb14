//! Headers as part of a coalescing key: all headers except the ignored ones, which only identify a request. The order
//! of different names does not matter; the order of the values of one name does.

use http::{HeaderMap, HeaderName, HeaderValue};

pub(super) struct RelevantHeaders {
    ignored: Box<[HeaderName]>,
}

impl RelevantHeaders {
    pub(super) fn all_but(ignored: &[HeaderName]) -> Self {
        Self { ignored: ignored.into() }
    }

    fn of<'a>(&'a self, headers: &'a HeaderMap) -> impl Iterator<Item = (&'a HeaderName, &'a HeaderValue)> {
        headers.iter().filter(|(name, _)| !self.ignored.contains(name))
    }

    /// A hash that is equal for equal headers, combined from the hashes of single pairs.
    pub(super) fn hash(&self, headers: &HeaderMap, hash_pair: impl Fn(&HeaderName, &HeaderValue) -> u64) -> u64 {
        self.of(headers).fold(0, |sum: u64, (name, value)| sum.wrapping_add(hash_pair(name, value)))
    }

    pub(super) fn copy(&self, headers: &HeaderMap) -> HeaderMap {
        let mut copy = HeaderMap::new();
        for (name, value) in self.of(headers) {
            copy.append(name, value.clone());
        }
        copy
    }

    /// Whether the relevant part of `headers` equals a copy made by [`Self::copy`].
    pub(super) fn is_same(&self, copy: &HeaderMap, headers: &HeaderMap) -> bool {
        self.of(headers).count() == copy.len()
            && copy.keys().all(|name| copy.get_all(name).iter().eq(headers.get_all(name).iter()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(*name, HeaderValue::from_static(value));
        }
        map
    }

    #[test]
    fn headers_are_compared_in_full_and_without_the_ignored_ones() {
        let relevant = RelevantHeaders::all_but(&[HeaderName::from_static("x-request-id")]);
        let base = headers(&[("authorization", "a"), ("x-request-id", "1"), ("accept-language", "vi")]);
        let copy = relevant.copy(&base);
        let same = headers(&[("accept-language", "vi"), ("authorization", "a"), ("x-request-id", "2")]);
        assert!(relevant.is_same(&copy, &same));
        let sum = |map| relevant.hash(map, |name, value| (name.as_str().len() * 31 + value.len()) as u64);
        assert_eq!(sum(&base), sum(&same));
        for other in [
            headers(&[("authorization", "b"), ("accept-language", "vi")]),
            headers(&[("authorization", "a")]),
            headers(&[("authorization", "a"), ("accept-language", "vi"), ("cookie", "c")]),
            headers(&[("authorization", "a"), ("accept-language", "vi"), ("accept-language", "en")]),
        ] {
            assert!(!relevant.is_same(&copy, &other), "{other:?}");
        }
    }
}
