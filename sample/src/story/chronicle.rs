//! Writes a story down: each event becomes the task's next version, by the verbs of the state machine.

use chrono::{DateTime, Utc};
use schema::{CityTime, sample_id};
use tasks::import::{
    BlockerRow, EvidenceRow, ExtensionRow, ExtensionStatus, MilestoneRow, TaskStatus, TaskVersion, TransitionRow,
    UpdateRow, Verb,
};
use uuid::Uuid;

use super::cast::{Cast, subject};
use super::timeline::Event;
use super::{Story, opening, row_id};
use crate::SampleError;
use crate::reference::head_position;

/// The document by which tasks are given out again.
const REASSIGNED_BY: &str = "Thông báo kết luận giao ban";

/// A story that is being written.
#[derive(Debug)]
pub(crate) struct Chronicle {
    cast: Cast,
    head: TaskVersion,
    story: Story,
}

impl Chronicle {
    /// Begins with the draft.
    pub(crate) fn open(draft: TaskVersion, cast: Cast) -> Self {
        let created = TransitionRow {
            id: row_id(cast.city, "transition", &format!("{}/1", draft.code)),
            task_id: draft.id,
            verb: "createTask",
            from_status: None,
            to_status: TaskStatus::Draft,
            by_subject: draft.recorded_by.clone(),
            reason: None,
            document: None,
            at: draft.observed_at,
        };
        Self {
            cast,
            story: Story {
                versions: vec![draft.clone()],
                transitions: vec![created],
                milestones: Vec::new(),
                updates: Vec::new(),
                evidence: Vec::new(),
                blockers: Vec::new(),
                extensions: Vec::new(),
            },
            head: draft,
        }
    }

    /// The whole story.
    pub(crate) fn close(mut self, milestones: Vec<MilestoneRow>) -> Story {
        self.story.milestones = milestones;
        self.story
    }

    /// Writes the next event. What the task's state leaves no room for does not happen: nobody reports on a task that
    /// waits for its approver.
    pub(crate) fn tell(&mut self, at: DateTime<Utc>, event: Event) -> Result<(), SampleError> {
        if !self.has_room_for(&event) {
            return Ok(());
        }
        let today = CityTime::default().today(at);
        self.head.version += 1;
        self.head.observed_at = at;
        match event {
            Event::Assign => self.advance(Verb::Assign, None)?,
            Event::Return { reason } => {
                self.advance(Verb::Return, Some(reason))?;
                self.head.returned_count += 1;
            }
            Event::Reassign { lead } => self.reassign(lead)?,
            Event::Start => {
                self.advance(Verb::Start, None)?;
                self.head.last_update_on = Some(today);
            }
            Event::Report { progress, risk, note } => {
                self.head.progress = progress;
                self.head.self_declared_risk = risk;
                self.head.last_update_on = Some(today);
                self.head.recorded_by.clone_from(&self.cast.lead);
                self.update(note);
            }
            Event::Block {
                kind,
                needs_level,
                description,
            } => {
                self.advance(Verb::Block, Some(description))?;
                self.head.last_update_on = Some(today);
                self.story.blockers.push(BlockerRow {
                    id: self.child("blocker"),
                    task_id: self.head.id,
                    kind,
                    needs_level,
                    description: description.to_owned(),
                    opened_by: self.cast.lead.clone(),
                    opened_at: at,
                    resolved_by: None,
                    resolved_at: None,
                    resolution: None,
                });
            }
            Event::Unblock { resolution } => self.unblock(resolution)?,
            Event::RequestExtension { due_on, reason } => {
                self.head.recorded_by.clone_from(&self.cast.lead);
                self.story.extensions.push(ExtensionRow {
                    id: self.child("extension"),
                    task_id: self.head.id,
                    requested_due: due_on,
                    reason: reason.to_owned(),
                    requested_by: self.cast.lead.clone(),
                    requested_at: at,
                    status: ExtensionStatus::Pending,
                    previous_due: None,
                    decided_by: None,
                    decided_at: None,
                    decision: None,
                });
            }
            Event::DecideExtension { granted } => self.decide_extension(granted),
            Event::Clarify => {
                opening::clarified(&mut self.head, &self.cast);
                self.head.recorded_by.clone_from(&self.cast.issuer);
            }
            Event::Submit => self.submit()?,
            Event::Reject { reason } => {
                self.advance(Verb::RejectSubmission, Some(reason))?;
                (self.head.submitted_on, self.head.submitted_by) = (None, None);
            }
            Event::Accept => {
                self.advance(Verb::Accept, None)?;
                self.head.closed_on = Some(today);
            }
        }
        self.story.versions.push(self.head.clone());
        Ok(())
    }

    fn has_room_for(&self, event: &Event) -> bool {
        match event {
            Event::Report { .. } => self.head.status == TaskStatus::InProgress,
            Event::RequestExtension { .. } => self.head.status.is_open() && !self.awaits_decision(),
            Event::DecideExtension { .. } => self.head.status.is_open() && self.awaits_decision(),
            Event::Clarify => {
                let mut clarified = self.head.clone();
                opening::clarified(&mut clarified, &self.cast);
                self.head.status.is_open() && clarified != self.head
            }
            _ => true,
        }
    }

    /// Moves the task as the state machine says, and logs the move.
    fn advance(&mut self, verb: Verb, reason: Option<&str>) -> Result<(), SampleError> {
        let from = self.head.status;
        let to = verb.target(from).map_err(|problem| {
            SampleError::Contradiction(format!("in the story of {}, {}", self.head.code, problem.message))
        })?;
        let by = match verb {
            Verb::Return | Verb::Start | Verb::Block | Verb::Unblock | Verb::Submit => &self.cast.lead,
            Verb::Accept | Verb::RejectSubmission => &self.cast.approver,
            Verb::Assign | Verb::Reassign | Verb::Cancel | Verb::Supersede | Verb::Reopen => &self.cast.issuer,
        };
        self.head.status = to;
        self.head.recorded_by.clone_from(by);
        self.story.transitions.push(TransitionRow {
            id: self.child("transition"),
            task_id: self.head.id,
            verb: verb.as_str(),
            from_status: Some(from),
            to_status: to,
            by_subject: self.head.recorded_by.clone(),
            reason: reason.map(str::to_owned),
            document: (verb == Verb::Reassign).then(|| REASSIGNED_BY.to_owned()),
            at: self.head.observed_at,
        });
        Ok(())
    }

    /// Gives the task out again; with another lead, that one's head answers for it.
    fn reassign(&mut self, lead: Option<String>) -> Result<(), SampleError> {
        self.advance(Verb::Reassign, None)?;
        let Some(lead) = lead else {
            return Ok(());
        };
        let position = head_position(&lead);
        self.cast.lead = subject(&position);
        self.head.coordinating_organization_codes.retain(|code| *code != lead);
        self.head.accountable_position_code = self.head.accountable_position_code.take().map(|_| position);
        self.head.lead_organization_code = Some(lead);
        Ok(())
    }

    fn unblock(&mut self, resolution: &str) -> Result<(), SampleError> {
        self.advance(Verb::Unblock, Some(resolution))?;
        self.head.last_update_on = Some(CityTime::default().today(self.head.observed_at));
        for blocker in self
            .story
            .blockers
            .iter_mut()
            .filter(|blocker| blocker.resolved_at.is_none())
        {
            blocker.resolved_at = Some(self.head.observed_at);
            blocker.resolved_by = Some(self.cast.lead.clone());
            blocker.resolution = Some(resolution.to_owned());
        }
        Ok(())
    }

    fn decide_extension(&mut self, granted: bool) {
        let previous = self.head.current_due;
        let at = self.head.observed_at;
        let approver = self.cast.approver.clone();
        if let Some(request) = self.pending() {
            request.status = if granted {
                ExtensionStatus::Approved
            } else {
                ExtensionStatus::Rejected
            };
            request.previous_due = previous;
            request.decided_by = Some(approver.clone());
            request.decided_at = Some(at);
            let requested_due = request.requested_due;
            if granted {
                self.head.current_due = Some(requested_due);
                self.head.extension_count += 1;
            }
            self.head.recorded_by = approver;
        }
    }

    fn submit(&mut self) -> Result<(), SampleError> {
        self.advance(Verb::Submit, None)?;
        let today = CityTime::default().today(self.head.observed_at);
        self.head.progress = 100;
        self.head.submitted_on = Some(today);
        self.head.submitted_by = Some(self.cast.lead.clone());
        self.head.last_update_on = Some(today);
        let subject = self.head.deliverable.as_deref().unwrap_or("Báo cáo kết quả thực hiện");
        self.story.evidence.push(EvidenceRow {
            id: self.child("evidence"),
            task_id: self.head.id,
            title: subject.to_owned(),
            // A host that never exists (RFC 2606): the document is as synthetic as the story.
            uri: format!(
                "https://sample.invalid/{}/{}/{}.pdf",
                self.cast.city, self.head.code, self.head.version
            ),
            added_by: self.cast.lead.clone(),
            added_at: self.head.observed_at,
        });
        self.update("Đã hoàn thành, trình cấp có thẩm quyền nghiệm thu.");
        Ok(())
    }

    fn update(&mut self, note: &str) {
        self.story.updates.push(UpdateRow {
            id: self.child("update"),
            task_id: self.head.id,
            source: self.head.source.clone(),
            external_id: format!("{}/{}", self.head.code, self.head.version),
            progress: self.head.progress,
            self_declared_risk: self.head.self_declared_risk,
            note: note.to_owned(),
            reported_by: self.cast.lead.clone(),
            observed_at: self.head.observed_at,
        });
    }

    fn awaits_decision(&self) -> bool {
        self.story
            .extensions
            .iter()
            .any(|request| request.status == ExtensionStatus::Pending)
    }

    fn pending(&mut self) -> Option<&mut ExtensionRow> {
        self.story
            .extensions
            .iter_mut()
            .find(|request| request.status == ExtensionStatus::Pending)
    }

    /// The id of what the current version brings with it.
    fn child(&self, kind: &str) -> Uuid {
        sample_id(
            &format!("{}/{kind}", self.cast.city),
            &format!("{}/{}", self.head.code, self.head.version),
        )
    }
}
