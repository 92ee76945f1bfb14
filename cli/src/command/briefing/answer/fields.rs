//! Fields of the answer, as the operation selects them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;

macro_rules! answers {
    ($($(#[$meta:meta])* $name:ident { $($field:ident: $type:ty),* $(,)? })*) => {
        $(
            $(#[$meta])*
            #[derive(Debug, Clone, Default, Deserialize)]
            #[serde(rename_all = "camelCase")]
            #[allow(clippy::struct_field_names, reason = "the names of the schema")]
            pub struct $name { $(pub $field: $type),* }
        )*
    };
}

answers! {
    /// Root fields, by their alias.
    Data {
        viewer: Option<Viewer>,
        sources: Option<Vec<Source>>,
        tasks: Option<TaskStats>,
        tasks_before: Option<TaskTotals>,
        tasks_next: Option<NextTotals>,
        late_organizations: Option<LateOrganizations>,
        overdue: Option<List<Task>>,
        due_next: Option<List<Task>>,
        waiting: Option<List<Task>>,
        city: Option<City>,
        city_year: Option<CityScore>,
        areas: Option<Cards>,
        organizations: Option<Cards>,
        red_targets: Option<List<Target>>,
        alerts: Option<Alerts>,
        changes: Option<Changes>,
        changes_after: Option<Changes>,
        important: Option<List<Change>>,
        briefings: Option<Nodes<Held>>,
        earlier_briefings: Option<Nodes<Held>>,
    }
    Viewer { roles: Vec<String>, organization: Option<String>, areas: Vec<String> }
    Source {
        code: String,
        name: Option<String>,
        last_receipt_at: Option<DateTime<Utc>>,
        lag_hours: f64,
        working_days: bool,
        is_silent: bool,
        parked: i64,
        rejected: i64,
        figures: Option<Vec<Fed>>,
    }
    Fed { dataset: String }
    Freshness {
        as_of: NaiveDate,
        observed_at: Option<DateTime<Utc>>,
        partial: bool,
        hidden_rows: i64,
        sources: Vec<Lag>,
    }
    Hidden { hidden_rows: i64 }
    Lag { source: String, last_receipt_at: Option<DateTime<Utc>>, silent: bool }
    Rate { numerator: String, denominator: String, value: Option<f64> }
    RateValue { value: Option<f64> }
    Named { name: Option<String> }
    Titled { title: Option<String> }
    Shown { display_name: Option<String> }

    TaskStats { totals: TaskFigures, freshness: Freshness }
    TaskTotals { totals: TaskFigures }
    TaskFigures {
        total: i64,
        open: i64,
        completed: i64,
        overdue: i64,
        at_risk: i64,
        due_this_period: i64,
        awaiting_approval: i64,
        on_time: Rate,
        on_time_baseline: Rate,
        extensions: i64,
        transfers: i64,
        reminders: i64,
        unanswered_reminders: i64,
        waiting_for_city: i64,
        days_waiting_for_city: Option<f64>,
        waiting_for_central: i64,
        days_waiting_for_central: Option<f64>,
        average_days_late: Option<f64>,
        backlog_age: Age,
        at_risk_reasons: Option<Vec<ReasonCount>>,
    }
    Age {
        up_to_7: i64,
        from_8_to_30: i64,
        from_31_to_90: i64,
        over_90: i64,
    }
    ReasonCount { reason: String, tasks: i64 }
    NextTotals { totals: NextFigures }
    NextFigures { due_this_period: i64 }
    LateOrganizations { rows: Vec<LateOrganization> }
    LateOrganization { organization: Option<Named>, measures: LateFigures }
    LateFigures {
        open: i64,
        overdue: i64,
        at_risk: i64,
        awaiting_approval: i64,
        reminders: i64,
        unanswered_reminders: i64,
    }
    Task {
        code: String,
        title: String,
        current_due: Option<NaiveDate>,
        days_overdue: Option<i64>,
        progress: Option<i64>,
        lead: Option<Named>,
        accountable: Option<Titled>,
        at_risk_reasons: Option<Vec<String>>,
        waiting_for: Option<Vec<String>>,
        waiting_since: Option<NaiveDate>,
    }

    City { nodes: Vec<CityCard>, freshness: Freshness }
    CityCard { name: String, measures: CityFigures, previous: Option<CityFigures> }
    CityFigures {
        projects: Option<Projects>,
        clearance: Option<Clearance>,
        kpis: Option<Kpis>,
        feedback: Option<Feedback>,
    }
    Projects {
        total: i64,
        late: i64,
        suspended: i64,
        slip_days: Option<f64>,
        disbursement_pm: Rate,
        disbursement_city: Rate,
    }
    Clearance {
        parcels: i64,
        remaining: String,
        overdue: i64,
        key_overdue: i64,
        notices_lapsing: i64,
        notices_lapsed: i64,
        payments_late: i64,
        blocked: i64,
        area_cleared: Rate,
        parties_cleared: Rate,
        households_cleared: Rate,
    }
    Kpis {
        total: i64,
        green: i64,
        amber_green: i64,
        amber_red: i64,
        red: i64,
        critical_red: i64,
        unjudged: i64,
        on_track: Rate,
        reported: Rate,
    }
    Feedback {
        received: i64,
        resolved: i64,
        open: i64,
        overdue: i64,
        on_time: Rate,
        satisfaction_rated: Option<i64>,
        satisfaction_rate: Option<f64>,
        satisfaction_wilson_low: Option<f64>,
        satisfaction_wilson_high: Option<f64>,
    }
    CityScore { nodes: Vec<ScoreCard> }
    ScoreCard { score: Score }
    Score { value: Option<f64>, coverage: Option<f64>, capped: bool, components: Vec<Component> }
    Component { component: String, weight: String, target: String, measured: Option<f64>, value: Option<f64> }
    Cards { total_count: i64, nodes: Vec<Card>, freshness: Hidden }
    Card { code: String, name: String, class: String, score: Rank, measures: CardFigures }
    Rank { value: Option<f64>, rank: Option<i64> }
    CardFigures {
        tasks: Option<Overdue>,
        clearance: Option<Overdue>,
        kpis: Option<Red>,
        feedback: Option<CardFeedback>,
    }
    Overdue { overdue: i64 }
    Red { red: i64 }
    CardFeedback { overdue: i64, on_time: RateValue }

    Target {
        period: String,
        value: Option<String>,
        actual: Option<String>,
        observed_until: Option<NaiveDate>,
        shortfall: Option<String>,
        indicator: Option<Indicator>,
        area: Option<Named>,
        organization: Option<Named>,
    }
    Indicator { name: Option<String>, unit: Option<String>, critical: Option<bool>, organization: Option<Named> }

    Alerts {
        total_count: i64,
        by_severity: Vec<SeverityCount>,
        by_kind: Vec<KindCount>,
        nodes: Vec<Alert>,
    }
    SeverityCount { severity: String, count: i64 }
    KindCount { kind: String, count: i64 }
    Alert {
        severity: String,
        title: String,
        title_en: String,
        project: Option<Named>,
        since: NaiveDate,
        organization: Option<Named>,
        official: Option<Shown>,
        position: Option<Titled>,
        areas: Vec<Named>,
    }

    Changes { until: String, datasets: Vec<String>, counts: Vec<ChangeCount> }
    ChangeCount { dataset: String, kind: String, count: i64 }
    Change {
        at: DateTime<Utc>,
        dataset: String,
        kind: String,
        before: Option<String>,
        after: Option<String>,
        code: String,
        title: Option<String>,
        organization: Option<Named>,
    }

    Held {
        period: String,
        title: String,
        held_at: DateTime<Utc>,
        conclusions: Vec<Conclusion>,
        open_points: Vec<Point>,
    }
    Conclusion {
        number: i64,
        text: String,
        due_on: Option<NaiveDate>,
        lead_organization: Option<Named>,
        tasks: Option<List<Work>>,
    }
    Work { code: String, status: String, progress: i64, current_due: Option<NaiveDate>, is_overdue: bool }
    Point { number: i64, text: String, lead_organization: Option<Named> }
}

/// Rows of a list without their number.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Nodes<T> {
    pub nodes: Vec<T>,
}

/// A page of a list.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct List<T> {
    pub total_count: i64,
    pub nodes: Vec<T>,
}

impl Changes {
    /// Number of changes of a kind in a dataset, none when there were none.
    pub fn count(&self, dataset: &str, kind: &str) -> i64 {
        let found = self.counts.iter().find(|count| count.dataset == dataset && count.kind == kind);
        found.map_or(0, |found| found.count)
    }
}

/// The name of something that is referred to.
pub fn name(named: Option<&Named>) -> Option<&str> {
    named?.name.as_deref()
}
