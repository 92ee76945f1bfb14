//! Changes, with their counts.

use std::collections::BTreeMap;

use async_graphql::connection::{Connection, EmptyFields};
use async_graphql::{ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use service_kit::input::distinct;

use crate::graphql::entity::{Area, Indicator, Organization, Project};
use crate::graphql::reference::{Feedback, ParcelCase, Task};
use crate::model::{Briefing, ChangeDataset, ChangeKind};
use crate::store::change::Changed;

/// Conditions on changes, joined by AND; the values of one list are joined by OR. They are compared with the record as it is now.
#[derive(InputObject, Default, Debug)]
pub struct ChangeFilter {
    /// Codes of the organizations that answer for the records.
    pub organization: Option<Vec<ID>>,
    /// Codes of the areas.
    pub area: Option<Vec<ID>>,
    /// Codes of the programmes.
    pub programme: Option<Vec<ID>>,
}

/// The codes of a condition.
pub fn codes(list: Option<Vec<ID>>) -> Option<Vec<String>> {
    list.map(|list| distinct(list).into_iter().map(|code| code.0).collect())
}

/// A change of a record.
#[derive(Debug, Clone)]
pub struct Change(pub Changed);

impl Change {
    fn of(&self, dataset: ChangeDataset) -> Option<&Changed> {
        (self.0.dataset == dataset).then_some(&self.0)
    }
}

#[Object]
impl Change {
    /// Dataset of the record.
    async fn dataset(&self) -> ChangeDataset {
        self.0.dataset
    }

    /// Kind.
    async fn kind(&self) -> ChangeKind {
        self.0.kind
    }

    /// When it happened (RFC 3339); of a correction when it became known.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// State, date or value before: a state of the record, of `SLIPPED` a date, of `TURNED_RED` a RAG status, of a corrected KPI or a
    /// changed target the value. Null when there was none.
    async fn before(&self) -> Option<&str> {
        self.0.before.as_deref()
    }

    /// State, date or value after, as in `before`; of a correction of other fields their names.
    async fn after(&self) -> Option<&str> {
        self.0.after.as_deref()
    }

    /// Code by which people know the record; of a parcel that of its site, of a target that of its indicator.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Name of the record: title of the task, name of the project or indicator, map sheet and number of the parcel, category of the
    /// feedback.
    async fn title(&self) -> Option<&str> {
        self.0.title.as_deref()
    }

    /// Organization that answers for the record now.
    async fn organization(&self) -> Option<Organization> {
        self.0.organization.as_deref().map(Organization::new)
    }

    /// Areas of the record now.
    async fn areas(&self) -> Vec<Area> {
        self.0.areas.iter().map(|code| Area::new(code)).collect()
    }

    /// The task, if one changed.
    async fn task(&self) -> Option<Task> {
        self.of(ChangeDataset::Tasks).map(|row| Task::new(&row.record))
    }

    /// The project, if one changed.
    async fn project(&self) -> Option<Project> {
        self.of(ChangeDataset::Projects).map(|row| Project::new(&row.code))
    }

    /// The parcel, if one changed.
    async fn parcel_case(&self) -> Option<ParcelCase> {
        self.of(ChangeDataset::Clearance).map(|row| ParcelCase::new(&row.record))
    }

    /// The indicator, if a target or a value of it changed.
    async fn indicator(&self) -> Option<Indicator> {
        self.of(ChangeDataset::Kpis).map(|row| Indicator::new(&row.code))
    }

    /// Period of the target or value of the indicator.
    async fn indicator_period(&self) -> Option<&str> {
        self.of(ChangeDataset::Kpis).map(|row| row.part.as_str())
    }

    /// The feedback case, if one changed.
    async fn feedback(&self) -> Option<Feedback> {
        self.of(ChangeDataset::Feedback).map(|row| Feedback::new(&row.record))
    }
}

/// Number of changes of a kind in a dataset.
#[derive(SimpleObject, Debug)]
pub struct ChangeCount {
    /// Dataset.
    dataset: ChangeDataset,
    /// Kind.
    kind: ChangeKind,
    /// Number of changes.
    count: usize,
}

/// Counts of a list of changes, over all pages.
#[derive(SimpleObject, Debug)]
#[graphql(name = "ChangeTotal")]
pub struct Summary {
    /// Number of changes.
    total_count: usize,
    /// Numbers by dataset and kind, of those with a change.
    counts: Vec<ChangeCount>,
    /// Datasets that were asked for and that the caller may read; of the others nothing is counted.
    datasets: Vec<ChangeDataset>,
    /// Instant after which the changes happened (RFC 3339).
    since: DateTime<Utc>,
    /// Last instant of the changes (RFC 3339).
    until: DateTime<Utc>,
    /// The briefing since which they are; null when an instant was given.
    briefing: Option<Briefing>,
}

impl Summary {
    /// Counts changes.
    pub fn new(
        changes: &[(String, Changed)],
        datasets: Vec<ChangeDataset>,
        (since, until): (DateTime<Utc>, DateTime<Utc>),
        briefing: Option<Briefing>,
    ) -> Self {
        let mut numbers: BTreeMap<(ChangeDataset, ChangeKind), usize> = BTreeMap::new();
        for (_, row) in changes {
            *numbers.entry((row.dataset, row.kind)).or_default() += 1;
        }
        let counts = numbers.into_iter().map(|((dataset, kind), count)| ChangeCount { dataset, kind, count }).collect();
        Self { total_count: changes.len(), counts, datasets, since, until, briefing }
    }
}

/// Page of changes with their counts.
pub type ChangeConnection = Connection<String, Change, Summary, EmptyFields>;
