//! Parses a document and validates it by every rule of the specification against the schema that clients see.

use apollo_compiler::{
    ExecutableDocument,
    parser::Parser,
    response::GraphQLError,
    validation::{DiagnosticList, Valid},
};

use super::limits;
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
    limits::check_tokens(text, config.limits.max_tokens).map_err(|error| vec![error])?;
    // The parser's own limit protects the stack; braces beyond the depth limit are refused with its numbers below.
    let ast = tracing::info_span!("parse", bytes = text.len())
        .in_scope(|| Parser::new().recursion_limit(500).parse_ast(text, "document"))
        .map_err(|error| diagnostics(ErrorCode::GraphqlParseFailed, &error.errors))?;
    let document = tracing::info_span!("validate").in_scope(|| {
        ast.to_executable_validate(&supergraph.api)
            .map_err(|error| diagnostics(ErrorCode::GraphqlValidationFailed, &error.errors))
    })?;
    limits::check_depth(&document, config.limits.max_depth).map_err(|error| vec![error])?;
    if !config.introspection {
        refuse_introspection(&document).map_err(|error| vec![error])?;
    }
    Ok(document)
}

fn diagnostics(code: ErrorCode, list: &DiagnosticList) -> Vec<GraphQlError> {
    list.iter()
        .map(|diagnostic| located(code, diagnostic.to_json()))
        .collect()
}

fn located(code: ErrorCode, error: GraphQLError) -> GraphQlError {
    let mut told = GraphQlError::new(code, error.message);
    told.locations = error
        .locations
        .iter()
        .map(|place| Location {
            line: place.line,
            column: place.column,
        })
        .collect();
    told
}

fn refuse_introspection(document: &Valid<ExecutableDocument>) -> Result<(), GraphQlError> {
    let mut fields = document
        .operations
        .iter()
        .flat_map(|operation| operation.root_fields(document));
    if fields.any(|field| matches!(field.name.as_str(), "__schema" | "__type")) {
        return Err(GraphQlError::new(
            ErrorCode::GraphqlValidationFailed,
            "introspection is disabled",
        ));
    }
    Ok(())
}
