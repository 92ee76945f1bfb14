//! Bounds on what one request may ask for, and their names as answers and reports use them.

use std::fmt;

use serde::Deserialize;

use super::written;

/// Bounds on a document and on the cost of an operation. All but the cost are measured once for each text.
///
/// Fragments count at every place where they are spread, for that is what execution does with them.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub struct Limits {
    /// Lexical tokens in the document.
    pub max_tokens: usize,
    /// Nesting of fields; introspection counts too.
    pub max_depth: usize,
    /// Fields of one operation. It bounds the time of everything that walks an operation, planning above all.
    pub max_fields: usize,
    /// Fields with an alias in one operation.
    pub max_aliases: usize,
    /// Distinct response keys at the root of one operation.
    pub max_root_fields: usize,
    /// Directives in one operation.
    pub max_directives: usize,
    /// Nesting of `fields`, `interfaces`, `possibleTypes` and `inputFields` of `__Type`: each level multiplies the
    /// answer by the size of the schema. Two are what the known tools ask for.
    pub max_introspection_depth: usize,
    /// How the cost of an operation is estimated and bounded.
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
            cost: CostLimits::default(),
        }
    }
}

/// The cost of an operation, estimated before anything is fetched, from `@cost` and `@listSize` where they stand and
/// from these defaults elsewhere. An object costs 1, a leaf nothing, as in Apollo's demand control.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub struct CostLimits {
    /// The most that one operation may cost; `None` estimates nothing.
    #[serde(deserialize_with = "written::optional")]
    pub max_cost: Option<u64>,
    /// Elements of a list about which nothing is known.
    pub assumed_list_size: u64,
    /// Arguments that say how many elements are wanted, where no `@listSize` names them.
    pub size_arguments: Vec<String>,
    /// List fields of a connection whose size is that of the field that returns it, where no `@listSize` names them.
    pub connection_lists: Vec<String>,
    /// What a mutation costs before its fields.
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

/// A limit, as `extensions.limit.name` says it.
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
    /// The word for it.
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

    /// `extensions.code` of an answer that refuses a request for this limit.
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
