//! Tokens of identity providers (OIDC): keys by discovery, verification, and the mapping of claims to a principal.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::http::connector;
use anyhow::{Context, Result, bail, ensure};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Limited};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use parking_lot::RwLock;
use serde::Deserialize;
use serde_json::Value;
use service_kit::{Principal, Problem, Role, jwt};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

/// Tolerated difference between the clocks of two machines, in seconds.
const LEEWAY: u64 = 60;
/// Keys older than this are fetched again.
const FRESH: Duration = Duration::from_hours(1);
/// Keys are used at most this long when they cannot be fetched again.
const STALE: Duration = Duration::from_hours(24);
/// An unknown key id causes at most one fetch in this time.
const COOL_DOWN: Duration = Duration::from_secs(30);
/// Time for one request to a provider.
const PATIENCE: Duration = Duration::from_secs(5);
/// Maximum size of a document of a provider.
const MAX_DOCUMENT: usize = 256 * 1024;

/// The file of the identity providers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    provider: Vec<Settings>,
}

/// How a provider's tokens are verified and understood.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Issuer, exactly as in the tokens; its discovery document is below it.
    issuer: String,
    /// Audience that a token must name.
    audience: String,
    /// Accepted algorithms.
    #[serde(default = "default_algorithms")]
    algorithms: Vec<Algorithm>,
    #[serde(default)]
    claims: Claims,
    /// Values of the claim of roles, each with the roles that it gives.
    #[serde(default)]
    roles: HashMap<String, Vec<Role>>,
}

fn default_algorithms() -> Vec<Algorithm> {
    vec![Algorithm::RS256, Algorithm::ES256]
}

/// Names of claims; a dotted name reaches into an object.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Claims {
    subject: String,
    roles: String,
    organization: String,
    position: String,
    areas: String,
}

impl Default for Claims {
    fn default() -> Self {
        let name = str::to_owned;
        Self {
            subject: name("sub"),
            roles: name("roles"),
            organization: name("organization"),
            position: name("position"),
            areas: name("areas"),
        }
    }
}

/// The configured providers. Cheap to clone.
#[derive(Clone, Default)]
pub struct Providers(Arc<Vec<Provider>>);

struct Provider {
    settings: Settings,
    client: HttpClient,
    keys: RwLock<Keys>,
    /// Held while keys are fetched, by one request at a time.
    fetching: Mutex<()>,
}

type HttpClient = Client<HttpsConnector<HttpConnector>, Empty<Bytes>>;

#[derive(Default)]
struct Keys {
    set: HashMap<(String, Algorithm), DecodingKey>,
    fetched: Option<Instant>,
    tried: Option<Instant>,
}

impl Keys {
    /// Whether a key is known, and whether keys are to be fetched for it.
    fn state(&self, wanted: &(String, Algorithm)) -> (bool, bool) {
        let known = self.set.contains_key(wanted);
        let fresh = known && self.fetched.is_some_and(|at| at.elapsed() <= FRESH);
        (known, !fresh && self.tried.is_none_or(|at| at.elapsed() >= COOL_DOWN))
    }
}

impl Providers {
    /// Reads the file of the providers. Nothing is fetched yet, so the platform starts while a provider is down.
    ///
    /// # Errors
    /// When the file cannot be read, or a setting cannot be accepted.
    pub fn read(file: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        let File { provider } = toml::from_str(&text).with_context(|| format!("in {}", file.display()))?;
        Self::new(provider).with_context(|| format!("in {}", file.display()))
    }

    fn new(settings: Vec<Settings>) -> Result<Self> {
        jwt::install();
        let client = client()?;
        let mut providers: Vec<Provider> = Vec::new();
        for settings in settings {
            let issuer = &settings.issuer;
            let uri: http::Uri = issuer.parse().with_context(|| format!("issuer {issuer:?} is no address"))?;
            let local = matches!(uri.host(), Some("127.0.0.1" | "localhost" | "[::1]"));
            ensure!(
                uri.scheme_str() == Some("https") || local && uri.scheme_str() == Some("http"),
                "issuer {issuer:?}: accepted: an https address (http on this machine only)"
            );
            let shared =
                |algorithm: &&Algorithm| matches!(algorithm, Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512);
            if let Some(shared) = settings.algorithms.iter().find(shared) {
                bail!("algorithm {shared:?} of {issuer:?} has a shared secret; accepted: algorithms with a public key");
            }
            ensure!(!settings.algorithms.is_empty(), "{issuer:?} has no algorithm");
            ensure!(!settings.audience.is_empty(), "{issuer:?} has no audience");
            ensure!(providers.iter().all(|other| other.settings.issuer != *issuer), "issuer {issuer:?} is named twice");
            providers.push(Provider {
                settings,
                client: client.clone(),
                keys: RwLock::default(),
                fetching: Mutex::default(),
            });
        }
        Ok(Self(Arc::new(providers)))
    }

    /// Whether there is a provider.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the principal of a token.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` that says what is wrong with the token; `SUBGRAPH_UNAVAILABLE` when its provider cannot be reached.
    pub async fn principal(&self, token: &str) -> Result<Principal, Problem> {
        let issuer = issuer(token).ok_or_else(|| refused("it is not a JSON Web Token with an issuer"))?;
        let provider = self.0.iter().find(|provider| provider.settings.issuer == issuer);
        let provider = provider.ok_or_else(|| refused("its issuer is no identity provider of this platform"))?;
        provider.principal(token).await
    }
}

fn refused(reason: &str) -> Problem {
    Problem::unauthenticated(format!("the token is refused: {reason}"))
}

/// The issuer that a token names, before it is verified.
fn issuer(token: &str) -> Option<String> {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: Value = serde_json::from_slice(&payload).ok()?;
    Some(claims.get("iss")?.as_str()?.to_owned())
}

impl Provider {
    async fn principal(&self, token: &str) -> Result<Principal, Problem> {
        let header = decode_header(token).map_err(|_| refused("its header cannot be read"))?;
        if !self.settings.algorithms.contains(&header.alg) {
            return Err(refused("its algorithm is not accepted for this issuer"));
        }
        let kid = header.kid.ok_or_else(|| refused("it names no key (`kid`)"))?;
        let key = self.key(&kid, header.alg).await?;
        let mut validation = Validation::new(header.alg);
        validation.leeway = LEEWAY;
        validation.validate_nbf = true;
        validation.set_issuer(&[&self.settings.issuer]);
        validation.set_audience(&[&self.settings.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        let claims = decode::<Value>(token, &key, &validation).map_err(|error| refused(reason(error.kind())))?.claims;
        self.settings.principal(&claims)
    }

    /// The key with an id. Keys are fetched when there are none, when they are old, and when the id is unknown. Nobody whose
    /// key is known waits for the fetch of another.
    async fn key(&self, kid: &str, algorithm: Algorithm) -> Result<DecodingKey, Problem> {
        let wanted = (kid.to_owned(), algorithm);
        let (known, due) = self.keys.read().state(&wanted);
        if due {
            let turn = if known { self.fetching.try_lock().ok() } else { Some(self.fetching.lock().await) };
            // Who waited finds the new keys.
            if turn.is_some() && self.keys.read().state(&wanted).1 {
                self.refresh().await;
            }
        }
        let keys = self.keys.read();
        if keys.fetched.is_none_or(|at| at.elapsed() > STALE) {
            return Err(Problem::new(
                schema::problem::ProblemCode::SubgraphUnavailable,
                "the identity provider cannot be reached; try again shortly",
            ));
        }
        keys.set.get(&wanted).cloned().ok_or_else(|| refused("its key is not one of the issuer's"))
    }

    async fn refresh(&self) {
        // The first fetch is not for an unknown id, so it does not delay the next.
        if self.keys.read().fetched.is_some() {
            self.keys.write().tried = Some(Instant::now());
        }
        let fetched = self.fetch().await;
        let mut keys = self.keys.write();
        match fetched {
            Ok(set) => {
                keys.set = set;
                keys.fetched = Some(Instant::now());
            }
            Err(error) => {
                keys.tried = Some(Instant::now());
                tracing::warn!(issuer = self.settings.issuer, error = format!("{error:#}"), "no keys");
            }
        }
    }

    async fn fetch(&self) -> Result<HashMap<(String, Algorithm), DecodingKey>> {
        let issuer = self.settings.issuer.trim_end_matches('/');
        let discovery = self.get(&format!("{issuer}/.well-known/openid-configuration")).await?;
        ensure!(discovery["issuer"] == *self.settings.issuer, "the discovery document names another issuer");
        let address = discovery["jwks_uri"].as_str().context("the discovery document has no jwks_uri")?;
        let set: JwkSet = serde_json::from_value(self.get(address).await?).context("the keys cannot be read")?;
        let mut keys = HashMap::new();
        for jwk in &set.keys {
            let Some(kid) = jwk.common.key_id.clone() else { continue };
            if jwk.common.public_key_use.as_ref().is_some_and(|usage| *usage != PublicKeyUse::Signature) {
                continue;
            }
            for algorithm in &self.settings.algorithms {
                if let Some(key) = key_for(jwk, *algorithm) {
                    keys.insert((kid.clone(), *algorithm), key);
                }
            }
        }
        Ok(keys)
    }

    async fn get(&self, address: &str) -> Result<Value> {
        let request = self.client.get(address.parse().with_context(|| format!("{address:?} is no address"))?);
        let response = timeout(PATIENCE, request).await.with_context(|| format!("{address} does not answer"))?;
        let response = response.with_context(|| format!("{address} cannot be reached"))?;
        ensure!(response.status().is_success(), "{address} answers {}", response.status());
        let body = timeout(PATIENCE, Limited::new(response.into_body(), MAX_DOCUMENT).collect()).await;
        let body = body.with_context(|| format!("{address} does not end"))?.map_err(|error| anyhow::anyhow!(error))?;
        serde_json::from_slice(&body.to_bytes()).with_context(|| format!("{address} gives no JSON"))
    }
}

/// The key of a set for an algorithm; `None` when it is for others.
fn key_for(jwk: &Jwk, algorithm: Algorithm) -> Option<DecodingKey> {
    if jwk.common.key_algorithm.is_some_and(|named| named.to_string() != format!("{algorithm:?}")) {
        return None;
    }
    match (&jwk.algorithm, algorithm) {
        (
            AlgorithmParameters::RSA(rsa),
            Algorithm::RS256
            | Algorithm::RS384
            | Algorithm::RS512
            | Algorithm::PS256
            | Algorithm::PS384
            | Algorithm::PS512,
        ) => Some(jwt::rsa_key(&URL_SAFE_NO_PAD.decode(&rsa.n).ok()?, &URL_SAFE_NO_PAD.decode(&rsa.e).ok()?)),
        (AlgorithmParameters::EllipticCurve(_), Algorithm::ES256 | Algorithm::ES384)
        | (AlgorithmParameters::OctetKeyPair(_), Algorithm::EdDSA) => DecodingKey::from_jwk(jwk).ok(),
        _ => None,
    }
}

impl Settings {
    fn principal(&self, claims: &Value) -> Result<Principal, Problem> {
        let names = &self.claims;
        let one = |name: &str| texts(claims, name).into_iter().next();
        let subject = one(&names.subject).ok_or_else(|| refused("it names no subject"))?;
        let groups = texts(claims, &names.roles);
        let mut roles: Vec<Role> = groups.iter().filter_map(|group| self.roles.get(group)).flatten().copied().collect();
        roles.sort_unstable();
        roles.dedup();
        let principal = Principal {
            subject: Some(subject),
            roles,
            organization: one(&names.organization),
            position: one(&names.position),
            areas: texts(claims, &names.areas),
            ..Principal::default()
        };
        principal.check().map_err(|fault| refused(&fault))?;
        Ok(principal)
    }
}

/// The texts of a claim: one, or several.
fn texts(claims: &Value, name: &str) -> Vec<String> {
    let claim = claims.get(name).or_else(|| name.split('.').try_fold(claims, |within, part| within.get(part)));
    match claim {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(values)) => values.iter().filter_map(|value| Some(value.as_str()?.to_owned())).collect(),
        _ => Vec::new(),
    }
}

fn reason(kind: &jsonwebtoken::errors::ErrorKind) -> &'static str {
    use jsonwebtoken::errors::ErrorKind;
    match kind {
        ErrorKind::ImmatureSignature => "it is not valid yet",
        ErrorKind::ExpiredSignature => "it has expired",
        ErrorKind::InvalidAudience => "it is for another audience",
        ErrorKind::InvalidIssuer => "it is from another issuer",
        ErrorKind::MissingRequiredClaim(_) => "it has no time of expiry, no issuer or no audience",
        ErrorKind::InvalidSignature => "its signature is false",
        _ => "it cannot be read",
    }
}

fn client() -> Result<HttpClient> {
    Ok(Client::builder(TokioExecutor::new()).build(connector()?))
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tokens expire by the real clock")]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::Router;
    use axum::routing::get;
    use chrono::Utc;
    use parking_lot::Mutex as Shared;
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
    use serde_json::json;

    use super::*;

    /// A key of the provider.
    struct Signer(EcdsaKeyPair);

    impl Signer {
        fn new() -> Self {
            let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
            let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new()).expect("a key");
            Self(EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &SystemRandom::new()).expect("a key"))
        }

        fn jwk(&self, kid: &str) -> Value {
            let point = self.0.public_key().as_ref();
            let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..]));
            json!({ "kty": "EC", "crv": "P-256", "use": "sig", "kid": kid, "x": x, "y": y })
        }

        fn token(&self, header: &Value, claims: &Value) -> String {
            let message = unsigned(header, claims);
            let signature = self.0.sign(&SystemRandom::new(), message.as_bytes()).expect("a signature");
            format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
        }
    }

    fn unsigned(header: &Value, claims: &Value) -> String {
        format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()))
    }

    /// A provider on this machine.
    struct Idp {
        issuer: String,
        /// Held by a test that lets the provider hang.
        open: Arc<Mutex<()>>,
        keys: Arc<Shared<Value>>,
        fetches: Arc<AtomicUsize>,
    }

    impl Idp {
        async fn start(keys: Value) -> Self {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let issuer = format!("http://{}", listener.local_addr().expect("an address"));
            let (keys, fetches) = (Arc::new(Shared::new(keys)), Arc::new(AtomicUsize::new(0)));
            let discovery = json!({ "issuer": issuer, "jwks_uri": format!("{issuer}/keys") }).to_string();
            let open = Arc::new(Mutex::new(()));
            let (served, counted, door) = (keys.clone(), fetches.clone(), open.clone());
            let set = move || async move {
                let _open = door.lock().await;
                counted.fetch_add(1, Ordering::Relaxed);
                json!({ "keys": *served.lock() }).to_string()
            };
            let router = Router::new()
                .route("/.well-known/openid-configuration", get(|| async { discovery }))
                .route("/keys", get(set));
            tokio::spawn(async move { axum::serve(listener, router).await });
            Self { issuer, open, keys, fetches }
        }

        fn providers(&self) -> Providers {
            let text = format!(
                "[[provider]]\nissuer = \"{}\"\naudience = \"ioc\"\nalgorithms = [\"ES256\"]\n\
                 claims.roles = \"realm_access.roles\"\nclaims.areas = \"wards\"\n\
                 roles.operators = [\"IOC\"]\nroles.wards = [\"WARD\", \"LEAD\"]",
                self.issuer
            );
            let File { provider } = toml::from_str(&text).expect("settings");
            Providers::new(provider).expect("providers")
        }

        fn claims(&self) -> Value {
            let expiry = Utc::now().timestamp() + 600;
            json!({
                "iss": self.issuer, "aud": ["other", "ioc"], "sub": "an", "exp": expiry, "wards": ["00004", "00235"],
                "organization": "UBND-00004", "realm_access": { "roles": ["wards", "unknown"] }
            })
        }
    }

    fn header(kid: &str) -> Value {
        json!({ "alg": "ES256", "typ": "JWT", "kid": kid })
    }

    #[tokio::test]
    async fn a_token_of_the_provider_is_its_principal() {
        let signer = Signer::new();
        let idp = Idp::start(json!([signer.jwk("a")])).await;
        let token = signer.token(&header("a"), &idp.claims());
        let principal = idp.providers().principal(&token).await.expect("a principal");
        assert_eq!(
            principal,
            Principal {
                subject: Some("an".into()),
                roles: vec![Role::Lead, Role::Ward],
                organization: Some("UBND-00004".into()),
                position: None,
                areas: vec!["00004".into(), "00235".into()],
                ..Principal::default()
            }
        );
    }

    #[tokio::test]
    async fn every_false_token_is_refused() {
        let (signer, thief) = (Signer::new(), Signer::new());
        let idp = Idp::start(json!([signer.jwk("a")])).await;
        let providers = idp.providers();
        let with = |name: &str, value: Value| {
            let mut claims = idp.claims();
            claims[name] = value;
            signer.token(&header("a"), &claims)
        };
        let without = |name: &str| {
            let mut claims = idp.claims();
            claims.as_object_mut().expect("an object").remove(name);
            signer.token(&header("a"), &claims)
        };
        let now = Utc::now().timestamp();
        let good = signer.token(&header("a"), &idp.claims());
        let parts: Vec<&str> = good.split('.').collect();
        let mut richer = idp.claims();
        richer["realm_access"]["roles"] = json!(["operators"]);
        let altered = format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode(richer.to_string()), parts[2]);
        // HS256 with the public key as the secret.
        let confused = unsigned(&json!({ "alg": "HS256", "kid": "a" }), &idp.claims());
        let mac = ring::hmac::sign(
            &ring::hmac::Key::new(ring::hmac::HMAC_SHA256, signer.0.public_key().as_ref()),
            confused.as_bytes(),
        );
        let confused = format!("{confused}.{}", URL_SAFE_NO_PAD.encode(mac));
        for (token, part) in [
            (format!("{}.", unsigned(&json!({ "alg": "none", "kid": "a" }), &idp.claims())), "header"),
            (confused, "algorithm"),
            (signer.token(&json!({ "alg": "RS256", "kid": "a" }), &idp.claims()), "algorithm"),
            (thief.token(&header("a"), &idp.claims()), "signature"),
            (altered, "signature"),
            (signer.token(&json!({ "alg": "ES256" }), &idp.claims()), "`kid`"),
            (signer.token(&header("b"), &idp.claims()), "key"),
            (with("iss", json!("https://id.example.org")), "issuer"),
            (with("aud", json!("other")), "audience"),
            (with("exp", json!(now - 61)), "expired"),
            (with("nbf", json!(now + 90)), "not valid yet"),
            (without("exp"), "expiry"),
            (without("aud"), "audience"),
            (without("iss"), "issuer"),
            (without("sub"), "subject"),
            (with("sub", json!(" ")), "subject"),
            (with("wards", json!(["a\u{0}"])), "area"),
            ("a.b".to_owned(), "JSON Web Token"),
            (String::new(), "JSON Web Token"),
        ] {
            let problem = providers.principal(&token).await.expect_err(&token);
            assert_eq!(problem.code.as_str(), "UNAUTHENTICATED", "{token}");
            assert!(problem.message.contains(part), "{part}: {}", problem.message);
        }
        providers.principal(&with("exp", json!(now - 30))).await.expect("within the leeway");
        providers.principal(&good).await.expect("the token itself");
    }

    #[tokio::test]
    async fn a_new_key_is_found_and_a_flood_of_unknown_ones_costs_one_fetch() {
        let (old, new) = (Signer::new(), Signer::new());
        let idp = Idp::start(json!([old.jwk("old")])).await;
        let providers = idp.providers();
        providers.principal(&old.token(&header("old"), &idp.claims())).await.expect("the old key");
        *idp.keys.lock() = json!([new.jwk("new")]);
        providers.principal(&new.token(&header("new"), &idp.claims())).await.expect("the new key");
        assert_eq!(idp.fetches.load(Ordering::Relaxed), 2);
        let flood = (0..200).map(|number| {
            let token = new.token(&header(&format!("unknown-{number}")), &idp.claims());
            let providers = providers.clone();
            async move { providers.principal(&token).await }
        });
        assert!(futures::future::join_all(flood).await.iter().all(Result::is_err));
        assert_eq!(idp.fetches.load(Ordering::Relaxed), 2, "within the cool-down");
        let removed = providers.principal(&old.token(&header("old"), &idp.claims())).await.expect_err("a removed key");
        assert!(removed.message.contains("key"), "{}", removed.message);
    }

    #[tokio::test]
    async fn a_provider_that_hangs_delays_nobody_whose_key_is_known() {
        let signer = Signer::new();
        let idp = Idp::start(json!([signer.jwk("a")])).await;
        let providers = idp.providers();
        let token = |kid| signer.token(&header(kid), &idp.claims());
        providers.principal(&token("a")).await.expect("the provider is up");
        let hangs = idp.open.lock().await;
        let unknown = token("b");
        let mut waits = Box::pin(providers.principal(&unknown));
        assert!(futures::poll!(&mut waits).is_pending());
        providers.principal(&token("a")).await.expect("a known key");
        drop(hangs);
        assert!(waits.await.is_err());
    }

    #[tokio::test]
    async fn keys_outlive_an_outage_of_the_provider_and_without_keys_it_is_named() {
        let signer = Signer::new();
        let idp = Idp::start(json!([signer.jwk("a")])).await;
        let providers = idp.providers();
        let token = signer.token(&header("a"), &idp.claims());
        providers.principal(&token).await.expect("the provider is up");
        *idp.keys.lock() = json!("no keys");
        let other = providers.principal(&signer.token(&header("b"), &idp.claims())).await.expect_err("an unknown key");
        assert_eq!(other.code.as_str(), "UNAUTHENTICATED");
        providers.principal(&token).await.expect("the keys that were fetched before");
        let late = idp.providers().principal(&token).await.expect_err("no keys yet");
        assert_eq!(late.code.as_str(), "SUBGRAPH_UNAVAILABLE");
    }

    #[test]
    fn settings_that_would_be_unsafe_are_refused() {
        let read = |issuer: &str, more: &str| {
            let text = format!("[[provider]]\nissuer = \"{issuer}\"\naudience = \"ioc\"\n{more}");
            let file: Result<File, _> = toml::from_str(&text);
            file.map_err(|error| error.to_string())
                .and_then(|file| Providers::new(file.provider).map_err(|error| format!("{error:#}")))
                .map(|_| ())
        };
        assert_eq!(read("https://id.example.org/realms/city", ""), Ok(()));
        assert_eq!(read("http://127.0.0.1:9", ""), Ok(()));
        for (issuer, more, part) in [
            ("http://id.example.org", "", "https"),
            ("id", "", "https"),
            ("https://id.example.org", "algorithms = [\"HS256\"]", "shared secret"),
            ("https://id.example.org", "algorithms = [\"none\"]", "none"),
            ("https://id.example.org", "algorithms = []", "no algorithm"),
            ("https://id.example.org", "roles.a = [\"KING\"]", "KING"),
            ("https://id.example.org", "secret = \"x\"", "secret"),
        ] {
            let refused = read(issuer, more).expect_err(more);
            assert!(refused.contains(part), "{refused}");
        }
    }
}
