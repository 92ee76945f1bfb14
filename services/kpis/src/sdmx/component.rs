//! The columns of the exchange, each declared once.

use tabular::{Field, Form};

/// Maintenance agency of the structure.
pub const AGENCY: &str = "IOC";
/// Id of the dataflow.
pub const DATAFLOW: &str = "DF_KPI";
/// Id of the data structure definition.
pub const DEFINITION: &str = "DSD_KPI";
/// Version of both.
pub const VERSION: &str = "1.0.0";

/// What stands between several values of a cell.
pub const BETWEEN: char = ';';

/// Code of a scope that a row is not about.
pub const NOT_APPLICABLE: &str = "_Z";

/// Part that a column has in the structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Part of the key.
    Dimension,
    /// Part of the key: the period.
    Time,
    /// Value.
    Measure,
    /// What is said about the indicator.
    OfIndicator,
    /// What is said about the value.
    Attribute,
}

/// Values of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// Codes of a codelist.
    Codes(&'static str),
    /// Values of a data type of SDMX.
    Typed(&'static str),
}

/// A column that the structure defines.
#[derive(Debug, Clone, Copy)]
pub struct Component {
    pub id: &'static str,
    /// Header of the column: the id, and `[]` behind it when a cell has several values.
    pub header: &'static str,
    pub role: Role,
    pub values: Values,
    /// Name in English and in Vietnamese.
    pub name: (&'static str, &'static str),
    /// How a file states it.
    form: Form,
    required: bool,
    example: &'static str,
}

impl Component {
    /// Whether a cell has several values.
    pub fn is_multiple(&self) -> bool {
        self.header.len() > self.id.len()
    }

    const fn new(id: &'static str, role: Role, values: Values, name: (&'static str, &'static str)) -> Self {
        Self { id, header: id, role, values, name, form: Form::Text(200), required: false, example: "" }
    }

    const fn read_as(mut self, form: Form, example: &'static str) -> Self {
        self.form = form;
        self.example = example;
        self
    }

    const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    const fn headed(mut self, header: &'static str) -> Self {
        self.header = header;
        self
    }
}

const CODE: Form = Form::Text(400);
const NUMBER: Form = Form::Text(100);

/// Columns in the order of an export, behind [`FRAME`].
pub const COMPONENTS: [Component; 15] = [
    Component::new("FREQ", Role::Dimension, Values::Codes("CL_FREQ"), ("Frequency", "Kỳ báo cáo"))
        .read_as(Form::Text(10), "Q"),
    Component::new("INDICATOR", Role::Dimension, Values::Codes("CL_INDICATOR"), ("Indicator", "Chỉ tiêu"))
        .read_as(CODE, "CT-MAU-001")
        .required(),
    Component::new("REF_AREA", Role::Dimension, Values::Codes("CL_AREA"), ("Area", "Địa bàn")).read_as(CODE, "01"),
    Component::new("ORGANIZATION", Role::Dimension, Values::Codes("CL_ORGANIZATION"), ("Organization", "Cơ quan"))
        .read_as(CODE, NOT_APPLICABLE),
    Component::new("TIME_PERIOD", Role::Time, Values::Typed("ObservationalTimePeriod"), ("Period", "Kỳ"))
        .read_as(Form::Text(20), "2026-Q1")
        .required(),
    Component::new("OBS_VALUE", Role::Measure, Values::Typed("Double"), ("Value", "Giá trị")).read_as(NUMBER, "10.23"),
    Component::new(
        "OBS_STATUS",
        Role::Attribute,
        Values::Codes("CL_OBS_STATUS"),
        ("Status of the value", "Ghi chú số liệu"),
    )
    .read_as(Form::Text(50), "P;B")
    .headed("OBS_STATUS[]"),
    Component::new("NUMERATOR", Role::Attribute, Values::Typed("Double"), ("Numerator", "Tử số"))
        .read_as(NUMBER, "1845"),
    Component::new("DENOMINATOR", Role::Attribute, Values::Typed("Double"), ("Denominator", "Mẫu số"))
        .read_as(NUMBER, "1902"),
    Component::new("UNIT_MEASURE", Role::OfIndicator, Values::Typed("String"), ("Unit", "Đơn vị tính"))
        .read_as(Form::Text(50), "%"),
    Component::new("REVISION", Role::Attribute, Values::Typed("Integer"), ("Revision", "Lần điều chỉnh"))
        .read_as(Form::Integer(1, 1000), "1"),
    Component::new("PUBLISHED_ON", Role::Attribute, Values::Typed("GregorianDay"), ("Published on", "Ngày công bố"))
        .read_as(Form::Text(40), "2026-04-06"),
    Component::new(
        "PUBLICATION_STATUS",
        Role::Attribute,
        Values::Codes("CL_PUBLICATION_STATUS"),
        ("State of publication", "Trạng thái công bố"),
    )
    .read_as(Form::Text(20), "PUBLISHED"),
    Component::new("SOURCE", Role::Attribute, Values::Typed("String"), ("Source", "Nguồn"))
        .read_as(Form::Text(64), "cuc-thong-ke"),
    Component::new("OBS_ID", Role::Attribute, Values::Typed("String"), ("Id in the source", "Mã ở nguồn"))
        .read_as(Form::Text(200), "SL-MAU-001"),
];

/// Columns that come first: what defines the row, and what is to be done with it.
pub const FRAME: [&str; 3] = ["STRUCTURE[;]", "STRUCTURE_ID", "ACTION"];

/// Number of columns.
const COLUMNS: usize = FRAME.len() + COMPONENTS.len();

/// The columns as files are read by them. A header may have the brackets or not.
pub static FIELDS: [Field; COLUMNS] = {
    let mut fields = [field("STRUCTURE", FRAME[0], Form::Text(50), true, "dataflow"); COLUMNS];
    fields[1] = field(FRAME[1], FRAME[1], Form::Text(200), true, "IOC:DF_KPI(1.0.0)");
    fields[2] = field(FRAME[2], FRAME[2], Form::Text(10), false, "I");
    let mut place = 0;
    while place < COMPONENTS.len() {
        let Component { id, header, form, required, example, .. } = COMPONENTS[place];
        fields[FRAME.len() + place] = field(id, header, form, required, example);
        place += 1;
    }
    fields
};

const fn field(id: &'static str, header: &'static str, form: Form, required: bool, example: &'static str) -> Field {
    Field { name: id, header: id, title: header, form, required, description: ("", ""), example }
}

/// The name by which rows refer to the dataflow.
pub fn dataflow() -> String {
    format!("{AGENCY}:{DATAFLOW}({VERSION})")
}
