//! Kinds of sites and parcels, and of what happened to them.

use service_kit::push::{A_DAY_OF_WORK, Key, Parent, PushField, PushKind, Refusal};
use tabular::Form;

use super::CODE;

/// Sites.
pub static SITES: PushKind = PushKind {
    name: "sites",
    row_type: "SiteRow",
    mutation: "pushSites",
    label: ("Sites", "Khu đất GPMB"),
    description: ("Land to be cleared for a project.", "Khu đất giải phóng mặt bằng của dự án."),
    table: "projects.site",
    key: Key::Id,
    example: "KD-MAU-001",
    fields: &[
        PushField::new("code", "code", ("Code", "Mã khu đất"), CODE)
            .required()
            .about("Code of the site.", "Mã khu đất.")
            .example("KD-MAU-001"),
        PushField::new("name", "name", ("Name", "Tên khu đất"), Form::Text(500))
            .required()
            .about("Name.", "Tên khu đất.")
            .example("Khu đất mẫu"),
        PushField::new("project", "project_code", ("Project code", "Mã dự án"), CODE)
            .required()
            .names("project")
            .about("Code of the project.", "Mã dự án, công trình.")
            .example("DA-MAU-001"),
        PushField::new("area", "area_code", ("Area code", "Mã địa bàn"), Form::Digits(5))
            .required()
            .names("area")
            .about("Code of the area.", "Mã xã, phường.")
            .example("00004"),
        PushField::new("cutoffOn", "cutoff_on", ("Cut-off", "Ngày chốt"), Form::Date)
            .about(
                "Who comes after this day has no right to compensation.",
                "Ngày chốt; phát sinh sau ngày này không được bồi thường.",
            )
            .example("2025-11-01"),
        PushField::new("targetHandover", "target_handover", ("Target of the handover", "Hạn bàn giao"), Form::Date)
            .about("Day on which all of the land is to be handed over.", "Hạn bàn giao toàn bộ mặt bằng.")
            .example("2026-12-31"),
        PushField::new("lat", "lat", ("Latitude", "Vĩ độ"), Form::LATITUDE)
            .about("Latitude of the centre in degrees.", "Vĩ độ tâm khu đất."),
        PushField::new("lon", "lon", ("Longitude", "Kinh độ"), Form::LONGITUDE)
            .about("Longitude of the centre in degrees.", "Kinh độ tâm khu đất."),
        PushField::new("outline", "outline", ("Outline", "Ranh giới"), Form::Text(1_000_000))
            .about("GeoJSON geometry.", "Ranh giới dạng GeoJSON."),
        PushField::new("rulesOn", "rules_on", ("Limits of", "Áp dụng thời hạn tại"), Form::Date).about(
            "Day whose limits hold instead of those of the day of the notice.",
            "Ngày dùng để chọn thời hạn thay cho ngày thông báo.",
        ),
        PushField::new(
            "rulesDocument",
            "rules_document",
            ("Document of the limits", "Văn bản áp dụng"),
            Form::Text(500),
        )
        .about("Document of it.", "Văn bản cho phép."),
        PushField::new("consent", "consent", ("Consent", "Tỷ lệ đồng thuận"), Form::SHARE).about(
            "Share of the land users who agree to hand over early, 0 to 1.",
            "Tỷ lệ người sử dụng đất đồng ý bàn giao sớm, 0 đến 1.",
        ),
        PushField::new("urgent", "urgent", ("Urgent", "Dự án khẩn cấp"), Form::Boolean).about(
            "Whether the project is urgent or of national importance.",
            "Dự án khẩn cấp hoặc quan trọng quốc gia.",
        ),
    ],
    authors: &["recorded_by"],
    entity: Some("site"),
    refusals: &[
        Refusal { constraint: "site_cutoff_plausible", field: "cutoffOn", message: A_DAY_OF_WORK },
        Refusal { constraint: "site_target_plausible", field: "targetHandover", message: A_DAY_OF_WORK },
        Refusal { constraint: "site_rules_plausible", field: "rulesOn", message: A_DAY_OF_WORK },
        Refusal {
            constraint: "site_point_whole",
            field: "lat",
            message: ("latitude and longitude go together", "vĩ độ và kinh độ đi cùng nhau"),
        },
        Refusal {
            constraint: "site_override_by_document",
            field: "rulesDocument",
            message: ("other limits need the document that allows them", "áp dụng thời hạn khác phải có văn bản"),
        },
        Refusal {
            constraint: "site_code_key",
            field: "code",
            message: ("another site has this code", "mã đã được khu đất khác dùng"),
        },
        Refusal {
            constraint: "site_outline_geojson",
            field: "outline",
            message: ("the outline is no GeoJSON object", "ranh giới không phải GeoJSON"),
        },
    ],
    ..PushKind::PLAIN
};

/// Parcel cases.
pub static PARCELS: PushKind = PushKind {
    name: "parcel-cases",
    row_type: "ParcelCaseRow",
    mutation: "pushParcelCases",
    label: ("Parcel cases", "Thửa đất thu hồi"),
    description: (
        "Parcels to be acquired. What happened to them are parcel events.",
        "Các thửa đất thu hồi. Các mốc thực hiện gửi theo loại mốc thửa đất.",
    ),
    table: "projects.parcel_case",
    key: Key::Id,
    example: "TD-MAU-001",
    fields: &[
        PushField::new("site", "site_code", ("Site code", "Mã khu đất GPMB"), CODE)
            .required()
            .names("site")
            .about("Code of the site.", "Mã khu đất giải phóng mặt bằng.")
            .example("KD-MAU-001"),
        PushField::new("mapSheet", "map_sheet", ("Map sheet", "Tờ bản đồ"), Form::Text(50))
            .required()
            .about("Number of the map sheet.", "Số tờ bản đồ.")
            .example("12"),
        PushField::new("parcelNumber", "parcel_number", ("Parcel number", "Số thửa"), Form::Text(50))
            .required()
            .about("Number of the parcel on the sheet.", "Số thửa.")
            .example("345"),
        PushField::new(
            "landType",
            "land_type",
            ("Land type", "Loại đất"),
            Form::Choice(&[("AGRI", "Đất nông nghiệp"), ("RESIDENTIAL", "Đất ở"), ("OTHER", "Đất khác")]),
        )
        .required()
        .about("Type of the land.", "Loại đất.")
        .example("AGRI"),
        PushField::new(
            "areaToAcquire",
            "area_to_acquire",
            ("Area to acquire (m²)", "Diện tích thu hồi (m²)"),
            Form::AMOUNT,
        )
        .required()
        .about("Area to acquire in m².", "Diện tích thu hồi, m².")
        .example("360.5"),
        PushField::new(
            "areaHandedOver",
            "area_handed_over",
            ("Area handed over (m²)", "Diện tích đã bàn giao (m²)"),
            Form::AMOUNT,
        )
        .about("Area handed over so far in m².", "Diện tích đã bàn giao, m².")
        .example("0"),
        PushField::new(
            "blocker",
            "blocker",
            ("Blocker", "Vướng mắc"),
            Form::Choice(&[
                ("PRICE", "Đơn giá"),
                ("ORIGIN", "Nguồn gốc đất"),
                ("DISPUTE", "Tranh chấp"),
                ("RESETTLEMENT", "Tái định cư"),
                ("GRAVES", "Mồ mả"),
                ("UTILITIES", "Hạ tầng kỹ thuật"),
                ("DOCUMENTS", "Thiếu hồ sơ"),
                ("ABSENT", "Vắng chủ"),
                ("OTHER", "Khác"),
            ]),
        )
        .about("What blocks the parcel.", "Vướng mắc của thửa đất."),
        PushField::new("blockerNote", "blocker_note", ("Note on the blocker", "Nội dung vướng mắc"), Form::Text(4000))
            .about("Note on the blocker.", "Nội dung vướng mắc."),
        PushField::new("blockerTask", "blocker_task", ("Task code", "Mã nhiệm vụ tháo gỡ"), CODE)
            .about("Code of the task that is to resolve it.", "Mã nhiệm vụ tháo gỡ."),
    ],
    authors: &["recorded_by"],
    refusals: &[
        Refusal {
            constraint: "parcel_case_handed_over_within",
            field: "areaHandedOver",
            message: (
                "more is handed over than there is to acquire; accepted: up to the area to acquire",
                "bàn giao nhiều hơn diện tích thu hồi",
            ),
        },
        Refusal {
            constraint: "parcel_case_number",
            field: "parcelNumber",
            message: ("the site has another parcel with this sheet and number", "khu đất đã có thửa cùng tờ và số"),
        },
    ],
    ..PushKind::PLAIN
};

/// Parcel events.
pub static EVENTS: PushKind = PushKind {
    name: "parcel-events",
    row_type: "ParcelEventRow",
    mutation: "pushParcelEvents",
    label: ("Parcel events", "Mốc thửa đất"),
    description: (
        "What happened to parcels: milestones with day, document and actor. A rule of the law that is broken is kept and reported as a violation.",
        "Các mốc thực hiện của thửa đất: ngày, văn bản, đơn vị. Mốc vi phạm quy định vẫn được lưu và báo cáo là vi phạm.",
    ),
    table: "projects.milestone",
    key: Key::Id,
    example: "MT-MAU-001",
    fields: &[
        PushField::new("parcel", "", ("Parcel", "Mã thửa nguồn"), Form::Text(200))
            .required()
            .about(
                "External id of the parcel case in the same source.",
                "Mã bản ghi nguồn của thửa đất, cùng nguồn gửi.",
            )
            .example("TD-MAU-001"),
        PushField::new(
            "kind",
            "kind",
            ("Milestone", "Mốc"),
            Form::Choice(&[
                ("SCOPED", "Trong phạm vi thu hồi"),
                ("NOTIFIED", "Thông báo thu hồi"),
                ("AGREED", "Đồng thuận"),
                ("PERSUADED", "Bắt đầu vận động"),
                ("COMPULSORY_INVENTORY", "Kiểm đếm bắt buộc"),
                ("INVENTORIED", "Kiểm đếm"),
                ("PLAN_DRAFTED", "Lập phương án"),
                ("POSTED", "Niêm yết"),
                ("DIALOGUE", "Đối thoại"),
                ("APPRAISED", "Thẩm định"),
                ("APPROVED", "Phê duyệt phương án"),
                ("PAID", "Chi trả"),
                ("DEPOSITED", "Gửi tiền"),
                ("RECOVERY_DECIDED", "Quyết định thu hồi"),
                ("ENFORCEMENT_DECIDED", "Quyết định cưỡng chế"),
                ("ENFORCED", "Cưỡng chế"),
                ("HANDED_OVER", "Bàn giao mặt bằng"),
                ("CLOSED", "Kết thúc hồ sơ"),
                ("ON_HOLD", "Tạm dừng"),
                ("RESUMED", "Tiếp tục"),
                ("WITHDRAWN", "Đưa ra khỏi dự án"),
            ]),
        )
        .required()
        .about("What happened.", "Mốc thực hiện.")
        .example("NOTIFIED"),
        PushField::new("happenedOn", "happened_on", ("Day", "Ngày"), Form::Date)
            .past()
            .required()
            .about("Day on which it happened.", "Ngày thực hiện.")
            .example("2026-03-02"),
        PushField::new("happenedAt", "happened_at", ("Time", "Giờ"), Form::Text(5))
            .about("Time of the day, HH:MM; for an enforcement.", "Giờ, HH:MM; dùng cho cưỡng chế."),
        PushField::new("area", "area", ("Area (m²)", "Diện tích (m²)"), Form::AMOUNT).about(
            "Area that a handover is about; all of the parcel if not stated. Areas of several handovers sum.",
            "Diện tích bàn giao; nếu trống là toàn bộ thửa. Nhiều lần bàn giao được cộng lại.",
        ),
        PushField::new("document", "document", ("Document", "Văn bản"), Form::Text(500))
            .about(
                "Document; needed for a notice, an approval and each decision.",
                "Văn bản; bắt buộc với thông báo, phê duyệt và quyết định.",
            )
            .example("15/TB-UBND"),
        PushField::new("actor", "actor", ("Actor", "Đơn vị thực hiện"), Form::Text(300))
            .about("Actor.", "Đơn vị thực hiện."),
        PushField::new("note", "note", ("Note", "Ghi chú"), Form::Text(4000)).about("Note.", "Ghi chú."),
    ],
    authors: &["recorded_by"],
    parent: Some(Parent { kind: &PARCELS, field: "parcel", column: "parcel_id" }),
    refusals: &[
        Refusal { constraint: "milestone_day_plausible", field: "happenedOn", message: A_DAY_OF_WORK },
        Refusal {
            constraint: "milestone_happened_at_check",
            field: "happenedAt",
            message: ("accepted: HH:MM, for example 08:30", "cần: HH:MM, ví dụ 08:30"),
        },
        Refusal {
            constraint: "milestone_area_of_handover",
            field: "area",
            message: ("only a handover has an area", "chỉ mốc bàn giao có diện tích"),
        },
        Refusal {
            constraint: "milestone_by_document",
            field: "document",
            message: ("this milestone needs its document", "mốc này phải có văn bản"),
        },
        Refusal {
            constraint: "milestone_once",
            field: "kind",
            message: (
                "the parcel has this milestone already; accepted: the externalId of that row, or the area of a handover in part",
                "thửa đã có mốc này; cần: externalId của bản ghi đó, hoặc diện tích nếu bàn giao từng phần",
            ),
        },
    ],
    ..PushKind::PLAIN
};

/// Grave relocations.
pub static GRAVES: PushKind = PushKind {
    name: "grave-relocations",
    row_type: "GraveRelocationRow",
    mutation: "pushGraveRelocations",
    label: ("Grave relocations", "Di chuyển mộ"),
    description: ("Graves of a burial ground and those moved so far.", "Số mộ của nghĩa trang và số đã di chuyển."),
    table: "projects.grave_relocation",
    key: Key::Id,
    example: "MO-MAU-001",
    fields: &[
        PushField::new("site", "site_code", ("Site code", "Mã khu đất GPMB"), CODE)
            .required()
            .names("site")
            .about("Code of the site.", "Mã khu đất giải phóng mặt bằng.")
            .example("KD-MAU-001"),
        PushField::new("place", "place", ("Place", "Nghĩa trang"), Form::Text(300))
            .required()
            .about("Burial ground.", "Nghĩa trang.")
            .example("Nghĩa trang mẫu"),
        PushField::new("graves", "graves", ("Graves", "Số mộ"), Form::Integer(1, 1_000_000))
            .required()
            .about("Number of graves.", "Số mộ.")
            .example("120"),
        PushField::new("moved", "moved", ("Moved", "Đã di chuyển"), Form::Integer(0, 1_000_000))
            .about("Number of graves that were moved.", "Số mộ đã di chuyển.")
            .example("80"),
    ],
    authors: &["recorded_by"],
    refusals: &[Refusal {
        constraint: "grave_relocation_moved_within",
        field: "moved",
        message: ("more graves were moved than there are", "số đã di chuyển nhiều hơn số mộ"),
    }],
    ..PushKind::PLAIN
};

/// Utility relocations.
pub static UTILITIES: PushKind = PushKind {
    name: "utility-relocations",
    row_type: "UtilityRelocationRow",
    mutation: "pushUtilityRelocations",
    label: ("Utility relocations", "Di chuyển hạ tầng"),
    description: ("Power lines, pipes and cables that must be moved.", "Đường điện, đường ống, cáp phải di chuyển."),
    table: "projects.utility_relocation",
    key: Key::Id,
    example: "HT-MAU-001",
    fields: &[
        PushField::new("site", "site_code", ("Site code", "Mã khu đất GPMB"), CODE)
            .required()
            .names("site")
            .about("Code of the site.", "Mã khu đất giải phóng mặt bằng.")
            .example("KD-MAU-001"),
        PushField::new(
            "utility",
            "utility",
            ("Utility", "Loại hạ tầng"),
            Form::Choice(&[
                ("POWER", "Điện"),
                ("WATER", "Cấp nước"),
                ("DRAINAGE", "Thoát nước"),
                ("TELECOM", "Viễn thông"),
                ("GAS", "Khí"),
                ("IRRIGATION", "Thủy lợi"),
            ]),
        )
        .required()
        .about("Kind of the utility.", "Loại hạ tầng.")
        .example("POWER"),
        PushField::new("description", "description", ("Description", "Nội dung"), Form::Text(500))
            .required()
            .about("What is moved.", "Nội dung di chuyển.")
            .example("Đường dây 110 kV"),
        PushField::new("cost", "cost", ("Cost (VND)", "Kinh phí (đồng)"), Form::AMOUNT)
            .about("Cost (VND).", "Kinh phí (đồng)."),
        PushField::new("dueOn", "due_on", ("Due on", "Hạn"), Form::Date).about("Due on.", "Hạn.").example("2026-09-30"),
        PushField::new("movedOn", "moved_on", ("Moved on", "Ngày hoàn thành"), Form::Date)
            .past()
            .about("Moved on.", "Ngày hoàn thành."),
    ],
    authors: &["recorded_by"],
    ..PushKind::PLAIN
};
