//! Selects the headers of a fetch from the headers of the client's request.

use ahash::AHashMap;
use http::{HeaderMap, header};

use super::per_message::PerMessage;
use crate::config::{RequestHeaderAction, RequestHeaderRule};

/// The header rules, grouped by subgraph.
///
/// Subgraphs with the same rules form one group, so that each set of headers is built once for a request.
pub(crate) struct ForwardRules {
    groups: Vec<Vec<RequestHeaderAction>>,
    /// The group of each subgraph; empty when there is only one group.
    group_of: AHashMap<String, usize>,
}

/// The headers for the fetches of one request.
pub(crate) struct ForwardedHeaders<'a> {
    rules: &'a ForwardRules,
    groups: Vec<HeaderMap>,
}

impl ForwardRules {
    pub(crate) fn new<'n>(rules: &[RequestHeaderRule], subgraphs: impl IntoIterator<Item = &'n str>) -> Self {
        let mut members: Vec<(Vec<usize>, Vec<&str>)> = Vec::new();
        for name in subgraphs {
            let concerned: Vec<usize> = (0..rules.len()).filter(|&rule| rules[rule].to.contains(name)).collect();
            match members.iter_mut().find(|(group, _)| *group == concerned) {
                Some((_, names)) => names.push(name),
                None => members.push((concerned, vec![name])),
            }
        }
        let mut group_of = AHashMap::new();
        if members.len() > 1 {
            for (number, (_, names)) in members.iter().enumerate() {
                group_of.extend(names.iter().map(|&name| (name.to_owned(), number)));
            }
        }
        let actions = |group: &[usize]| group.iter().map(|&rule| rules[rule].action.clone()).collect();
        Self { groups: members.iter().map(|(group, _)| actions(group)).collect(), group_of }
    }

    pub(crate) fn apply(&self, client: &HeaderMap) -> ForwardedHeaders<'_> {
        let withheld = PerMessage::of(client);
        let groups = self.groups.iter().map(|actions| apply(actions, client, &withheld)).collect();
        ForwardedHeaders { rules: self, groups }
    }
}

impl ForwardedHeaders<'_> {
    /// All sets of headers that the subgraphs get, always in the same order.
    pub(crate) fn all(&self) -> &[HeaderMap] {
        &self.groups
    }

    /// The headers for one subgraph.
    pub(crate) fn of(&self, subgraph: &str) -> &HeaderMap {
        static NONE: std::sync::LazyLock<HeaderMap> = std::sync::LazyLock::new(HeaderMap::new);
        let group =
            if self.rules.group_of.is_empty() { 0 } else { *self.rules.group_of.get(subgraph).unwrap_or(&usize::MAX) };
        self.groups.get(group).unwrap_or(&NONE)
    }
}

fn apply(actions: &[RequestHeaderAction], client: &HeaderMap, withheld: &PerMessage) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(actions.len());
    for action in actions {
        match action {
            RequestHeaderAction::Forward(name) => {
                if !withheld.holds(name) {
                    for value in client.get_all(name) {
                        headers.append(name.clone(), value.clone());
                    }
                }
            }
            RequestHeaderAction::ForwardPrefix(prefix) => {
                for (name, value) in client {
                    if name.as_str().starts_with(prefix.as_str()) && !withheld.holds(name) {
                        headers.append(name.clone(), value.clone());
                    }
                }
            }
            RequestHeaderAction::Rename { from, to } => {
                if !withheld.holds(from) && !withheld.holds(to) {
                    for value in client.get_all(from) {
                        headers.append(to.clone(), value.clone());
                    }
                }
            }
            RequestHeaderAction::Insert { name, value } => {
                if !PerMessage::of_any().holds(name) {
                    headers.insert(name.clone(), value.clone());
                }
            }
            RequestHeaderAction::Remove(name) => {
                headers.remove(name);
            }
        }
    }
    debug_assert!(!headers.contains_key(header::CONNECTION), "a hop-by-hop header passed");
    headers
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;
    use crate::config::HeaderRules;

    fn client() -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("authorization", "Bearer t"),
            ("x-tenant", "a"),
            ("x-tenant-region", "north"),
            ("x-other", "1"),
            ("x-other", "2"),
            ("connection", "keep-alive, X-Tenant-Region"),
            ("keep-alive", "timeout=5"),
            ("host", "gateway.test"),
            ("content-length", "12"),
        ] {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        headers
    }

    fn name(name: &'static str) -> HeaderName {
        HeaderName::from_static(name)
    }

    fn forwarded(rules: &[RequestHeaderRule], subgraph: &str) -> Vec<String> {
        let rules = ForwardRules::new(rules, ["accounts", "reviews"]);
        let headers = rules.apply(&client());
        let mut lines: Vec<_> =
            headers.of(subgraph).iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
        lines.sort();
        lines
    }

    #[test]
    fn by_default_only_the_credential_and_trace_headers_pass() {
        assert_eq!(forwarded(&HeaderRules::default().request, "accounts"), ["authorization: Bearer t"]);
    }

    #[test]
    fn all_values_of_a_header_pass_and_may_change_their_name() {
        let rules = [
            RequestHeaderRule::all(RequestHeaderAction::Forward(name("x-other"))),
            RequestHeaderRule::all(RequestHeaderAction::Rename {
                from: name("authorization"),
                to: name("x-credential"),
            }),
        ];
        assert_eq!(forwarded(&rules, "reviews"), ["x-credential: Bearer t", "x-other: 1", "x-other: 2"]);
    }

    #[test]
    fn a_prefix_matches_names_but_not_those_of_one_connection() {
        let rules = [RequestHeaderRule::all(RequestHeaderAction::ForwardPrefix("x-tenant".to_owned()))];
        assert_eq!(forwarded(&rules, "reviews"), ["x-tenant: a"]);
        let everything = [RequestHeaderRule::all(RequestHeaderAction::ForwardPrefix(String::new()))];
        assert_eq!(
            forwarded(&everything, "reviews"),
            ["authorization: Bearer t", "x-other: 1", "x-other: 2", "x-tenant: a"]
        );
    }

    #[test]
    fn rules_apply_in_order_and_to_the_named_subgraphs() {
        let rules = [
            RequestHeaderRule::all(RequestHeaderAction::Forward(name("x-other"))),
            RequestHeaderRule::named(
                ["accounts"],
                RequestHeaderAction::Insert { name: name("x-other"), value: HeaderValue::from_static("fixed") },
            ),
            RequestHeaderRule::named(["reviews"], RequestHeaderAction::Remove(name("x-other"))),
            RequestHeaderRule::named(["reviews"], RequestHeaderAction::Forward(name("x-tenant"))),
        ];
        assert_eq!(forwarded(&rules, "accounts"), ["x-other: fixed"]);
        assert_eq!(forwarded(&rules, "reviews"), ["x-tenant: a"]);
        assert_eq!(forwarded(&rules, "unknown"), [] as [&str; 0]);
    }

    #[test]
    fn headers_of_one_message_pass_under_no_rule() {
        let rules = [
            RequestHeaderRule::all(RequestHeaderAction::Forward(name("host"))),
            RequestHeaderRule::all(RequestHeaderAction::Forward(name("keep-alive"))),
            RequestHeaderRule::all(RequestHeaderAction::Rename {
                from: name("x-other"),
                to: name("transfer-encoding"),
            }),
            RequestHeaderRule::all(RequestHeaderAction::Insert {
                name: name("content-length"),
                value: HeaderValue::from_static("1"),
            }),
        ];
        assert_eq!(forwarded(&rules, "accounts"), [] as [&str; 0]);
    }
}
