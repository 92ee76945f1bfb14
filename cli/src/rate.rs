//! Rate limits by the cost of operations: of each principal, and of each address for visitors.
//!
//! The cost of an operation is known when it was executed. So a bucket is charged afterwards and may get into debt, and the
//! next request is refused until it is paid. A wall of screens behind one address works, because equal requests are cheap
//! for the platform and the limit of an address is generous; one costly request after the other does not.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderValue, header};
use parking_lot::Mutex;

/// Period of the limits.
const WINDOW: Duration = Duration::from_mins(1);

/// Buckets beyond this number are dropped when they are full.
const BUCKETS: usize = 100_000;

/// Whose bucket.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Caller {
    /// A principal, by its subject.
    Principal(String),
    /// Visitors, by their address.
    Address(IpAddr),
}

/// The most that callers may cause in a minute, in units of cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Each principal.
    pub principal: u64,
    /// All visitors of an address.
    pub visitor: u64,
}

/// The buckets of the callers. Cheap to clone.
#[derive(Clone)]
pub struct RateLimiter {
    limits: Limits,
    buckets: Arc<Mutex<HashMap<Caller, Bucket>>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    /// Units that are left; negative in debt.
    left: f64,
    at: Instant,
}

/// What is left to a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    limit: u64,
    left: i64,
}

impl RateLimiter {
    /// Creates the limiter.
    pub fn new(limits: Limits) -> Self {
        Self { limits, buckets: Arc::default() }
    }

    /// What is left to a caller.
    pub fn standing(&self, caller: &Caller, now: Instant) -> Standing {
        self.charge(caller, 0, now)
    }

    /// Charges a caller and returns what is left.
    pub fn charge(&self, caller: &Caller, cost: u64, now: Instant) -> Standing {
        let limit = match caller {
            Caller::Principal(_) => self.limits.principal,
            Caller::Address(_) => self.limits.visitor,
        };
        let full = as_float(limit);
        let mut buckets = self.buckets.lock();
        if buckets.len() >= BUCKETS && !buckets.contains_key(caller) {
            let limits = self.limits;
            buckets.retain(|caller, bucket| {
                let limit = if matches!(caller, Caller::Principal(_)) { limits.principal } else { limits.visitor };
                bucket.refilled(as_float(limit), now) < as_float(limit)
            });
        }
        let bucket = buckets.entry(caller.clone()).or_insert(Bucket { left: full, at: now });
        *bucket = Bucket { left: bucket.refilled(full, now) - as_float(cost), at: now };
        #[expect(clippy::cast_possible_truncation, reason = "a fraction of a unit is of no interest")]
        let left = bucket.left as i64;
        Standing { limit, left }
    }
}

impl Bucket {
    fn refilled(&self, full: f64, now: Instant) -> f64 {
        let since = now.saturating_duration_since(self.at);
        (self.left + full * since.as_secs_f64() / WINDOW.as_secs_f64()).min(full)
    }
}

#[expect(clippy::cast_precision_loss, reason = "limits are far below 2^52")]
fn as_float(units: u64) -> f64 {
    units as f64
}

impl Standing {
    /// Whether the caller is in debt.
    pub fn is_exhausted(self) -> bool {
        self.left <= 0
    }

    /// Seconds until the bucket has a number of units.
    fn seconds_to(self, units: i64) -> u64 {
        let missing = u64::try_from(units.saturating_sub(self.left)).unwrap_or_default();
        (missing.saturating_mul(WINDOW.as_secs())).div_ceil(self.limit.max(1))
    }

    /// Writes the standard headers (draft-ietf-httpapi-ratelimit-headers), and `Retry-After` for a caller in debt.
    pub fn write(self, headers: &mut HeaderMap) {
        let Self { limit, left } = self;
        let full = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut put = |name: &'static str, text: String| {
            if let Ok(value) = HeaderValue::try_from(text) {
                headers.insert(name, value);
            }
        };
        put("ratelimit-policy", format!("\"cost\";q={limit};w={}", WINDOW.as_secs()));
        put("ratelimit", format!("\"cost\";r={};t={}", left.max(0), self.seconds_to(full)));
        if self.is_exhausted() {
            put(header::RETRY_AFTER.as_str(), self.seconds_to(1).max(1).to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter() -> RateLimiter {
        RateLimiter::new(Limits { principal: 600, visitor: 6000 })
    }

    fn principal(subject: &str) -> Caller {
        Caller::Principal(subject.to_owned())
    }

    #[test]
    fn debt_is_paid_by_time_and_by_nobody_else() {
        let (limiter, start) = (limiter(), Instant::now());
        let left =
            |caller: &Caller, cost, seconds| limiter.charge(caller, cost, start + Duration::from_secs(seconds)).left;
        assert_eq!(left(&principal("an"), 500, 0), 100);
        assert_eq!(left(&principal("an"), 400, 0), -300);
        assert!(limiter.standing(&principal("an"), start).is_exhausted());
        assert!(!limiter.standing(&principal("binh"), start).is_exhausted());
        // Ten units a second.
        assert_eq!(left(&principal("an"), 0, 30), 0);
        assert!(limiter.standing(&principal("an"), start + Duration::from_secs(30)).is_exhausted());
        assert_eq!(left(&principal("an"), 0, 31), 10);
        assert_eq!(left(&principal("an"), 0, 3600), 600, "never more than the limit");
        let address = Caller::Address([10, 0, 0, 1].into());
        assert_eq!(left(&address, 1000, 0), 5000);
    }

    #[test]
    fn the_headers_say_what_is_left_and_when_to_come_back() {
        let (limiter, now) = (limiter(), Instant::now());
        let headers = |cost| {
            let mut headers = HeaderMap::new();
            limiter.charge(&principal("an"), cost, now).write(&mut headers);
            let text = |name| headers.get(name).map(|value: &HeaderValue| value.to_str().expect("ASCII").to_owned());
            (text("ratelimit-policy"), text("ratelimit"), text("retry-after"))
        };
        let policy = Some("\"cost\";q=600;w=60".to_owned());
        assert_eq!(headers(100), (policy.clone(), Some("\"cost\";r=500;t=10".to_owned()), None));
        assert_eq!(headers(700), (policy, Some("\"cost\";r=0;t=80".to_owned()), Some("21".to_owned())));
    }
}
