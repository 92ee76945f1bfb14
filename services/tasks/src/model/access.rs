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
        "waitingFor",
        "unansweredReminder",
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
        (Role::Ioc, "reminds leads, records the answers to their requests"),
        (
            Role::Issuer,
            "creates, assigns, reassigns, cancels, replaces and relates tasks, reminds leads, records the answers to their requests",
        ),
        (
            Role::Lead,
            "works on tasks that its organization leads, or that its position is accountable for; reminds leads below its organization",
        ),
        (Role::Department, "reminds leads below its organization"),
        (
            Role::Approver,
            "decides on submissions and extensions of tasks that name its position or none, never on its own; reminds their leads",
        ),
        (Role::Inspector, "reopens completed tasks"),
    ],
};
