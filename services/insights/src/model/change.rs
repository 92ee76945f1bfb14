//! Vocabularies of changes.

use service_kit::access::Kind;

use super::access;

service_kit::vocabulary! {
    /// Dataset whose records change.
    pub enum ChangeDataset {
        /// Tasks.
        Tasks = "TASKS",
        /// Projects.
        Projects = "PROJECTS",
        /// Parcels of land clearance.
        Clearance = "CLEARANCE",
        /// Targets of indicators, and the published values.
        Kpis = "KPIS",
        /// Cases of citizen feedback.
        Feedback = "FEEDBACK",
    }
}

service_kit::vocabulary! {
    /// Kind of a change.
    pub enum ChangeKind {
        /// The record is new.
        Created = "CREATED",
        /// It went to another state; a target was changed or withdrawn.
        Moved = "MOVED",
        /// Its work is done: a completed task or project, a parcel handed over, a case resolved.
        Finished = "FINISHED",
        /// Its due date, or the forecast of its end, is later than it was.
        Slipped = "SLIPPED",
        /// It became red: a project by an assessment, a target by its value.
        TurnedRed = "TURNED_RED",
        /// What was told of the past is told differently: an event that was recorded late or withdrawn, a revised value.
        Corrected = "CORRECTED",
        /// The record was deleted.
        Deleted = "DELETED",
    }
}

impl ChangeDataset {
    /// Function that publishes the changes.
    pub const fn function(self) -> &'static str {
        match self {
            Self::Tasks => "tasks.published_changes",
            Self::Projects => "projects.published_changes",
            Self::Clearance => "projects.published_clearance_changes",
            Self::Kpis => "kpis.published_changes",
            Self::Feedback => "feedback.published_changes",
        }
    }

    /// Who sees which changes.
    pub const fn kind(self) -> &'static Kind {
        match self {
            Self::Tasks => &access::TASK_CHANGES,
            Self::Projects => &access::PROJECT_CHANGES,
            Self::Clearance => &access::CLEARANCE_CHANGES,
            Self::Kpis => &access::KPI_CHANGES,
            Self::Feedback => &access::FEEDBACK_CHANGES,
        }
    }
}
