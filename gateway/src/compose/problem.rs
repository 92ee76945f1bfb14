//! Composition problems: adds the subgraphs, the schema coordinate and a remedy to each report of the composition
//! library.

use std::fmt;

use serde::Serialize;

/// One reason why subgraphs do not compose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ComposeProblem {
    /// The affected subgraphs.
    pub subgraphs: Vec<String>,
    /// The affected schema coordinate, for example `User.name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coordinate: Option<String>,
    /// What is wrong.
    pub message: String,
    /// How to fix it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

impl fmt::Display for ComposeProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.subgraphs.is_empty() {
            write!(formatter, "[{}] ", self.subgraphs.join(", "))?;
        }
        if let Some(coordinate) = self.coordinate.as_ref().filter(|place| !self.message.contains(place.as_str())) {
            write!(formatter, "{coordinate}: ")?;
        }
        formatter.write_str(&self.message)?;
        match &self.remedy {
            Some(remedy) => write!(formatter, "\n    to mend it: {remedy}"),
            None => Ok(()),
        }
    }
}

/// Remedies: the first column is a part of the library's report, the second says how to fix the problem.
const REMEDIES: [(&str, &str); 22] = [
    (
        "not marked as `@shareable`",
        "put `@shareable` on the field in every subgraph that has it, when all of them give the same value; or leave it \
         to one subgraph, and mark it `@external` in the others where `@requires`, `@provides` or a key needs it; or move \
         it with `@override(from:)`",
    ),
    ("field has conflicting types", "give the field one type in all subgraphs; only nullability may differ"),
    ("argument has conflicting types", "give the argument one type in all subgraphs; only nullability may differ"),
    ("has incompatible defaults", "give the argument the same default in all subgraphs, or in none"),
    (
        "but it is required in",
        "add the input field where it is missing, or make it optional (nullable, or with a default) where it is required",
    ),
    (
        "is required in",
        "add the argument where it is missing, or make it optional (nullable, or with a default) where it is required",
    ),
    (
        "is an entity in subgraphs",
        "add the same `@key` in the subgraphs that lack it, or make its fields `@shareable` and drop the keys",
    ),
    ("Cannot merge", "a name stands for one kind of type in the whole graph: rename the type in one of the subgraphs"),
    (
        "should match exactly in all subgraphs",
        "give the enum the same values everywhere, or use it only for answers or only for arguments",
    ),
    (
        "are empty (intersection)",
        "the enum is an argument everywhere, so only common values remain: let the subgraphs share at least one value",
    ),
    ("is not implemented by", "add the field to the object type in a subgraph, or take it out of the interface"),
    (
        "does not exist on",
        "correct the name; a field of another subgraph must be declared in this one, too, as `@external`",
    ),
    ("is of an @inaccessible type", "mark it `@inaccessible`, too, or make its type accessible"),
    ("Only alphanumeric characters and hyphens", "rename the subgraph"),
    ("Subgraph names are case insensitive", "rename one of the subgraphs"),
    ("define any root", "at least one subgraph needs a `type Query` with a field"),
    (
        "cannot have a `@requires`",
        "a subgraph either resolves a field or takes it from another one: drop `@external` or `@requires`",
    ),
    (
        "cannot have a `@provides`",
        "a subgraph either resolves a field or takes it from another one: drop `@external` or `@provides`",
    ),
    (
        "defined in other subgraphs",
        "add the field here, as `@shareable` or `@external`, or take `@shareable` off the type",
    ),
    ("is a reserved federation definition name", "drop the definition; the gateway brings it along"),
    (
        "are the same for overridden field",
        "`@override(from:)` names the subgraph that had the field before, not the one that has it now",
    ),
    ("missing a key", "add `@key(fields:)` to the type in that subgraph, the same as on the entity interface"),
];

impl ComposeProblem {
    /// A problem of one subgraph.
    pub(super) fn of(subgraph: &str, message: impl Into<String>, remedy: &str) -> Self {
        Self {
            subgraphs: vec![subgraph.to_owned()],
            coordinate: None,
            message: message.into(),
            remedy: Some(remedy.to_owned()),
        }
    }

    /// A problem that belongs to no subgraph in particular.
    pub(super) fn general(message: impl Into<String>) -> Self {
        Self { subgraphs: Vec::new(), coordinate: None, message: message.into(), remedy: None }
    }

    /// Converts a report of the composition library.
    pub(super) fn reported(report: &str, subgraphs: &[&str]) -> Self {
        let mentioned = |name: &&&str| words(report).any(|word| word == **name);
        let known: Vec<String> = subgraphs.iter().filter(mentioned).map(|name| (*name).to_owned()).collect();
        // Some reports start with the name of the subgraph. It is removed here, because `subgraphs` has it already.
        let message = match report.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((name, rest)) if known.iter().any(|known| known == name) => rest.trim_start_matches(':').trim(),
            _ => report.trim(),
        };
        let remedy = REMEDIES.iter().find(|(part, _)| report.contains(part)).map(|(_, remedy)| (*remedy).to_owned());
        Self { coordinate: coordinate(message), subgraphs: known, message: message.to_owned(), remedy }
    }
}

/// The words of a text, split at punctuation. Names of subgraphs may contain hyphens.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !(character.is_alphanumeric() || matches!(character, '-' | '_')))
}

/// The first `Type.field` or `Type.field(argument:)` in a text.
fn coordinate(text: &str) -> Option<String> {
    let is_name = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let candidates = text.split(|character: char| character.is_whitespace() || matches!(character, '`' | '"' | ','));
    candidates
        .map(|candidate| candidate.trim_end_matches(['.', ':']))
        .find(|candidate| {
            let (place, argument) = candidate.split_once('(').unwrap_or((candidate, "a:)"));
            let names_argument = argument.strip_suffix(":)").is_some_and(is_name);
            place.split_once('.').is_some_and(|(owner, field)| is_name(owner) && is_name(field)) && names_argument
        })
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_becomes_who_where_and_what_to_do() {
        let report = "The User.name field has conflicting types in different subgraphs: String in a-one but Int in b";
        let problem = ComposeProblem::reported(report, &["a-one", "b", "one"]);
        assert_eq!(problem.subgraphs, ["a-one", "b"]);
        assert_eq!(problem.coordinate.as_deref(), Some("User.name"));
        let expected = format!(
            "[a-one, b] {report}\n    to mend it: give the field one type in all subgraphs; only nullability may differ"
        );
        assert_eq!(problem.to_string(), expected);
        let report = "[b]: The `@key` of `X` is odd. It has `X.f(a:)`.";
        let problem = ComposeProblem::reported(report, &["b"]);
        assert_eq!(problem.to_string(), "[b] The `@key` of `X` is odd. It has `X.f(a:)`.");
        assert_eq!(problem.coordinate.as_deref(), Some("X.f(a:)"));
    }
}
