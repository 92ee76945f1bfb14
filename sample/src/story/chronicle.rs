//! Converts events to versions: each event becomes the task's next version, by the verbs of the state machine.

use chrono::{DateTime, NaiveDate, Utc};
use schema::CityTime;
use tasks::Actor;
use tasks::import::{
    Blocker, BlockerKind, BlockerLevel, Evidence, ExtensionRequest, ExtensionStatus, Milestone, ProgressUpdate,
    Reminder, Task, TaskStatus, TaskTransition, Verb,
};
use uuid::Uuid;

use super::cast::{Cast, subject};
use super::phrases::Obstacle;
use super::timeline::Event;
use super::{Story, opening, row_id};
use crate::SampleError;
use crate::reference::head_position;

/// Document of reassignments.
const REASSIGNED_BY: &str = "Thông báo kết luận giao ban";

/// A story that is being written.
#[derive(Debug)]
pub(crate) struct Chronicle {
    cast: Cast,
    head: Task,
    story: Story,
}

impl Chronicle {
    /// Begins with the draft.
    pub(crate) fn open(draft: Task, cast: Cast) -> Self {
        let story = Story { versions: vec![draft.clone()], ..Story::default() };
        let head = draft;
        let mut chronicle = Self { cast, head, story };
        chronicle.log("createTask", None, None);
        chronicle
    }

    /// The whole story.
    pub(crate) fn close(mut self, milestones: Vec<Milestone>) -> Story {
        self.story.milestones = milestones;
        self.story
    }

    /// Writes the next event. An event that the state of the task does not allow is skipped: nobody reports on a
    /// submitted task.
    pub(crate) fn tell(&mut self, at: DateTime<Utc>, event: Event) -> Result<(), SampleError> {
        if !self.has_room_for(&event) {
            return Ok(());
        }
        let today = CityTime::default().today(at);
        self.head.meta.version += 1;
        self.head.meta.observed_at = at;
        if event.is_told_by_the_lead() {
            self.head.last_update_on = Some(today);
        }
        match event {
            Event::Assign => self.advance(Verb::Assign, None)?,
            Event::Return(reason) => self.advance(Verb::Return, Some(reason))?,
            Event::Reassign(lead) => {
                if let Some(lead) = lead {
                    self.hand_over(lead);
                }
                self.advance(Verb::Reassign, None)?;
            }
            Event::Start => self.advance(Verb::Start, None)?,
            Event::Report { progress, risk, note } => {
                self.head.progress = progress;
                self.head.self_declared_risk = risk;
                self.head.meta.recorded_by.clone_from(&self.cast.lead);
                self.update(note);
            }
            Event::Block(obstacle) => self.block(obstacle)?,
            Event::Unblock(resolution) => self.unblock(resolution)?,
            Event::OpenBlocker { kind, needs_level, description } => {
                self.head.meta.recorded_by.clone_from(&self.cast.lead);
                self.open_blocker(kind, needs_level, description);
            }
            Event::RequestDecision(document) => self.request_decision(document, today),
            Event::RecordDecision { decision, document } => self.record_decision(decision, document, today),
            Event::Remind { text, document, answer_due } => {
                self.head.meta.recorded_by.clone_from(&self.cast.approver);
                self.story.reminders.push(Reminder {
                    id: self.child("reminder"),
                    task_id: self.head.meta.id,
                    sent_on: today,
                    document: Some(document),
                    text: text.to_owned(),
                    sender_organization_code: Some(self.cast.issuer_organization.clone()),
                    sender_position_code: Some(self.cast.approver_position.clone()),
                    answer_due: Some(answer_due),
                    answered_on: None,
                    answer: None,
                    sent_by: self.cast.approver.clone(),
                    answered_by: None,
                });
            }
            Event::AnswerReminder(answer) => {
                self.head.meta.recorded_by.clone_from(&self.cast.lead);
                let by = self.cast.lead.clone();
                if let Some(reminder) = self.story.reminders.iter_mut().find(|reminder| reminder.answered_on.is_none())
                {
                    reminder.answered_on = Some(today);
                    reminder.answer = Some(answer.to_owned());
                    reminder.answered_by = Some(by);
                }
            }
            Event::RequestExtension { due_on, reason } => {
                self.head.meta.recorded_by.clone_from(&self.cast.lead);
                self.story.extensions.push(ExtensionRequest {
                    id: self.child("extension"),
                    task_id: self.head.meta.id,
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
                self.head.meta.recorded_by.clone_from(&self.cast.issuer);
            }
            Event::Submit => self.submit()?,
            Event::Reject(reason) => {
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
        let is_open = self.head.status.is_open();
        let awaits_decision = self.story.extensions.iter().any(is_pending);
        match event {
            Event::Report { .. } => self.head.status == TaskStatus::InProgress,
            Event::RequestExtension { .. } => is_open && !awaits_decision,
            Event::DecideExtension { .. } => is_open && awaits_decision,
            Event::Clarify => {
                let mut clarified = self.head.clone();
                opening::clarified(&mut clarified, &self.cast);
                is_open && clarified != self.head
            }
            Event::OpenBlocker { .. } | Event::Remind { .. } => is_open,
            Event::RequestDecision(_) => is_open && self.story.blockers.iter().any(is_to_be_requested),
            Event::RecordDecision { .. } => is_open && self.story.blockers.iter().any(waits_for_decision),
            Event::AnswerReminder(_) => {
                is_open && self.story.reminders.iter().any(|reminder| reminder.answered_on.is_none())
            }
            _ => true,
        }
    }

    /// Moves the task by the state machine and logs the transition.
    fn advance(&mut self, verb: Verb, reason: Option<&str>) -> Result<(), SampleError> {
        let from = self.head.status;
        self.head.status = verb.target(from).map_err(|problem| {
            SampleError::Contradiction(format!("in the story of {}, {}", self.head.code, problem.message))
        })?;
        let by = match verb.transition().actor {
            Actor::Lead => &self.cast.lead,
            Actor::Approver => &self.cast.approver,
            Actor::Issuer | Actor::Inspector | Actor::Chaser | Actor::Recorder => &self.cast.issuer,
        };
        self.head.meta.recorded_by.clone_from(by);
        self.log(verb.as_str(), Some(from), reason);
        Ok(())
    }

    /// Logs a transition. Its lead before is the lead after of the previous one.
    fn log(&mut self, verb: &str, from_status: Option<TaskStatus>, reason: Option<&str>) {
        let last = self.story.transitions.last();
        self.story.transitions.push(TaskTransition {
            id: self.child("transition"),
            task_id: self.head.meta.id,
            verb: verb.to_owned(),
            from_status,
            to_status: self.head.status,
            from_lead: last.and_then(|last| last.to_lead.clone()),
            to_lead: self.head.lead_organization_code.clone(),
            by_subject: self.head.meta.recorded_by.clone(),
            reason: reason.map(str::to_owned),
            document: (verb == Verb::Reassign.as_str()).then(|| REASSIGNED_BY.to_owned()),
            at: self.head.meta.observed_at,
        });
    }

    /// Assigns the task to another lead; the head of the lead becomes accountable.
    fn hand_over(&mut self, lead: String) {
        let position = head_position(&lead);
        self.cast.lead = subject(&position);
        self.head.coordinating_organization_codes.retain(|code| *code != lead);
        self.head.accountable_position_code = self.head.accountable_position_code.take().map(|_| position);
        self.head.lead_organization_code = Some(lead);
    }

    fn block(&mut self, (kind, needs_level, description): Obstacle) -> Result<(), SampleError> {
        self.advance(Verb::Block, Some(description))?;
        self.open_blocker(kind, needs_level, description.to_owned());
        Ok(())
    }

    fn open_blocker(&mut self, kind: BlockerKind, needs_level: BlockerLevel, description: String) {
        self.story.blockers.push(Blocker {
            id: self.child("blocker"),
            task_id: self.head.meta.id,
            kind,
            needs_level,
            description,
            opened_by: self.cast.lead.clone(),
            opened_at: self.head.meta.observed_at,
            resolved_by: None,
            resolved_at: None,
            resolution: None,
            request_document: None,
            requested_on: None,
            decision: None,
            decision_document: None,
            decided_on: None,
        });
    }

    fn request_decision(&mut self, document: String, today: NaiveDate) {
        self.head.meta.recorded_by.clone_from(&self.cast.lead);
        if let Some(blocker) = self.story.blockers.iter_mut().find(|blocker| is_to_be_requested(blocker)) {
            blocker.request_document = Some(document);
            blocker.requested_on = Some(today);
        }
    }

    fn record_decision(&mut self, decision: &str, document: String, today: NaiveDate) {
        self.head.meta.recorded_by.clone_from(&self.cast.lead);
        if let Some(blocker) = self.story.blockers.iter_mut().rfind(|blocker| waits_for_decision(blocker)) {
            blocker.decision = Some(decision.to_owned());
            blocker.decision_document = Some(document);
            blocker.decided_on = Some(today);
        }
    }

    fn unblock(&mut self, resolution: &str) -> Result<(), SampleError> {
        self.advance(Verb::Unblock, Some(resolution))?;
        for blocker in self.story.blockers.iter_mut().filter(|blocker| blocker.resolved_at.is_none()) {
            blocker.resolved_at = Some(self.head.meta.observed_at);
            blocker.resolved_by = Some(self.cast.lead.clone());
            blocker.resolution = Some(resolution.to_owned());
        }
        Ok(())
    }

    fn decide_extension(&mut self, granted: bool) {
        for request in self.story.extensions.iter_mut().filter(|request| is_pending(request)) {
            request.decided_by = Some(self.cast.approver.clone());
            request.decided_at = Some(self.head.meta.observed_at);
            request.status = ExtensionStatus::Rejected;
            if granted {
                request.status = ExtensionStatus::Approved;
                request.previous_due = self.head.current_due;
                self.head.current_due = Some(request.requested_due);
            }
        }
        self.head.meta.recorded_by.clone_from(&self.cast.approver);
    }

    fn submit(&mut self) -> Result<(), SampleError> {
        self.advance(Verb::Submit, None)?;
        let at = self.head.meta.observed_at;
        self.head.progress = 100;
        self.head.submitted_on = Some(CityTime::default().today(at));
        self.head.submitted_by = Some(self.cast.lead.clone());
        let subject = self.head.deliverable.as_deref().unwrap_or(opening::DELIVERABLE);
        self.story.evidence.push(Evidence {
            id: self.child("evidence"),
            task_id: self.head.meta.id,
            title: subject.to_owned(),
            // Reserved host name that never exists (RFC 2606): the document is synthetic.
            uri: format!("https://sample.invalid/{}/{}.pdf", self.cast.city, self.version()),
            added_by: self.cast.lead.clone(),
            added_at: at,
        });
        self.update("Đã hoàn thành, trình cấp có thẩm quyền nghiệm thu.");
        Ok(())
    }

    fn update(&mut self, note: &str) {
        self.story.updates.push(ProgressUpdate {
            id: self.child("update"),
            task_id: self.head.meta.id,
            source: self.head.meta.source.clone(),
            external_id: Some(self.version()),
            progress: self.head.progress,
            self_declared_risk: Some(self.head.self_declared_risk),
            note: Some(note.to_owned()),
            reported_by: self.cast.lead.clone(),
            observed_at: self.head.meta.observed_at,
        });
    }

    /// Name of the current version.
    fn version(&self) -> String {
        format!("{}/{}", self.head.code, self.head.meta.version)
    }

    /// Id of a child that is created with the current version.
    fn child(&self, kind: &str) -> Uuid {
        row_id(self.cast.city, kind, &self.version())
    }
}

fn is_to_be_requested(blocker: &Blocker) -> bool {
    let above = blocker.needs_level != BlockerLevel::Organization;
    above && blocker.resolved_at.is_none() && blocker.requested_on.is_none()
}

fn waits_for_decision(blocker: &Blocker) -> bool {
    blocker.resolved_at.is_none() && blocker.requested_on.is_some() && blocker.decided_on.is_none()
}

fn is_pending(request: &ExtensionRequest) -> bool {
    request.status == ExtensionStatus::Pending
}
