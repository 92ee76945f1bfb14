//! Checks of codes against the published views of the directory.

use std::collections::{HashMap, HashSet};

use async_graphql::ID;
use sqlx::PgExecutor;

use super::plan::Plan;
use crate::loader::{BatchSource, Loader};
use crate::problem::Problem;
use crate::reader::Reader;

/// Kind of a shared entity, by its name in `directory.published_knows`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CodeKind(&'static str);

impl CodeKind {
    /// `Organization`
    pub const ORGANIZATION: Self = Self("organization");
    /// `Area`
    pub const AREA: Self = Self("area");
    /// `Programme`
    pub const PROGRAMME: Self = Self("programme");
    /// `Official`
    pub const OFFICIAL: Self = Self("official");
    /// `Position`
    pub const POSITION: Self = Self("position");
    /// `TaskGroup`
    pub const TASK_GROUP: Self = Self("task group");
    /// `Bottleneck`
    pub const BOTTLENECK: Self = Self("bottleneck");
    /// `Project`
    pub const PROJECT: Self = Self("project");
    /// `Site`
    pub const SITE: Self = Self("site");
    /// `Indicator`
    pub const INDICATOR: Self = Self("indicator");
    /// Category of feedback, also one in which nothing new is reported
    pub const CATEGORY: Self = Self("category");
    /// Name of a dated rule, in force or not
    pub const LEGAL_RULE: Self = Self("legal rule");
    /// Source of records: registered, known by a push, or the platform itself
    pub const SOURCE: Self = Self("source");
    /// `Conclusion`, by its id
    pub const CONCLUSION: Self = Self("conclusion");
}

impl CodeKind {
    /// The kind of the entity by which a dimension groups: the dimension has its name.
    pub(super) const fn of_dimension(field: &'static str) -> Self {
        Self(field)
    }

    /// Whether a code names a small part of the records that can name it.
    pub(super) fn has_many_codes(self) -> bool {
        [Self::ORGANIZATION, Self::AREA, Self::OFFICIAL, Self::POSITION, Self::PROJECT, Self::SITE, Self::INDICATOR]
            .contains(&self)
    }
}

/// Code of a kind, from a caller.
pub type Code = (CodeKind, String);

/// Codes from a caller, each with its input field.
#[derive(Debug, Default)]
pub struct NamedCodes(Vec<(Code, String)>);

impl NamedCodes {
    /// Adds the code of an optional field.
    pub fn add(&mut self, kind: CodeKind, code: Option<&ID>, path: &str) {
        self.0.extend(code.map(|code| ((kind, code.to_string()), path.to_owned())));
    }

    /// Adds the codes of a list field.
    pub fn add_all<'a>(&mut self, kind: CodeKind, codes: impl IntoIterator<Item = &'a str>, path: &str) {
        let paths = (0..).map(|index| format!("{path}.{index}"));
        self.0.extend(codes.into_iter().map(|code| (kind, code.to_owned())).zip(paths));
    }

    /// Checks all codes with one statement, or with none when there are no codes.
    ///
    /// # Errors
    /// `VALIDATION` at the first field whose code the directory does not know.
    pub async fn check(&self, db: impl PgExecutor<'_>) -> Result<(), Problem> {
        if self.0.is_empty() {
            return Ok(());
        }
        let codes: Vec<Code> = self.0.iter().map(|(code, _)| code.clone()).collect();
        let known = known(db, &codes).await?;
        self.refuse_unknown(&codes.iter().map(|code| known.contains(code)).collect::<Vec<_>>())
    }

    /// Checks all codes through a loader of the request, so that a filter under many entities is checked once.
    ///
    /// # Errors
    /// As [`NamedCodes::check`].
    pub async fn check_once(&self, loader: &Loader<KnownCodes>) -> Result<(), Problem> {
        let looked_up = self.0.iter().map(|(code, _)| loader.load_one(code.clone()));
        let known = futures::future::try_join_all(looked_up).await?;
        self.refuse_unknown(&known.iter().map(Option::is_some).collect::<Vec<_>>())
    }

    fn refuse_unknown(&self, known: &[bool]) -> Result<(), Problem> {
        match self.0.iter().zip(known).find(|(_, known)| !**known) {
            Some((((kind, code), path), _)) => {
                Err(Problem::validation(path, format!("the directory has no {} {code:?}", kind.0)))
            }
            None => Ok(()),
        }
    }
}

/// Looks up codes in batches for one request.
#[derive(Debug)]
pub struct KnownCodes(pub Reader);

impl BatchSource for KnownCodes {
    type Key = Code;
    type Value = ();

    async fn load(&self, keys: Vec<Code>) -> Result<HashMap<Code, ()>, Problem> {
        Ok(known(&self.0.planned(Plan::Kept), &keys).await?.into_iter().map(|key| (key, ())).collect())
    }
}

/// Returns the codes that the directory publishes.
async fn known(db: impl PgExecutor<'_>, asked: &[Code]) -> Result<HashSet<Code>, Problem> {
    let (kinds, codes): (Vec<&str>, Vec<&str>) = asked.iter().map(|(kind, code)| (kind.0, code.as_str())).unzip();
    let found = sqlx::query_scalar!(
        r#"SELECT asked.ordinal AS "ordinal!"
           FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS asked(kind, code, ordinal)
           WHERE directory.published_knows(asked.kind, asked.code)"#,
        &kinds as &[&str],
        &codes as &[&str]
    )
    .fetch_all(db)
    .await?;
    let places = found.into_iter().filter_map(|ordinal| usize::try_from(ordinal - 1).ok());
    Ok(places.filter_map(|place| asked.get(place)).cloned().collect())
}
