//! Header rules in the configuration file: one table for each rule, with the action as one of its keys.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer};

use super::{RequestHeaderAction, RequestHeaderRule, Subgraphs};
use crate::config::written::{WrittenName, WrittenValue};

/// `{ to = ["reviews"], forward = "x-tenant" }`
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table such as { forward = \"x-tenant\" }")]
pub(super) struct RequestRule {
    #[serde(default)]
    to: Subgraphs,
    forward: Option<WrittenName>,
    forward_prefix: Option<Prefix>,
    rename: Option<Rename>,
    insert: Option<Insert>,
    remove: Option<WrittenName>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table { from = \"…\", to = \"…\" }")]
struct Rename {
    from: WrittenName,
    to: WrittenName,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table { name = \"…\", value = \"…\" }")]
struct Insert {
    name: WrittenName,
    value: WrittenValue,
}

/// The prefix of a header name. An empty prefix matches every name.
struct Prefix(String);

impl<'de> Deserialize<'de> for Prefix {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.is_empty() {
            return Ok(Self(text));
        }
        let name = WrittenName::try_from(text).map_err(serde::de::Error::custom)?;
        Ok(Self(name.0.as_str().to_owned()))
    }
}

impl TryFrom<RequestRule> for RequestHeaderRule {
    type Error = &'static str;

    fn try_from(rule: RequestRule) -> Result<Self, &'static str> {
        let actions = [
            rule.forward.map(|name| RequestHeaderAction::Forward(name.0)),
            rule.forward_prefix.map(|prefix| RequestHeaderAction::ForwardPrefix(prefix.0)),
            rule.rename.map(|rename| RequestHeaderAction::Rename { from: rename.from.0, to: rename.to.0 }),
            rule.insert.map(|insert| RequestHeaderAction::Insert { name: insert.name.0, value: insert.value.0 }),
            rule.remove.map(|name| RequestHeaderAction::Remove(name.0)),
        ];
        let mut actions = actions.into_iter().flatten();
        match (actions.next(), actions.next()) {
            (Some(action), None) => Ok(Self { to: rule.to, action }),
            _ => Err(
                "a rule does one thing: accepted is one of `forward`, `forward_prefix`, `rename`, `insert`, `remove`",
            ),
        }
    }
}

impl TryFrom<BTreeSet<String>> for Subgraphs {
    type Error = &'static str;

    fn try_from(names: BTreeSet<String>) -> Result<Self, &'static str> {
        if names.is_empty() {
            return Err("no subgraph is named: without this key, a rule is for all of them");
        }
        Ok(Self::Named(names))
    }
}
