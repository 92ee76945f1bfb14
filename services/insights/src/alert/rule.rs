//! The rules: each says of one dataset when an alert is open, how severe it is, who must act and what ends it.

use service_kit::access::Kind;

use crate::model::{
    AlertKind, AlertSeverity, CLEARANCE_ALERTS, FEEDBACK_ALERTS, KPI_ALERTS, PROJECT_ALERTS, SOURCE_ALERTS, TASK_ALERTS,
};

/// What alerts are derived from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dataset {
    /// Tasks.
    Tasks,
    /// Projects.
    Projects,
    /// Parcels.
    Clearance,
    /// Targets.
    Kpis,
    /// Feedback cases.
    Feedback,
    /// Ratings of feedback, by area and by organization.
    Satisfaction,
    /// Sources that push.
    Sources,
    /// Positions that are accountable for tasks, projects or targets.
    Positions,
}

impl Dataset {
    /// Name in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tasks => "tasks",
            Self::Projects => "projects",
            Self::Clearance => "clearance",
            Self::Kpis => "kpis",
            Self::Feedback => "feedback",
            Self::Satisfaction => "satisfaction",
            Self::Sources => "sources",
            Self::Positions => "positions",
        }
    }

    /// Who sees its rows. A position without a holder is seen by who sees something for which it is accountable.
    pub const fn kind(self) -> &'static Kind {
        match self {
            Self::Tasks | Self::Positions => &TASK_ALERTS,
            Self::Projects => &PROJECT_ALERTS,
            Self::Clearance => &CLEARANCE_ALERTS,
            Self::Kpis => &KPI_ALERTS,
            Self::Feedback | Self::Satisfaction => &FEEDBACK_ALERTS,
            Self::Sources => &SOURCE_ALERTS,
        }
    }
}

/// A text in both languages.
#[derive(Debug, Clone, Copy)]
pub struct Bilingual {
    /// Vietnamese.
    pub vi: &'static str,
    /// English.
    pub en: &'static str,
}

/// Rule of alerts.
#[derive(Debug)]
pub struct Rule {
    /// Stable code; the first part of the ids of its alerts.
    pub code: &'static str,
    /// Kind of its alerts.
    pub kind: AlertKind,
    /// What it is derived from.
    pub dataset: Dataset,
    /// View that says on which days the condition holds of which record, for datasets of records.
    pub condition: Option<&'static str>,
    /// Severity.
    pub severity: AlertSeverity,
    /// Severity when the record is marked as urgent, key or critical.
    pub urgent_severity: AlertSeverity,
    /// Title, before the name of what it is about.
    pub title: Bilingual,
    /// When it is open.
    pub opens: &'static str,
    /// Who must act.
    pub acts: &'static str,
    /// What ends it.
    pub ends: &'static str,
}

const LEAD: &str = "Lead organization of the task, and the holder of its accountable position.";
const OWNER: &str = "Owner of the project, and the holder of its accountable position.";

/// All rules. An alert is open on a day when its condition holds then; it began on the first day of the unbroken run.
pub static RULES: &[Rule] = &[
    Rule {
        code: "TASK_OVERDUE",
        kind: AlertKind::Overdue,
        dataset: Dataset::Tasks,
        condition: Some("tasks.published_overdue"),
        severity: AlertSeverity::High,
        urgent_severity: AlertSeverity::Critical,
        title: Bilingual { vi: "Nhiệm vụ quá hạn", en: "Task overdue" },
        opens: "An open task is past its due date, as in `Task.isOverdue`; critical with the priority URGENT.",
        acts: LEAD,
        ends: "The work is completed or ends otherwise, or the due date is extended.",
    },
    Rule {
        code: "PROJECT_OVERDUE",
        kind: AlertKind::Overdue,
        dataset: Dataset::Projects,
        condition: Some("projects.published_overdue"),
        severity: AlertSeverity::High,
        urgent_severity: AlertSeverity::Critical,
        title: Bilingual { vi: "Dự án chậm tiến độ", en: "Project late" },
        opens: "A project that has not ended is past its baseline end, or forecast to end after it; critical for a key project.",
        acts: OWNER,
        ends: "The project is completed or cancelled, or its dates no longer slip.",
    },
    Rule {
        code: "TASK_AT_RISK",
        kind: AlertKind::AtRisk,
        dataset: Dataset::Tasks,
        condition: Some("tasks.published_at_risk"),
        severity: AlertSeverity::Medium,
        urgent_severity: AlertSeverity::High,
        title: Bilingual { vi: "Nhiệm vụ có nguy cơ chậm", en: "Task at risk" },
        opens: "An open task is at risk, as in `Task.atRiskReasons`; high with the priority URGENT.",
        acts: LEAD,
        ends: "No reason of risk is left, the work is submitted, or the task is overdue.",
    },
    Rule {
        code: "NOTICE_LAPSING",
        kind: AlertKind::NoticeLapsing,
        dataset: Dataset::Clearance,
        condition: Some("projects.published_notice_lapsing"),
        severity: AlertSeverity::Medium,
        urgent_severity: AlertSeverity::High,
        title: Bilingual {
            vi: "Thông báo thu hồi đất sắp hết hiệu lực", en: "Notice of land recovery about to lapse"
        },
        opens: "The notice of a parcel lapses within the days of the rule LAND_NOTICE_WARNING; high for a key project.",
        acts: OWNER,
        ends: "The recovery is decided, the land is handed over, the parcel is withdrawn, or the notice has lapsed.",
    },
    Rule {
        code: "PAYMENT_LATE",
        kind: AlertKind::PaymentLate,
        dataset: Dataset::Clearance,
        condition: Some("projects.published_payment_late"),
        severity: AlertSeverity::High,
        urgent_severity: AlertSeverity::Critical,
        title: Bilingual { vi: "Chậm chi trả bồi thường", en: "Compensation paid late" },
        opens: "A party to a parcel should have been paid under the rule LAND_PAYMENT_LIMIT; critical for a key project.",
        acts: OWNER,
        ends: "All late payments of the parcel are settled, or the parcel is withdrawn.",
    },
    Rule {
        code: "KPI_RED",
        kind: AlertKind::KpiRed,
        dataset: Dataset::Kpis,
        condition: Some("kpis.published_red"),
        severity: AlertSeverity::High,
        urgent_severity: AlertSeverity::Critical,
        title: Bilingual { vi: "Chỉ tiêu chuyển đỏ", en: "Target turned red" },
        opens: "A target is judged red, as in `KpiTarget.rag`; critical for a critical indicator.",
        acts: "Organization of the scope, else the owner of the indicator, and the holder of its accountable position.",
        ends: "The target is no longer judged red, or the period after its own is over and reported.",
    },
    Rule {
        code: "FEEDBACK_UNRESOLVED",
        kind: AlertKind::SlaBreach,
        dataset: Dataset::Feedback,
        condition: Some("feedback.published_unresolved"),
        severity: AlertSeverity::High,
        urgent_severity: AlertSeverity::Critical,
        title: Bilingual { vi: "Phản ánh quá hạn giải quyết", en: "Feedback not resolved in time" },
        opens: "An open case is past its deadline, as in `Feedback.isOverdue`; critical with the level URGENT.",
        acts: "Lead organization of the case, and the holder of its accountable position.",
        ends: "The case is resolved, rejected or merged, waits for its sender, or has a later deadline.",
    },
    Rule {
        code: "FEEDBACK_UNACKNOWLEDGED",
        kind: AlertKind::SlaBreach,
        dataset: Dataset::Feedback,
        condition: Some("feedback.published_unacknowledged"),
        severity: AlertSeverity::Medium,
        urgent_severity: AlertSeverity::High,
        title: Bilingual { vi: "Phản ánh chậm tiếp nhận", en: "Feedback not acknowledged in time" },
        opens: "Nobody took in a case within the hours of the rule of acknowledgement; high with the level URGENT.",
        acts: "Lead organization of the case, if it has one; the operations center takes cases in.",
        ends: "The case is accepted, rejected or merged.",
    },
    Rule {
        code: "SATISFACTION_FALLING",
        kind: AlertKind::SatisfactionFalling,
        dataset: Dataset::Satisfaction,
        condition: None,
        severity: AlertSeverity::Medium,
        urgent_severity: AlertSeverity::Medium,
        title: Bilingual { vi: "Mức độ hài lòng giảm", en: "Satisfaction falling" },
        opens: "In the last whole month fewer were satisfied than in the month before, by the test of two shares with at least 30 \
                ratings each.",
        acts: "The organization; of an area the people's committee of its ward or commune.",
        ends: "A month passes without a fall.",
    },
    Rule {
        code: "SOURCE_SILENT",
        kind: AlertKind::SourceSilent,
        dataset: Dataset::Sources,
        condition: None,
        severity: AlertSeverity::High,
        urgent_severity: AlertSeverity::High,
        title: Bilingual { vi: "Nguồn dữ liệu im lặng", en: "Source silent" },
        opens: "A source has not pushed for longer than its cadence, as in `Source.isSilent`.",
        acts: "The organization that answers for the source.",
        ends: "The source pushes.",
    },
    Rule {
        code: "POSITION_VACANT",
        kind: AlertKind::NoHolder,
        dataset: Dataset::Positions,
        condition: None,
        severity: AlertSeverity::High,
        urgent_severity: AlertSeverity::High,
        title: Bilingual { vi: "Trách nhiệm chưa có người giữ", en: "Responsibility without a holder" },
        opens: "A position that is accountable for an open task, a project or a target has no holder.",
        acts: "Organization of the position.",
        ends: "Somebody is appointed, or the position is no longer accountable for anything.",
    },
];

impl Rule {
    /// The rule with a code.
    pub fn named(code: &str) -> Option<&'static Self> {
        RULES.iter().find(|rule| rule.code == code)
    }
}
