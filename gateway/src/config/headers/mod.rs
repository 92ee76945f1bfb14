//! Settings for header propagation, in both directions.

mod written;

use std::collections::BTreeSet;

use http::{HeaderName, HeaderValue};
use serde::Deserialize;

use super::written::header_name;

/// Which headers are forwarded to the subgraphs and returned to the client.
///
/// Headers that belong to one connection or to one message are never forwarded, whatever the rules say. These are
/// `Connection` and the headers that it names, `Transfer-Encoding`, `Upgrade` and similar headers (RFC 9110 § 7.6.1),
/// and `Host`, `Content-Type`, `Content-Length`, `Content-Encoding`, `Accept`, `Accept-Encoding` and `Expect`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub struct HeaderRules {
    /// Rules for the headers of a fetch. They are applied in order, starting with no headers.
    pub request: Vec<RequestHeaderRule>,
    /// Which headers of the subgraphs' responses are returned to the client.
    pub response: Vec<ResponseHeaderRule>,
    /// How `Cache-Control` is handled.
    pub cache_control: CacheControlRule,
}

impl HeaderRules {
    /// Every subgraph that a rule names.
    pub(crate) fn subgraph_names(&self) -> impl Iterator<Item = &String> {
        let request = self.request.iter().map(|rule| &rule.to);
        let response = self.response.iter().map(|rule| &rule.from);
        request
            .chain(response)
            .filter_map(|subgraphs| match subgraphs {
                Subgraphs::All => None,
                Subgraphs::Named(names) => Some(names),
            })
            .flatten()
    }
}

impl Default for HeaderRules {
    /// Forwards the credential and the headers that correlate traces and logs, and returns the strictest
    /// `Cache-Control`.
    fn default() -> Self {
        let forwarded = ["authorization", "x-request-id", "traceparent", "tracestate"];
        Self {
            request: forwarded
                .into_iter()
                .map(|name| RequestHeaderRule::all(RequestHeaderAction::Forward(HeaderName::from_static(name))))
                .collect(),
            response: Vec::new(),
            cache_control: CacheControlRule::Strictest,
        }
    }
}

/// The subgraphs to which a rule applies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "BTreeSet<String>")]
pub enum Subgraphs {
    /// All subgraphs.
    #[default]
    All,
    /// The subgraphs with these names.
    Named(BTreeSet<String>),
}

impl Subgraphs {
    /// The subgraphs with these names.
    pub fn named<T: Into<String>>(names: impl IntoIterator<Item = T>) -> Self {
        Self::Named(names.into_iter().map(Into::into).collect())
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Named(names) => names.contains(name),
        }
    }
}

/// One rule for the headers of a fetch.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "written::RequestRule")]
pub struct RequestHeaderRule {
    /// The subgraphs to which it applies.
    pub to: Subgraphs,
    /// What it does.
    pub action: RequestHeaderAction,
}

impl RequestHeaderRule {
    /// A rule for every subgraph.
    #[must_use]
    pub fn all(action: RequestHeaderAction) -> Self {
        Self { to: Subgraphs::All, action }
    }

    /// A rule for the subgraphs with these names.
    pub fn named<T: Into<String>>(names: impl IntoIterator<Item = T>, action: RequestHeaderAction) -> Self {
        Self { to: Subgraphs::named(names), action }
    }
}

/// What a rule does with the headers of a fetch.
#[derive(Clone, Debug)]
pub enum RequestHeaderAction {
    /// Forwards all values of the client's header.
    Forward(HeaderName),
    /// Forwards every client header whose name starts with this prefix, which is in lower case.
    ForwardPrefix(String),
    /// Forwards all values of the client's header under another name.
    Rename {
        /// Name in the client's request.
        from: HeaderName,
        /// Name in the fetch.
        to: HeaderName,
    },
    /// Sets a header to a fixed value and replaces existing values.
    Insert {
        /// Name in the fetch.
        name: HeaderName,
        /// Its value.
        value: HeaderValue,
    },
    /// Removes a header that earlier rules have added.
    Remove(HeaderName),
}

/// Returns a header of the subgraphs' responses to the client.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct ResponseHeaderRule {
    /// The subgraphs from which it is returned.
    #[serde(default)]
    pub from: Subgraphs,
    /// The name of the header.
    #[serde(deserialize_with = "header_name")]
    pub name: HeaderName,
    /// What happens when several fetches return it.
    pub merge: HeaderMerge,
}

/// How a header that several fetches return is merged. The order of the fetches is that of the plan, not of their
/// responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeaderMerge {
    /// The values of the first fetch that has the header.
    First,
    /// The values of the last fetch that has the header.
    Last,
    /// The values of all fetches, as needed for `Set-Cookie`.
    Append,
}

/// How `Cache-Control` is handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CacheControlRule {
    /// The client gets what all requested subgraphs allow: the shortest age; `private` if one says so; `no-store` if
    /// one says so, if only some of them send the header, or if anything failed.
    Strictest,
    /// The client gets no `Cache-Control`.
    Ignore,
}
