//! Authentication: principals, roles, and the signed principals that the gateway hands to the services.
//!
//! A signed principal is a JSON Web Token (RFC 7519) over the platform's secret. The gateway signs it for a minute after it
//! has verified what the caller sent, and a service accepts nothing else: a direct call to a service gives no access.

use std::time::Duration;

use chrono::{DateTime, Utc};
use http::{HeaderMap, header::AUTHORIZATION};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use schema::problem::ProblemCode;
use schema::{check_code, check_text};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::jwt;
use crate::problem::Problem;
use crate::vocabulary;

/// Issuer (`iss`) of the principals that the gateway signs.
const GATEWAY: &str = "ioc-gateway";

/// Issuer of what the gateway itself tells a service.
const NOTICES: &str = "ioc-gateway-notice";

/// Issuer of development credentials.
const DEVELOPMENT: &str = "ioc-development";

/// Tolerated difference between the clocks of two machines: a credential is accepted this long after `exp` and before
/// `nbf`.
const LEEWAY: Duration = Duration::from_mins(1);

/// Maximum length of a subject, in characters.
const MAX_SUBJECT: usize = 200;

vocabulary! {
    /// Role of a principal. The rights of several roles add up; a caller without any is a visitor.
    pub enum Role {
        /// Assigns, reassigns and cancels tasks.
        Issuer = "ISSUER",
        /// Does the work of its organization.
        Lead = "LEAD",
        /// Accepts or rejects submissions.
        Approver = "APPROVER",
        /// Reopens tasks that were completed too early.
        Inspector = "INSPECTOR",
        /// Works for its areas.
        Ward = "WARD",
        /// Works for its organization.
        Department = "DEPARTMENT",
        /// Operates the operations center.
        Ioc = "IOC",
        /// Handles cases with personal data.
        Handler = "HANDLER",
        /// Reads the audit trail.
        Auditor = "AUDITOR",
        /// Has every role, but never approves its own submission.
        Admin = "ADMIN",
    }
}

/// The verified caller of a request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Principal {
    /// Stable name of the caller; `None` when no credential was sent.
    pub subject: Option<String>,
    /// Roles granted by the credential.
    pub roles: Vec<Role>,
    /// The organization that the caller acts for.
    pub organization: Option<String>,
    /// The position that the caller holds.
    pub position: Option<String>,
    /// Areas that the caller works for.
    pub areas: Vec<String>,
    /// Source for which the caller pushes.
    pub source: Option<String>,
    /// Kinds of records that the caller pushes; empty: all.
    pub kinds: Vec<String>,
}

impl Principal {
    /// Whether the caller has the role, directly or as an administrator.
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role) || self.roles.contains(&Role::Admin)
    }

    /// Returns the caller's name.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` when the request has no credential.
    pub fn subject(&self) -> Result<&str, Problem> {
        self.subject.as_deref().ok_or_else(|| {
            Problem::unauthenticated("this needs a credential: send `Authorization: Bearer <token>`")
                .in_vietnamese("cần khóa truy cập: gửi `Authorization: Bearer <khóa>`")
        })
    }
}

impl Principal {
    /// Returns what decides over what the caller may see, as a text: callers with equal texts get equal answers to equal
    /// reads. A rule that depends on anything else, such as the subject, must be added here.
    pub fn visibility(&self) -> String {
        // What one may push changes nothing of what one sees.
        let Self { subject, roles, organization, position, areas, source: _, kinds: _ } = self;
        let mut roles: Vec<_> = roles.iter().map(|role| role.as_str()).collect();
        roles.sort_unstable();
        roles.dedup();
        let mut areas: Vec<_> = areas.iter().collect();
        areas.sort_unstable();
        areas.dedup();
        format!("{:?}", (subject.is_some(), roles, organization, position, areas))
    }

    /// Checks name and codes. The history stores the subject permanently, so it must be readable.
    ///
    /// # Errors
    /// What cannot be accepted.
    pub fn check(&self) -> Result<(), String> {
        if let Some(subject) = &self.subject {
            let kept = check_text(subject, "subject", MAX_SUBJECT).map_err(|error| error.to_string())?;
            if kept != *subject || subject.contains(char::is_control) {
                return Err("subject holds outer white space or invisible characters; accepted: visible text".into());
            }
        }
        let codes = self.organization.iter().map(|code| ("organization", code));
        let codes = codes.chain(self.position.iter().map(|code| ("position", code)));
        for (kind, code) in codes.chain(self.areas.iter().map(|code| ("area", code))) {
            check_code(code).map_err(|fault| format!("{kind} code {fault}"))?;
        }
        Ok(())
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    exp: i64,
    #[serde(default)]
    roles: Vec<Role>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    org: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pos: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    areas: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    src: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    kinds: Vec<String>,
}

/// The secrets in a setting: the present one, and after commas earlier ones, which are still accepted. So a secret is
/// replaced without downtime: every process gets `new,old`, then `new`.
pub fn secrets(setting: &SecretString) -> impl Iterator<Item = &str> {
    setting.expose_secret().split(',').map(str::trim)
}

/// Signs and verifies credentials.
#[derive(Clone)]
pub struct Authenticator {
    issuer: &'static str,
    encoding: EncodingKey,
    /// Of the present secret and of earlier ones.
    decoding: Vec<DecodingKey>,
    validation: Validation,
    /// Without leeway.
    strict: Validation,
}

impl Authenticator {
    /// Signs and verifies the principals that the gateway hands to the services.
    pub fn of_gateway(secret: &SecretString) -> Self {
        Self::new(GATEWAY, secret)
    }

    /// Signs and verifies development credentials. A gateway accepts them only when it listens on loopback.
    pub fn of_development(secret: &SecretString) -> Self {
        Self::new(DEVELOPMENT, secret)
    }

    /// Signs and verifies what the gateway itself tells a service, with the secrets of this authenticator. No credential of
    /// a caller is one, and it is none of a caller.
    #[must_use]
    pub fn of_notices(&self) -> Self {
        let mut notices = Self { issuer: NOTICES, ..self.clone() };
        notices.validation.set_issuer(&[NOTICES]);
        notices.strict.set_issuer(&[NOTICES]);
        notices
    }

    /// Whether a token says that it is a development credential; it is not verified.
    pub fn is_development(token: &str) -> bool {
        let claims = jsonwebtoken::dangerous::insecure_decode::<Claims>(token);
        claims.is_ok_and(|token| token.claims.iss == DEVELOPMENT)
    }

    fn new(issuer: &'static str, secret: &SecretString) -> Self {
        jwt::install();
        let mut secrets = secrets(secret).peekable();
        let present = secrets.peek().copied().unwrap_or_default().as_bytes();
        let encoding = EncodingKey::from_secret(present);
        let decoding = secrets.map(|secret| DecodingKey::from_secret(secret.as_bytes())).collect();
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[issuer]);
        validation.leeway = LEEWAY.as_secs();
        validation.validate_exp = true;
        validation.validate_nbf = true;
        let mut strict = validation.clone();
        strict.leeway = 0;
        Self { issuer, encoding, decoding, validation, strict }
    }

    /// Returns the principal of a request, or the anonymous one when the request has no credential.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` when the credential is malformed, forged, expired or not yet valid (with a leeway of a
    /// minute), or has no subject.
    pub fn authenticate(&self, headers: &HeaderMap) -> Result<Principal, Problem> {
        self.verified(headers, &self.validation)
    }

    /// Returns what the caller of a request may see ([`Principal::visibility`]), so that equal reads can share one
    /// execution. `None`: the credential is not valid, or only by the leeway, so it could expire before the execution.
    pub fn visibility(&self, headers: &HeaderMap) -> Option<String> {
        self.verified(headers, &self.strict).ok().map(|principal| principal.visibility())
    }

    fn verified(&self, headers: &HeaderMap, validation: &Validation) -> Result<Principal, Problem> {
        match bearer(headers)? {
            Some(token) => self.read(token, validation),
            None => Ok(Principal::default()),
        }
    }

    /// Returns the principal of a token.
    ///
    /// # Errors
    /// As [`Self::authenticate`].
    pub fn principal(&self, token: &str) -> Result<Principal, Problem> {
        self.read(token, &self.validation)
    }

    fn read(&self, token: &str, validation: &Validation) -> Result<Principal, Problem> {
        let read = |key| jsonwebtoken::decode::<Claims>(token, key, validation);
        let mut outcomes = self.decoding.iter().map(read);
        // A token of another secret is the only one that the next secret may accept.
        let is_other = |outcome: &Result<_, jsonwebtoken::errors::Error>| {
            outcome
                .as_ref()
                .is_err_and(|error| matches!(error.kind(), jsonwebtoken::errors::ErrorKind::InvalidSignature))
        };
        let outcome = outcomes.find(|outcome| !is_other(outcome));
        let outcome = outcome.unwrap_or_else(|| Err(jsonwebtoken::errors::ErrorKind::InvalidSignature.into()));
        let claims = outcome
            .map_err(|error| {
                Problem::unauthenticated(reason(error.kind()))
                    .in_vietnamese("khóa truy cập không hợp lệ hoặc đã hết hạn; hãy xin khóa mới")
            })?
            .claims;
        let principal = Principal {
            subject: Some(claims.sub),
            roles: claims.roles,
            organization: claims.org,
            position: claims.pos,
            areas: claims.areas,
            source: claims.src,
            kinds: claims.kinds,
        };
        principal
            .check()
            .map_err(|fault| Problem::unauthenticated(format!("the credential's {fault}; ask for a new one")))?;
        Ok(principal)
    }

    /// Issues a signed credential for a principal, valid for `lifetime` from `now`.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` when the principal is anonymous, `VALIDATION` when its name or a code cannot be one.
    pub fn issue(&self, principal: &Principal, now: DateTime<Utc>, lifetime: Duration) -> Result<String, Problem> {
        principal.check().map_err(|fault| Problem::new(ProblemCode::Validation, fault))?;
        let claims = Claims {
            iss: self.issuer.to_owned(),
            sub: principal.subject()?.to_owned(),
            exp: now.timestamp().saturating_add_unsigned(lifetime.as_secs()),
            roles: principal.roles.clone(),
            org: principal.organization.clone(),
            pos: principal.position.clone(),
            areas: principal.areas.clone(),
            src: principal.source.clone(),
            kinds: principal.kinds.clone(),
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding).map_err(Problem::internal)
    }
}

/// Returns the token of `Authorization: Bearer <token>`; `None` without the header.
///
/// # Errors
/// `UNAUTHENTICATED` when the header reads otherwise.
pub fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Problem::unauthenticated("the request has several Authorization headers; accepted: one")
            .in_vietnamese("yêu cầu có nhiều dòng Authorization; chấp nhận: một"));
    }
    let words = value.to_str().ok().and_then(|text| text.split_once(' '));
    let token = words.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
    token.map(Some).ok_or_else(|| {
        Problem::unauthenticated("the Authorization header must read `Bearer <token>`")
            .in_vietnamese("dòng Authorization phải là `Bearer <khóa>`")
    })
}

fn reason(kind: &jsonwebtoken::errors::ErrorKind) -> &'static str {
    use jsonwebtoken::errors::ErrorKind;
    match kind {
        ErrorKind::ImmatureSignature => "the credential is not valid yet; wait until the time that it names",
        ErrorKind::ExpiredSignature => "the credential has expired; ask for a new one",
        ErrorKind::InvalidIssuer => "the credential was not issued by this platform",
        ErrorKind::InvalidSignature => "the credential's signature does not match this platform's secret",
        _ => "the credential is not a JSON Web Token that this platform can read",
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "credentials expire by the real clock")]
mod tests {
    use serde_json::json;

    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    fn headers(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(AUTHORIZATION, value.parse().expect("a header value"))])
    }

    fn authenticator(secret: &str) -> Authenticator {
        Authenticator::of_gateway(&SecretString::from(secret.to_owned()))
    }

    fn lead() -> Principal {
        Principal {
            subject: Some("an".into()),
            roles: vec![Role::Lead],
            organization: Some("SXD".into()),
            ..Principal::default()
        }
    }

    #[test]
    fn an_issued_credential_is_read_back_and_a_missing_one_is_anonymous() {
        let auth = authenticator("one");
        let token = auth.issue(&lead(), Utc::now(), HOUR).expect("signed");
        assert_eq!(auth.authenticate(&headers(&format!("Bearer {token}"))).expect("valid"), lead());
        assert_eq!(auth.authenticate(&HeaderMap::new()).expect("anonymous"), Principal::default());
    }

    #[test]
    fn forged_expired_and_malformed_credentials_are_refused() {
        let auth = authenticator("one");
        let forged = authenticator("two").issue(&lead(), Utc::now(), HOUR).expect("signed");
        let expired = auth.issue(&lead(), DateTime::UNIX_EPOCH, HOUR).expect("signed");
        for (value, part) in [
            (format!("Bearer {forged}"), "signature"),
            (format!("Bearer {expired}"), "expired"),
            ("Bearer x.y.z".to_owned(), "JSON Web Token"),
            ("Basic abc".to_owned(), "Bearer <token>"),
        ] {
            let problem = auth.authenticate(&headers(&value)).expect_err("refused");
            assert_eq!(problem.code, ProblemCode::Unauthenticated);
            assert!(problem.message.contains(part), "{}", problem.message);
        }
    }

    #[test]
    fn a_notice_of_the_gateway_is_no_principal_and_a_principal_no_notice() {
        let auth = authenticator("one");
        let notices = auth.of_notices();
        let issued =
            |by: &Authenticator| headers(&format!("Bearer {}", by.issue(&lead(), Utc::now(), HOUR).expect("signed")));
        assert_eq!(notices.authenticate(&issued(&notices)).expect("valid"), lead());
        assert!(auth.authenticate(&issued(&notices)).is_err() && auth.visibility(&issued(&notices)).is_none());
        assert!(notices.authenticate(&issued(&auth)).is_err());
        assert!(notices.authenticate(&issued(&authenticator("two").of_notices())).is_err());
    }

    /// A token with claims that [`Authenticator::issue`] would not sign.
    fn signed(claims: &serde_json::Value) -> String {
        let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &EncodingKey::from_secret(b"one"));
        format!("Bearer {}", token.expect("signed"))
    }

    #[test]
    fn the_times_of_a_credential_are_kept_to_the_minute() {
        let auth = authenticator("one");
        let now = Utc::now().timestamp();
        for (not_before, expires, part) in [
            (now - 10, now + 600, None),
            (now + 30, now + 600, None),
            (now + 90, now + 600, Some("not valid yet")),
            (now - 600, now - 30, None),
            (now - 600, now - 90, Some("expired")),
        ] {
            let claims = json!({ "iss": "ioc-gateway", "sub": "an", "nbf": not_before, "exp": expires });
            let read = auth.authenticate(&headers(&signed(&claims)));
            match part {
                None => assert_eq!(read.expect("valid").subject.as_deref(), Some("an")),
                Some(part) => assert!(read.expect_err("refused").message.contains(part)),
            }
        }
        let unreadable = json!({ "iss": "ioc-gateway", "sub": "an", "nbf": "soon", "exp": now + 600 });
        assert!(auth.authenticate(&headers(&signed(&unreadable))).is_err());
        assert!(auth.authenticate(&headers(&signed(&json!({ "iss": "ioc-gateway", "sub": "an" })))).is_err());
    }

    #[test]
    fn a_subject_that_cannot_be_read_is_neither_signed_nor_accepted() {
        let auth = authenticator("one");
        for subject in ["", "  ", "\u{200b}", "a\0", " an", "a\u{202e}n", "a\nb", "a\tb", &"a".repeat(201)] {
            let nobody = Principal { subject: Some(subject.to_owned()), ..lead() };
            let refused = auth.issue(&nobody, Utc::now(), HOUR).expect_err("refused");
            assert_eq!(refused.code, ProblemCode::Validation, "{subject:?}");
            assert!(refused.message.contains("subject"), "{}", refused.message);
            let claims = json!({ "iss": "ioc-gateway", "sub": subject, "exp": Utc::now().timestamp() + 600 });
            let problem = auth.authenticate(&headers(&signed(&claims))).expect_err("refused");
            assert_eq!(problem.code, ProblemCode::Unauthenticated, "{subject:?}");
        }
        for (claim, value) in [("org", "a\0"), ("pos", " "), ("org", "")] {
            let claims =
                json!({ "iss": "ioc-gateway", "sub": "an", claim: value, "exp": Utc::now().timestamp() + 600 });
            assert!(auth.authenticate(&headers(&signed(&claims))).is_err(), "{claim} {value:?}");
        }
        assert!(auth.issue(&Principal { subject: Some("Nguyễn Văn An".into()), ..lead() }, Utc::now(), HOUR).is_ok());
    }

    #[test]
    fn visibility_is_what_the_credential_grants_and_not_the_credential() {
        let auth = authenticator("one");
        let now = Utc::now();
        let seen = |principal: &Principal, lifetime| {
            let token = auth.issue(principal, now, lifetime).expect("signed");
            auth.visibility(&headers(&format!("Bearer {token}")))
        };
        let both = Principal { roles: vec![Role::Lead, Role::Issuer], ..lead() };
        let again =
            Principal { roles: vec![Role::Issuer, Role::Lead, Role::Lead], subject: Some("binh".into()), ..lead() };
        assert!(seen(&both, HOUR).is_some());
        assert_eq!(seen(&both, HOUR), seen(&again, 2 * HOUR));
        assert_ne!(seen(&both, HOUR), seen(&lead(), HOUR));
        assert_ne!(seen(&lead(), HOUR), seen(&Principal { organization: None, ..lead() }, HOUR));
        let nobody = Principal { roles: Vec::new(), organization: None, ..lead() };
        assert_ne!(seen(&nobody, HOUR), auth.visibility(&HeaderMap::new()));
        // Forged, and expired within the leeway.
        let forged = authenticator("two").issue(&lead(), now, HOUR).expect("signed");
        assert_eq!(auth.visibility(&headers(&format!("Bearer {forged}"))), None);
        let expired = auth.issue(&lead(), now - Duration::from_secs(30), Duration::from_secs(1)).expect("signed");
        let expired = headers(&format!("Bearer {expired}"));
        assert!(auth.authenticate(&expired).is_ok());
        assert_eq!(auth.visibility(&expired), None);
    }

    #[test]
    fn a_secret_is_replaced_while_tokens_of_the_old_one_are_accepted() {
        let (old, both, new) = (authenticator("old"), authenticator("new, old"), authenticator("new"));
        let token =
            |by: &Authenticator| headers(&format!("Bearer {}", by.issue(&lead(), Utc::now(), HOUR).expect("signed")));
        for (by, read, accepted) in
            [(&old, &both, true), (&both, &new, true), (&new, &both, true), (&both, &old, false), (&old, &new, false)]
        {
            assert_eq!(read.authenticate(&token(by)).is_ok(), accepted);
        }
        let expired = old.issue(&lead(), DateTime::UNIX_EPOCH, HOUR).expect("signed");
        let problem = both.authenticate(&headers(&format!("Bearer {expired}"))).expect_err("expired");
        assert!(problem.message.contains("expired"), "{}", problem.message);
    }

    #[test]
    fn an_administrator_has_every_role_and_a_lead_only_its_own() {
        let admin = Principal { roles: vec![Role::Admin], ..lead() };
        assert!(admin.has(Role::Approver));
        assert!(!lead().has(Role::Approver));
    }
}
