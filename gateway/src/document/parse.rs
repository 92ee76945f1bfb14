//! Parses a document and validates it against the schema that clients see, by all rules of the specification.

use apollo_compiler::{
    ExecutableDocument, Schema,
    parser::Parser,
    response::GraphQLError,
    validation::{DiagnosticList, Valid},
};

use super::{input_objects::check_input_objects, limits};
use crate::{
    GatewayConfig,
    error::{ErrorCode, GraphQlError, Location},
    supergraph::Supergraph,
};

/// Parses, validates and measures a document.
pub(crate) fn parse(
    supergraph: &Supergraph,
    config: &GatewayConfig,
    text: &str,
) -> Result<Valid<ExecutableDocument>, Vec<GraphQlError>> {
    limits::check_tokens(text, &config.limits).map_err(|error| vec![error])?;
    let document = validate_document(&supergraph.api, text)?;
    limits::check(&document, &config.limits).map_err(|error| vec![error])?;
    if !config.introspection {
        refuse_introspection(&document).map_err(|error| vec![error])?;
    }
    Ok(document)
}

/// Parses a document and validates it against a schema, by all rules of the specification.
pub(crate) fn validate_document(
    schema: &Valid<Schema>,
    text: &str,
) -> Result<Valid<ExecutableDocument>, Vec<GraphQlError>> {
    // The parser's own limit protects the stack. The depth limit is checked later, and its error has the actual depth.
    let ast = tracing::info_span!("parse", bytes = text.len())
        .in_scope(|| Parser::new().recursion_limit(500).parse_ast(text, "document"))
        .map_err(|error| diagnostics(ErrorCode::GraphqlParseFailed, &error.errors))?;
    let validate = tracing::info_span!("validate").entered();
    let document = ast
        .to_executable_validate(schema)
        .map_err(|error| diagnostics(ErrorCode::GraphqlValidationFailed, &error.errors))?;
    let errors = check_input_objects(schema, &document);
    drop(validate);
    if errors.is_empty() { Ok(document) } else { Err(errors) }
}

fn diagnostics(code: ErrorCode, list: &DiagnosticList) -> Vec<GraphQlError> {
    list.iter().map(|diagnostic| located(code, diagnostic.to_json())).collect()
}

fn located(code: ErrorCode, error: GraphQLError) -> GraphQlError {
    let mut told = GraphQlError::new(code, error.message);
    told.locations = error.locations.iter().map(|place| Location { line: place.line, column: place.column }).collect();
    told
}

fn refuse_introspection(document: &Valid<ExecutableDocument>) -> Result<(), GraphQlError> {
    let mut fields = document.operations.iter().flat_map(|operation| operation.root_fields(document));
    if fields.any(|field| matches!(field.name.as_str(), "__schema" | "__type")) {
        return Err(GraphQlError::new(ErrorCode::GraphqlValidationFailed, "introspection is disabled"));
    }
    Ok(())
}
