//! Input of alerts: filter and order.

use async_graphql::{Context, ID, InputObject};
use service_kit::input::distinct;
use service_kit::lists::check_codes;
use service_kit::scalar::Date;
use service_kit::store::codes::{CodeKind, KnownCodes, check_any};
use service_kit::vocabulary::Direction;
use service_kit::{Problem, ScopeContext};

use crate::alert::{Order, RULES, Rule, Selection};
use crate::model::{AlertKind, AlertOrderField, AlertSeverity};

/// What alerts are about, as `filter.code` names it.
const SUBJECTS: &[CodeKind] = &[
    CodeKind::TASK,
    CodeKind::PROJECT,
    CodeKind::INDICATOR,
    CodeKind::FEEDBACK,
    CodeKind::SOURCE,
    CodeKind::POSITION,
    CodeKind::AREA,
    CodeKind::ORGANIZATION,
];

/// Conditions on alerts, joined by AND; the values of one list are joined by OR.
#[derive(InputObject, Default)]
pub struct AlertFilter {
    /// Kinds.
    kind: Option<Vec<AlertKind>>,
    /// Severities.
    severity: Option<Vec<AlertSeverity>>,
    /// Codes of the organizations that must act.
    organization: Option<Vec<ID>>,
    /// Codes of the areas.
    area: Option<Vec<ID>>,
    /// Codes of the officials who must act: the holders of the accountable positions on the day.
    official: Option<Vec<ID>>,
    /// Codes of the programmes to which the task, project, parcel, indicator or feedback case belongs.
    programme: Option<Vec<ID>>,
    /// Codes of what the alerts are about: tasks, projects, indicators, feedback cases, sources, positions; of falling satisfaction the area or
    /// organization.
    code: Option<Vec<ID>>,
    /// Earliest first day of the alerts.
    since: Option<Date>,
    /// Whether the alerts are acknowledged.
    pub acknowledged: Option<bool>,
}

impl AlertFilter {
    /// The rules whose alerts are asked for.
    pub fn rules(&self) -> Vec<&'static Rule> {
        RULES.iter().filter(|rule| self.kind.as_ref().is_none_or(|kinds| kinds.contains(&rule.kind))).collect()
    }

    /// Checks the codes of organizations, areas, officials and programmes, and of what the alerts are about.
    ///
    /// # Errors
    /// `VALIDATION` at the first one that nobody knows.
    pub async fn check_codes(&self, ctx: &Context<'_>) -> Result<(), Problem> {
        let named = [
            (CodeKind::ORGANIZATION, self.organization.as_deref(), "filter.organization"),
            (CodeKind::AREA, self.area.as_deref(), "filter.area"),
            (CodeKind::OFFICIAL, self.official.as_deref(), "filter.official"),
            (CodeKind::PROGRAMME, self.programme.as_deref(), "filter.programme"),
        ];
        check_codes(ctx, &named).await?;
        check_any(ctx.loader::<KnownCodes>(), SUBJECTS, self.code.as_deref().unwrap_or_default(), "filter.code").await
    }

    /// The conditions.
    ///
    /// # Errors
    /// `VALIDATION` at `filter.since`.
    pub fn selection(self) -> Result<Selection, Problem> {
        let codes = |list: Option<Vec<ID>>| list.map(|list| distinct(list).into_iter().map(|code| code.0).collect());
        Ok(Selection {
            severities: self.severity,
            organizations: codes(self.organization),
            areas: codes(self.area),
            officials: codes(self.official),
            programmes: codes(self.programme),
            codes: codes(self.code),
            since: self.since.map(|day| day.checked("filter.since")).transpose()?,
        })
    }
}

/// One term of an order. Ties go by severity, the gravest first, then by first day, the latest first.
#[derive(InputObject)]
pub struct AlertOrder {
    /// What is compared.
    field: AlertOrderField,
    /// Direction of the order.
    #[graphql(default)]
    direction: Direction,
}

/// The terms of an order.
pub fn order(terms: Option<Vec<AlertOrder>>) -> Vec<Order> {
    terms.into_iter().flatten().map(|term| (term.field, term.direction)).collect()
}
