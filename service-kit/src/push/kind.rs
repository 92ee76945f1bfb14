//! Kinds of records that sources push. A service declares a kind once; the engine does everything else with it.
//!
//! The rules of a kind are the constraints of its table: the engine evaluates every `CHECK` and `NOT NULL` for each state
//! of a record, and reports them in the words of [`PushKind::refusals`].

use tabular::{Field, Form};

use super::layout::Layout;

/// Kind of record that a source pushes.
#[derive(Debug)]
pub struct PushKind {
    /// Name in the address and in receipts, for example `task-updates`.
    pub name: &'static str,
    /// Name of the input type in GraphQL, for example `TaskUpdateRow`; the mutation is `push` and its plural.
    pub row_type: &'static str,
    /// Name of the mutation, for example `pushTaskUpdates`.
    pub mutation: &'static str,
    /// Name for people, in English and in Vietnamese.
    pub label: (&'static str, &'static str),
    /// Description in English and in Vietnamese.
    pub description: (&'static str, &'static str),
    /// Table with its schema. It has the columns `source`, `external_id`, `version`, `observed_at`, `recorded_at` and
    /// `deleted_at`, and a log of events (`platform.keep_events`).
    pub table: &'static str,
    /// Primary key of the records.
    pub key: Key,
    /// Columns by which a row of the same source without an external id is the same record.
    pub natural: &'static [&'static str],
    /// External id of the example in the template.
    pub example: &'static str,
    /// Fields, without those that every kind has ([`COMMON`]).
    pub fields: &'static [PushField],
    /// Columns that [`PushKind::effect`] and [`PushKind::after`] read although a row need not state them.
    pub kept: &'static [&'static str],
    /// Columns with the name of who wrote the row; they get the name of the source.
    pub authors: &'static [&'static str],
    /// Name of the entity in `directory.published_knows`, if other rows name these records by code.
    pub entity: Option<&'static str>,
    /// Record of another kind to which each row belongs.
    pub parent: Option<Parent>,
    /// Columns of the parent that a row states too, from its observed time.
    pub effect: Option<Effect>,
    /// Statements that run after each chunk, in the transaction. `push_event` has the events that it touched.
    pub after: &'static [&'static str],
    /// What the constraints of the table mean for who pushes.
    pub refusals: &'static [Refusal],
    /// Tables with other columns in which the rows are exchanged too.
    pub layouts: &'static [&'static Layout],
}

impl PushKind {
    /// The service that owns the records: the schema of their table.
    pub fn service(&self) -> &'static str {
        self.table.split_once('.').map_or(self.table, |(schema, _)| schema)
    }

    /// Whether its rows have personal data.
    pub fn is_personal(&self) -> bool {
        self.fields.iter().any(|field| field.personal)
    }

    /// What most kinds have none of; the rest of a declaration is `..PushKind::PLAIN`.
    pub const PLAIN: Self = Self {
        name: "",
        row_type: "",
        mutation: "",
        label: ("", ""),
        description: ("", ""),
        table: "",
        key: Key::Id,
        natural: &[],
        example: "",
        fields: &[],
        kept: &[],
        authors: &[],
        entity: None,
        parent: None,
        effect: None,
        after: &[],
        refusals: &[],
        layouts: &[],
    };
}

/// Primary key of the records of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A UUID in `id`, made by the platform.
    Id,
    /// The code that the rows state.
    Code,
}

impl Key {
    /// The column.
    pub fn column(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Code => "code",
        }
    }

    /// The type of the column.
    pub fn sql_type(self) -> &'static str {
        match self {
            Self::Id => "uuid",
            Self::Code => "text",
        }
    }
}

/// The record to which the rows of a kind belong.
#[derive(Debug)]
pub struct Parent {
    /// Its kind.
    pub kind: &'static PushKind,
    /// Field with its external id.
    pub field: &'static str,
    /// Column with its key.
    pub column: &'static str,
}

/// What a row states about its parent.
#[derive(Debug)]
pub struct Effect {
    /// SQL of the stated columns as a JSON object, from a row `c` of the table and the time `at`.
    pub columns: &'static str,
}

/// What is accepted as a day on which work begins, ends or is done, as in [`crate::scalar::Date::of_work`].
pub const A_DAY_OF_WORK: (&str, &str) = ("accepted: a day from 1990 to 2100", "cần: một ngày từ năm 1990 đến năm 2100");

/// What the violation of a constraint means.
#[derive(Debug)]
pub struct Refusal {
    /// Name of the constraint, or of the exclusion or index.
    pub constraint: &'static str,
    /// Field that it is about.
    pub field: &'static str,
    /// What is accepted, in English and in Vietnamese.
    pub message: (&'static str, &'static str),
}

/// Field of a kind and its column.
#[derive(Debug, Clone, Copy)]
pub struct PushField {
    /// The field.
    pub field: Field,
    /// The column; empty for the field that names the parent.
    pub column: &'static str,
    /// Entity whose codes the field has, as in `directory.published_knows`.
    pub names: Option<&'static str>,
    /// Whether it says when something happened, so that it is not in the future.
    pub past: bool,
    /// Whether it is personal data: who reads a push with such a field again states a purpose.
    pub personal: bool,
}

impl PushField {
    /// An optional field: name and column, header in Vietnamese and in English.
    pub const fn new(
        name: &'static str,
        column: &'static str,
        header: (&'static str, &'static str),
        form: Form,
    ) -> Self {
        let field = Field {
            name,
            header: header.1,
            title: header.0,
            form,
            required: false,
            description: ("", ""),
            example: "",
        };
        Self { field, column, names: None, past: false, personal: false }
    }

    /// The same field, which the first row of a record must state.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.field.required = true;
        self
    }

    /// The same field with a description in English and in Vietnamese.
    #[must_use]
    pub const fn about(mut self, en: &'static str, vi: &'static str) -> Self {
        self.field.description = (en, vi);
        self
    }

    /// The same field with the value of the template's example.
    #[must_use]
    pub const fn example(mut self, value: &'static str) -> Self {
        self.field.example = value;
        self
    }

    /// The same field, a day or a time at which something happened: it is not in the future.
    #[must_use]
    pub const fn past(mut self) -> Self {
        self.past = true;
        self
    }

    /// The same field, which is personal data.
    #[must_use]
    pub const fn personal(mut self) -> Self {
        self.personal = true;
        self
    }

    /// The same field, whose values are codes of an entity.
    #[must_use]
    pub const fn names(mut self, entity: &'static str) -> Self {
        self.names = Some(entity);
        self
    }
}

/// Name of the field with the id of the row in its source.
pub const EXTERNAL_ID: &str = "externalId";
/// Name of the field with the version that the source gives.
pub const SOURCE_VERSION: &str = "sourceVersion";
/// Name of the field with the time from which the row is true.
pub const OBSERVED_AT: &str = "observedAt";
/// Name of the field that says that the record is gone.
pub const DELETED: &str = "deleted";

/// Fields that every kind has.
pub const COMMON: [PushField; 4] = [
    PushField::new(EXTERNAL_ID, "", ("External id", "Mã bản ghi nguồn"), Form::Text(200)).required().about(
        "Id of the record in the source. A row with the same id changes the same record.",
        "Mã của bản ghi trong hệ thống nguồn. Dòng có cùng mã sẽ cập nhật cùng một bản ghi.",
    ),
    PushField::new(SOURCE_VERSION, "", ("Source version", "Phiên bản nguồn"), Form::Integer(1, i64::MAX)).about(
        "Number of the change in the source; rows of a record are ordered by it.",
        "Số thứ tự thay đổi ở hệ thống nguồn; các dòng của một bản ghi được sắp theo số này.",
    ),
    PushField::new(OBSERVED_AT, "", ("Observed at", "Thời điểm ghi nhận"), Form::DateTime).about(
        "Time from which the row is true. Without it the row is true from its receipt.",
        "Thời điểm từ đó dữ liệu đúng. Nếu bỏ trống, tính từ lúc nhận.",
    ),
    PushField::new(DELETED, "", ("Deleted", "Đã xóa"), Form::Boolean)
        .about("`true` hides the record from its observed time on.", "`có` để ẩn bản ghi kể từ thời điểm ghi nhận."),
];

impl PushKind {
    /// Every field, the common ones first.
    pub fn all_fields(&self) -> impl Iterator<Item = &'static PushField> + use<> {
        COMMON_REF.iter().chain(self.fields)
    }

    /// The fields as the reader of files knows them.
    pub fn file_fields(&self) -> Vec<Field> {
        let example =
            |field: &PushField| if field.field.name == EXTERNAL_ID { self.example } else { field.field.example };
        self.all_fields().map(|field| Field { example: example(field), ..field.field }).collect()
    }

    /// The field of a column.
    pub fn field_of(&self, column: &str) -> Option<&'static str> {
        self.fields.iter().find(|field| field.column == column).map(|field| field.field.name)
    }

    /// Name of the table of its events.
    pub fn events(&self) -> String {
        format!("{}_event", self.table)
    }
}

static COMMON_REF: [PushField; 4] = COMMON;
