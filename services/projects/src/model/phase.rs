//! Phases of a project as a table: each with the next one.

use super::vocabulary::ProjectPhase;

/// Phase before, and the next one.
const PHASES: &[(ProjectPhase, ProjectPhase)] = &[
    (ProjectPhase::Identification, ProjectPhase::Preparation),
    (ProjectPhase::Preparation, ProjectPhase::Implementation),
    (ProjectPhase::Implementation, ProjectPhase::Completion),
    (ProjectPhase::Completion, ProjectPhase::Completed),
];

impl ProjectPhase {
    /// The phase after this one; `None` for a final one.
    pub fn next(self) -> Option<Self> {
        PHASES.iter().find(|(from, _)| *from == self).map(|(_, to)| *to)
    }

    /// Whether no phase follows.
    pub fn is_final(self) -> bool {
        self.next().is_none()
    }
}
