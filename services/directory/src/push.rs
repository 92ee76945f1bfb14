//! Kinds of the directory that sources push.

use service_kit::push::graphql::PushSet;
use service_kit::push::{Key, PushField, PushKind, Refusal};
use tabular::Form;

use crate::store::push as store;

const CODE: Form = Form::Text(64);
const SHORT: Form = Form::Text(200);
const LONG: Form = Form::Text(500);

const AXES: Form = Form::Choice(&[
    ("PARTY", "Đảng"),
    ("COUNCIL", "Hội đồng nhân dân"),
    ("COMMITTEE", "Ủy ban nhân dân"),
    ("FRONT", "Mặt trận Tổ quốc"),
]);

const LEVELS: Form = Form::Choice(&[
    ("CITY", "Thành phố"),
    ("DEPARTMENT", "Sở, ban, ngành"),
    ("COMMUNE", "Xã, phường"),
    ("GRASSROOTS", "Cơ sở"),
]);

const AREA_KINDS: Form = Form::Choice(&[("CITY", "Thành phố"), ("WARD", "Phường"), ("COMMUNE", "Xã")]);

const PROGRAMME_KINDS: Form = Form::Choice(&[
    ("RESOLUTION", "Nghị quyết"),
    ("ACTION_PROGRAMME", "Chương trình hành động"),
    ("PLAN", "Kế hoạch"),
    ("DIRECTIVE", "Chỉ thị"),
]);

/// Organizations.
pub static ORGANIZATIONS: PushKind = PushKind {
    name: "organizations",
    row_type: "OrganizationRow",
    mutation: "pushOrganizations",
    label: ("Organizations", "Cơ quan, tổ chức"),
    description: (
        "Committees, councils, departments and other organizations, as a tree.",
        "Cấp ủy, hội đồng, sở ngành và các cơ quan khác, theo cây tổ chức.",
    ),
    table: "directory.organization",
    key: Key::Code,
    natural: &["code"],
    example: "VP-MAU",
    fields: &[
        PushField::new("code", "code", ("Code", "Mã cơ quan"), CODE)
            .required()
            .about("Stable code of the organization.", "Mã ổn định của cơ quan.")
            .example("VP-MAU"),
        PushField::new("name", "name", ("Name", "Tên cơ quan"), LONG)
            .required()
            .about("Official name.", "Tên chính thức.")
            .example("Văn phòng mẫu"),
        PushField::new("shortName", "short_name", ("Short name", "Tên viết tắt"), SHORT)
            .about("Short name, if there is one.", "Tên viết tắt, nếu có.")
            .example("VPM"),
        PushField::new("axis", "axis", ("Axis", "Khối"), AXES)
            .required()
            .about("Axis of the political system.", "Khối trong hệ thống chính trị.")
            .example("COMMITTEE"),
        PushField::new("level", "level", ("Level", "Cấp"), LEVELS)
            .required()
            .about("Level, from the city to the grass roots.", "Cấp, từ thành phố đến cơ sở.")
            .example("DEPARTMENT"),
        PushField::new("parent", "parent_code", ("Parent code", "Mã cơ quan cấp trên"), CODE)
            .names("organization")
            .about("Code of the organization directly above.", "Mã cơ quan cấp trên trực tiếp."),
        PushField::new("area", "area_code", ("Area code", "Mã địa bàn"), Form::Text(5))
            .names("area")
            .about("Official code of the area that it serves.", "Mã địa bàn phụ trách."),
    ],
    entity: Some("organization"),
    refusals: &[
        Refusal {
            constraint: "organization_acyclic",
            field: "parent",
            message: (
                "the parent is below the organization itself; accepted: a parent that is not",
                "cơ quan cấp trên lại nằm dưới chính cơ quan này; cần: cấp trên khác",
            ),
        },
        Refusal {
            constraint: "organization_check",
            field: "parent",
            message: ("an organization is not its own parent", "cơ quan không thể là cấp trên của chính mình"),
        },
    ],
    ..PushKind::PLAIN
};

/// Areas.
pub static AREAS: PushKind = PushKind {
    name: "areas",
    row_type: "AreaRow",
    mutation: "pushAreas",
    label: ("Areas", "Đơn vị hành chính"),
    description: ("Wards, communes and the city.", "Phường, xã và thành phố."),
    table: "directory.area",
    key: Key::Code,
    natural: &["code"],
    example: "99901",
    fields: &[
        PushField::new("code", "code", ("Code", "Mã đơn vị hành chính"), Form::Text(5))
            .required()
            .about(
                "Official code of two to five digits, with leading zeros.",
                "Mã chính thức hai đến năm chữ số, giữ số 0 ở đầu.",
            )
            .example("99901"),
        PushField::new("name", "name", ("Name", "Tên đơn vị hành chính"), SHORT)
            .required()
            .about("Official name.", "Tên chính thức.")
            .example("Phường Mẫu"),
        PushField::new("shortName", "short_name", ("Short name", "Tên ngắn"), SHORT)
            .about("Name without its kind.", "Tên không kèm loại đơn vị."),
        PushField::new("kind", "kind", ("Kind", "Loại"), AREA_KINDS)
            .required()
            .about("Kind of the area.", "Loại đơn vị hành chính.")
            .example("WARD"),
        PushField::new("parent", "parent_code", ("Parent code", "Mã đơn vị cấp trên"), Form::Text(5))
            .names("area")
            .about("Code of the area directly above.", "Mã đơn vị cấp trên trực tiếp.")
            .example("01"),
        PushField::new("lat", "lat", ("Latitude", "Vĩ độ"), Form::LATITUDE)
            .about("Latitude of the centre (WGS 84, degrees).", "Vĩ độ tâm (WGS 84, độ)."),
        PushField::new("lon", "lon", ("Longitude", "Kinh độ"), Form::LONGITUDE)
            .about("Longitude of the centre (WGS 84, degrees).", "Kinh độ tâm (WGS 84, độ)."),
        PushField::new("outline", "outline", ("Outline", "Ranh giới"), Form::Text(1_000_000))
            .about("GeoJSON geometry of the area.", "Ranh giới dạng GeoJSON."),
        PushField::new("areaKm2", "area_km2", ("Area (km²)", "Diện tích (km²)"), Form::AMOUNT)
            .about("Area in km².", "Diện tích, km²."),
        PushField::new("population", "population", ("Population", "Dân số"), Form::Integer(0, 1_000_000_000))
            .about("Number of inhabitants.", "Số dân."),
        PushField::new("validFrom", "valid_from", ("Valid from", "Hiệu lực từ"), Form::Date)
            .about("First day on which the area exists.", "Ngày đầu tiên đơn vị tồn tại."),
        PushField::new("validTo", "valid_to", ("Valid to", "Hiệu lực đến"), Form::Date)
            .about("First day on which the area no longer exists.", "Ngày đầu tiên đơn vị không còn tồn tại."),
    ],
    entity: Some("area"),
    refusals: &[
        Refusal {
            constraint: "area_outline_geojson",
            field: "outline",
            message: ("the outline is no GeoJSON object", "ranh giới không phải GeoJSON"),
        },
        Refusal {
            constraint: "area_code_check",
            field: "code",
            message: (
                "the code is not two to five digits; accepted: the official code with its leading zeros (format the column of a spreadsheet as text)",
                "mã không gồm hai đến năm chữ số; cần: mã chính thức, giữ số 0 ở đầu (định dạng cột dạng văn bản)",
            ),
        },
        Refusal {
            constraint: "area_check1",
            field: "lat",
            message: (
                "latitude and longitude belong together; accepted: both or none",
                "vĩ độ và kinh độ đi cùng nhau; cần: cả hai hoặc không",
            ),
        },
        Refusal {
            constraint: "area_acyclic",
            field: "parent",
            message: ("the parent is below the area itself", "đơn vị cấp trên lại nằm dưới chính đơn vị này"),
        },
    ],
    ..PushKind::PLAIN
};

/// Successions of areas.
pub static AREA_SUCCESSIONS: PushKind = PushKind {
    name: "area-successions",
    row_type: "AreaSuccessionRow",
    mutation: "pushAreaSuccessions",
    label: ("Successions of areas", "Sáp nhập, chia tách địa bàn"),
    description: ("Which new area received which part of an old one.", "Đơn vị mới nhận phần nào của đơn vị cũ."),
    table: "directory.area_succession",
    key: Key::Id,
    natural: &["from_code", "to_code", "effective_on"],
    example: "88801-00004",
    fields: &[
        PushField::new("fromCode", "from_code", ("Old code", "Mã cũ"), Form::Text(10))
            .required()
            .about("Code of the old unit.", "Mã đơn vị cũ.")
            .example("88801"),
        PushField::new("fromName", "from_name", ("Old name", "Tên cũ"), SHORT)
            .required()
            .about("Name of the old unit.", "Tên đơn vị cũ.")
            .example("Phường Cũ"),
        PushField::new("toCode", "to_code", ("New code", "Mã mới"), Form::Text(5))
            .required()
            .names("area")
            .about("Code of the area that received it.", "Mã đơn vị tiếp nhận.")
            .example("00004"),
        PushField::new("share", "share", ("Share", "Tỷ lệ"), Form::SHARE)
            .about(
                "Part of the old unit that the area received, above 0 and at most 1.",
                "Phần của đơn vị cũ được tiếp nhận, lớn hơn 0 và không quá 1.",
            )
            .example("0.5"),
        PushField::new("effectiveOn", "effective_on", ("Effective on", "Ngày hiệu lực"), Form::Date)
            .required()
            .about("First day of the new areas.", "Ngày đầu tiên của đơn vị mới.")
            .example("2025-07-01"),
    ],
    after: &[store::SETTLE_SHARES],
    refusals: &[
        Refusal {
            constraint: "area_succession_share_check",
            field: "share",
            message: ("the share is not above 0 and at most 1", "tỷ lệ không lớn hơn 0 và không quá 1"),
        },
        Refusal {
            constraint: "area_succession_shares",
            field: "share",
            message: (
                "the shares of the old unit on this day are more than 1 together; accepted: at most 1 in all",
                "tổng tỷ lệ của đơn vị cũ trong ngày này vượt quá 1; cần: tổng không quá 1",
            ),
        },
        Refusal {
            constraint: "area_succession_pkey",
            field: "fromCode",
            message: ("another source has stated this succession", "nguồn khác đã khai việc sáp nhập này"),
        },
    ],
    ..PushKind::PLAIN
};

/// Positions.
pub static POSITIONS: PushKind = PushKind {
    name: "positions",
    row_type: "PositionRow",
    mutation: "pushPositions",
    label: ("Positions", "Chức danh"),
    description: (
        "Positions of organizations; a position is responsible, never a person.",
        "Chức danh của các cơ quan; trách nhiệm gắn với chức danh.",
    ),
    table: "directory.position",
    key: Key::Code,
    natural: &["code"],
    example: "CVP-MAU",
    fields: &[
        PushField::new("code", "code", ("Code", "Mã chức danh"), CODE)
            .required()
            .about("Stable code of the position.", "Mã ổn định của chức danh.")
            .example("CVP-MAU"),
        PushField::new("title", "title", ("Title", "Tên chức danh"), SHORT)
            .required()
            .about("Title of the position.", "Tên chức danh.")
            .example("Chánh Văn phòng mẫu"),
        PushField::new("organization", "organization_code", ("Organization code", "Mã cơ quan"), CODE)
            .required()
            .names("organization")
            .about("Code of its organization.", "Mã cơ quan.")
            .example("UBND"),
    ],
    entity: Some("position"),
    ..PushKind::PLAIN
};

/// Officials.
pub static OFFICIALS: PushKind = PushKind {
    name: "officials",
    row_type: "OfficialRow",
    mutation: "pushOfficials",
    label: ("Officials", "Cán bộ"),
    description: (
        "Officials by display name, or by title where no name may be shown.",
        "Cán bộ theo tên hiển thị, hoặc chức danh khi không được nêu tên.",
    ),
    table: "directory.official",
    key: Key::Code,
    natural: &["code"],
    example: "CB-MAU-01",
    fields: &[
        PushField::new("code", "code", ("Code", "Mã cán bộ"), CODE)
            .required()
            .about("Stable code of the official.", "Mã ổn định của cán bộ.")
            .example("CB-MAU-01"),
        PushField::new("displayName", "display_name", ("Display name", "Tên hiển thị"), SHORT)
            .required()
            .about("Display name, or title of the position.", "Tên hiển thị, hoặc chức danh.")
            .example("Chánh Văn phòng mẫu"),
    ],
    entity: Some("official"),
    ..PushKind::PLAIN
};

/// Appointments.
pub static APPOINTMENTS: PushKind = PushKind {
    name: "appointments",
    row_type: "AppointmentRow",
    mutation: "pushAppointments",
    label: ("Appointments", "Bổ nhiệm"),
    description: (
        "Who holds which position, from which day to which.",
        "Ai giữ chức danh nào, từ ngày nào đến ngày nào.",
    ),
    table: "directory.appointment",
    key: Key::Id,
    natural: &["position_code", "official_code", "from_on"],
    example: "BN-MAU-01",
    fields: &[
        PushField::new("official", "official_code", ("Official code", "Mã cán bộ"), CODE)
            .required()
            .names("official")
            .about("Code of the official.", "Mã cán bộ.")
            .example("CB-MAU-01"),
        PushField::new("position", "position_code", ("Position code", "Mã chức danh"), CODE)
            .required()
            .names("position")
            .about("Code of the position.", "Mã chức danh.")
            .example("CVP-MAU"),
        PushField::new("fromOn", "from_on", ("From", "Từ ngày"), Form::Date)
            .required()
            .about("First day.", "Ngày đầu tiên.")
            .example("2026-01-01"),
        PushField::new("toOn", "to_on", ("To", "Đến ngày"), Form::Date).about(
            "First day after the term; empty while it has no end.",
            "Ngày đầu tiên sau nhiệm kỳ; để trống nếu chưa kết thúc.",
        ),
    ],
    refusals: &[
        Refusal {
            constraint: "appointment_one_holder",
            field: "position",
            message: (
                "the position has another holder on some of these days; accepted: terms that do not overlap",
                "chức danh đã có người khác giữ trong khoảng này; cần: các nhiệm kỳ không chồng nhau",
            ),
        },
        Refusal {
            constraint: "appointment_check",
            field: "toOn",
            message: ("the end is not after the beginning", "ngày kết thúc không sau ngày bắt đầu"),
        },
    ],
    ..PushKind::PLAIN
};

/// Programmes.
pub static PROGRAMMES: PushKind = PushKind {
    name: "programmes",
    row_type: "ProgrammeRow",
    mutation: "pushProgrammes",
    label: ("Programmes", "Chương trình, nghị quyết"),
    description: (
        "Resolutions, action programmes, plans and directives, as a tree with succession.",
        "Nghị quyết, chương trình hành động, kế hoạch, chỉ thị.",
    ),
    table: "directory.programme",
    key: Key::Code,
    natural: &["code"],
    example: "KH-MAU-2026",
    fields: &[
        PushField::new("code", "code", ("Code", "Mã chương trình"), CODE)
            .required()
            .about("Stable code of the programme.", "Mã ổn định của chương trình.")
            .example("KH-MAU-2026"),
        PushField::new("docNo", "doc_no", ("Document number", "Số văn bản"), SHORT)
            .about("Number of the document.", "Số, ký hiệu văn bản.")
            .example("01/KH-UBND"),
        PushField::new("title", "title", ("Title", "Tên chương trình"), Form::Text(1000))
            .required()
            .about("Title of the programme.", "Tên chương trình.")
            .example("Kế hoạch mẫu năm 2026"),
        PushField::new("kind", "kind", ("Kind", "Loại văn bản"), PROGRAMME_KINDS)
            .required()
            .about("Kind of document.", "Loại văn bản.")
            .example("PLAN"),
        PushField::new("issuedOn", "issued_on", ("Issued on", "Ngày ban hành"), Form::Date)
            .past()
            .about("Day of issue.", "Ngày ban hành.")
            .example("2026-01-15"),
        PushField::new("parent", "parent_code", ("Parent code", "Mã chương trình cấp trên"), CODE)
            .names("programme")
            .about("Code of the programme that it carries out.", "Mã chương trình mà nó triển khai."),
        PushField::new("supersedes", "supersedes_code", ("Supersedes", "Thay thế"), CODE)
            .names("programme")
            .about("Code of the programme that it replaces.", "Mã chương trình bị thay thế."),
    ],
    entity: Some("programme"),
    refusals: &[Refusal {
        constraint: "programme_acyclic",
        field: "parent",
        message: ("the parent is below the programme itself", "chương trình cấp trên lại nằm dưới chính nó"),
    }],
    ..PushKind::PLAIN
};

/// Days of the working calendar.
pub static CALENDAR_DAYS: PushKind = PushKind {
    name: "calendar-days",
    row_type: "CalendarDayRow",
    mutation: "pushCalendarDays",
    label: ("Calendar days", "Lịch làm việc"),
    description: (
        "Which days are working days, with the document that says so.",
        "Ngày nào là ngày làm việc, theo văn bản nào.",
    ),
    table: "directory.calendar_day",
    key: Key::Id,
    natural: &["day"],
    example: "2028-01-01",
    fields: &[
        PushField::new("day", "day", ("Day", "Ngày"), Form::Date)
            .required()
            .about("The day.", "Ngày.")
            .example("2028-01-01"),
        PushField::new("working", "working", ("Working day", "Ngày làm việc"), Form::Boolean)
            .required()
            .about("Whether it is a working day.", "Có phải ngày làm việc không.")
            .example("false"),
        PushField::new("name", "name", ("Name", "Tên ngày nghỉ"), SHORT)
            .about("Name of the holiday.", "Tên ngày nghỉ.")
            .example("Tết Dương lịch"),
        PushField::new("document", "document", ("Document", "Văn bản"), SHORT)
            .about("Document that decides it.", "Văn bản quy định.")
            .example("45/2019/QH14"),
        PushField::new("provisional", "provisional", ("Provisional", "Tạm tính"), Form::Boolean)
            .about("Whether the yearly decision is not published yet.", "Chưa có quyết định chính thức.")
            .example("true"),
    ],
    refusals: &[Refusal {
        constraint: "calendar_day_pkey",
        field: "day",
        message: ("the day belongs to another source, which is its master", "ngày này thuộc nguồn chủ quản khác"),
    }],
    ..PushKind::PLAIN
};

/// Dated limits.
pub static LEGAL_RULES: PushKind = PushKind {
    name: "legal-rules",
    row_type: "LegalRuleRow",
    mutation: "pushLegalRules",
    label: ("Legal rules", "Quy định, hạn mức"),
    description: (
        "Limits and thresholds with the days on which they are in force, and their document.",
        "Hạn mức, ngưỡng với thời gian hiệu lực và văn bản.",
    ),
    table: "directory.legal_rule",
    key: Key::Id,
    natural: &["code", "valid_from"],
    example: "SAMPLE_LIMIT-2026",
    fields: &[
        PushField::new("code", "code", ("Code", "Mã quy định"), CODE)
            .required()
            .about("Code of the rule, in capitals.", "Mã quy định, viết hoa.")
            .example("SAMPLE_LIMIT"),
        PushField::new("value", "value", ("Value", "Giá trị"), Form::NUMBER)
            .required()
            .about("Value in the unit.", "Giá trị theo đơn vị.")
            .example("30"),
        PushField::new("unit", "unit", ("Unit", "Đơn vị"), SHORT)
            .required()
            .about("Unit of the value.", "Đơn vị tính.")
            .example("days"),
        PushField::new("validFrom", "valid_from", ("Valid from", "Hiệu lực từ"), Form::Date)
            .required()
            .about("First day in force.", "Ngày đầu tiên có hiệu lực.")
            .example("2026-01-01"),
        PushField::new("validTo", "valid_to", ("Valid to", "Hiệu lực đến"), Form::Date)
            .about("First day no longer in force.", "Ngày đầu tiên hết hiệu lực."),
        PushField::new("document", "document", ("Document", "Văn bản"), SHORT)
            .required()
            .about("Document that sets it.", "Văn bản quy định.")
            .example("01/2026/QĐ-UBND"),
    ],
    refusals: &[
        Refusal {
            constraint: "legal_rule_code_check",
            field: "code",
            message: (
                "the code is not in capitals, digits and underscores",
                "mã không gồm chữ hoa, chữ số và gạch dưới",
            ),
        },
        Refusal {
            constraint: "legal_rule_one_value",
            field: "validFrom",
            message: (
                "another value of the rule is in force on some of these days; accepted: end that one first",
                "quy định đã có giá trị khác trong khoảng này; cần: kết thúc giá trị đó trước",
            ),
        },
        Refusal {
            constraint: "legal_rule_pkey",
            field: "code",
            message: ("the rule belongs to another source, which is its master", "quy định thuộc nguồn chủ quản khác"),
        },
    ],
    ..PushKind::PLAIN
};

/// The kinds, for the mutations.
#[derive(Debug)]
pub struct Set;

impl PushSet for Set {
    const NAME: &'static str = "DirectoryPush";

    fn kinds() -> &'static [&'static PushKind] {
        KINDS
    }
}

/// Every kind, in the order in which one names the other.
pub static KINDS: &[&PushKind] = &[
    &AREAS,
    &AREA_SUCCESSIONS,
    &ORGANIZATIONS,
    &POSITIONS,
    &OFFICIALS,
    &APPOINTMENTS,
    &PROGRAMMES,
    &CALENDAR_DAYS,
    &LEGAL_RULES,
];
