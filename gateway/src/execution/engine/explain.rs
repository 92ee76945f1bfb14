//! Explains requests: the plan, the cost and the limits, either without execution or as part of the answer. Outlines
//! what they ask for.

use std::time::Instant;

use http::HeaderMap;
use serde_json::value::RawValue;

use super::{Engine, Shared};
use crate::{
    GraphQlRequest,
    config::ExplainAccess,
    document::{
        Document, Named, Outline, PreparedOperation, coerce_variables, estimate_cost, measure, measured_tokens, outline,
    },
    error::GraphQlError,
    execution::VariableValues,
    explanation::{CostReport, Explanation, LimitReport, explain_plan},
};

/// Header by which a request asks for `extensions.explain` (value `1`). The configuration must allow it.
const EXPLAIN_HEADER: &str = "x-graphql-explain";

impl Engine {
    /// Whether the answer to this request includes an explanation.
    pub(super) fn is_explained(&self, headers: &HeaderMap) -> bool {
        match self.shared.config.explain {
            ExplainAccess::Off => false,
            ExplainAccess::Always => true,
            ExplainAccess::OnRequest => headers.get(EXPLAIN_HEADER).is_some_and(|value| value == "1"),
        }
    }

    /// Explains a request without executing it.
    ///
    /// # Errors
    ///
    /// When the document or its variables are not valid, or when the operation cannot be planned. An operation that
    /// exceeds only the cost limit is explained.
    pub async fn explain_request(&self, request: &GraphQlRequest) -> Result<Explanation, Vec<GraphQlError>> {
        let Named { text, .. } = self.persisted.find(request).await.map_err(|error| vec![error])?;
        let document = self.document(&text, Instant::now()).await.map_err(|refusal| refusal.errors)?;
        let given = request.variables.as_deref().map(RawValue::get);
        let prepared =
            self.prepared(&document, request.operation_name.as_deref(), given).await.map_err(|error| vec![error])?;
        let variables = coerce_variables(&self.shared.supergraph.api, &prepared.operation, given)?;
        Ok(self.explanation(&document, &prepared, &variables))
    }

    /// Outlines the operation of a request without executing it.
    ///
    /// # Errors
    ///
    /// When the document is not known, or it or the variables are not valid, or the operation cannot be planned.
    pub async fn outline(&self, request: &GraphQlRequest) -> Result<Outline, Vec<GraphQlError>> {
        let Named { text, .. } = self.persisted.find(request).await.map_err(|error| vec![error])?;
        let document = self.document(&text, Instant::now()).await.map_err(|refusal| refusal.errors)?;
        let given = request.variables.as_deref().map(RawValue::get);
        let prepared =
            self.prepared(&document, request.operation_name.as_deref(), given).await.map_err(|error| vec![error])?;
        let variables = coerce_variables(&self.shared.supergraph.api, &prepared.operation, given)?;
        Ok(outline(&document.text, &prepared.operation, &variables))
    }

    pub(super) fn explanation(
        &self,
        document: &Document,
        prepared: &PreparedOperation,
        variables: &VariableValues,
    ) -> Explanation {
        let Shared { supergraph, config, .. } = &*self.shared;
        let operation = &prepared.operation;
        let cost = estimate_cost(supergraph, operation, variables, &config.limits.cost);
        let measured = measure(&document.executable, &prepared.written, &config.limits);
        Explanation {
            operation_name: operation.name.as_ref().map(ToString::to_string),
            plan: explain_plan(&prepared.plan, &prepared.variable_names),
            cost: CostReport {
                estimate: cost.as_ref().ok().copied(),
                problem: cost.err().map(|error| error.message),
                maximum: config.limits.cost.max_cost,
            },
            limits: [measured_tokens(&document.text, &config.limits)]
                .into_iter()
                .chain(measured)
                .map(LimitReport::from)
                .collect(),
            fetches: None,
        }
    }

    /// The plan of an operation as text, for a request without variables.
    ///
    /// # Errors
    ///
    /// When the document is not valid or cannot be planned.
    pub async fn explain(&self, text: &str, operation_name: Option<&str>) -> Result<String, Vec<GraphQlError>> {
        let document = self.document(text, Instant::now()).await.map_err(|refusal| refusal.errors)?;
        let prepared = self.prepared(&document, operation_name, None).await.map_err(|error| vec![error])?;
        Ok(prepared.plan.to_string())
    }
}
