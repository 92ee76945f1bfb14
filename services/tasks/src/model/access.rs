//! Who sees which tasks.

use service_kit::Role;
use service_kit::access::{Kind, Rows};

/// Tasks, with everything below them.
pub const TASKS: Kind = Kind {
    name: "tasks",
    rows: &[
        (Role::Ioc, Rows::All),
        (Role::Issuer, Rows::All),
        (Role::Approver, Rows::All),
        (Role::Inspector, Rows::All),
        (Role::Department, Rows::Organization),
        (Role::Lead, Rows::Organization),
        (Role::Ward, Rows::Area),
    ],
    public: false,
    public_filters: &[
        "status",
        "kind",
        "priority",
        "axis",
        "level",
        "organization",
        "programme",
        "group",
        "bottleneck",
        "project",
        "indicator",
        "area",
        "open",
        "overdue",
        "atRisk",
        "atRiskReason",
        "awaitingApproval",
    ],
    public_dimensions: &[
        "axis",
        "level",
        "organization",
        "programme",
        "group",
        "bottleneck",
        "project",
        "indicator",
        "area",
        "kind",
        "priority",
        "status",
    ],
    writes: &[
        (Role::Issuer, "creates, assigns, reassigns, cancels, replaces and relates tasks"),
        (Role::Lead, "works on tasks that its organization leads, or that its position is accountable for"),
        (
            Role::Approver,
            "decides on submissions and extensions of tasks that name its position or none, never on its own",
        ),
        (Role::Inspector, "reopens completed tasks"),
    ],
};
