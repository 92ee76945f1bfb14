//! The CORS section of the configuration file.

use http::{HeaderName, Method};
use serde::Deserialize;

use super::{Cors, CorsError};
use crate::config::written::{self, WrittenName, WrittenTime};

const ANY: &str = "*";

/// `{ origins = ["https://app.example.org"], credentials = true }`
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table with `origins`, or false for none")]
pub(super) struct WrittenCors {
    origins: Vec<String>,
    #[serde(default)]
    credentials: bool,
    #[serde(default)]
    methods: Option<Vec<WrittenMethod>>,
    #[serde(default, deserialize_with = "written::optional")]
    request_headers: Option<Vec<WrittenName>>,
    #[serde(default, deserialize_with = "written::header_names")]
    exposed_headers: Vec<HeaderName>,
    #[serde(default, deserialize_with = "written::optional")]
    max_age: Option<WrittenTime<true>>,
}

/// The methods that the endpoint supports.
#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum WrittenMethod {
    Get,
    Head,
    Post,
    Options,
}

impl From<WrittenMethod> for Method {
    fn from(method: WrittenMethod) -> Self {
        match method {
            WrittenMethod::Get => Self::GET,
            WrittenMethod::Head => Self::HEAD,
            WrittenMethod::Post => Self::POST,
            WrittenMethod::Options => Self::OPTIONS,
        }
    }
}

impl TryFrom<WrittenCors> for Cors {
    type Error = String;

    fn try_from(form: WrittenCors) -> Result<Self, String> {
        let text = |error: CorsError| error.to_string();
        let request_headers: Option<Vec<HeaderName>> =
            form.request_headers.map(|names| names.into_iter().map(|name| name.0).collect());
        let is_any = |names: &[HeaderName]| names.iter().any(|name| name == ANY);
        if form.credentials && (is_any(&form.exposed_headers) || request_headers.as_deref().is_some_and(is_any)) {
            return Err("with credentials, `*` stands for no header: name the headers".to_owned());
        }
        let mut cors = match form.origins.as_slice() {
            [] => {
                return Err(
                    "`origins` names no origin: accepted are origins, or `false` in place of all of `cors`".to_owned()
                );
            }
            [any] if any == ANY => Self::any_origin(),
            origins => Self::origins(origins).map_err(text)?,
        };
        if form.credentials {
            cors = cors.with_credentials().map_err(text)?;
        }
        if let Some(methods) = form.methods {
            cors = cors.with_methods(methods.into_iter().map(Into::into));
        }
        if let Some(headers) = request_headers {
            cors = cors.with_request_headers(headers);
        }
        if let Some(max_age) = form.max_age {
            cors = cors.with_max_age(max_age.0);
        }
        Ok(cors.with_exposed_headers(form.exposed_headers))
    }
}
