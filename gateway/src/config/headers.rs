//! Which headers pass through the gateway, in both directions.

mod written;

use std::collections::BTreeSet;

use http::{HeaderName, HeaderValue};
use serde::Deserialize;

use super::written::header_name;

/// What is forwarded to the subgraphs and what comes back to the client.
///
/// Headers that belong to one connection or to one message (RFC 9110 § 7.6.1: `Connection` and what it names,
/// `Transfer-Encoding`, `Upgrade` and their like, and `Host`, `Content-Type`, `Content-Length`, `Content-Encoding`,
/// `Accept`, `Accept-Encoding`, `Expect`) never pass, whatever the rules say.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub struct HeaderRules {
    /// Applied in order to make the headers of a fetch, from an empty set.
    pub request: Vec<RequestHeaderRule>,
    /// Which headers of the subgraphs' answers reach the client.
    pub response: Vec<ResponseHeaderRule>,
    /// What becomes of `Cache-Control`.
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
    /// Forwards the credential and what joins traces and logs; takes back the strictest `Cache-Control`.
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

/// The subgraphs that a rule concerns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "BTreeSet<String>")]
pub enum Subgraphs {
    /// Each of them.
    #[default]
    All,
    /// Those with these names.
    Named(BTreeSet<String>),
}

impl Subgraphs {
    /// Those with these names.
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

/// One step in making the headers of a fetch.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "written::RequestRule")]
pub struct RequestHeaderRule {
    /// For which subgraphs.
    pub to: Subgraphs,
    /// What is done.
    pub action: RequestHeaderAction,
}

impl RequestHeaderRule {
    /// A rule for every subgraph.
    #[must_use]
    pub fn all(action: RequestHeaderAction) -> Self {
        Self {
            to: Subgraphs::All,
            action,
        }
    }

    /// A rule for the subgraphs with these names.
    pub fn named<T: Into<String>>(names: impl IntoIterator<Item = T>, action: RequestHeaderAction) -> Self {
        Self {
            to: Subgraphs::named(names),
            action,
        }
    }
}

/// What a rule does to the headers of a fetch.
#[derive(Clone, Debug)]
pub enum RequestHeaderAction {
    /// Passes on all values of the client's header.
    Forward(HeaderName),
    /// Passes on every header of the client whose name begins so; in lower case, as names are compared.
    ForwardPrefix(String),
    /// Passes on all values of the client's header under another name.
    Rename {
        /// Name in the client's request.
        from: HeaderName,
        /// Name in the fetch.
        to: HeaderName,
    },
    /// Sets a header to a fixed value, in place of any value that it has by now.
    Insert {
        /// Name in the fetch.
        name: HeaderName,
        /// Its value.
        value: HeaderValue,
    },
    /// Takes away what earlier rules have put there.
    Remove(HeaderName),
}

/// Passes a header of the subgraphs' answers on to the client.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct ResponseHeaderRule {
    /// From which subgraphs.
    #[serde(default)]
    pub from: Subgraphs,
    /// Which header.
    #[serde(deserialize_with = "header_name")]
    pub name: HeaderName,
    /// What happens when several fetches bring it.
    pub merge: HeaderMerge,
}

/// What becomes of a header that several fetches bring. Their order is that of the plan, not of their arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeaderMerge {
    /// The values of the first fetch that has it.
    First,
    /// The values of the last fetch that has it.
    Last,
    /// The values of all, as for `Set-Cookie`.
    Append,
}

/// What becomes of `Cache-Control`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CacheControlRule {
    /// The client gets what all subgraphs that were asked agree on: the shortest age, `private` when one says so,
    /// `no-store` when one says so, when one says nothing while another does, or when anything failed.
    Strictest,
    /// The client gets none.
    Ignore,
}
