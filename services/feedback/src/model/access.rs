//! Who sees and writes what.

use service_kit::Role;
use service_kit::access::{Kind, Rows};

/// Cases, without who sent them.
pub const FEEDBACK: Kind = Kind {
    name: "feedback",
    rows: &[
        (Role::Ioc, Rows::All),
        (Role::Issuer, Rows::All),
        (Role::Inspector, Rows::All),
        (Role::Department, Rows::Organization),
        (Role::Lead, Rows::Organization),
        (Role::Handler, Rows::Organization),
        (Role::Ward, Rows::Area),
    ],
    public: false,
    public_filters: &[
        "kind",
        "sender",
        "channel",
        "category",
        "level",
        "status",
        "area",
        "organization",
        "axis",
        "project",
        "programme",
        "bottleneck",
        "open",
        "overdue",
        "dueSoon",
    ],
    public_dimensions: &[
        "kind",
        "sender",
        "channel",
        "category",
        "level",
        "status",
        "area",
        "organization",
        "axis",
        "project",
        "programme",
        "bottleneck",
    ],
    writes: &[
        (
            Role::Ioc,
            "takes feedback in: creates, accepts, rejects, merges, assigns, changes the level, moderates; records what the sender says",
        ),
        (Role::Issuer, "the same as IOC"),
        (Role::Lead, "works on the cases of its organization or position: starts, asks, transfers, resolves"),
        (Role::Handler, "the same as LEAD"),
        (Role::Inspector, "reopens cases"),
    ],
};

/// Name, telephone and exact point of senders. Each reading states a purpose and goes into the audit trail. The policies leave out
/// senders who asked not to be named, and those who complain about the reader's organization.
pub const PERSONAL: Kind = Kind {
    name: "personal data of senders",
    rows: &[(Role::Handler, Rows::Organization)],
    public: false,
    public_filters: &[],
    public_dimensions: &[],
    writes: &[],
};
