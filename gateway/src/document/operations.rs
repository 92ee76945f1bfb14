//! The prepared operations of a document: each is prepared once for each combination of its conditions.

use std::{future::Future, sync::Arc};

use apollo_compiler::{ExecutableDocument, Node, executable::Operation};
use parking_lot::Mutex;
use tokio::sync::OnceCell;

use super::variables::boolean_values;
use crate::{
    error::GraphQlError,
    execution::Sizes,
    planning::{Conditions, Plan, deciding_variables},
    telemetry::{OperationMetrics, SubgraphMetrics},
};

/// Prepared combinations of conditions for one operation. A new combination replaces the oldest one.
const MAX_COMBINATIONS: usize = 32;

/// One operation, ready to run.
pub(crate) struct PreparedOperation {
    /// The operation as the client wrote it.
    pub(crate) written: Node<Operation>,
    /// The operation after its conditions are applied, without directives and fragment spreads.
    pub(crate) operation: Operation,
    pub(crate) plan: Plan,
    pub(crate) variable_names: Vec<Box<str>>,
    pub(crate) metrics: Arc<OperationMetrics>,
    /// One for each fetch of the plan.
    pub(crate) subgraph_metrics: Box<[Arc<SubgraphMetrics>]>,
    pub(crate) sizes: Sizes,
}

type Prepared = OnceCell<Result<Arc<PreparedOperation>, GraphQlError>>;

/// An operation of a document and its prepared forms.
pub(crate) struct OperationEntry {
    pub(crate) operation: Node<Operation>,
    /// Positions of the variables that control `@skip` and `@include`.
    deciding: Box<[usize]>,
    /// Used when no variable controls anything, as in most operations.
    only: Prepared,
    combinations: Mutex<Vec<(Conditions, Arc<Prepared>)>>,
}

impl OperationEntry {
    pub(super) fn new(document: &ExecutableDocument, operation: &Node<Operation>) -> Self {
        Self {
            operation: operation.clone(),
            deciding: deciding_variables(document, operation),
            only: OnceCell::new(),
            combinations: Mutex::default(),
        }
    }

    pub(super) fn name(&self) -> Option<&str> {
        self.operation.name.as_ref().map(apollo_compiler::Name::as_str)
    }

    /// The largest number of plans that can be cached.
    pub(super) fn max_plans(&self) -> usize {
        1_usize
            .checked_shl(u32::try_from(self.deciding.len()).unwrap_or(u32::MAX))
            .map_or(MAX_COMBINATIONS, |combinations| combinations.min(MAX_COMBINATIONS))
    }

    /// The values of the conditions in a request. Invalid variables are reported later, by their coercion.
    pub(crate) fn conditions(&self, given: Option<&str>) -> Conditions {
        if self.deciding.is_empty() {
            return Conditions::default();
        }
        let values = boolean_values(&self.operation, given);
        Conditions::new(&self.operation, &self.deciding, |position| values[position])
    }

    /// The prepared operation. `prepare` is called at the first use of a combination.
    pub(crate) async fn prepared<F>(
        &self,
        conditions: Conditions,
        prepare: impl FnOnce(Conditions) -> F,
    ) -> Result<Arc<PreparedOperation>, GraphQlError>
    where
        F: Future<Output = Result<Arc<PreparedOperation>, GraphQlError>>,
    {
        if self.deciding.is_empty() {
            return self.only.get_or_init(|| prepare(conditions)).await.clone();
        }
        let prepared = self.combination(&conditions);
        prepared.get_or_init(|| prepare(conditions)).await.clone()
    }

    fn combination(&self, conditions: &Conditions) -> Arc<Prepared> {
        let mut combinations = self.combinations.lock();
        if let Some((_, prepared)) = combinations.iter().find(|(known, _)| known == conditions) {
            return prepared.clone();
        }
        if combinations.len() == MAX_COMBINATIONS {
            combinations.remove(0);
        }
        let prepared = Arc::new(Prepared::new());
        combinations.push((conditions.clone(), prepared.clone()));
        prepared
    }

    /// The combinations of conditions that were planned successfully.
    pub(super) fn planned(&self) -> Vec<Conditions> {
        let is_planned = |prepared: &Prepared| prepared.get().is_some_and(Result::is_ok);
        if is_planned(&self.only) {
            return vec![Conditions::default()];
        }
        let combinations = self.combinations.lock();
        let planned = combinations.iter().filter(|(_, prepared)| is_planned(prepared));
        planned.map(|(conditions, _)| conditions.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use apollo_compiler::Schema;

    use super::*;

    fn entry(variables: usize) -> OperationEntry {
        use std::fmt::Write;
        let (mut head, mut body) = (String::new(), String::new());
        for number in 0..variables {
            write!(head, "$v{number}: Boolean! ").unwrap();
            write!(body, "a{number}: a @include(if: $v{number}) ").unwrap();
        }
        let head = if head.is_empty() { String::new() } else { format!("query({head})") };
        let schema = Schema::parse_and_validate("type Query { a: Int }", "schema").unwrap();
        let document = ExecutableDocument::parse_and_validate(&schema, format!("{head} {{ a {body} }}"), "o").unwrap();
        let operation = document.operations.get(None).unwrap().clone();
        OperationEntry::new(&document, &operation)
    }

    #[tokio::test]
    async fn each_combination_is_prepared_once_and_their_number_is_bounded() {
        let entry = entry(6);
        let asked = Cell::new(0);
        let ask = async |number: usize| {
            let flags = (0..6).map(|bit| format!("\"v{bit}\": {}", number >> bit & 1 == 1));
            let given = format!("{{ {} }}", flags.collect::<Vec<_>>().join(", "));
            let refused = entry.prepared(entry.conditions(Some(&given)), async |_| {
                asked.set(asked.get() + 1);
                Err(GraphQlError::new(crate::error::ErrorCode::Internal, number.to_string()))
            });
            refused.await.err().unwrap().message
        };
        for number in [5, 5, 9, 5] {
            assert_eq!(ask(number).await, number.to_string());
        }
        assert_eq!(asked.get(), 2);
        for number in 0..64 {
            ask(number).await;
        }
        assert_eq!(entry.combinations.lock().len(), MAX_COMBINATIONS);
        assert_eq!(entry.max_plans(), MAX_COMBINATIONS);
    }

    #[test]
    fn an_operation_without_conditions_has_one_plan() {
        let entry = entry(0);
        assert_eq!(entry.max_plans(), 1);
        assert_eq!(entry.conditions(Some("{\"v0\": true}")), Conditions::default());
    }
}
