//! Root fields of alerts, and the alerts of entities.

use std::sync::Arc;

use async_graphql::connection::{Connection, Edge, EmptyFields};
use async_graphql::{Context, ID, Lookahead, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use service_kit::scalar::Date;
use service_kit::store::page::{Page, PageArgs};
use service_kit::{Problem, ScopeContext};

use super::input::{AlertFilter, AlertOrder, order};
use super::node::{Alert, AlertRule};
use crate::alert::{self, AlertId, Order, RULES, Rule, Selection, Tally, arrange};
use crate::model::{AlertKind, AlertSeverity};
use crate::store::alert::{AlertsOf, Asked, Tie, alerts, handled};

/// Number of alerts of a kind.
#[derive(SimpleObject)]
pub struct AlertKindCount {
    /// Kind.
    kind: AlertKind,
    /// Number of alerts.
    count: usize,
}

/// Number of alerts of a severity.
#[derive(SimpleObject)]
pub struct AlertSeverityCount {
    /// Severity.
    severity: AlertSeverity,
    /// Number of alerts.
    count: usize,
}

/// Counts of a list of alerts, over all pages.
#[derive(SimpleObject)]
#[graphql(name = "AlertTotal")]
pub struct Counts {
    /// Number of alerts that match the filter.
    total_count: usize,
    /// Numbers by kind, of kinds with an alert.
    by_kind: Vec<AlertKindCount>,
    /// Numbers by severity, of severities with an alert, the gravest first.
    by_severity: Vec<AlertSeverityCount>,
    /// Day on which the alerts are open.
    as_of: Date,
}

/// Page of alerts with their counts.
pub type AlertConnection = Connection<String, Alert, Counts, EmptyFields>;

#[derive(Default)]
pub struct AlertQuery;

#[Object]
impl AlertQuery {
    /// Page of the alerts that are open at the end of a day (default: now), on records that the caller sees. By default the gravest come
    /// first, of these the latest.
    ///
    /// An alert is derived of the facts of its day, so a past day shows what was open then as it is known now.
    async fn alerts(
        &self,
        ctx: &Context<'_>,
        filter: Option<AlertFilter>,
        as_of: Option<Date>,
        order_by: Option<Vec<AlertOrder>>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Option<AlertConnection>> {
        let day = ctx.scope().as_of(as_of.as_ref())?;
        let filter = filter.unwrap_or_default();
        let rules = permitted(ctx, &filter.rules())?;
        filter.check_codes(ctx).await?;
        let acknowledged = filter.acknowledged;
        let selection = filter.selection()?;
        let terms = order(order_by);
        let list = format!("alerts {day} {terms:?} {acknowledged:?} {selection:?}");
        let page = Page::of_codes(&list, &PageArgs { first, after })?;
        let with_areas = selection.areas.is_some() || selects(&ctx.look_ahead(), "areas");
        let asked = Asked { rules, day, selection, record: None, with_areas };
        let mut found = identified(alerts(ctx.reader(), &asked).await?);
        if let Some(acknowledged) = acknowledged {
            let ids: Vec<String> = found.iter().map(|(id, _)| id.clone()).collect();
            let handled = handled(ctx.reader(), until(ctx, day), &ids).await?;
            found.retain(|(id, _)| handled.get(id).is_some_and(|row| row.acknowledged_at.is_some()) == acknowledged);
        }
        Ok(Some(connection(ctx, found, &terms, &page, day)?))
    }

    /// The alert with an id, if it is open at the end of a day (default: now) and the caller sees what it is about.
    async fn alert(&self, ctx: &Context<'_>, id: ID, as_of: Option<Date>) -> Result<Option<Alert>> {
        let day = ctx.scope().as_of(as_of.as_ref())?;
        Ok(shown(ctx, &id, day, "id").await?)
    }

    /// Rules of alerts: what each says of which dataset, how severe it is, who must act and what ends it.
    async fn alert_rules(&self) -> Vec<AlertRule> {
        RULES.iter().map(AlertRule::from).collect()
    }
}

/// Whether the nodes of a connection select a field.
fn selects(look: &Lookahead<'_>, field: &str) -> bool {
    look.field("edges").field("node").field(field).exists() || look.field("nodes").field(field).exists()
}

/// What people added to the alerts of a day is shown up to its end.
fn until(ctx: &Context<'_>, day: NaiveDate) -> DateTime<Utc> {
    day.succ_opt().map_or(DateTime::<Utc>::MAX_UTC, |next| ctx.scope().city.start_of_day(next))
}

/// The rules whose alerts the caller may see. A list without any would look like the truth.
fn permitted(ctx: &Context<'_>, rules: &[&'static Rule]) -> Result<Vec<&'static Rule>, Problem> {
    let principal = &ctx.scope().principal;
    let permit = |rule: &Rule| rule.dataset.kind().permit_list(principal);
    let seen: Vec<&'static Rule> = rules.iter().copied().filter(|rule| permit(rule).is_ok()).collect();
    match rules.first() {
        Some(rule) if seen.is_empty() => permit(rule).map(|()| Vec::new()),
        _ => Ok(seen),
    }
}

fn identified(alerts: Vec<alert::Alert>) -> Vec<(String, alert::Alert)> {
    alerts.into_iter().map(|alert| (alert.id(), alert)).collect()
}

fn connection(
    ctx: &Context<'_>,
    mut found: Vec<(String, alert::Alert)>,
    terms: &[Order],
    page: &Page,
    day: NaiveDate,
) -> Result<AlertConnection, Problem> {
    arrange(&mut found, terms);
    let tally = Tally::of(&found);
    let total = Counts {
        total_count: found.len(),
        by_kind: tally.by_kind.into_iter().map(|(kind, count)| AlertKindCount { kind, count }).collect(),
        by_severity: tally
            .by_severity
            .into_iter()
            .map(|(severity, count)| AlertSeverityCount { severity, count })
            .collect(),
        as_of: day.into(),
    };
    let until = until(ctx, day);
    let shown = page.cut(&found, |(id, _)| id)?;
    let limit = usize::try_from(page.limit).unwrap_or_default();
    let mut connection = Connection::with_additional_fields(page.is_continued(), shown.len() > limit, total);
    connection.edges.extend(shown.iter().take(limit).map(|(id, alert)| {
        let node = Alert { derived: Arc::new(alert.clone()), id: id.clone(), until };
        Edge::new(page.cursor(std::slice::from_ref(id)), node)
    }));
    Ok(connection)
}

/// The alert with an id that the caller sees on a day.
///
/// # Errors
/// `VALIDATION` at `path` when the text is no id of an alert.
pub async fn shown(ctx: &Context<'_>, id: &ID, day: NaiveDate, path: &str) -> Result<Option<Alert>, Problem> {
    let Some(parts) = AlertId::read(id) else {
        return Err(Problem::validation(path, "this is no id of an alert; accepted: `id` of an alert"));
    };
    if parts.rule.dataset.kind().permit_list(&ctx.scope().principal).is_err() {
        return Ok(None);
    }
    let asked = Asked {
        rules: vec![parts.rule],
        day,
        selection: Selection::default(),
        record: Some(parts.record),
        with_areas: true,
    };
    let found = alerts(ctx.reader(), &asked).await?.into_iter().find(|alert| alert.since == parts.since);
    Ok(found.map(|alert| Alert { id: alert.id(), derived: Arc::new(alert), until: until(ctx, day) }))
}

/// Page of the open alerts of an entity.
///
/// # Errors
/// `VALIDATION` at an argument; `UNAUTHENTICATED` or `FORBIDDEN` when the caller sees no alert of any kind.
pub async fn alerts_of(
    ctx: &Context<'_>,
    tie: Tie,
    code: &str,
    as_of: Option<&Date>,
    page: PageArgs,
) -> Result<AlertConnection, Problem> {
    let day = ctx.scope().as_of(as_of)?;
    permitted(ctx, &RULES.iter().collect::<Vec<_>>())?;
    let page = Page::of_codes(&format!("alerts of {tie:?} {code} {day}"), &page)?;
    let found = ctx.loader::<AlertsOf>().load_one((tie, day, code.to_owned())).await?;
    let found = found.map(|alerts| identified(alerts.as_ref().clone())).unwrap_or_default();
    connection(ctx, found, &[], &page, day)
}
