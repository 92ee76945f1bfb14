//! Ids (UUIDs) of operational rows.

use chrono::{DateTime, Utc};
use uuid::{NoContext, Timestamp, Uuid};

/// Namespace of all sample ids. It was generated once and must not change, because stored samples depend on it.
const SAMPLE_ROOT: Uuid = Uuid::from_u128(0x5c1e_77a4_0c0b_4d6f_9a52_e83b_41d7_2f96);

/// A new id (UUID version 7, RFC 9562): it sorts by `now` to the millisecond, and the rest is random.
///
/// # Example
///
/// ```
/// let id = schema::new_id("2026-03-15T01:00:00Z".parse().unwrap());
/// assert_eq!(id.get_version_num(), 7);
/// ```
pub fn new_id(now: DateTime<Utc>) -> Uuid {
    // A version 7 id cannot have a time before 1970, so such a time becomes 0.
    let unix_s = u64::try_from(now.timestamp()).unwrap_or(0);
    Uuid::new_v7(Timestamp::from_unix(NoContext, unix_s, now.timestamp_subsec_nanos()))
}

/// The id of a row of sample data (UUID version 5): the same names give the same id on every machine, so that loading
/// a sample twice changes nothing.
///
/// # Example
///
/// ```
/// use schema::sample_id;
///
/// assert_eq!(sample_id("hanoi/task", "NV-001"), sample_id("hanoi/task", "NV-001"));
/// assert_ne!(sample_id("hanoi/task", "NV-001"), sample_id("hanoi/milestone", "NV-001"));
/// ```
pub fn sample_id(namespace: &str, name: &str) -> Uuid {
    Uuid::new_v5(&Uuid::new_v5(&SAMPLE_ROOT, namespace.as_bytes()), name.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_ids_sort_after_earlier_ones_and_two_of_one_instant_differ() {
        let early = "2026-03-15T01:00:00.000Z".parse().unwrap();
        let late = "2026-03-15T01:00:00.001Z".parse().unwrap();
        assert!(new_id(early) < new_id(late));
        assert_ne!(new_id(early), new_id(early));
    }

    #[test]
    fn a_sample_id_never_changes() {
        assert_eq!(sample_id("hanoi/task", "NV-001").to_string(), "071501b0-e042-5ee8-8400-16aad89e25a2");
    }
}
