//! Collects headers of the subgraphs' responses and builds the headers for the client.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use parking_lot::Mutex;

use super::{cache_control::Freshness, per_message::PerMessage};
use crate::config::{CacheControlRule, HeaderMerge, HeaderRules, ResponseHeaderRule};

/// The rules for response headers.
pub(crate) struct ReturnRules {
    rules: Vec<ResponseHeaderRule>,
    cache_control: CacheControlRule,
}

impl ReturnRules {
    pub(crate) fn new(rules: &HeaderRules) -> Self {
        let merges = rules.cache_control == CacheControlRule::Strictest;
        let is_withheld =
            |name: &HeaderName| PerMessage::of_any().holds(name) || (merges && *name == header::CACHE_CONTROL);
        Self {
            rules: rules.response.iter().filter(|rule| !is_withheld(&rule.name)).cloned().collect(),
            cache_control: rules.cache_control,
        }
    }

    /// An empty collection for one request.
    pub(crate) fn collect(&self) -> ResponseHeaders<'_> {
        ResponseHeaders { rules: self, state: Mutex::new(State { passed: Vec::new(), freshness: None, silent: false }) }
    }
}

/// The headers that the fetches of one request have returned so far.
pub(crate) struct ResponseHeaders<'a> {
    rules: &'a ReturnRules,
    state: Mutex<State>,
}

struct State {
    /// Rule, fetch, value.
    passed: Vec<(usize, usize, HeaderValue)>,
    freshness: Option<Freshness>,
    /// Whether a response had no `Cache-Control`, or a fetch failed.
    silent: bool,
}

impl ResponseHeaders<'_> {
    /// Adds the headers of a fetch; `None` when the fetch failed.
    pub(crate) fn take(&self, fetch: usize, subgraph: &str, headers: Option<&HeaderMap>) {
        let freshness = headers.and_then(Freshness::of);
        let mut state = self.state.lock();
        match freshness {
            Some(freshness) => {
                state.freshness = Some(state.freshness.map_or(freshness, |known| known.and(freshness)));
            }
            None => state.silent = true,
        }
        let Some(headers) = headers else { return };
        for (number, rule) in self.rules.rules.iter().enumerate() {
            if rule.from.contains(subgraph) {
                let values = headers.get_all(&rule.name).into_iter();
                state.passed.extend(values.map(|value| (number, fetch, value.clone())));
            }
        }
    }

    /// The headers for the client. `cacheable` is true only for the answer to a query without errors.
    pub(crate) fn finish(self, cacheable: bool) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let mut state = self.state.into_inner();
        // Fetches finish in any order, but the client's headers must not depend on it.
        state.passed.sort_by_key(|(rule, fetch, _)| (*rule, *fetch));
        for (number, rule) in self.rules.rules.iter().enumerate() {
            let mut passed = state.passed.iter().filter(|(passed, ..)| *passed == number);
            let chosen = match rule.merge {
                HeaderMerge::First => passed.clone().next().map(|(_, fetch, _)| *fetch),
                HeaderMerge::Last => passed.clone().next_back().map(|(_, fetch, _)| *fetch),
                HeaderMerge::Append => None,
            };
            for (_, fetch, value) in &mut passed {
                if chosen.is_none_or(|chosen| chosen == *fetch) {
                    headers.append(rule.name.clone(), value.clone());
                }
            }
        }
        if let (CacheControlRule::Strictest, Some(freshness)) = (self.rules.cache_control, state.freshness) {
            let freshness = if state.silent || !cacheable { Freshness::NO_STORE } else { freshness };
            headers.insert(header::CACHE_CONTROL, freshness.header());
        }
        headers
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Subgraphs;

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        headers
    }

    fn rule(name: &'static str, merge: HeaderMerge) -> ResponseHeaderRule {
        ResponseHeaderRule { from: Subgraphs::All, name: HeaderName::from_static(name), merge }
    }

    fn values(merge: HeaderMerge) -> Vec<String> {
        let rules = ReturnRules::new(&HeaderRules { response: vec![rule("x-a", merge)], ..HeaderRules::default() });
        let collected = rules.collect();
        // The second fetch answers first.
        collected.take(1, "reviews", Some(&headers(&[("x-a", "2"), ("x-a", "3"), ("x-b", "4")])));
        collected.take(0, "accounts", Some(&headers(&[("x-a", "1")])));
        let headers = collected.finish(true);
        assert_eq!(headers.keys_len(), 1);
        let values = headers.get_all("x-a").into_iter();
        values.map(|value| value.to_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn values_merge_in_the_order_of_the_plan() {
        assert_eq!(values(HeaderMerge::First), ["1"]);
        assert_eq!(values(HeaderMerge::Last), ["2", "3"]);
        assert_eq!(values(HeaderMerge::Append), ["1", "2", "3"]);
    }

    #[test]
    fn a_rule_takes_from_its_subgraphs_and_never_what_belongs_to_one_message() {
        let rules = ReturnRules::new(&HeaderRules {
            response: vec![
                ResponseHeaderRule { from: Subgraphs::named(["reviews"]), ..rule("x-a", HeaderMerge::Append) },
                rule("content-length", HeaderMerge::First),
                rule("transfer-encoding", HeaderMerge::First),
            ],
            ..HeaderRules::default()
        });
        let collected = rules.collect();
        let all = headers(&[("x-a", "1"), ("content-length", "9"), ("transfer-encoding", "chunked")]);
        collected.take(0, "accounts", Some(&all));
        assert_eq!(collected.finish(true), HeaderMap::new());
    }

    #[test]
    fn cache_control_is_the_strictest_and_silence_forbids() {
        let rules = ReturnRules::new(&HeaderRules::default());
        let merged = |answers: &[Option<&'static str>], cacheable| {
            let collected = rules.collect();
            for (number, answer) in answers.iter().enumerate() {
                let headers = answer.map(|text| headers(&[("cache-control", text)])).unwrap_or_default();
                collected.take(number, "a", Some(&headers));
            }
            let headers = collected.finish(cacheable);
            headers.get(header::CACHE_CONTROL).map(|value| value.to_str().unwrap().to_owned())
        };
        assert_eq!(
            merged(&[Some("max-age=9"), Some("max-age=5, private")], true).as_deref(),
            Some("max-age=5, private")
        );
        assert_eq!(merged(&[Some("max-age=9"), None], true).as_deref(), Some("no-store"));
        assert_eq!(merged(&[Some("max-age=9")], false).as_deref(), Some("no-store"));
        assert_eq!(merged(&[None, None], true), None);
        let failed = rules.collect();
        failed.take(0, "a", Some(&headers(&[("cache-control", "max-age=9")])));
        failed.take(1, "b", None);
        assert_eq!(failed.finish(true)[header::CACHE_CONTROL], "no-store");
    }
}
