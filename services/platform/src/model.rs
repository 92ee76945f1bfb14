//! The rows, their filters, and who sees them.

use async_graphql::{ID, InputObject, Json, SimpleObject};
use chrono::{DateTime, Utc};
use service_kit::access::{Kind, Rows};
use service_kit::lists::Filter;
use service_kit::store::codes::CodeKind;
use service_kit::store::condition::Conditions;
use service_kit::vocabulary;
use service_kit::vocabulary::AuditAction;
use service_kit::{Problem, RequestScope, Role};
use sqlx::FromRow;
use uuid::Uuid;

/// Keys: only administrators see and change them.
pub const KEYS: Kind = Kind {
    name: "API keys",
    rows: &[],
    public: false,
    public_filters: &[],
    public_dimensions: &[],
    writes: &[(Role::Admin, "makes, revokes and replaces keys")],
};

/// Entries of the audit trail.
pub const AUDIT: Kind = Kind {
    name: "entries of the audit trail",
    rows: &[(Role::Auditor, Rows::All)],
    public: false,
    public_filters: &[],
    public_dimensions: &[],
    writes: &[],
};

/// Receipts: who sees all metadata sees them; who pushes sees its own at `/v1/push/receipts`.
pub const RECEIPTS: Kind = Kind {
    name: "receipts of pushes",
    rows: &[(Role::Ioc, Rows::All), (Role::Auditor, Rows::All)],
    public: false,
    public_filters: &[],
    public_dimensions: &[],
    writes: &[(Role::Admin, "tries rows again, discards those that wait, withdraws pushes")],
};

/// Sources.
pub const SOURCES: Kind = Kind {
    name: "sources",
    rows: &[(Role::Ioc, Rows::All), (Role::Auditor, Rows::All)],
    public: false,
    public_filters: &[],
    public_dimensions: &[],
    writes: &[(Role::Admin, "registers sources")],
};

/// System that pushes rows.
#[derive(SimpleObject, FromRow, Debug, Clone)]
#[graphql(complex, unresolvable = "code")]
pub struct Source {
    /// Name of the source.
    pub code: String,
    /// Name for people; null when it registered itself with its first push.
    pub name: Option<String>,
    #[graphql(skip)]
    pub organization_code: Option<String>,
    /// Kinds of records that it has pushed.
    pub kinds: Vec<String>,
    /// Longest time between two pushes, in hours; null when none is expected.
    pub cadence_hours: Option<i32>,
    /// Whether only hours of working days count.
    pub working_days: bool,
    /// Whether the platform's verbs may change its records.
    pub open_to_verbs: bool,
    /// Time of its last push (RFC 3339).
    pub last_receipt_at: Option<DateTime<Utc>>,
    /// Hours since its last push, or since it was registered.
    pub lag_hours: f64,
    /// Whether it should have pushed since then.
    pub is_silent: bool,
    /// Number of rows that wait for what they name.
    pub parked: i64,
    /// Number of rows that were rejected in the last 30 days.
    pub rejected: i64,
}

/// Receipt of a push.
#[derive(SimpleObject, FromRow, Debug, Clone)]
#[graphql(complex)]
pub struct Receipt {
    #[graphql(skip)]
    pub id: Uuid,
    /// Source of the rows.
    pub source: String,
    /// Kind of the records.
    pub kind: String,
    /// Subject of the credential that pushed.
    pub subject: String,
    /// State of the push.
    pub state: ReceiptState,
    /// Form of the rows.
    pub format: ReceiptFormat,
    /// What happened to records that the push did not name.
    pub mode: ReceiptMode,
    /// Whether it was all rows or none.
    pub atomic: bool,
    /// Name of the file, if the sender gave one.
    pub file_name: Option<String>,
    /// Time when the push began (RFC 3339).
    pub received_at: DateTime<Utc>,
    /// Time when the push ended (RFC 3339).
    pub finished_at: Option<DateTime<Utc>>,
    /// Number of rows.
    pub rows: i64,
    /// Number of rows that made a record.
    pub created: i64,
    /// Number of rows that changed a record.
    pub updated: i64,
    /// Number of records that it did not name and removed.
    pub removed: i64,
    /// Number of rows that said nothing new.
    pub unchanged: i64,
    /// Number of rows that a newer row overrules.
    pub stale: i64,
    /// Number of rows that wait.
    pub parked: i64,
    /// Number of rows that were rejected.
    pub rejected: i64,
}

vocabulary! {
    /// State of a push.
    pub enum ReceiptState {
        /// It has not ended.
        Running = "RUNNING",
        /// It ended; each row has its outcome.
        Done = "DONE",
        /// It ended before the last row.
        Failed = "FAILED",
        /// Nothing was stored, because a row of an atomic push failed.
        RolledBack = "ROLLED_BACK",
        /// What it stated was withdrawn.
        Undone = "UNDONE",
    }
}

vocabulary! {
    /// Form of pushed rows.
    pub enum ReceiptFormat {
        /// One JSON object on each line.
        Ndjson = "NDJSON",
        /// Columns with separators.
        Csv = "CSV",
        /// Workbook.
        Xlsx = "XLSX",
        /// Batch of a mutation.
        Graphql = "GRAPHQL",
    }
}

vocabulary! {
    /// What happens to records that a push does not name.
    pub enum ReceiptMode {
        /// They stay.
        Upsert = "UPSERT",
        /// They are removed.
        Replace = "REPLACE",
    }
}

/// Conditions on receipts, joined by AND.
#[derive(InputObject, Debug, Clone, Default)]
pub struct ReceiptFilter {
    /// Sources.
    pub source: Option<Vec<String>>,
    /// Kinds of records.
    pub kind: Option<Vec<String>>,
    /// States.
    pub state: Option<Vec<ReceiptState>>,
    /// Whether rows were rejected.
    pub has_rejected: Option<bool>,
    /// Whether rows wait.
    pub has_parked: Option<bool>,
}

impl Filter for ReceiptFilter {
    fn conditions(&self, _: &RequestScope) -> Result<Conditions, Problem> {
        let mut list = Conditions::default();
        list.codes(CodeKind::SOURCE, "source", "f.source = ANY({})", self.source.as_ref());
        list.any("kind", "f.kind = ANY({})", self.kind.as_ref());
        list.any("state", "f.state = ANY({})", self.state.as_ref());
        list.flag("hasRejected", "f.rejected > 0", self.has_rejected);
        list.flag("hasParked", "f.parked > 0", self.has_parked);
        Ok(list)
    }
}

/// Key of a system that calls the platform. Its text was shown once, when it was made.
#[derive(SimpleObject, FromRow, Debug, Clone)]
#[graphql(complex)]
pub struct ApiKey {
    /// Public part of the key.
    #[graphql(skip)]
    pub id: String,
    /// Subject of what the system writes.
    pub subject: String,
    /// Roles of the system.
    pub roles: Vec<String>,
    /// Code of the organization that the system acts for.
    pub organization: Option<String>,
    /// Code of the position that the system acts for.
    pub position: Option<String>,
    /// Codes of the areas that the system acts for.
    pub areas: Vec<String>,
    /// Source for which the system pushes; null when it pushes nothing.
    pub source: Option<String>,
    /// Kinds of records that the system pushes; empty: all.
    pub kinds: Vec<String>,
    /// Subject that made the key.
    pub created_by: String,
    /// Time when the key was made.
    pub created_at: DateTime<Utc>,
    /// Time from which the key is refused.
    pub expires_at: DateTime<Utc>,
    /// Subject that revoked the key.
    pub revoked_by: Option<String>,
    /// Time from which the key is refused, because it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Time of the last use, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// Conditions on keys, joined by AND.
#[derive(InputObject, Debug, Clone, Default)]
pub struct ApiKeyFilter {
    /// Ids of the keys.
    pub id: Option<Vec<ID>>,
    /// Subjects of the keys.
    pub subject: Option<Vec<String>>,
    /// Whether the key was revoked.
    pub revoked: Option<bool>,
}

impl Filter for ApiKeyFilter {
    fn conditions(&self, _: &RequestScope) -> Result<Conditions, Problem> {
        let mut list = Conditions::default();
        list.any("id", "f.id = ANY({})", self.id.as_ref());
        list.any("subject", "f.subject = ANY({})", self.subject.as_ref());
        list.flag("revoked", "f.revoked_at IS NOT NULL", self.revoked);
        Ok(list)
    }
}

/// Entry of the audit trail.
#[derive(SimpleObject, FromRow, Debug, Clone)]
#[graphql(complex)]
pub struct AuditEntry {
    /// Number of the entry.
    #[graphql(skip)]
    pub id: i64,
    /// Time of the entry.
    pub at: DateTime<Utc>,
    /// What the entry is about.
    pub action: AuditAction,
    /// Name of the mutation, or path of the field.
    pub operation: String,
    /// The caller; null for a visitor.
    pub subject: Option<String>,
    /// Kind, id and version of each row: `[["tasks.task", "…", 2]]`.
    #[sqlx(json)]
    pub rows: Json<serde_json::Value>,
    /// What a reader of personal data stated, or why access was refused.
    pub reason: Option<String>,
    /// Id of the request.
    pub request_id: Option<String>,
    /// Place in the hash chain; null while the entry is not sealed.
    pub sequence: Option<i64>,
}

/// Conditions on entries of the audit trail, joined by AND.
#[derive(InputObject, Debug, Clone, Default)]
pub struct AuditFilter {
    /// What the entries are about.
    pub action: Option<Vec<AuditAction>>,
    /// Callers.
    pub subject: Option<Vec<String>>,
    /// Names of mutations, or paths of fields.
    pub operation: Option<Vec<String>>,
    /// Ids of requests.
    pub request_id: Option<Vec<String>>,
    /// Earliest time of the entries.
    pub from: Option<DateTime<Utc>>,
    /// Time before which the entries are.
    pub to: Option<DateTime<Utc>>,
    /// Row that the entries are about.
    pub record: Option<AuditRecord>,
}

/// Row of the platform, as the entries of the audit trail name it.
#[derive(InputObject, Debug, Clone)]
pub struct AuditRecord {
    /// Kind of the row: the first element of it in `AuditEntry.rows`, such as `tasks.task`.
    pub kind: String,
    /// Id of the row; without it all rows of the kind.
    pub id: Option<ID>,
}

impl AuditRecord {
    /// What `rows` of an entry about it contains.
    fn contained(&self) -> String {
        let row: Vec<&str> = [self.kind.as_str()].into_iter().chain(self.id.as_ref().map(|id| id.as_str())).collect();
        serde_json::json!([row]).to_string()
    }
}

impl Filter for AuditFilter {
    fn conditions(&self, _: &RequestScope) -> Result<Conditions, Problem> {
        let mut list = Conditions::default();
        if let (Some(from), Some(to)) = (self.from, self.to)
            && from >= to
        {
            return Err(Problem::validation("filter.to", format!("to is {to}; accepted: a time after {from}")));
        }
        let instant = |time: Option<DateTime<Utc>>| time.map(|time| time.to_rfc3339());
        list.one("from", "f.at >= (({})::timestamptz[])[1]", instant(self.from).as_ref());
        list.one("to", "f.at < (({})::timestamptz[])[1]", instant(self.to).as_ref());
        let contained = self.record.as_ref().map(AuditRecord::contained);
        list.one("record", "f.rows @> (({})::jsonb[])[1]", contained.as_ref());
        list.any("action", "f.action = ANY({})", self.action.as_ref());
        list.any("subject", "f.subject = ANY({})", self.subject.as_ref());
        list.any("operation", "f.operation = ANY({})", self.operation.as_ref());
        list.any("requestId", "f.request_id = ANY({})", self.request_id.as_ref());
        Ok(list)
    }
}
