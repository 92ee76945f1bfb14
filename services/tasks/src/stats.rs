//! Declarations of the measures of tasks, over the rows `f` of `store::facts`.
//!
//! The scope of a period, as of a date, has the tasks that were assigned, began before the period ends and were not
//! finished before it begins. Stocks are counted over the scope. A flow is counted on one day: `completed` on the day
//! on which the work was done, measures of due dates on the due date.

use service_kit::access::Kind;
use service_kit::measures::{Breakdown, FactMeasures, Measure, MeasureSet, Shape, Term};
use service_kit::store::published;

use crate::model::{TASKS, TaskDimension};
use crate::store::facts;

/// The measures of tasks.
pub struct TaskSet;

impl MeasureSet for TaskSet {
    const PREFIX: &'static str = "Task";
    const DESCRIPTION: &'static str = "Measures of tasks over a period, as of a date. The scope has the tasks \
        that were assigned, began before the period ends and were not finished before it begins. Stocks (total, open, overdue, at risk, clarity …) are taken at the end of the period or \
        at the date, whichever comes first. Flows (completed, due, on time, days late) are grouped by their own day and taken \
        as known at the date.";
    const KIND: &'static Kind = &TASKS;
    const MEASURES: &'static [Measure] = &[
        Measure::count("total", "Number of tasks in scope.", "f.in_scope"),
        Measure::count(
            "open",
            "Number of tasks that are assigned and not yet finished.",
            "f.in_scope AND f.ended_on IS NULL",
        ),
        Measure::count_flow(
            "completed",
            "Number of tasks done within the period: submitted within it, and accepted since.",
            "f.done_on >= f.first_day AND f.done_on < f.end_day",
        ),
        Measure::count("overdue", "Number of open tasks past their due date.", "f.in_scope AND f.is_overdue"),
        Measure::count(
            "atRisk",
            "Number of open tasks that are at risk and not overdue.",
            "f.in_scope AND f.risk_from <= f.as_of AND f.in_time",
        ),
        Measure::new(
            "atRiskReasons",
            "Number of tasks at risk for each reason; reasons that no task has are left out.",
            Shape::Breakdown(&Breakdown {
                entry: ("RiskReasonCount", "Number of tasks that are at risk for one reason; a task may have several."),
                key: ("reason", "RiskReason"),
                count: "tasks",
                parts: &[
                    ("BLOCKED", "f.in_scope AND f.blocked_from <= f.as_of AND f.in_time"),
                    ("PREDECESSOR_OVERDUE", "f.in_scope AND f.predecessor_from <= f.as_of AND f.in_time"),
                    ("BEHIND_SCHEDULE", "f.in_scope AND f.behind_from <= f.as_of AND f.in_time"),
                    ("NO_UPDATE", "f.in_scope AND f.silent_from <= f.as_of AND f.in_time"),
                    ("SELF_DECLARED_HIGH", "f.in_scope AND f.declared_from <= f.as_of AND f.in_time"),
                ],
            }),
        ),
        Measure::count_flow(
            "dueThisPeriod",
            "Number of tasks due within the period, not cancelled and not superseded.",
            "f.valid AND f.due_here",
        ),
        Measure::count(
            "awaitingApproval",
            "Number of tasks that are submitted and await approval.",
            "f.in_scope AND f.status = 'SUBMITTED'",
        ),
        Measure::new(
            "onTime",
            "Share of the tasks due within the period and before the date that were done by the due date in force.",
            Shape::Rate(
                Term::count("f.valid AND f.due_here AND f.due_on < f.as_of AND f.done_on <= f.due_on").flow(),
                Term::count("f.valid AND f.due_here AND f.due_on < f.as_of").flow(),
            ),
        ),
        Measure::new(
            "onTimeBaseline",
            "Share of the tasks with a first due date within the period and before the date that were done by it.",
            Shape::Rate(
                Term::count("f.valid AND f.baseline_here AND f.baseline_on < f.as_of AND f.done_on <= f.baseline_on")
                    .flow(),
                Term::count("f.valid AND f.baseline_here AND f.baseline_on < f.as_of").flow(),
            ),
        ),
        Measure::new(
            "clarity",
            "Clarity of the tasks: the number of the six criteria that are met.",
            Shape::Group(
                "ClarityMeasure",
                "Clarity of tasks.",
                &[
                    Measure::new(
                        "mean",
                        "Mean number of criteria that a task meets, 0 to 6; null without tasks.",
                        Shape::Mean(Term::sum("f.points", "f.in_scope"), Term::count("f.in_scope")),
                    ),
                    Measure::count(
                        "complete",
                        "Number of tasks that meet all six criteria.",
                        "f.in_scope AND f.points = 6",
                    ),
                    Measure::count("tasks", "Number of tasks in scope.", "f.in_scope"),
                ],
            ),
        ),
        Measure::new(
            "continuity",
            "Share of the tasks that never had another lead, of all tasks with a lead.",
            Shape::Rate(Term::count("f.in_scope AND f.lead_changes = 0"), Term::count("f.in_scope")),
        ),
        Measure::new(
            "extensions",
            "Number of approved extensions, over all tasks.",
            Shape::Int(Term::sum("f.extensions", "f.in_scope")),
        ),
        Measure::new(
            "transfers",
            "Number of transfers to another lead, over all tasks.",
            Shape::Int(Term::sum("f.lead_changes", "f.in_scope")),
        ),
        Measure::new(
            "reminders",
            "Number of reminders to the leads, over all tasks.",
            Shape::Int(Term::sum("f.reminders", "f.in_scope AND f.reminders > 0")),
        ),
        Measure::new(
            "unansweredReminders",
            "Number of reminders to the leads of open tasks that have no answer.",
            Shape::Int(Term::sum("f.unanswered", "f.in_scope AND f.unanswered > 0")),
        ),
        Measure::count(
            "waitingForCity",
            "Number of open tasks with an open blocker whose request to the city is sent and has no answer.",
            "f.in_scope AND f.city_since IS NOT NULL",
        ),
        Measure::count(
            "waitingForCentral",
            "Number of open tasks with an open blocker whose request to the central government is sent and has no answer.",
            "f.in_scope AND f.central_since IS NOT NULL",
        ),
        Measure::new(
            "daysWaitingForCity",
            "Mean days since the oldest request that a task waits for, of the tasks that wait for the city; null without one.",
            Shape::Mean(
                Term::sum("f.as_of - f.city_since", "f.in_scope AND f.city_since IS NOT NULL"),
                Term::count("f.in_scope AND f.city_since IS NOT NULL"),
            ),
        ),
        Measure::new(
            "daysWaitingForCentral",
            "Mean days since the oldest request that a task waits for, of the tasks that wait for the central government; null without one.",
            Shape::Mean(
                Term::sum("f.as_of - f.central_since", "f.in_scope AND f.central_since IS NOT NULL"),
                Term::count("f.in_scope AND f.central_since IS NOT NULL"),
            ),
        ),
        Measure::new(
            "averageDaysLate",
            "Mean days late of the tasks due within the period that are overdue or were done too late; null without one.",
            Shape::Mean(
                Term::sum("f.late_by", "f.valid AND f.due_here").flow(),
                Term::count("f.valid AND f.due_here AND f.late_by IS NOT NULL").flow(),
            ),
        ),
        Measure::new(
            "backlogAge",
            "Age of the backlog of overdue tasks.",
            Shape::Group(
                "BacklogAge",
                "Number of overdue tasks by the days since the due date.",
                &[
                    Measure::count(
                        "upTo7",
                        "Number of tasks overdue for 1 to 7 days.",
                        "f.in_scope AND f.is_overdue AND f.late_by <= 7",
                    ),
                    Measure::count(
                        "from8To30",
                        "Number of tasks overdue for 8 to 30 days.",
                        "f.in_scope AND f.is_overdue AND f.late_by BETWEEN 8 AND 30",
                    ),
                    Measure::count(
                        "from31To90",
                        "Number of tasks overdue for 31 to 90 days.",
                        "f.in_scope AND f.is_overdue AND f.late_by BETWEEN 31 AND 90",
                    ),
                    Measure::count(
                        "over90",
                        "Number of tasks overdue for more than 90 days.",
                        "f.in_scope AND f.is_overdue AND f.late_by > 90",
                    ),
                ],
            ),
        ),
    ];
}

impl FactMeasures for TaskSet {
    const TABLE: &'static str = "tasks.fact";
    const PRESENT: &'static str = facts::PRESENT;
    const CODES: Option<(&'static str, &'static str)> = Some(("tasks.fact_code", "task_id"));
    const ROWS: &'static str = facts::MEASURED;
    const CURRENT: &'static str = facts::CURRENT;
    const FED_BY: &'static [&'static str] =
        &["tasks", "task-updates", "task-milestones", "task-blockers", "task-reminders", "task-evidence"];
}

/// Returns the statements that define the SQL function `tasks.published_measures`.
pub fn published() -> String {
    let dimensions = TaskDimension::ALL.iter().map(|dimension| (dimension.as_str().to_owned(), dimension.sql()));
    published::measures::<TaskSet>("tasks.published_measures", &dimensions.collect::<Vec<_>>())
}
