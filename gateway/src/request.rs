//! GraphQL requests and responses of the gateway, independent of any HTTP framework.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::error::{ErrorCode, GraphQlError};

/// A GraphQL request of a client.
#[derive(Clone, Debug, Default)]
pub struct GraphQlRequest {
    /// The document text; empty when the request identifies the document by id or hash instead.
    pub query: String,
    /// The id of a trusted document (GraphQL over HTTP, appendix "Persisted Documents").
    pub document_id: Option<String>,
    /// The hash in `extensions.persistedQuery.sha256Hash`, for automatic persisted queries.
    pub persisted_query: Option<String>,
    /// Name of the operation to run, when the document has several.
    pub operation_name: Option<String>,
    /// The `variables` object as JSON text; `None` is an empty object.
    pub variables: Option<Box<RawValue>>,
    /// Headers of the client's request. The configured ones are forwarded to the subgraphs.
    pub headers: HeaderMap,
    /// Whether only queries may run, as for HTTP `GET`.
    pub read_only: bool,
}

/// A request as it appears in the body of a `POST`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    #[serde(default)]
    query: Option<String>,
    #[serde(default)]
    document_id: Option<String>,
    #[serde(default)]
    operation_name: Option<String>,
    #[serde(default)]
    variables: Option<Box<RawValue>>,
    #[serde(default)]
    extensions: Option<Box<RawValue>>,
}

impl GraphQlRequest {
    /// A request with only a document.
    #[must_use]
    pub fn new(query: impl Into<String>) -> Self {
        Self { query: query.into(), ..Self::default() }
    }

    /// Sets the variables from any serializable value.
    ///
    /// # Errors
    ///
    /// When the value cannot be serialized to JSON.
    pub fn with_variables(mut self, variables: &impl serde::Serialize) -> Result<Self, serde_json::Error> {
        self.variables = Some(serde_json::value::to_raw_value(variables)?);
        Ok(self)
    }

    /// Sets the name of the operation to run.
    #[must_use]
    pub fn with_operation_name(mut self, name: impl Into<String>) -> Self {
        self.operation_name = Some(name.into());
        self
    }

    /// Sets the headers.
    #[must_use]
    pub fn with_headers(mut self, headers: HeaderMap) -> Self {
        self.headers = headers;
        self
    }

    /// Reads the JSON body of a POST request.
    ///
    /// # Errors
    ///
    /// When the body is not a JSON object, when it has neither a document nor the id or hash of one, or when a member
    /// has the wrong type.
    pub fn from_json(body: &[u8]) -> Result<Self, GraphQlError> {
        let parameters: Parameters = serde_json::from_slice(body).map_err(|error| {
            GraphQlError::new(ErrorCode::BadRequest, format!("the body is not a GraphQL request: {error}"))
        })?;
        require_object("variables", parameters.variables.as_deref())?;
        require_object("extensions", parameters.extensions.as_deref())?;
        let persisted_query = persisted_query_hash(parameters.extensions.as_deref())?;
        require_document(parameters.query.as_deref(), parameters.document_id.as_deref(), persisted_query.as_deref())?;
        Ok(Self {
            query: parameters.query.unwrap_or_default(),
            document_id: parameters.document_id,
            persisted_query,
            operation_name: parameters.operation_name.filter(|name| !name.is_empty()),
            variables: parameters.variables.filter(|raw| raw.get() != "null"),
            ..Self::default()
        })
    }
}

/// Refuses a request that has neither a document nor the id or hash of one.
pub(crate) fn require_document(
    query: Option<&str>,
    document_id: Option<&str>,
    persisted_query: Option<&str>,
) -> Result<(), GraphQlError> {
    if query.or(document_id).or(persisted_query).is_some() {
        return Ok(());
    }
    let message = "the request has no `query`, and no `documentId` in its place";
    Err(GraphQlError::new(ErrorCode::BadRequest, message))
}

/// The hash of an automatic persisted query, if the request is one.
pub(crate) fn persisted_query_hash(extensions: Option<&RawValue>) -> Result<Option<String>, GraphQlError> {
    #[derive(Deserialize)]
    struct Extensions {
        #[serde(rename = "persistedQuery")]
        persisted_query: Option<PersistedQuery>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct PersistedQuery {
        version: u64,
        sha256_hash: String,
    }
    // Most requests have no such entry, so the text is searched before it is parsed.
    let Some(text) = extensions.map(RawValue::get).filter(|text| text.contains("persistedQuery")) else {
        return Ok(None);
    };
    let refused =
        |reason: &str| GraphQlError::new(ErrorCode::BadRequest, format!("`extensions.persistedQuery`: {reason}"));
    let extensions: Extensions = serde_json::from_str(text).map_err(|error| refused(&error.to_string()))?;
    match extensions.persisted_query {
        Some(query) if query.version != 1 => Err(refused("only version 1 is known")),
        Some(query) => Ok(Some(query.sha256_hash)),
        None => Ok(None),
    }
}

/// Refuses a member that is neither an object nor null.
pub(crate) fn require_object(name: &str, value: Option<&RawValue>) -> Result<(), GraphQlError> {
    match value.map(RawValue::get) {
        Some(text) if text != "null" && !text.starts_with('{') => {
            Err(GraphQlError::new(ErrorCode::BadRequest, format!("`{name}` must be a JSON object")))
        }
        _ => Ok(()),
    }
}

/// A GraphQL response of the gateway.
#[derive(Clone, Debug)]
pub struct GraphQlResponse {
    /// The complete JSON text.
    pub body: Bytes,
    /// HTTP status for `application/graphql-response+json`. A server may answer 200 for `application/json`.
    pub status: StatusCode,
    /// Whether execution began. If so, the body has a `data` member.
    pub executed: bool,
    /// Whether the body has an `errors` member.
    pub has_errors: bool,
    /// `extensions.code` of the first error, when the request was not executed.
    pub code: Option<String>,
    /// Headers for the client, taken from the subgraphs' responses.
    pub headers: HeaderMap,
    /// Estimated cost of the operation; `None` when it was not estimated.
    pub cost: Option<u64>,
}

impl GraphQlResponse {
    /// A response to a request that was not executed.
    #[must_use]
    pub fn refused(status: StatusCode, errors: &[GraphQlError]) -> Self {
        #[derive(serde::Serialize)]
        struct Body<'a> {
            errors: &'a [GraphQlError],
        }
        let body = serde_json::to_vec(&Body { errors }).unwrap_or_else(|_| br#"{"errors":[]}"#.to_vec());
        Self {
            body: body.into(),
            status,
            executed: false,
            has_errors: true,
            code: errors.first().and_then(GraphQlError::code).map(str::to_owned),
            headers: HeaderMap::new(),
            cost: None,
        }
    }
}
