//! Answers the introspection fields of an operation from the schema that clients see.

use apollo_compiler::{
    executable::Operation,
    introspection::{check_max_depth, partial_execute},
    request::coerce_variable_values,
    response::JsonMap,
};
use serde_json::{Map, Value};

use super::Document;
use crate::{
    document::variables::to_json_map,
    error::{ErrorCode, GraphQlError},
    execution::VariableValues,
    supergraph::Supergraph,
};

/// Values of `__schema` and `__type` fields by response key.
pub(crate) fn introspect(
    supergraph: &Supergraph,
    document: &Document,
    operation: &Operation,
    values: &VariableValues,
) -> Result<Map<String, Value>, GraphQlError> {
    let failed = |message: String| GraphQlError::new(ErrorCode::GraphqlValidationFailed, message);
    check_max_depth(&document.executable, operation).map_err(|error| failed(error.message().to_string()))?;
    let variables: JsonMap = to_json_map(operation, values);
    let variables = coerce_variable_values(&supergraph.api, operation, &variables)
        .map_err(|error| failed(error.message().to_string()))?;
    let response = partial_execute(
        &supergraph.api,
        &supergraph.implementers,
        &document.executable,
        operation,
        &variables,
    )
    .map_err(|error| failed(error.message().to_string()))?;
    match serde_json::to_value(response.data) {
        Ok(Value::Object(data)) => Ok(data),
        _ => Err(failed("the schema cannot be introspected".to_owned())),
    }
}
