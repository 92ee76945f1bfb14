//! List of the services of the platform. A new service is one entry here.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result};
use async_graphql::{Request, Response};
use futures::future::BoxFuture;
use gateway::GatewayConfig;
use gateway::compose::{SubgraphSdl, compose};
use gateway::config::SubgraphErrors;
use gateway::transport::{LocalContext, LocalSubgraph};
use gateway::{Gateway, GatewayBuilder};
use service_kit::access::{Kind, REFERENCE, document};
use service_kit::push::{PushField, PushKind};
use service_kit::store::facts::{self, Facts};
use service_kit::{Authenticator, Budget, Deadline, Problem, ServiceContext, Subgraph};
use sqlx::PgPool;

use crate::operations;

/// A service of the platform.
pub struct Service {
    /// Name of the subgraph, of the PostgreSQL schema, and on the command line.
    pub name: &'static str,
    /// Default port of `ioc serve`.
    pub port: u16,
    /// SDL of the federated subgraph.
    pub sdl: fn() -> String,
    /// Starts the service.
    pub start: fn(ServiceContext) -> Subgraph,
    /// Statements that define the SQL functions of its measures, if it publishes any.
    pub published: Option<fn() -> String>,
    /// Its stored facts.
    pub facts: &'static [Facts],
    /// Its kinds of records, with the rules of access.
    pub kinds: &'static [&'static Kind],
    /// Kinds of records that sources push.
    pub pushed: &'static [&'static PushKind],
}

/// The rules of access of all services, as a document in Markdown.
pub fn access_rules() -> String {
    let kinds: Vec<&Kind> = SERVICES.iter().flat_map(|service| service.kinds.iter().copied()).collect();
    document(&kinds)
}

/// The kinds that sources push, as a document in Markdown.
pub fn push_kinds() -> String {
    SERVICES.iter().flat_map(|service| service.pushed).map(|kind| described(kind)).collect()
}

fn described(kind: &PushKind) -> String {
    let row = |field: &PushField| {
        let needed = if field.field.required { "yes" } else { "" };
        let accepted = tabular::accepted(field.field.form).en.replace('|', "\\|");
        let (name, header, about) = (field.field.name, field.field.header, field.field.description.0);
        format!("| `{name}` | {header} | {accepted} | {needed} | {about} |\n")
    };
    let rows: Vec<String> = kind.fields.iter().map(row).collect();
    let (name, (en, vi), about) = (kind.name, kind.label, kind.description.0);
    let head = "| field | header | values | required | description |\n|---|---|---|---|---|\n";
    format!("\n### `{name}`: {en} ({vi})\n\n{about}\n\n{head}{}", rows.concat())
}

/// All services, in the order of lists and of composition.
pub const SERVICES: &[Service] = &[
    Service {
        name: "platform",
        port: 4003,
        sdl: platform::sdl,
        start: platform::subgraph,
        published: None,
        facts: &[],
        kinds: &[&platform::KEYS, &platform::AUDIT, &platform::RECEIPTS, &platform::SOURCES],
        pushed: &[],
    },
    Service {
        name: "directory",
        port: 4001,
        sdl: directory::sdl,
        start: directory::subgraph,
        published: None,
        facts: &[],
        kinds: &[&REFERENCE],
        pushed: directory::push::KINDS,
    },
    Service {
        name: "tasks",
        port: 4002,
        sdl: tasks::sdl,
        start: tasks::subgraph,
        published: Some(tasks::published),
        facts: tasks::FACTS,
        kinds: &[&tasks::TASKS],
        pushed: tasks::push::KINDS,
    },
    Service {
        name: "projects",
        port: 4004,
        sdl: projects::sdl,
        start: projects::subgraph,
        published: Some(projects::published),
        facts: projects::FACTS,
        kinds: &[&projects::PROJECTS, &projects::CLEARANCE, &projects::PERSONAL],
        pushed: projects::push::KINDS,
    },
    Service {
        name: "kpis",
        port: 4005,
        sdl: kpis::sdl,
        start: kpis::subgraph,
        published: Some(kpis::published),
        facts: kpis::FACTS,
        kinds: &[&kpis::INDICATORS, &kpis::KPIS],
        pushed: kpis::push::KINDS,
    },
    Service {
        name: "feedback",
        port: 4006,
        sdl: feedback::sdl,
        start: feedback::subgraph,
        published: Some(feedback::published),
        facts: feedback::FACTS,
        kinds: &[&feedback::FEEDBACK, &feedback::PERSONAL],
        pushed: feedback::push::KINDS,
    },
    Service {
        name: "insights",
        port: 4007,
        sdl: insights::sdl,
        start: |context| insights::subgraph(context).refreshing(|pool| Box::pin(refresh_facts(pool))),
        published: None,
        facts: &[],
        kinds: &[
            &insights::SCORECARDS,
            &insights::NEARBY,
            &insights::TASK_ALERTS,
            &insights::PROJECT_ALERTS,
            &insights::CLEARANCE_ALERTS,
            &insights::KPI_ALERTS,
            &insights::FEEDBACK_ALERTS,
            &insights::SOURCE_ALERTS,
            &insights::TASK_CHANGES,
            &insights::PROJECT_CHANGES,
            &insights::CLEARANCE_CHANGES,
            &insights::KPI_CHANGES,
            &insights::FEEDBACK_CHANGES,
            &insights::BRIEFINGS,
        ],
        pushed: &[],
    },
];

/// Brings the facts of all services up to date, for the service that reads what all publish.
async fn refresh_facts(pool: PgPool) -> Result<(), Problem> {
    for service in SERVICES {
        facts::refresh(&pool, service.facts).await?;
    }
    Ok(())
}

impl Service {
    /// Finds a service by name.
    pub fn named(name: &str) -> Option<&'static Self> {
        SERVICES.iter().find(|service| service.name == name)
    }

    /// Default address.
    pub fn default_address(&self) -> SocketAddr {
        ([127, 0, 0, 1], self.port).into()
    }
}

/// Returns the subgraphs for composition.
pub fn subgraph_sdls() -> Vec<SubgraphSdl> {
    SERVICES
        .iter()
        .map(|service| SubgraphSdl {
            name: service.name.to_owned(),
            url: format!("http://{}/graphql", service.default_address()),
            sdl: (service.sdl)(),
        })
        .collect()
}

/// Maximum cost of an operation: twenty times that of the largest example (`wards.graphql`).
pub const MAX_COST: u64 = 50_000;

/// Returns the settings of the platform's gateway.
///
/// The services mask their internal errors and write all other messages for clients, so the gateway passes their errors
/// through. Many screens show the same dashboard, so equal requests share one execution.
pub fn platform_gateway() -> GatewayConfig {
    let mut config = GatewayConfig { subgraph_errors: SubgraphErrors::PassThrough, ..GatewayConfig::default() };
    config.limits.cost.max_cost = Some(MAX_COST);
    config.limits.budget = Some(Budget::DEFAULT);
    config.dedupe.requests = true;
    config
}

/// Begins a gateway over the platform's supergraph. It trusts the stored operations too. Callers that may see the same share the execution of equal requests.
pub fn platform_builder(supergraph: String, mut config: GatewayConfig, authenticator: Authenticator) -> GatewayBuilder {
    config.persisted.trusted = Some(operations::trusted(config.persisted.trusted.as_deref()));
    Gateway::builder(supergraph).config(config).visibility(move |headers| authenticator.visibility(headers))
}

/// Composes the platform's supergraph from the services in this binary, so it always matches them.
pub fn supergraph() -> Result<String> {
    compose(&subgraph_sdls()).context("the services of this binary do not compose")
}

/// Service that the gateway calls in process.
pub struct InProcess(pub Subgraph);

impl LocalSubgraph for InProcess {
    fn execute<'a>(&'a self, context: LocalContext<'a>, mut request: Request) -> BoxFuture<'a, Response> {
        request = request.data(Deadline::at(context.deadline));
        if let Some(budget) = context.budget {
            request = request.data(Budget::shared(budget.units, budget.charged.clone()));
        }
        Box::pin(self.0.execute(context.headers, request))
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(self.0.ready())
    }
}

impl InProcess {
    /// Wraps the service in the gateway's trait.
    pub fn shared(subgraph: Subgraph) -> Arc<dyn LocalSubgraph> {
        Arc::new(Self(subgraph))
    }
}

#[cfg(test)]
mod tests {
    use tabular::Form;

    use super::*;

    /// Days of the pushed kinds that may be in the future: what is planned, what is due, and what begins to hold.
    const AHEAD: [&str; 26] = [
        "areas.validFrom",
        "areas.validTo",
        "area-successions.effectiveOn",
        "appointments.fromOn",
        "appointments.toOn",
        "calendar-days.day",
        "legal-rules.validFrom",
        "legal-rules.validTo",
        "tasks.startOn",
        "tasks.baselineDue",
        "tasks.currentDue",
        "task-milestones.dueOn",
        "task-reminders.answerDue",
        "projects.groundbreakingOn",
        "projects.baselineEnd",
        "projects.forecastEnd",
        "capital-plans.disburseUntil",
        "contracts.startsOn",
        "contracts.endsOn",
        "contract-modifications.oldEnd",
        "contract-modifications.newEnd",
        "sites.cutoffOn",
        "sites.targetHandover",
        "sites.rulesOn",
        "compensation-plans.effectiveOn",
        "utility-relocations.dueOn",
    ];

    #[test]
    fn a_day_on_which_something_happened_is_not_accepted_from_the_future() {
        let fields = SERVICES.iter().flat_map(|service| service.pushed).flat_map(|kind| {
            let days = kind.fields.iter().filter(|field| matches!(field.field.form, Form::Date | Form::DateTime));
            days.map(|field| (format!("{}.{}", kind.name, field.field.name), field.past))
        });
        let open: Vec<String> = fields.filter(|(_, past)| !past).map(|(name, _)| name).collect();
        assert_eq!(open, AHEAD);
    }
}
