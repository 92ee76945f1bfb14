//! The playground: assets built from `web/` and embedded in the binary. It sends no request to another host.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HOST, ORIGIN};
use http::uri::Authority;
use http::{HeaderMap, HeaderName, StatusCode, Uri};
use rust_embed::RustEmbed;
use schema::clock::{Clock, SystemClock};
use schema::problem::ProblemCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use service_kit::{Authenticator, Principal, Problem, Role};
use sqlx::PgPool;
use tower_http::compression::CompressionLayer;

use crate::operations::{Example, examples};

#[derive(RustEmbed)]
#[folder = "../web/dist"]
#[allow_missing = true]
struct Assets;

/// Lifetime of a development credential.
const DEVELOPMENT_CREDENTIAL: Duration = Duration::from_hours(24 * 30);

/// Path of the GraphQL endpoint, as in `web/src/endpoint.ts`.
pub const ENDPOINT: &str = "/graphql";

/// Settings that the page loads at start.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    title: String,
    headers: Map<String, Value>,
    examples: Vec<Example>,
    /// Roles of the form "view as"; without development credentials none.
    view_as: Vec<Role>,
    #[serde(skip)]
    developers: Option<Developers>,
}

/// Who gets development credentials: the key that signs them, and the database that knows for whom one can act.
#[derive(Clone)]
pub struct Developers {
    pub authenticator: Authenticator,
    pub pool: PgPool,
}

/// Whose view the developer asks for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ViewAs {
    role: Role,
    organization: Option<String>,
    area: Option<String>,
}

impl Settings {
    /// Returns the settings of the platform's own gateway. If development credentials are accepted, one of an
    /// administrator is preset in the header editor, and a form gives others. Everybody who can reach the port can do so.
    ///
    /// # Errors
    /// When a credential cannot be signed.
    pub fn of_platform(developers: Option<Developers>) -> Result<Self, Problem> {
        let admin = |developers: &Developers| sign(&developers.authenticator, &developer(&[Role::Admin], None, None));
        let admin = developers.as_ref().map(admin).transpose()?;
        let headers = admin.map(|token| ("Authorization".to_owned(), Value::String(format!("Bearer {token}"))));
        Ok(Self {
            view_as: if developers.is_some() { Role::ALL.to_vec() } else { Vec::new() },
            developers,
            title: "IOC".to_owned(),
            headers: headers.into_iter().collect(),
            examples: examples().unwrap_or_else(|error| {
                tracing::error!(%error, "the bundled examples cannot be read");
                Vec::new()
            }),
        })
    }

    /// Returns the settings for any other supergraph.
    pub fn of_any_supergraph() -> Self {
        let title = "GraphQL".to_owned();
        Self { title, headers: Map::new(), examples: Vec::new(), view_as: Vec::new(), developers: None }
    }
}

/// A developer with roles.
pub fn developer(roles: &[Role], organization: Option<String>, area: Option<String>) -> Principal {
    Principal {
        subject: Some("developer".to_owned()),
        roles: roles.to_vec(),
        organization,
        areas: area.into_iter().collect(),
        ..Principal::default()
    }
}

/// Signs a development credential.
///
/// # Errors
/// `VALIDATION` when a code cannot be one.
pub fn sign(developers: &Authenticator, principal: &Principal) -> Result<String, Problem> {
    developers.issue(principal, SystemClock.now(), DEVELOPMENT_CREDENTIAL)
}

/// Returns the routes: `GET /` redirects to `/playground`, which has the page, its assets and its settings. `GET /push` is the
/// page on which departments send files.
pub fn router(settings: Settings) -> Router {
    Router::new()
        .route("/", get(|| async { Redirect::temporary("/playground") }))
        .route("/playground", get(|| async { asset("index.html") }))
        .route("/playground/", get(|| async { asset("index.html") }))
        .route("/push", get(|| async { asset("push.html") }))
        .route("/push/", get(|| async { asset("push.html") }))
        .route("/playground/config.json", get(config))
        .route("/playground/view-as", post(view_as))
        .route("/playground/{*path}", get(|Path(path): Path<String>| async move { asset(&path) }))
        .with_state(settings)
        .layer(CompressionLayer::new())
}

async fn config(State(mut settings): State<Settings>, uri: Uri, headers: HeaderMap) -> impl IntoResponse {
    if !is_local(&uri, &headers) {
        settings.headers = Map::new();
        settings.view_as = Vec::new();
    }
    ([(CACHE_CONTROL, "no-store")], Json(settings))
}

/// Whether a request came from this machine for this machine. A page of another host whose name was bound to this address
/// names that host, and a proxy says that it has forwarded the request.
fn is_local(uri: &Uri, headers: &HeaderMap) -> bool {
    let host = |text: &str| {
        text.parse::<Authority>().is_ok_and(|authority| matches!(authority.host(), "localhost" | "127.0.0.1" | "[::1]"))
    };
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let named = uri.authority().map(Authority::as_str).or(text(HOST)).is_some_and(host);
    let origin = text(ORIGIN).is_none_or(|origin| origin.strip_prefix("http://").is_some_and(host));
    let forwarded = ["forwarded", "x-forwarded-for", "x-real-ip", "via"].iter().any(|name| headers.contains_key(*name));
    named && origin && !forwarded
}

/// Gives the header of a development credential with other rights.
async fn view_as(
    State(settings): State<Settings>,
    uri: Uri,
    headers: HeaderMap,
    Json(asked): Json<ViewAs>,
) -> Response {
    let Some(developers) = settings.developers.as_ref().filter(|_| is_local(&uri, &headers)) else {
        return (StatusCode::NOT_FOUND, "Development credentials are accepted on loopback only.").into_response();
    };
    let given = |code: Option<String>| code.filter(|code| !code.trim().is_empty());
    let principal = developer(&[asked.role], given(asked.organization), given(asked.area));
    let signed = async {
        platform::keys::check_scope(&developers.pool, &principal).await?;
        sign(&developers.authenticator, &principal)
    };
    match signed.await {
        Ok(token) => {
            ([(CACHE_CONTROL, "no-store")], Json(json!({ "Authorization": format!("Bearer {token}") }))).into_response()
        }
        Err(problem) if problem.code == ProblemCode::Validation => {
            (StatusCode::BAD_REQUEST, problem.message).into_response()
        }
        Err(problem) => {
            tracing::error!(message = problem.message, "a development credential cannot be made");
            (StatusCode::SERVICE_UNAVAILABLE, "The codes cannot be checked now.").into_response()
        }
    }
}

fn asset(path: &str) -> Response {
    let Some(file) = Assets::get(path) else {
        let message = if path == "index.html" {
            "The playground was not built into this binary: run `make web`, then build again."
        } else {
            "There is no such file in the playground."
        };
        return (StatusCode::NOT_FOUND, message).into_response();
    };
    // Names below assets/ have a hash of the content, except the list of licences.
    let immutable = path.starts_with("assets/") && path != "assets/THIRD-PARTY-NOTICES.txt";
    let cache = if immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut headers = HeaderMap::new();
    headers.insert(CACHE_CONTROL, http::HeaderValue::from_static(cache));
    if let Ok(media_type) = file.metadata.mimetype().parse() {
        headers.insert(CONTENT_TYPE, media_type);
    }
    (headers, Body::from(file.data.into_owned())).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_gets_development_credentials() {
        let local = |pairs: &[(&'static str, &str)]| {
            let headers =
                pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().expect("a value")));
            is_local(&Uri::from_static("/playground/config.json"), &headers.collect())
        };
        for host in ["localhost:4000", "127.0.0.1:4000", "[::1]:4000", "localhost"] {
            assert!(local(&[("host", host)]), "{host}");
        }
        assert!(local(&[("host", "localhost:4000"), ("origin", "http://localhost:4000")]));
        for headers in [
            &[][..],
            &[("host", "evil.example")],
            &[("host", "127.0.0.1.evil.example:4000")],
            &[("host", "localhost:4000"), ("origin", "http://evil.example")],
            &[("host", "localhost:4000"), ("origin", "null")],
            &[("host", "127.0.0.1:4000"), ("x-forwarded-for", "8.8.8.8")],
            &[("host", "127.0.0.1:4000"), ("via", "1.1 proxy")],
        ] {
            assert!(!local(headers), "{headers:?}");
        }
    }
}
