//! Codes of the shared entities, looked up in what the directory publishes.

use std::collections::{HashMap, HashSet};

use service_kit::{BatchSource, Loader, Problem};
use sqlx::PgPool;

/// A kind of shared entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CodeKind {
    /// `Organization`
    Organization,
    /// `Area`
    Area,
    /// `Programme`
    Programme,
    /// `Official`
    Official,
    /// A position, to which responsibility is bound.
    Position,
    /// A group of tasks.
    Group,
}

impl CodeKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::Area => "area",
            Self::Programme => "programme",
            Self::Official => "official",
            Self::Position => "position",
            Self::Group => "task group",
        }
    }
}

/// Codes that a caller named, each with the field that named it.
#[derive(Debug, Default)]
pub struct NamedCodes(Vec<(CodeKind, String, String)>);

impl NamedCodes {
    /// Adds the code of a field.
    pub fn add(&mut self, kind: CodeKind, code: &str, path: impl Into<String>) {
        self.0.push((kind, code.to_owned(), path.into()));
    }

    /// Adds the codes of a list field.
    pub fn add_all(&mut self, kind: CodeKind, codes: &[String], path: &str) {
        for (index, code) in codes.iter().enumerate() {
            self.add(kind, code, format!("{path}.{index}"));
        }
    }

    /// Checks all of them with one statement, or with none when nothing was named.
    ///
    /// # Errors
    /// `VALIDATION` at the first field whose code the directory does not know.
    pub async fn check(&self, pool: &PgPool) -> Result<(), Problem> {
        let keys = self.keys()?;
        let known = if keys.is_empty() {
            HashSet::new()
        } else {
            known(pool, &keys).await?
        };
        self.refuse_unknown(&keys.iter().map(|key| known.contains(key)).collect::<Vec<_>>())
    }

    /// The same through a request's loader, so that a filter repeated under many entities is checked once.
    ///
    /// # Errors
    /// As [`NamedCodes::check`].
    pub async fn check_once(&self, loader: &Loader<KnownCodeSource>) -> Result<(), Problem> {
        let looked_up = self.keys()?.into_iter().map(|key| loader.load_one(key));
        let known = futures::future::try_join_all(looked_up).await?;
        self.refuse_unknown(&known.iter().map(Option::is_some).collect::<Vec<_>>())
    }

    fn keys(&self) -> Result<Vec<(CodeKind, String)>, Problem> {
        if let Some((_, _, path)) = self.0.iter().find(|(_, code, _)| code.contains('\0')) {
            return Err(Problem::validation(
                path,
                "the code holds a control character; remove it",
            ));
        }
        Ok(self.0.iter().map(|(kind, code, _)| (*kind, code.clone())).collect())
    }

    fn refuse_unknown(&self, known: &[bool]) -> Result<(), Problem> {
        match self.0.iter().zip(known).find(|(_, known)| !**known) {
            Some(((kind, code, path), _)) => Err(Problem::validation(
                path,
                format!("the directory has no {} {code:?}", kind.as_str()),
            )),
            None => Ok(()),
        }
    }
}

/// Looks codes up for a whole request.
#[derive(Debug)]
pub struct KnownCodeSource(pub PgPool);

impl BatchSource for KnownCodeSource {
    type Key = (CodeKind, String);
    type Value = ();

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, ()>, Problem> {
        Ok(known(&self.0, &keys).await?.into_iter().map(|key| (key, ())).collect())
    }
}

/// Those of the codes that the directory publishes.
async fn known(pool: &PgPool, keys: &[(CodeKind, String)]) -> Result<HashSet<(CodeKind, String)>, Problem> {
    let kinds: Vec<String> = keys.iter().map(|(kind, _)| kind.as_str().to_owned()).collect();
    let codes: Vec<String> = keys.iter().map(|(_, code)| code.clone()).collect();
    let found = sqlx::query_scalar!(
        r#"SELECT named.ordinal AS "ordinal!"
           FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS named(kind, code, ordinal)
           WHERE CASE named.kind
               WHEN 'organization' THEN EXISTS (SELECT 1 FROM directory.published_organization AS p WHERE p.code = named.code)
               WHEN 'area' THEN EXISTS (SELECT 1 FROM directory.published_area AS p WHERE p.code = named.code)
               WHEN 'programme' THEN EXISTS (SELECT 1 FROM directory.published_programme AS p WHERE p.code = named.code)
               WHEN 'official' THEN EXISTS (SELECT 1 FROM directory.published_official AS p WHERE p.code = named.code)
               WHEN 'position' THEN EXISTS (SELECT 1 FROM directory.published_position AS p WHERE p.code = named.code)
               ELSE EXISTS (SELECT 1 FROM directory.published_task_group AS p WHERE p.code = named.code) END"#,
        &kinds,
        &codes
    )
    .fetch_all(pool)
    .await?;
    Ok(found
        .into_iter()
        .filter_map(|ordinal| keys.get(usize::try_from(ordinal - 1).ok()?))
        .cloned()
        .collect())
}
