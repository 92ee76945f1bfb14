//! A small service over a test's database.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_graphql::{Context, EmptySubscription, Object, Request, Response, Schema, Variables};
use http::HeaderMap;
use schema::{CityTime, SystemClock};
use secrecy::SecretString;
use serde_json::Value;
use service_kit::{Authenticator, Database, Problem, ScopeContext, ServiceContext, Subgraph};
use sqlx::PgPool;

pub struct Query;

#[Object]
impl Query {
    /// The text as the database gives it back.
    async fn echo(&self, ctx: &Context<'_>, text: String) -> Result<String, Problem> {
        Ok(sqlx::query_scalar("SELECT $1::text || pg_sleep(0.002)::text")
            .bind(text)
            .fetch_one(ctx.database().pool())
            .await?)
    }

    /// Milliseconds that are left for the request.
    async fn left_ms(&self, ctx: &Context<'_>) -> u64 {
        u64::try_from(ctx.scope().deadline.time_left().as_millis()).unwrap_or(u64::MAX)
    }

    /// Charges the budget of the request.
    #[expect(clippy::unused_async, reason = "async-graphql resolvers are async whether they wait or not")]
    async fn charge(&self, ctx: &Context<'_>, units: u64) -> Result<bool, Problem> {
        ctx.scope().budget.charge(units)?;
        Ok(true)
    }

    /// Fails in the database with an SQLSTATE.
    async fn fail(&self, ctx: &Context<'_>, state: String) -> Result<bool, Problem> {
        sqlx::query(sqlx::AssertSqlSafe(format!(
            "DO $$ BEGIN RAISE EXCEPTION 'secret' USING ERRCODE = '{state}'; END $$"
        )))
        .execute(ctx.database().pool())
        .await?;
        Ok(true)
    }
}

/// How often a mutation was executed.
#[derive(Default)]
pub struct Executions(pub AtomicUsize);

pub struct Mutation;

#[Object]
impl Mutation {
    /// Adds a row in a transaction.
    async fn add(&self, ctx: &Context<'_>, number: i32) -> Result<i32, Problem> {
        ctx.data_unchecked::<Arc<Executions>>().0.fetch_add(1, Ordering::Relaxed);
        let mut transaction = ctx.database().pool().begin().await?;
        sqlx::query("INSERT INTO added SELECT $1 FROM pg_sleep(0.002)").bind(number).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(number)
    }
}

pub fn subgraph(pool: &PgPool, executions: Arc<Executions>) -> Subgraph {
    let context = ServiceContext {
        database: Database::from_pool(pool.clone()),
        authenticator: Authenticator::of_gateway(&SecretString::from("test".to_owned())),
        clock: Arc::new(SystemClock),
        city: CityTime::default(),
    };
    let schema = Schema::build(Query, Mutation, EmptySubscription).data(executions).finish();
    Subgraph::new("test", schema, context, |request, _| request)
}

pub async fn ask(subgraph: &Subgraph, query: &str, variables: Value) -> Response {
    let request = Request::new(query).variables(Variables::from_json(variables));
    subgraph.execute(&HeaderMap::new(), request).await
}

/// Code and path of each error, as `CODE at path`.
pub fn problems(response: &Response) -> Vec<String> {
    let text = |value: Option<&async_graphql::Value>| match value {
        Some(async_graphql::Value::String(text)) => text.clone(),
        _ => String::new(),
    };
    response
        .errors
        .iter()
        .map(|error| {
            let extensions = error.extensions.as_ref().expect("every error has extensions");
            format!("{} at {}", text(extensions.get("code")), text(extensions.get("path")))
        })
        .collect()
}
