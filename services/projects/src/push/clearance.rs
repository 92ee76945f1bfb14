//! Kinds of land clearance.

use service_kit::push::{Key, Parent, PushField, PushKind, Refusal};
use tabular::Form;

const CODE: Form = Form::Text(64);

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
        PushField::new("lat", "lat", ("Latitude", "Vĩ độ"), Form::Decimal)
            .about("Latitude of the centre in degrees.", "Vĩ độ tâm khu đất."),
        PushField::new("lon", "lon", ("Longitude", "Kinh độ"), Form::Decimal)
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
        PushField::new("consent", "consent", ("Consent", "Tỷ lệ đồng thuận"), Form::Decimal).about(
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
            Form::Decimal,
        )
        .required()
        .about("Area to acquire in m².", "Diện tích thu hồi, m².")
        .example("360.5"),
        PushField::new(
            "areaHandedOver",
            "area_handed_over",
            ("Area handed over (m²)", "Diện tích đã bàn giao (m²)"),
            Form::Decimal,
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
            .required()
            .about("Day on which it happened.", "Ngày thực hiện.")
            .example("2026-03-02"),
        PushField::new("happenedAt", "happened_at", ("Time", "Giờ"), Form::Text(5))
            .about("Time of the day, HH:MM; for an enforcement.", "Giờ, HH:MM; dùng cho cưỡng chế."),
        PushField::new("area", "area", ("Area (m²)", "Diện tích (m²)"), Form::Decimal).about(
            "Area that a handover is about; all of the parcel if not stated.",
            "Diện tích bàn giao; nếu trống là toàn bộ thửa.",
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
                "the parcel has this milestone already; accepted: the externalId of that row",
                "thửa đã có mốc này; cần: externalId của bản ghi đó",
            ),
        },
    ],
    ..PushKind::PLAIN
};

/// Parties.
pub static PARTIES: PushKind = PushKind {
    name: "parties",
    row_type: "PartyRow",
    mutation: "pushParties",
    label: ("Parties", "Chủ sử dụng đất"),
    description: (
        "Who has rights to parcels, without personal data.",
        "Hộ, cá nhân, tổ chức có quyền đối với thửa đất; không gồm dữ liệu cá nhân.",
    ),
    table: "projects.party",
    key: Key::Id,
    example: "HO-MAU-001",
    fields: &[
        PushField::new("code", "code", ("Code", "Mã chủ sử dụng"), CODE)
            .required()
            .about("Code of the party, without meaning for strangers.", "Mã chủ sử dụng, không chứa dữ liệu cá nhân.")
            .example("HO-MAU-001"),
        PushField::new(
            "kind",
            "kind",
            ("Kind", "Loại"),
            Form::Choice(&[
                ("HOUSEHOLD", "Hộ gia đình"),
                ("INDIVIDUAL", "Cá nhân"),
                ("ORGANIZATION", "Tổ chức"),
                ("RELIGIOUS", "Cơ sở tôn giáo"),
                ("COMMUNITY", "Cộng đồng dân cư"),
            ]),
        )
        .required()
        .about("Kind of the party.", "Loại chủ sử dụng.")
        .example("HOUSEHOLD"),
        PushField::new("vulnerable", "vulnerable", ("Vulnerable", "Đối tượng yếu thế"), Form::Boolean).about(
            "Whether the party is poor, disabled, of merit or alone.",
            "Hộ nghèo, khuyết tật, có công hoặc neo đơn.",
        ),
    ],
    authors: &["recorded_by"],
    entity: Some("party"),
    refusals: &[Refusal {
        constraint: "party_code_key",
        field: "code",
        message: ("another party has this code", "mã đã được dùng"),
    }],
    ..PushKind::PLAIN
};

/// Personal data of parties.
pub static IDENTITIES: PushKind = PushKind {
    name: "party-identities",
    row_type: "PartyIdentityRow",
    mutation: "pushPartyIdentities",
    label: ("Personal data of parties", "Dữ liệu cá nhân của chủ sử dụng"),
    description: (
        "Name and identity of parties: personal data, which only handlers read, for a stated purpose.",
        "Họ tên, giấy tờ của chủ sử dụng: dữ liệu cá nhân, chỉ cán bộ xử lý được xem khi nêu mục đích.",
    ),
    table: "projects.party_identity",
    key: Key::Id,
    example: "HO-MAU-001",
    fields: &[
        PushField::new("party", "party_code", ("Party code", "Mã chủ sử dụng"), CODE)
            .required()
            .names("party")
            .about("Code of the party.", "Mã hộ, cá nhân hoặc tổ chức có đất.")
            .example("HO-MAU-001"),
        PushField::new("name", "name", ("Name", "Họ tên"), Form::Text(300))
            .required()
            .about("Name.", "Họ tên.")
            .example("Chủ hộ mẫu"),
        PushField::new("identityNumber", "identity_number", ("Identity number", "Số giấy tờ"), Form::Text(50))
            .about("Identity number.", "Số giấy tờ."),
        PushField::new("address", "address", ("Address", "Địa chỉ"), Form::Text(500)).about("Address.", "Địa chỉ."),
        PushField::new("phone", "phone", ("Telephone", "Điện thoại"), Form::Text(50))
            .about("Telephone.", "Điện thoại."),
    ],
    authors: &["recorded_by"],
    refusals: &[Refusal {
        constraint: "party_identity_party",
        field: "party",
        message: ("the party has another row", "chủ sử dụng đã có bản ghi khác"),
    }],
    ..PushKind::PLAIN
};

/// Rights.
pub static RIGHTS: PushKind = PushKind {
    name: "parcel-rights",
    row_type: "ParcelRightRow",
    mutation: "pushParcelRights",
    label: ("Rights", "Quyền đối với thửa đất"),
    description: (
        "Rights of parties to parcels. The shares of one kind of right sum to 1.",
        "Quyền của chủ sử dụng đối với thửa đất. Tổng tỷ lệ của một loại quyền bằng 1.",
    ),
    table: "projects.parcel_right",
    key: Key::Id,
    example: "Q-MAU-001",
    fields: &[
        PushField::new("parcel", "", ("Parcel", "Mã thửa nguồn"), Form::Text(200))
            .required()
            .about(
                "External id of the parcel case in the same source.",
                "Mã bản ghi nguồn của thửa đất, cùng nguồn gửi.",
            )
            .example("TD-MAU-001"),
        PushField::new("party", "party_code", ("Party code", "Mã chủ sử dụng"), CODE)
            .required()
            .names("party")
            .about("Code of the party.", "Mã hộ, cá nhân hoặc tổ chức có đất.")
            .example("HO-MAU-001"),
        PushField::new(
            "kind",
            "kind",
            ("Kind", "Loại quyền"),
            Form::Choice(&[("LAND_USE", "Quyền sử dụng đất"), ("HOUSE", "Nhà ở"), ("CROPS", "Cây trồng")]),
        )
        .about("Kind of the right; LAND_USE if not stated.", "Loại quyền; nếu trống là quyền sử dụng đất.")
        .example("LAND_USE"),
        PushField::new("share", "share", ("Share", "Tỷ lệ"), Form::Decimal)
            .about("Share above 0 and up to 1; 1 if not stated.", "Tỷ lệ trên 0 đến 1; nếu trống là 1.")
            .example("1"),
    ],
    authors: &["recorded_by"],
    parent: Some(Parent { kind: &PARCELS, field: "parcel", column: "parcel_id" }),
    refusals: &[Refusal {
        constraint: "parcel_right_once",
        field: "party",
        message: ("the party has this right to the parcel already", "chủ sử dụng đã có quyền này đối với thửa"),
    }],
    ..PushKind::PLAIN
};

/// Compensation plans.
pub static PLANS: PushKind = PushKind {
    name: "compensation-plans",
    row_type: "CompensationPlanRow",
    mutation: "pushCompensationPlans",
    label: ("Compensation plans", "Phương án bồi thường"),
    description: (
        "Compensation plans of parties on sites, by revision. Approval and effect are two days.",
        "Phương án bồi thường của từng chủ sử dụng, theo lần điều chỉnh. Ngày phê duyệt và ngày hiệu lực tách riêng.",
    ),
    table: "projects.compensation_plan",
    key: Key::Id,
    example: "PA-MAU-001",
    fields: &[
        PushField::new("site", "site_code", ("Site code", "Mã khu đất GPMB"), CODE)
            .required()
            .names("site")
            .about("Code of the site.", "Mã khu đất giải phóng mặt bằng.")
            .example("KD-MAU-001"),
        PushField::new("party", "party_code", ("Party code", "Mã chủ sử dụng"), CODE)
            .required()
            .names("party")
            .about("Code of the party.", "Mã hộ, cá nhân hoặc tổ chức có đất.")
            .example("HO-MAU-001"),
        PushField::new("revision", "revision", ("Revision", "Lần"), Form::Integer(1, 100))
            .about("Number of the revision; 1 if not stated.", "Lần điều chỉnh; nếu trống là 1.")
            .example("1"),
        PushField::new("amount", "amount", ("Amount (VND)", "Số tiền (đồng)"), Form::Decimal)
            .required()
            .about("Compensation in VND: personal data.", "Số tiền bồi thường, đồng: dữ liệu cá nhân.")
            .example("1850000000"),
        PushField::new("coefficient", "coefficient", ("Coefficient", "Hệ số"), Form::Decimal)
            .about(
                "Coefficient of the compensation for land; 1 if not stated.",
                "Hệ số bồi thường về đất; nếu trống là 1.",
            )
            .example("1"),
        PushField::new(
            "coefficientBasis",
            "coefficient_basis",
            ("Basis of the coefficient", "Căn cứ hệ số"),
            Form::Text(500),
        )
        .about("Document of a coefficient other than 1.", "Văn bản quy định hệ số khác 1."),
        PushField::new("postedOn", "posted_on", ("Posted on", "Ngày niêm yết"), Form::Date)
            .about("Posted on.", "Ngày niêm yết.")
            .example("2026-05-04"),
        PushField::new("approvedOn", "approved_on", ("Approved on", "Ngày phê duyệt"), Form::Date)
            .about("Approved on.", "Ngày phê duyệt.")
            .example("2026-05-20"),
        PushField::new("effectiveOn", "effective_on", ("Effective on", "Ngày hiệu lực"), Form::Date)
            .about("Day from which the payment is due.", "Ngày có hiệu lực, mốc tính chi trả.")
            .example("2026-05-25"),
        PushField::new("document", "document", ("Document", "Quyết định phê duyệt"), Form::Text(500))
            .about("Decision; needed with the approval.", "Quyết định; bắt buộc khi đã phê duyệt.")
            .example("88/QĐ-UBND"),
    ],
    authors: &["recorded_by"],
    refusals: &[
        Refusal {
            constraint: "compensation_plan_coefficient_based",
            field: "coefficientBasis",
            message: ("a coefficient other than 1 needs its document", "hệ số khác 1 phải có văn bản"),
        },
        Refusal {
            constraint: "compensation_plan_effect_after_approval",
            field: "effectiveOn",
            message: ("the effect comes with or after the approval", "ngày hiệu lực không trước ngày phê duyệt"),
        },
        Refusal {
            constraint: "compensation_plan_posted_before_approval",
            field: "postedOn",
            message: ("the plan was posted after its approval", "niêm yết sau ngày phê duyệt"),
        },
        Refusal {
            constraint: "compensation_plan_approved_by_document",
            field: "document",
            message: ("an approval needs its decision", "phê duyệt phải có quyết định"),
        },
        Refusal {
            constraint: "compensation_plan_revision",
            field: "revision",
            message: (
                "the party has another plan with this revision on the site",
                "chủ sử dụng đã có phương án cùng lần",
            ),
        },
    ],
    ..PushKind::PLAIN
};

/// Compensation payments.
pub static PAYMENTS: PushKind = PushKind {
    name: "compensation-payments",
    row_type: "CompensationPaymentRow",
    mutation: "pushCompensationPayments",
    label: ("Compensation payments", "Chi trả bồi thường"),
    description: (
        "Payments under compensation plans: paid, deposited, refused, reversed.",
        "Chi trả theo phương án: đã trả, gửi tiền, không nhận, thu hồi khoản chi.",
    ),
    table: "projects.payment",
    key: Key::Id,
    example: "CT-MAU-001",
    fields: &[
        PushField::new("plan", "", ("Plan", "Mã phương án nguồn"), Form::Text(200))
            .required()
            .about(
                "External id of the compensation plan in the same source.",
                "Mã bản ghi nguồn của phương án, cùng nguồn gửi.",
            )
            .example("PA-MAU-001"),
        PushField::new(
            "kind",
            "kind",
            ("Kind", "Loại"),
            Form::Choice(&[
                ("PAID", "Đã chi trả"),
                ("DEPOSITED", "Gửi tiền"),
                ("REFUSED", "Không nhận"),
                ("REVERSED", "Thu hồi khoản chi"),
            ]),
        )
        .required()
        .about("Kind of the payment.", "Loại chi trả.")
        .example("PAID"),
        PushField::new("happenedOn", "happened_on", ("Day", "Ngày"), Form::Date)
            .required()
            .about("Day of the payment.", "Ngày chi trả.")
            .example("2026-06-10"),
        PushField::new("amount", "amount", ("Amount (VND)", "Số tiền (đồng)"), Form::Decimal)
            .required()
            .about("Amount in VND: personal data.", "Số tiền, đồng: dữ liệu cá nhân.")
            .example("1850000000"),
        PushField::new("document", "document", ("Document", "Chứng từ"), Form::Text(500))
            .about("Document.", "Chứng từ."),
        PushField::new("note", "note", ("Note", "Ghi chú"), Form::Text(4000))
            .about("Remark, or the reason of a refusal.", "Ghi chú hoặc lý do không nhận."),
    ],
    authors: &["recorded_by"],
    parent: Some(Parent { kind: &PLANS, field: "plan", column: "plan_id" }),
    ..PushKind::PLAIN
};

/// Resettlements.
pub static RESETTLEMENTS: PushKind = PushKind {
    name: "resettlements",
    row_type: "ResettlementRow",
    mutation: "pushResettlements",
    label: ("Resettlements", "Tái định cư"),
    description: ("Resettlements of parties.", "Tái định cư của chủ sử dụng."),
    table: "projects.resettlement",
    key: Key::Id,
    example: "TDC-MAU-001",
    fields: &[
        PushField::new("site", "site_code", ("Site code", "Mã khu đất GPMB"), CODE)
            .required()
            .names("site")
            .about("Code of the site.", "Mã khu đất giải phóng mặt bằng.")
            .example("KD-MAU-001"),
        PushField::new("party", "party_code", ("Party code", "Mã chủ sử dụng"), CODE)
            .required()
            .names("party")
            .about("Code of the party.", "Mã hộ, cá nhân hoặc tổ chức có đất.")
            .example("HO-MAU-001"),
        PushField::new(
            "form",
            "form",
            ("Form", "Hình thức"),
            Form::Choice(&[("LAND", "Đất"), ("APARTMENT", "Căn hộ"), ("MONEY", "Tiền")]),
        )
        .required()
        .about("Form of the resettlement.", "Hình thức tái định cư.")
        .example("APARTMENT"),
        PushField::new("place", "place", ("Place", "Địa điểm"), Form::Text(300)).about("Place.", "Địa điểm."),
        PushField::new("approvedOn", "approved_on", ("Approved on", "Ngày duyệt"), Form::Date)
            .about("Approved on.", "Ngày duyệt.")
            .example("2026-05-20"),
        PushField::new("providedOn", "provided_on", ("Provided on", "Ngày bố trí"), Form::Date)
            .about("Provided on.", "Ngày bố trí."),
    ],
    authors: &["recorded_by"],
    refusals: &[Refusal {
        constraint: "resettlement_provided_after_approval",
        field: "providedOn",
        message: ("it was provided before it was approved", "ngày bố trí trước ngày duyệt"),
    }],
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
        PushField::new("cost", "cost", ("Cost (VND)", "Kinh phí (đồng)"), Form::Decimal)
            .about("Cost (VND).", "Kinh phí (đồng)."),
        PushField::new("dueOn", "due_on", ("Due on", "Hạn"), Form::Date).about("Due on.", "Hạn.").example("2026-09-30"),
        PushField::new("movedOn", "moved_on", ("Moved on", "Ngày hoàn thành"), Form::Date)
            .about("Moved on.", "Ngày hoàn thành."),
    ],
    authors: &["recorded_by"],
    ..PushKind::PLAIN
};
