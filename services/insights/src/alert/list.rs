//! Alerts of a day: what is kept of them, their order and their counts.

use chrono::{DateTime, NaiveDate, Utc};
use service_kit::vocabulary::Direction;

use super::id::AlertId;
use super::rule::Rule;
use crate::model::{AlertKind, AlertOrderField, AlertSeverity};

/// An open alert.
#[derive(Debug, Clone)]
pub struct Alert {
    /// Its rule.
    pub rule: &'static Rule,
    /// What it is about: an id, of a target the series and the period; a code.
    pub record: String,
    /// First day of the present unbroken run.
    pub since: NaiveDate,
    /// Instant of its begin on that day, if it is not the begin of the day.
    pub since_at: Option<DateTime<Utc>>,
    /// Whether the record is marked as urgent, key or critical.
    pub is_urgent: bool,
    /// Reasons on the day, the gravest first.
    pub reasons: Vec<String>,
    /// Organization that must act.
    pub organization: Option<String>,
    /// Accountable position.
    pub position: Option<String>,
    /// Holder of the position on the day.
    pub official: Option<String>,
    /// Areas, if they were asked for.
    pub areas: Vec<String>,
    /// Project that it is about.
    pub project: Option<String>,
    /// Indicator that it is about.
    pub indicator: Option<String>,
}

impl Alert {
    /// An alert about a record since a day, of which nothing else is known.
    pub const fn of(rule: &'static Rule, record: String, since: NaiveDate) -> Self {
        Self {
            rule,
            record,
            since,
            since_at: None,
            is_urgent: false,
            reasons: Vec::new(),
            organization: None,
            position: None,
            official: None,
            areas: Vec::new(),
            project: None,
            indicator: None,
        }
    }

    /// Its id.
    pub fn id(&self) -> String {
        AlertId::write(self.rule, &self.record, self.since)
    }

    /// Code of what it is about, for records that are named by a code: of `AREA:00004` it is `00004`.
    pub fn code(&self) -> &str {
        self.record.split_once(':').map_or(&self.record, |(_, code)| code)
    }

    /// Its severity.
    pub const fn severity(&self) -> AlertSeverity {
        if self.is_urgent { self.rule.urgent_severity } else { self.rule.severity }
    }
}

/// Which alerts are asked for. The conditions are joined by AND, the values of each by OR.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Selection {
    /// Severities.
    pub severities: Option<Vec<AlertSeverity>>,
    /// Codes of the organizations that must act.
    pub organizations: Option<Vec<String>>,
    /// Codes of areas.
    pub areas: Option<Vec<String>>,
    /// Codes of the officials who must act.
    pub officials: Option<Vec<String>>,
    /// Codes of programmes of the record.
    pub programmes: Option<Vec<String>>,
    /// Codes of tasks, projects, indicators, feedback cases, sources, positions.
    pub codes: Option<Vec<String>>,
    /// Earliest first day.
    pub since: Option<NaiveDate>,
}

impl Selection {
    /// Whether an alert that no statement has selected is asked for. It has no programme.
    pub fn keeps(&self, alert: &Alert) -> bool {
        let names = |codes: &Option<Vec<String>>, code: Option<&String>| {
            codes.as_ref().is_none_or(|codes| code.is_some_and(|code| codes.contains(code)))
        };
        self.programmes.is_none()
            && names(&self.organizations, alert.organization.as_ref())
            && names(&self.officials, alert.official.as_ref())
            && self.codes.as_ref().is_none_or(|codes| codes.iter().any(|code| code == alert.code()))
            && self.areas.as_ref().is_none_or(|codes| alert.areas.iter().any(|area| codes.contains(area)))
    }

    /// Whether an alert has a severity and a first day that are asked for.
    pub fn admits(&self, alert: &Alert) -> bool {
        self.severities.as_ref().is_none_or(|list| list.contains(&alert.severity()))
            && self.since.is_none_or(|day| day <= alert.since)
    }
}

/// One term of an order.
pub type Order = (AlertOrderField, Direction);

/// Orders alerts by terms, then by severity, the gravest first, by first day, the latest first, and by id.
pub fn arrange(alerts: &mut [(String, Alert)], terms: &[Order]) {
    let standard = [(AlertOrderField::Severity, Direction::Desc), (AlertOrderField::Since, Direction::Desc)];
    let place = |severity| AlertSeverity::ALL.iter().position(|one| *one == severity);
    let kind = |kind| AlertKind::ALL.iter().position(|one| *one == kind);
    alerts.sort_by(|(left_id, left), (right_id, right)| {
        let compared = terms.iter().chain(&standard).map(|(field, direction)| {
            let ascending = match field {
                AlertOrderField::Severity => place(left.severity()).cmp(&place(right.severity())),
                AlertOrderField::Since => left.since.cmp(&right.since),
                AlertOrderField::Kind => kind(left.rule.kind).cmp(&kind(right.rule.kind)),
            };
            if *direction == Direction::Desc { ascending.reverse() } else { ascending }
        });
        compared.into_iter().find(|ordering| ordering.is_ne()).unwrap_or_else(|| left_id.cmp(right_id))
    });
}

/// Counts of alerts.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// By kind, those with an alert.
    pub by_kind: Vec<(AlertKind, usize)>,
    /// By severity, those with an alert, the gravest first.
    pub by_severity: Vec<(AlertSeverity, usize)>,
}

impl Tally {
    /// Counts alerts.
    pub fn of(alerts: &[(String, Alert)]) -> Self {
        let count = |matches: &dyn Fn(&Alert) -> bool| alerts.iter().filter(|(_, alert)| matches(alert)).count();
        let kinds = AlertKind::ALL.iter().map(|kind| (*kind, count(&|alert| alert.rule.kind == *kind)));
        let severities = AlertSeverity::ALL.iter().rev().map(|one| (*one, count(&|alert| alert.severity() == *one)));
        Self {
            by_kind: kinds.filter(|(_, count)| *count > 0).collect(),
            by_severity: severities.filter(|(_, count)| *count > 0).collect(),
        }
    }
}
