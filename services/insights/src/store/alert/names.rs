//! Names of what alerts are about, for their titles.

use std::collections::HashMap;

use service_kit::{BatchSource, Problem, Reader};
use sqlx::{Postgres, QueryBuilder};

/// What has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Named {
    /// Task, by id.
    Task,
    /// Project, by code.
    Project,
    /// Parcel, by id.
    Parcel,
    /// Indicator, by code.
    Indicator,
    /// Feedback case, by id.
    Feedback,
    /// Source, by code.
    Source,
    /// Position, by code.
    Position,
    /// Area, by code.
    Area,
    /// Organization, by code.
    Organization,
}

impl Named {
    /// Key, name and view.
    const fn published(self) -> [&'static str; 3] {
        match self {
            Self::Task => ["id", "title", "tasks.published_task"],
            Self::Project => ["code", "name", "projects.published_project"],
            Self::Parcel => ["id", "'thửa ' || parcel_number || ', tờ ' || map_sheet", "projects.published_parcel"],
            Self::Indicator => ["code", "name", "kpis.published_indicator"],
            Self::Feedback => ["id", "code || ' – ' || category", "feedback.published_case"],
            Self::Source => ["code", "name", "platform.published_source"],
            Self::Position => ["code", "title", "directory.published_position"],
            Self::Area => ["code", "name", "directory.published_area"],
            Self::Organization => ["code", "name", "directory.published_organization"],
        }
    }
}

/// Loads names of what alerts that the caller sees are about.
#[derive(Debug)]
pub struct Names(pub Reader);

impl BatchSource for Names {
    type Key = (Named, String);
    type Value = String;

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, String>, Problem> {
        let mut asked: HashMap<Named, Vec<String>> = HashMap::new();
        for (named, key) in keys {
            asked.entry(named).or_default().push(key);
        }
        let mut sql = QueryBuilder::<Postgres>::default();
        let kinds: Vec<Named> = asked.keys().copied().collect();
        for (place, (named, keys)) in (0_i32..).zip(asked) {
            let [key, name, view] = named.published();
            let of_type = if key == "id" { "uuid" } else { "text" };
            sql.push(if place == 0 { "" } else { " UNION ALL " });
            sql.push(format!(
                "SELECT {place} AS place, {key}::text AS key, {name} AS name FROM {view} WHERE {key} = ANY("
            ));
            sql.push_bind(keys).push(format!("::text[]::{of_type}[])"));
        }
        let rows: Vec<(i32, String, String)> = sql.build_query_as().fetch_all(&self.0.whole()).await?;
        let named = |(place, key, name): (i32, String, String)| {
            let kind = kinds.get(usize::try_from(place).ok()?)?;
            Some(((*kind, key), name))
        };
        Ok(rows.into_iter().filter_map(named).collect())
    }
}
