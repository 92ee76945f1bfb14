//! Who a caller is: the gateway verifies what a request carries and puts a signed principal in its place, which is all
//! that services accept.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use gateway::server::OperationCost;
use http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use http_body_util::BodyExt;
use moka::future::Cache;
use platform::keys;
use schema::clock::{Clock, SystemClock};
use schema::problem::ProblemCode;
use secrecy::SecretString;
use serde_json::json;
use service_kit::principal::bearer;
use service_kit::push::http::{Language, failure};
use service_kit::store::audit::{self, Entry};
use service_kit::vocabulary::AuditAction;
use service_kit::{Authenticator, Database, Principal, Problem};

use crate::oidc::Providers;
use crate::options::IdentityOptions;
use crate::rate::{Caller, RateLimiter, Standing};
use crate::{export, open311, push};

/// Lifetime of a signed principal.
const PASSPORT: Duration = Duration::from_mins(1);

/// How long a key that was found, or was not, is not looked up again. A revoked key is refused within this time.
const KEY_REMEMBERED: Duration = Duration::from_millis(500);

/// Number of keys that are remembered.
const KEYS_REMEMBERED: u64 = 10_000;

/// Verifies what callers send.
#[derive(Clone)]
pub struct Identity {
    passports: Authenticator,
    /// Development credentials, if they are accepted.
    development: Option<Authenticator>,
    /// API keys, if this process has the platform's database.
    keys: Option<Keys>,
    /// Tokens of identity providers.
    providers: Providers,
    limiter: RateLimiter,
    /// Addresses of proxies, whose `X-Forwarded-For` is believed.
    proxies: Arc<[IpAddr]>,
}

#[derive(Clone)]
struct Keys {
    database: Database,
    found: Cache<String, Option<Arc<Principal>>>,
}

impl Identity {
    /// Accepts tokens of the providers, development credentials if `development` is set, and API keys if there is a
    /// database.
    ///
    /// # Errors
    /// When the file of the providers cannot be accepted.
    pub fn new(
        secret: &SecretString,
        development: bool,
        database: Option<Database>,
        options: &IdentityOptions,
    ) -> Result<Self> {
        let found = || Cache::builder().max_capacity(KEYS_REMEMBERED).time_to_live(KEY_REMEMBERED).build();
        Ok(Self {
            passports: Authenticator::of_gateway(secret),
            development: development.then(|| Authenticator::of_development(secret)),
            keys: database.map(|database| Keys { database, found: found() }),
            providers: options.providers()?,
            limiter: RateLimiter::new(options.limits()),
            proxies: options.trusted_proxies.clone().into(),
        })
    }

    /// The authenticator of the services behind the gateway.
    pub fn passports(&self) -> &Authenticator {
        &self.passports
    }

    /// Returns the caller of a request; without a credential nobody.
    async fn principal(&self, headers: &HeaderMap, now: DateTime<Utc>) -> Result<Principal, Problem> {
        let Some(credential) = bearer(headers)? else { return Ok(Principal::default()) };
        if keys::is_key(credential) {
            let Some(keys) = &self.keys else {
                return Err(Problem::unauthenticated("this gateway has no database, so it accepts no API keys"));
            };
            return keys.principal(credential, now).await;
        }
        match &self.development {
            Some(development) if self.providers.is_empty() || Authenticator::is_development(credential) => {
                development.principal(credential)
            }
            _ if !self.providers.is_empty() => self.providers.principal(credential).await,
            _ => Err(Problem::unauthenticated(
                "this credential is none of this platform; accepted: an API key, or a token of a configured identity provider",
            )),
        }
    }

    /// Puts a refused credential into the audit trail, if this process has the platform's database.
    async fn note(&self, problem: &Problem, from: IpAddr, key: Option<&str>) -> Result<(), sqlx::Error> {
        let Some(Keys { database, .. }) = &self.keys else { return Ok(()) };
        let reason = format!("{} (from {from})", problem.message);
        let rows = key.map(|key| ("platform.api_key", key.to_owned(), 0)).into_iter().collect();
        let entry = Entry { operation: "authenticate", reason: Some(&reason), rows, ..Entry::default() };
        audit::add_alone(database.pool(), AuditAction::Refused, &[entry]).await
    }

    /// Replaces the credential of a request by a signed principal, and returns its subject.
    async fn admit(&self, headers: &mut HeaderMap) -> Result<Option<String>, Problem> {
        let now = SystemClock.now();
        let principal = self.principal(headers, now).await?;
        headers.remove(AUTHORIZATION);
        if principal.subject.is_some() {
            let passport = self.passports.issue(&principal, now, PASSPORT)?;
            let value = HeaderValue::try_from(format!("Bearer {passport}")).map_err(Problem::internal)?;
            headers.insert(AUTHORIZATION, value);
        }
        Ok(principal.subject)
    }

    /// The address of a client: that of the connection, or the last one that a trusted proxy has forwarded.
    fn address(&self, request: &Request) -> IpAddr {
        let peer = request
            .extensions()
            .get()
            .map_or(IpAddr::from([0; 4]), |ConnectInfo(peer): &ConnectInfo<SocketAddr>| peer.ip());
        if !self.proxies.contains(&peer) {
            return peer;
        }
        let forwarded = request.headers().get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
        let mut hops: Vec<IpAddr> =
            forwarded.flat_map(|value| value.split(',')).filter_map(|hop| hop.trim().parse().ok()).collect();
        while hops.last().is_some_and(|hop| self.proxies.contains(hop)) {
            hops.pop();
        }
        hops.pop().unwrap_or(peer)
    }
}

impl Keys {
    async fn principal(&self, credential: &str, now: DateTime<Utc>) -> Result<Principal, Problem> {
        let look_up =
            async { keys::principal(self.database.pool(), credential, now).await.map(|found| found.map(Arc::new)) };
        let found = self.found.try_get_with(credential.to_owned(), look_up).await;
        let found = found.map_err(|problem| (*problem).clone())?;
        found.map(|principal| (*principal).clone()).ok_or_else(|| {
            Problem::unauthenticated("the API key is unknown, expired or revoked; ask an administrator for a new one")
                .in_vietnamese(
                    "khóa truy cập không tồn tại, đã hết hạn hoặc bị thu hồi; hãy xin quản trị viên khóa mới",
                )
        })
    }
}

/// Cost of a refused credential, charged to the address.
const REFUSED_COST: u64 = 10_000;

/// Bytes of a pushed body that cost one unit, as they are received. With the default limit these are 100 MB a minute, which is more than the
/// platform stores, so a push that goes on is not held up; what is sent faster and in many pieces is.
const PUSHED_BYTES: u64 = 20;

/// Middleware of the GraphQL path, of pushes and of exports: verifies the credential before any service is called, and
/// refuses callers who have spent their limit. A request without a credential is a visitor's; the services decide what it may read. Health checks pass,
/// whoever else is in debt behind their address.
pub async fn admit(State((identity, path)): State<(Identity, Arc<str>)>, mut request: Request, next: Next) -> Response {
    let asked = request.uri().path();
    let is_open311 = asked.starts_with(open311::PATH);
    if asked != &*path && !asked.starts_with(push::PATH) && !asked.starts_with(export::PATH) && !is_open311 {
        return next.run(request).await;
    }
    let asked = asked.to_owned();
    if is_open311 {
        request = match open311::with_key(request).await {
            Ok(request) => request,
            Err(response) => return response,
        };
    }
    // Who pushes reads a refusal as that of a push.
    let language = asked.starts_with(push::PATH).then(|| Language::of(request.headers()));
    let from = identity.address(&request);
    let address = Caller::Address(from);
    let key = bearer(request.headers()).ok().flatten().and_then(keys::id);
    let caller = match identity.admit(request.headers_mut()).await {
        Ok(subject) => subject.map_or(address, Caller::Principal),
        Err(problem) => {
            // A flood of false credentials does not fill the audit trail.
            let standing = identity.limiter.charge(&address, REFUSED_COST, Instant::now());
            if standing.is_exhausted() {
                return exhausted(standing, language);
            }
            if problem.code == ProblemCode::Unauthenticated
                && let Err(error) = identity.note(&problem, from, key.as_deref()).await
            {
                tracing::error!(%error, "a refused credential is not in the audit trail");
            }
            let is_key = is_open311 && problem.code == ProblemCode::Unauthenticated;
            let mut response = if is_key { open311::refusal(&asked) } else { refusal(&problem, language) };
            standing.write(response.headers_mut());
            return response;
        }
    };
    let standing = identity.limiter.standing(&caller, Instant::now());
    if standing.is_exhausted() {
        return exhausted(standing, language);
    }
    if asked.starts_with(push::PATH) && request.method() == Method::POST {
        request = counted(request, identity.limiter.clone(), caller.clone());
    }
    let mut response = next.run(request).await;
    let OperationCost(cost) = response.extensions().get().copied().unwrap_or(OperationCost(0));
    identity.limiter.charge(&caller, cost, Instant::now()).write(response.headers_mut());
    response
}

/// The same request. Its body is charged to the caller as it is read.
fn counted(request: Request, limiter: RateLimiter, caller: Caller) -> Request {
    let mut rest = 0;
    request.map(|body| {
        Body::new(body.map_frame(move |frame| {
            rest += frame.data_ref().map_or(0, |data| data.len() as u64);
            limiter.charge(&caller, rest / PUSHED_BYTES, Instant::now());
            rest %= PUSHED_BYTES;
            frame
        }))
    })
}

fn exhausted(standing: Standing, language: Option<Language>) -> Response {
    let problem = Problem::new(
        ProblemCode::RateLimited,
        "this caller has spent its limit of cost for now; wait as `Retry-After` says, ask for less, or send equal requests",
    )
    .in_vietnamese("đã dùng hết hạn mức lúc này; hãy đợi theo `Retry-After`");
    let mut response = refusal(&problem, language);
    *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    standing.write(response.headers_mut());
    response
}

/// The refusal of a request: of a push in a language, or else of a request of GraphQL.
fn refusal(problem: &Problem, language: Option<Language>) -> Response {
    if let Some(language) = language {
        return failure(problem, language);
    }
    let body = json!({ "errors": [{ "message": problem.message, "extensions": { "code": problem.code.as_str() } }] });
    let status = match problem.code {
        ProblemCode::Unauthenticated => StatusCode::UNAUTHORIZED,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    let mut response =
        (status, [(CONTENT_TYPE, "application/graphql-response+json")], body.to_string()).into_response();
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}
