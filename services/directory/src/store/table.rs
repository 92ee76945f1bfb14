//! Tables of the rows, and the columns by which rows are looked up.

use service_kit::access::{Kind, REFERENCE};
use service_kit::store::list::Listed;
use service_kit::store::reference::{Column, Reference};

use crate::model::{Appointment, Area, Bottleneck, Official, Organization, Position, Programme, Succession, TaskGroup};

/// The code of the row itself, as others name it: also of a row that is deleted.
pub const NAMED: Column = Column::ever("code");
/// The code of the row itself.
pub const CODE: Column = Column::shown("code");
/// The code of the row directly above.
pub const PARENT: Column = Column::shown("parent_code");
/// The code of the area that an organization serves.
pub const AREA: Column = Column::shown("area_code");
/// The code of the organization of a position.
pub const ORGANIZATION: Column = Column::shown("organization_code");
/// The code of the official who is appointed.
pub const OFFICIAL: Column = Column::shown("official_code");
/// The code of the programme that is superseded.
pub const SUPERSEDES: Column = Column::shown("supersedes_code");
/// The code of the old unit of a succession.
pub const FROM: Column = Column::shown("from_code");
/// The code of the new unit of a succession.
pub const TO: Column = Column::shown("to_code");

/// Declares tables: the row, the table, its key, and the order in which rows `f` are shown. `$shown` is the condition
/// on the rows that are visible.
macro_rules! tables {
    (versioned: $versioned:literal, shown: $shown:literal; $($row:ty: $table:literal, $key:literal, $order:literal;)+) => {$(
        impl Listed for $row {
            const KIND: &'static Kind = &REFERENCE;
            const SOURCES: &'static [&'static str] = &[Self::SOURCE];
        }

        impl Reference for $row {
            const TABLE: &'static str = $table;
            const SOURCE: &'static str = concat!($table, " AS f WHERE ", $shown);
            const KEY: &'static str = $key;
            const ORDER: &'static str = $order;
            const VERSIONED: bool = $versioned;
        }
    )+};
}

tables! {
    versioned: true, shown: "f.deleted_at IS NULL";
    Area: "directory.area", "code", "f.code";
    Organization: "directory.organization", "code", "f.code";
    Position: "directory.position", "code", "f.code";
    Official: "directory.official", "code", "f.code";
    Appointment: "directory.appointment", "id", "f.from_on, f.position_code";
    Programme: "directory.programme", "code", "f.code";
}

tables! {
    versioned: false, shown: "f.deleted_at IS NULL";
    Succession: "directory.area_succession", "from_code, to_code, effective_on", "f.effective_on, f.from_code, f.to_code";
}

tables! {
    versioned: false, shown: "true";
    TaskGroup: "directory.task_group", "code", "f.ordinal, f.code";
    Bottleneck: "directory.bottleneck", "code", "f.code";
}
