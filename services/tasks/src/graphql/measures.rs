//! `TaskMeasures`, the same wherever it hangs.

use async_graphql::{Object, SimpleObject};
use service_kit::scalar::Rate;

use crate::model::RiskReason;
use crate::stats::TaskCounts;

/// Measures of tasks over a period, as of a date. The scope: given out, begun before the period ends, not finished
/// before it begins.
#[derive(Default)]
pub struct TaskMeasures(pub TaskCounts);

/// How clear the tasks are.
#[derive(SimpleObject, Debug, Clone, Copy)]
pub struct ClarityMeasure {
    /// Points per task, 0 to 6; null without tasks.
    mean: Option<f64>,
    /// Tasks with all six.
    complete: i64,
    /// Tasks in scope.
    tasks: i64,
}

/// How old the backlog is: overdue tasks by the days since they were due.
#[derive(SimpleObject, Debug, Clone, Copy)]
pub struct BacklogAge {
    /// 1 to 7 days.
    #[graphql(name = "upTo7")]
    up_to7: i64,
    /// 8 to 30 days.
    #[graphql(name = "from8To30")]
    from8_to30: i64,
    /// 31 to 90 days.
    #[graphql(name = "from31To90")]
    from31_to90: i64,
    /// More than 90 days.
    #[graphql(name = "over90")]
    over90: i64,
}

/// Tasks that are at risk for one reason; a task may have several.
#[derive(SimpleObject, Debug, Clone, Copy)]
pub struct RiskReasonCount {
    /// The reason.
    reason: RiskReason,
    /// Tasks that have it.
    tasks: i64,
}

#[Object]
impl TaskMeasures {
    /// Tasks in scope.
    async fn total(&self) -> i64 {
        self.0.total
    }

    /// Given out and not yet finished.
    async fn open(&self) -> i64 {
        self.0.open
    }

    /// Done within the period: handed in within it, and accepted since.
    async fn completed(&self) -> i64 {
        self.0.completed
    }

    /// Open and past the due date.
    async fn overdue(&self) -> i64 {
        self.0.overdue
    }

    /// Open, not overdue, and in danger.
    async fn at_risk(&self) -> i64 {
        self.0.at_risk
    }

    /// How many are at risk for which reason; reasons that no task has are left out.
    async fn at_risk_reasons(&self) -> Vec<RiskReasonCount> {
        let counts = &self.0;
        let reasons = [
            (RiskReason::Blocked, counts.risk_blocked),
            (RiskReason::PredecessorOverdue, counts.risk_predecessor_overdue),
            (RiskReason::BehindSchedule, counts.risk_behind_schedule),
            (RiskReason::NoUpdate, counts.risk_no_update),
            (RiskReason::SelfDeclaredHigh, counts.risk_self_declared_high),
        ];
        reasons
            .into_iter()
            .filter(|(_, tasks)| *tasks > 0)
            .map(|(reason, tasks)| RiskReasonCount { reason, tasks })
            .collect()
    }

    /// Due within the period, not cancelled and not superseded.
    async fn due_this_period(&self) -> i64 {
        self.0.due_this_period
    }

    /// Handed in and not yet decided on.
    async fn awaiting_approval(&self) -> i64 {
        self.0.awaiting_approval
    }

    /// Of what was due within the period and before the date: done by the due date in force.
    async fn on_time(&self) -> Rate {
        self.0.on_time().into()
    }

    /// The same against the first due date, which no extension moves.
    async fn on_time_baseline(&self) -> Rate {
        self.0.on_time_baseline().into()
    }

    /// How clear the tasks are.
    async fn clarity(&self) -> ClarityMeasure {
        ClarityMeasure {
            mean: self.0.clarity_mean(),
            complete: self.0.clarity_complete,
            tasks: self.0.total,
        }
    }

    /// Of the tasks that have a lead: those that never changed it.
    async fn continuity(&self) -> Rate {
        self.0.continuity().into()
    }

    /// How often due dates were moved, over all tasks.
    async fn extensions(&self) -> i64 {
        self.0.extensions
    }

    /// How often tasks were handed to another lead, over all tasks.
    async fn transfers(&self) -> i64 {
        self.0.transfers
    }

    /// Days late per late task: overdue, or done within the period after the due date. Null when none is late.
    async fn average_days_late(&self) -> Option<f64> {
        self.0.average_days_late()
    }

    /// How old the backlog is.
    async fn backlog_age(&self) -> BacklogAge {
        BacklogAge {
            up_to7: self.0.backlog_up_to7,
            from8_to30: self.0.backlog_from8_to30,
            from31_to90: self.0.backlog_from31_to90,
            over90: self.0.backlog_over90,
        }
    }
}
