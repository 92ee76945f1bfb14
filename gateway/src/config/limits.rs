//! Limits on requests, and the names of the limits in answers and reports.

use std::fmt;

use serde::Deserialize;

use super::written;

/// Limits on a document and on the cost of an operation. All limits except the cost and the budget are checked once for
/// each document text.
///
/// A fragment counts at every place where it is spread, because execution expands it there.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub struct Limits {
    /// Lexical tokens in the document.
    pub max_tokens: usize,
    /// Nesting depth of fields, including introspection fields.
    pub max_depth: usize,
    /// Fields of one operation. This limits the time of all steps that visit every field, especially planning.
    pub max_fields: usize,
    /// Fields with an alias in one operation.
    pub max_aliases: usize,
    /// Distinct response keys at the root of one operation.
    pub max_root_fields: usize,
    /// Directives in one operation.
    pub max_directives: usize,
    /// Nesting depth of `fields`, `interfaces`, `possibleTypes` and `inputFields` of `__Type`. Each level multiplies
    /// the size of the answer by the size of the schema. Common tools need two levels.
    pub max_introspection_depth: usize,
    /// Units of work that one request may cause in the subgraphs, which charge it themselves; `None` gives them no limit.
    #[serde(deserialize_with = "written::optional")]
    pub budget: Option<u64>,
    /// How the cost of an operation is estimated and limited.
    pub cost: CostLimits,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_tokens: 15_000,
            max_depth: 50,
            max_fields: 20_000,
            max_aliases: 200,
            max_root_fields: 100,
            max_directives: 200,
            max_introspection_depth: 2,
            budget: None,
            cost: CostLimits::default(),
        }
    }
}

/// Settings for the cost of an operation. The cost is estimated before anything is fetched, from `@cost` and
/// `@listSize`, and from these defaults where the schema has no such directive. An object costs 1 and a leaf 0, as in
/// Apollo's demand control.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub struct CostLimits {
    /// The highest cost that one operation may have; `None` disables the estimate.
    #[serde(deserialize_with = "written::optional")]
    pub max_cost: Option<u64>,
    /// Assumed number of elements of a list, if nothing is known about it.
    pub assumed_list_size: u64,
    /// Names of arguments that give the number of elements, for fields without `@listSize`.
    pub size_arguments: Vec<String>,
    /// Names of a connection's list fields that have the size of the connection, for fields without `@listSize`.
    pub connection_lists: Vec<String>,
    /// Base cost of a mutation, added to the cost of its fields.
    pub mutation_cost: u64,
}

impl Default for CostLimits {
    fn default() -> Self {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        Self {
            max_cost: None,
            assumed_list_size: 10,
            size_arguments: names(&["first", "last", "limit"]),
            connection_lists: names(&["edges", "nodes"]),
            mutation_cost: 10,
        }
    }
}

/// A limit, named as in `extensions.limit.name`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LimitName {
    /// [`Limits::max_tokens`]
    Tokens,
    /// [`Limits::max_depth`]
    Depth,
    /// [`Limits::max_fields`]
    Fields,
    /// [`Limits::max_aliases`]
    Aliases,
    /// [`Limits::max_root_fields`]
    RootFields,
    /// [`Limits::max_directives`]
    Directives,
    /// [`Limits::max_introspection_depth`]
    IntrospectionDepth,
    /// [`CostLimits::max_cost`]
    Cost,
}

impl LimitName {
    /// The name of the limit.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tokens => "tokens",
            Self::Depth => "depth",
            Self::Fields => "fields",
            Self::Aliases => "aliases",
            Self::RootFields => "rootFields",
            Self::Directives => "directives",
            Self::IntrospectionDepth => "introspectionDepth",
            Self::Cost => "cost",
        }
    }

    /// The `extensions.code` of a request that exceeds this limit.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Tokens => "TOKENS_LIMIT_EXCEEDED",
            Self::Depth => "DEPTH_LIMIT_EXCEEDED",
            Self::Fields => "FIELDS_LIMIT_EXCEEDED",
            Self::Aliases => "ALIASES_LIMIT_EXCEEDED",
            Self::RootFields => "ROOT_FIELDS_LIMIT_EXCEEDED",
            Self::Directives => "DIRECTIVES_LIMIT_EXCEEDED",
            Self::IntrospectionDepth => "INTROSPECTION_DEPTH_LIMIT_EXCEEDED",
            Self::Cost => "COST_LIMIT_EXCEEDED",
        }
    }
}

impl fmt::Display for LimitName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
