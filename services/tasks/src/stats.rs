//! What is measured: the counts that the store takes, and the measures that are made of them.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use schema::Rate;
use service_kit::stats::Measures;
use sqlx::FromRow;

/// What was counted over one group of tasks. Counts of two groups without a common task may be added.
///
/// The scope of a period, at a date: given out, begun before the period ends, not finished before it begins. Unless
/// said otherwise a count is over the scope, in the state of the date.
#[derive(Debug, Clone, Default, PartialEq, Eq, FromRow)]
pub struct TaskCounts {
    pub total: i64,
    pub open: i64,
    /// Done within the period.
    pub completed: i64,
    pub overdue: i64,
    pub at_risk: i64,
    /// Due within the period, in scope or finished before it began; not cancelled and not superseded.
    pub due_this_period: i64,
    pub awaiting_approval: i64,
    /// Due within the period and before the date; of these, done by the due date.
    pub on_time_due: i64,
    pub on_time_done: i64,
    /// The same against the first due date.
    pub on_time_baseline_due: i64,
    pub on_time_baseline_done: i64,
    pub clarity_points: i64,
    pub clarity_complete: i64,
    /// Tasks that have a lead; of these, those that never changed it.
    pub led: i64,
    pub led_unchanged: i64,
    pub extensions: i64,
    pub transfers: i64,
    /// Overdue, or done within the period after the due date; and by how many days, together.
    pub late: i64,
    pub late_days: i64,
    /// Overdue by so many days.
    pub backlog_up_to7: i64,
    pub backlog_from8_to30: i64,
    pub backlog_from31_to90: i64,
    pub backlog_over90: i64,
    pub risk_blocked: i64,
    pub risk_predecessor_overdue: i64,
    pub risk_behind_schedule: i64,
    pub risk_no_update: i64,
    pub risk_self_declared_high: i64,
}

/// The measures by name, for `having` and `orderBy`. A rate is compared by its value.
#[derive(async_graphql::Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaskMeasure {
    Total,
    Open,
    Completed,
    Overdue,
    AtRisk,
    DueThisPeriod,
    AwaitingApproval,
    OnTime,
    OnTimeBaseline,
    /// The mean clarity.
    Clarity,
    /// Tasks with all six clarities.
    ClarityComplete,
    Continuity,
    Extensions,
    Transfers,
    AverageDaysLate,
}

impl TaskCounts {
    /// Done by the due date in force, out of what was due.
    pub fn on_time(&self) -> Rate {
        Rate::new(self.on_time_done, self.on_time_due)
    }

    /// Done by the first due date, out of what was due by it.
    pub fn on_time_baseline(&self) -> Rate {
        Rate::new(self.on_time_baseline_done, self.on_time_baseline_due)
    }

    /// Never handed over, out of what has a lead.
    pub fn continuity(&self) -> Rate {
        Rate::new(self.led_unchanged, self.led)
    }

    /// Points per task, 0 to 6; `None` without tasks.
    pub fn clarity_mean(&self) -> Option<f64> {
        Rate::new(self.clarity_points, self.total).value()
    }

    /// Days per late task; `None` when none is late.
    pub fn average_days_late(&self) -> Option<f64> {
        Rate::new(self.late_days, self.late).value()
    }
}

impl Measures for TaskCounts {
    type Name = TaskMeasure;

    fn value(&self, name: TaskMeasure) -> Option<f64> {
        let count = |count: i64| Decimal::from(count).to_f64();
        match name {
            TaskMeasure::Total => count(self.total),
            TaskMeasure::Open => count(self.open),
            TaskMeasure::Completed => count(self.completed),
            TaskMeasure::Overdue => count(self.overdue),
            TaskMeasure::AtRisk => count(self.at_risk),
            TaskMeasure::DueThisPeriod => count(self.due_this_period),
            TaskMeasure::AwaitingApproval => count(self.awaiting_approval),
            TaskMeasure::OnTime => self.on_time().value(),
            TaskMeasure::OnTimeBaseline => self.on_time_baseline().value(),
            TaskMeasure::Clarity => self.clarity_mean(),
            TaskMeasure::ClarityComplete => count(self.clarity_complete),
            TaskMeasure::Continuity => self.continuity().value(),
            TaskMeasure::Extensions => count(self.extensions),
            TaskMeasure::Transfers => count(self.transfers),
            TaskMeasure::AverageDaysLate => self.average_days_late(),
        }
    }
}
