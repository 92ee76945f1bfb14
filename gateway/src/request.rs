//! The GraphQL request and response as the gateway takes and gives them, free of any HTTP framework.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::error::{ErrorCode, GraphQlError};

/// What a client asks for.
#[derive(Clone, Debug, Default)]
pub struct GraphQlRequest {
    /// The document text; empty when the document is named instead.
    pub query: String,
    /// The id of a trusted document (GraphQL over HTTP, appendix "Persisted Documents").
    pub document_id: Option<String>,
    /// The hash in `extensions.persistedQuery.sha256Hash`, for automatic persisted queries.
    pub persisted_query: Option<String>,
    /// Which operation of the document runs, when it has several.
    pub operation_name: Option<String>,
    /// The `variables` object as JSON text; `None` is an empty object.
    pub variables: Option<Box<RawValue>>,
    /// Headers of the client's request, of which the configured ones go on to the subgraphs.
    pub headers: HeaderMap,
    /// Whether only queries may run, as for HTTP GET.
    pub read_only: bool,
}

/// The wire form of a request, as in the body of a POST.
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
    /// A request with a document and nothing else.
    #[must_use]
    pub fn new(query: impl Into<String>) -> Self {
        Self {
            query: query.into(),
            ..Self::default()
        }
    }

    /// The same request with variables, given as any serializable value.
    ///
    /// # Errors
    ///
    /// When the value has no JSON form.
    pub fn with_variables(mut self, variables: &impl serde::Serialize) -> Result<Self, serde_json::Error> {
        self.variables = Some(serde_json::value::to_raw_value(variables)?);
        Ok(self)
    }

    /// The same request for one of several operations.
    #[must_use]
    pub fn with_operation_name(mut self, name: impl Into<String>) -> Self {
        self.operation_name = Some(name.into());
        self
    }

    /// The same request with headers.
    #[must_use]
    pub fn with_headers(mut self, headers: HeaderMap) -> Self {
        self.headers = headers;
        self
    }

    /// Reads the JSON body of a POST request.
    ///
    /// # Errors
    ///
    /// When the body is not a JSON object that names a document and, if given, has fitting other members.
    pub fn from_json(body: &[u8]) -> Result<Self, GraphQlError> {
        let parameters: Parameters = serde_json::from_slice(body).map_err(|error| {
            GraphQlError::new(
                ErrorCode::BadRequest,
                format!("the body is not a GraphQL request: {error}"),
            )
        })?;
        require_object("variables", parameters.variables.as_deref())?;
        require_object("extensions", parameters.extensions.as_deref())?;
        let persisted_query = persisted_query_hash(parameters.extensions.as_deref())?;
        require_document(
            parameters.query.as_deref(),
            parameters.document_id.as_deref(),
            persisted_query.as_deref(),
        )?;
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

/// Refuses a request that neither has nor names a document.
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
    // Most requests have no extensions, and those that do mostly have others.
    let Some(text) = extensions
        .map(RawValue::get)
        .filter(|text| text.contains("persistedQuery"))
    else {
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
        Some(text) if text != "null" && !text.starts_with('{') => Err(GraphQlError::new(
            ErrorCode::BadRequest,
            format!("`{name}` must be a JSON object"),
        )),
        _ => Ok(()),
    }
}

/// What the gateway answers.
#[derive(Clone, Debug)]
pub struct GraphQlResponse {
    /// The JSON text, complete.
    pub body: Bytes,
    /// Status for `application/graphql-response+json`; a server may answer 200 for `application/json`.
    pub status: StatusCode,
    /// Whether execution began: the body then has a `data` member.
    pub executed: bool,
    /// Whether the body has an `errors` member.
    pub has_errors: bool,
    /// `extensions.code` of the first error, when the request was not executed.
    pub code: Option<String>,
    /// Headers for the client that the subgraphs' answers brought.
    pub headers: HeaderMap,
}

impl GraphQlResponse {
    /// An answer for a request that was not executed.
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
        }
    }
}
