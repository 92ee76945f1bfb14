//! Events of a task and their times.

use std::ops::Range;

use chrono::{DateTime, Days, NaiveDate, Utc};
use tasks::import::{BlockerKind, BlockerLevel, SelfDeclaredRisk};

use super::phrases::{self, Obstacle};
use crate::city::City;
use crate::draw::Draw;
use crate::plan::{Ending, Plan, Trouble, TroubleKind};
use crate::workday;

/// Working days from a blocker to its request.
const REQUEST_WORKDAYS: u32 = 2;

/// Minutes between two events of one task on one day.
const STEP_MINUTES: u32 = 25;

/// Event of a task. Its text is a reason or a description.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    Assign,
    Return(&'static str),
    /// The new lead, if it changes.
    Reassign(Option<String>),
    Start,
    Report {
        progress: i16,
        risk: SelfDeclaredRisk,
        note: &'static str,
    },
    Block(Obstacle),
    Unblock(&'static str),
    /// Opening of a blocker that does not stop the work.
    OpenBlocker {
        kind: BlockerKind,
        needs_level: BlockerLevel,
        description: String,
    },
    /// Request for a decision on the open blocker, with its document.
    RequestDecision(String),
    RecordDecision {
        decision: &'static str,
        document: String,
    },
    Remind {
        text: &'static str,
        document: String,
        answer_due: NaiveDate,
    },
    /// Answer to the first reminder without one.
    AnswerReminder(&'static str),
    RequestExtension {
        due_on: NaiveDate,
        reason: &'static str,
    },
    DecideExtension {
        granted: bool,
    },
    /// The missing parts of the text are added.
    Clarify,
    Submit,
    Reject(&'static str),
    Accept,
}

impl Event {
    /// Whether the event is a report of the lead.
    pub(crate) fn is_told_by_the_lead(&self) -> bool {
        matches!(self, Self::Start | Self::Report { .. } | Self::Block(_) | Self::Unblock(_) | Self::Submit)
    }
}

/// Events of a task in their order.
pub(crate) fn timeline(city: &City, plan: &Plan) -> Vec<(DateTime<Utc>, Event)> {
    let draw = Draw(&plan.outline.code);
    let mut events = vec![(plan.schedule.assigned_on, Event::Assign)];
    let starts = start(city, plan, draw, &mut events);
    if starts {
        let work = plan.schedule.start_on..ends(plan);
        submissions(plan, draw, &mut events);
        extensions(plan, draw, &mut events);
        if let Some(trouble) = plan.trouble {
            obstacle(draw, trouble, &mut events);
        }
        requests(city, plan, &mut events);
        if draw.chance("clarified", 50) {
            let clarified_on = workday::after(plan.schedule.start_on, draw.between("clarified after", 20, 90));
            events.push((clarified_on, Event::Clarify));
        }
        if !(plan.schedule.is_late() && never_handed_in(plan) && draw.chance("never updated", 35)) {
            reports(plan, draw, &work, &mut events);
        }
    }
    reminders(plan, draw, &mut events);
    events.retain(|(day, event)| *day < ends(plan) || matches!(event, Event::Submit | Event::Accept));
    events.sort_by_key(|(day, _)| *day);
    at_instants(draw, events)
}

/// First day on which only the end of the task happens.
fn ends(plan: &Plan) -> NaiveDate {
    plan.schedule.submitted_on().unwrap_or(plan.schedule.ends_on)
}

fn never_handed_in(plan: &Plan) -> bool {
    plan.schedule.submitted_on().is_none()
}

/// Events from the assignment to the start of the work; false when the work never starts. Some leads return the task
/// first.
fn start(city: &City, plan: &Plan, draw: Draw<'_>, events: &mut Vec<(NaiveDate, Event)>) -> bool {
    let schedule = &plan.schedule;
    if schedule.ending == (Ending::Never { overdue: true }) && draw.chance("never started", 30) {
        return false;
    }
    let returned_on = workday::after(schedule.assigned_on, draw.between("returned", 2, 6));
    let reassigned_on = workday::after(returned_on, draw.between("reassigned", 1, 6));
    if reassigned_on < schedule.start_on && draw.chance("is returned", 16) {
        let reason = draw.pick("returned", phrases::RETURNED).unwrap_or_default();
        events.push((returned_on, Event::Return(reason)));
        events.push((reassigned_on, Event::Reassign(other_lead(city, plan, draw))));
    }
    events.push((schedule.start_on, Event::Start));
    true
}

/// Another organization of the same axis and level, if the task is transferred. A ward's own task stays with the ward.
fn other_lead(city: &City, plan: &Plan, draw: Draw<'_>) -> Option<String> {
    let organizations = city.organizations();
    let lead = organizations.get(plan.outline.lead.as_str())?;
    let mut others: Vec<&str> = organizations
        .values()
        .filter(|other| other.axis == lead.axis && other.level == lead.level && other.code != lead.code)
        .map(|other| other.code.as_str())
        .collect();
    others.sort_unstable();
    draw.pick("other lead", &others).filter(|_| draw.chance("goes to another", 65)).map(str::to_owned)
}

fn submissions(plan: &Plan, draw: Draw<'_>, events: &mut Vec<(NaiveDate, Event)>) {
    let Some(submitted_on) = plan.schedule.submitted_on() else {
        return;
    };
    let first_on = workday::before(submitted_on, draw.between("first submission", 12, 18));
    let rejected_on = workday::after(first_on, draw.between("rejected", 2, 6));
    let calm = plan.trouble.is_none_or(|trouble| trouble.until < first_on);
    let fits = plan.schedule.start_on < first_on && rejected_on < submitted_on;
    if fits
        && calm
        && plan.extensions.iter().all(|extension| extension.decided_on < first_on)
        && draw.chance("is rejected", 14)
    {
        let reason = draw.pick("rejected", phrases::REJECTED).unwrap_or_default();
        events.push((first_on, Event::Submit));
        events.push((rejected_on, Event::Reject(reason)));
    }
    events.push((submitted_on, Event::Submit));
    let accepted_on = workday::after(submitted_on, draw.between("accepted", 1, 7));
    events.push((accepted_on, Event::Accept));
}

fn extensions(plan: &Plan, draw: Draw<'_>, events: &mut Vec<(NaiveDate, Event)>) {
    for extension in &plan.extensions {
        let purpose = format!("more time {}", extension.requested_on);
        let reason = draw.pick(&purpose, phrases::MORE_TIME).unwrap_or_default();
        let (due_on, granted) = (extension.requested_due, extension.granted);
        events.push((extension.requested_on, Event::RequestExtension { due_on, reason }));
        events.push((extension.decided_on, Event::DecideExtension { granted }));
    }
}

fn obstacle(draw: Draw<'_>, trouble: Trouble, events: &mut Vec<(NaiveDate, Event)>) {
    if trouble.kind != TroubleKind::Blocked {
        return;
    }
    if let Some(obstacle) = draw.pick("obstacle", phrases::OBSTACLES) {
        let resolution = draw.pick("lifted", phrases::LIFTED).unwrap_or_default();
        events.push((trouble.from, Event::Block(obstacle)));
        events.push((trouble.until, Event::Unblock(resolution)));
        if obstacle.1 != BlockerLevel::Organization {
            let requested_on = workday::after(trouble.from, REQUEST_WORKDAYS);
            let document = format!("{}/ĐN", draw.between("request", 100, 999));
            events.push((requested_on, Event::RequestDecision(document)));
            let decided_on = workday::before(trouble.until, 1);
            if requested_on <= decided_on {
                let decision = draw.pick("decision", phrases::DECIDED).unwrap_or_default();
                let document = format!("{}/TB-VP", draw.between("decision document", 100, 999));
                events.push((decided_on, Event::RecordDecision { decision, document }));
            }
        }
    }
}

/// Blockers whose request has no answer in the year.
fn requests(city: &City, plan: &Plan, events: &mut Vec<(NaiveDate, Event)>) {
    for fact in city.year.requests.iter().filter(|fact| fact.task == plan.outline.code) {
        let description = fact.description.clone();
        let open = Event::OpenBlocker { kind: fact.kind, needs_level: fact.needs_level, description };
        events.push((fact.opened_on, open));
        events.push((fact.requested_on, Event::RequestDecision(fact.document.clone())));
    }
}

fn reminders(plan: &Plan, draw: Draw<'_>, events: &mut Vec<(NaiveDate, Event)>) {
    for (number, reminder) in plan.reminders.iter().enumerate() {
        let text = draw.pick(&format!("reminder {number}"), phrases::REMINDED).unwrap_or_default();
        let document = format!("{}/VP-TH", draw.between(&format!("reminder document {number}"), 100, 999));
        let answer_due = reminder.answer_due;
        events.push((reminder.sent_on, Event::Remind { text, document, answer_due }));
        if let Some(day) = reminder.answered_on {
            let answer = draw.pick(&format!("reminder answer {number}"), phrases::ANSWERED).unwrap_or_default();
            events.push((day, Event::AnswerReminder(answer)));
        }
    }
}

/// One report for each reporting interval, and one at each change of a time of trouble.
fn reports(plan: &Plan, draw: Draw<'_>, work: &Range<NaiveDate>, events: &mut Vec<(NaiveDate, Event)>) {
    let cadence = u64::from(plan.schedule.cadence_days);
    let due = std::iter::successors(Some(work.start), |day| Some(*day + Days::new(cadence)));
    let due = due.skip(1).take_while(|day| *day < work.end);
    let mut days: Vec<NaiveDate> = due.map(workday::from).collect();
    if let Some(trouble) = plan.trouble {
        days.extend([trouble.from, trouble.until]);
    }
    days.sort_unstable();
    days.dedup();
    let mut progress = 0;
    for (number, day) in days.into_iter().enumerate() {
        let Some((risk, notes)) = mood(plan, draw, day) else {
            continue;
        };
        let stuck = plan
            .trouble
            .is_some_and(|trouble| trouble.kind == TroubleKind::Behind && trouble.from <= day && day < trouble.until);
        if !stuck {
            progress = progress.max(reached(plan, draw, day, number));
        }
        let note = draw.pick(&format!("note {number}"), notes).unwrap_or_default();
        events.push((day, Event::Report { progress, risk, note }));
    }
}

/// Risk and texts of a report; `None` when nobody reports on that day.
fn mood(plan: &Plan, draw: Draw<'_>, day: NaiveDate) -> Option<(SelfDeclaredRisk, &'static [&'static str])> {
    if let Some(trouble) = plan.trouble {
        if day == trouble.until {
            return Some((SelfDeclaredRisk::Low, phrases::RECOVERED));
        }
        if trouble.from <= day && day < trouble.until {
            return match trouble.kind {
                TroubleKind::Silent | TroubleKind::Blocked => None,
                TroubleKind::Behind => Some((SelfDeclaredRisk::Medium, phrases::STUCK)),
                TroubleKind::DeclaredHigh => Some((SelfDeclaredRisk::High, phrases::HIGH_RISK)),
            };
        }
    }
    if plan.schedule.is_late() && lag_percent(plan, day) > 10 {
        return Some(if draw.chance("declares itself", 35) {
            (SelfDeclaredRisk::High, phrases::HIGH_RISK)
        } else {
            (SelfDeclaredRisk::Medium, phrases::STUCK)
        });
    }
    Some((SelfDeclaredRisk::Low, phrases::GOING_ON))
}

/// Delay of a late task, in percentage points.
fn lag_percent(plan: &Plan, day: NaiveDate) -> i64 {
    passed_percent(plan, day) - i64::from(stalls_at_percent(plan))
}

/// Progress at which a late task stalls; until then it is on schedule.
fn stalls_at_percent(plan: &Plan) -> u32 {
    let draw = Draw(&plan.outline.code);
    match plan.schedule.ending {
        Ending::InTime(_) => 100,
        Ending::Late(_) => draw.between("stalls at", 55, 75),
        Ending::Never { overdue: true } => draw.between("stalls at", 25, 55),
        Ending::Never { overdue: false } => 80,
    }
}

/// Share of the time that has passed on a day, by the due date in force then.
fn passed_percent(plan: &Plan, day: NaiveDate) -> i64 {
    let start = plan.schedule.start_on;
    let due = plan.due_on(day).unwrap_or(plan.schedule.ends_on);
    let length_days = (due - start).num_days().max(1);
    ((day - start).num_days() * 100 / length_days).clamp(0, 100)
}

/// Progress in a report. Work on schedule is ahead by more than half of a reporting interval, so that it is not behind
/// before the next report. Late work still progresses slowly after its due date.
fn reached(plan: &Plan, draw: Draw<'_>, day: NaiveDate, number: usize) -> i16 {
    let schedule = &plan.schedule;
    let ahead = Days::new(u64::from(schedule.cadence_days) * 2 / 3);
    let jitter = i64::from(draw.between(&format!("progress {number}"), 0, 4));
    let overtime = schedule.due_on.map_or(0, |due| (day - due).num_days().max(0) / 10);
    let percent = passed_percent(plan, day + ahead).min(i64::from(stalls_at_percent(plan))) + jitter + overtime;
    i16::try_from(percent.clamp(0, 95)).unwrap_or_default()
}

/// Gives each event a time: within working hours, and later than all earlier events of the task.
fn at_instants(draw: Draw<'_>, events: Vec<(NaiveDate, Event)>) -> Vec<(DateTime<Utc>, Event)> {
    let mut last = None;
    let mut of_day = 0;
    events
        .into_iter()
        .map(|(day, event)| {
            of_day = if last == Some(day) { of_day + 1 } else { 1 };
            last = Some(day);
            let minutes = of_day * STEP_MINUTES + draw.between(&format!("{day} {of_day}"), 0, STEP_MINUTES - 1);
            (workday::instant(day, minutes), event)
        })
        .collect()
}
