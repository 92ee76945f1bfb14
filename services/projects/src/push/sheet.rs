//! The land office's sheet: one row for each household and parcel, with milestones as columns.

use service_kit::push::{A_DAY_OF_WORK, Key, PushField, PushKind, Refusal};
use tabular::Form;

use super::CODE;

use crate::store::push as store;

/// Land office sheet.
pub static SHEET: PushKind = PushKind {
    name: "clearance-sheet",
    row_type: "ClearanceSheetRow",
    mutation: "pushClearanceSheet",
    label: ("Land office sheet", "Bảng theo dõi GPMB"),
    description: (
        "One row for each household and parcel, with the milestones as columns. Parcel, party, right and milestones are made from it.",
        "Mỗi dòng một hộ và một thửa, các mốc là các cột. Thửa, chủ sử dụng, quyền và các mốc được tạo từ dòng này.",
    ),
    table: "projects.clearance_sheet",
    key: Key::Id,
    example: "GP-MAU-001",
    fields: &[
        PushField::new("site", "site_code", ("Site code", "Mã khu đất GPMB"), CODE)
            .required()
            .names("site")
            .about("Code of the site.", "Mã khu đất giải phóng mặt bằng.")
            .example("KD-MAU-001"),
        PushField::new("mapSheet", "map_sheet", ("Map sheet", "Tờ bản đồ"), Form::Text(50))
            .required()
            .about("Number of the map sheet.", "Số tờ bản đồ.")
            .example("7"),
        PushField::new("parcelNumber", "parcel_number", ("Parcel number", "Số thửa"), Form::Text(50))
            .required()
            .about("Number of the parcel on the sheet.", "Số thửa.")
            .example("89"),
        PushField::new(
            "landType",
            "land_type",
            ("Land type", "Loại đất"),
            Form::Choice(&[("AGRI", "Đất nông nghiệp"), ("RESIDENTIAL", "Đất ở"), ("OTHER", "Đất khác")]),
        )
        .required()
        .about("Type of the land.", "Loại đất.")
        .example("RESIDENTIAL"),
        PushField::new(
            "areaToAcquire",
            "area_to_acquire",
            ("Area to acquire (m²)", "Diện tích thu hồi (m²)"),
            Form::AMOUNT,
        )
        .required()
        .about("Area to acquire in m².", "Diện tích thu hồi, m².")
        .example("85.2"),
        PushField::new("party", "party_code", ("Party code", "Mã hộ"), CODE)
            .required()
            .about("Code of the household or organization.", "Mã hộ, tổ chức.")
            .example("HO-MAU-009"),
        PushField::new(
            "partyKind",
            "party_kind",
            ("Party kind", "Loại chủ sử dụng"),
            Form::Choice(&[
                ("HOUSEHOLD", "Hộ gia đình"),
                ("INDIVIDUAL", "Cá nhân"),
                ("ORGANIZATION", "Tổ chức"),
                ("RELIGIOUS", "Cơ sở tôn giáo"),
                ("COMMUNITY", "Cộng đồng dân cư"),
            ]),
        )
        .about("Kind; a household if not stated.", "Loại; nếu trống là hộ gia đình.")
        .example("HOUSEHOLD"),
        PushField::new("share", "share", ("Share", "Tỷ lệ"), Form::SHARE)
            .about("Share of the party; 1 if not stated.", "Tỷ lệ quyền; nếu trống là 1.")
            .example("1"),
        PushField::new("notice", "notice", ("Notice", "Số thông báo"), Form::Text(500))
            .about("Document of the notice; needed with its day.", "Số thông báo; bắt buộc khi có ngày.")
            .example("15/TB-UBND"),
        PushField::new("notifiedOn", "notified_on", ("Notified on", "Ngày thông báo"), Form::Date)
            .past()
            .about("Notified on.", "Ngày thông báo.")
            .example("2026-02-02"),
        PushField::new("inventoriedOn", "inventoried_on", ("Inventoried on", "Ngày kiểm đếm"), Form::Date)
            .past()
            .about("Inventoried on.", "Ngày kiểm đếm.")
            .example("2026-04-06"),
        PushField::new("draftedOn", "drafted_on", ("Plan drafted on", "Ngày lập phương án"), Form::Date)
            .past()
            .about("Plan drafted on.", "Ngày lập phương án."),
        PushField::new("postedOn", "posted_on", ("Posted on", "Ngày niêm yết"), Form::Date)
            .past()
            .about("Posted on.", "Ngày niêm yết."),
        PushField::new("appraisedOn", "appraised_on", ("Appraised on", "Ngày thẩm định"), Form::Date)
            .past()
            .about("Appraised on.", "Ngày thẩm định."),
        PushField::new("approval", "approval", ("Approval", "Số quyết định phê duyệt"), Form::Text(500))
            .about("Document of the approval; needed with its day.", "Số quyết định; bắt buộc khi có ngày."),
        PushField::new("approvedOn", "approved_on", ("Approved on", "Ngày phê duyệt"), Form::Date)
            .past()
            .about("Approved on.", "Ngày phê duyệt."),
        PushField::new("paidOn", "paid_on", ("Paid on", "Ngày chi trả"), Form::Date)
            .past()
            .about("Paid on.", "Ngày chi trả."),
        PushField::new("recovery", "recovery", ("Recovery", "Số quyết định thu hồi"), Form::Text(500))
            .about("Document of the recovery; needed with its day.", "Số quyết định; bắt buộc khi có ngày."),
        PushField::new("recoveryOn", "recovery_on", ("Recovery decided on", "Ngày quyết định thu hồi"), Form::Date)
            .past()
            .about("Recovery decided on.", "Ngày quyết định thu hồi."),
        PushField::new("handedOverOn", "handed_over_on", ("Handed over on", "Ngày bàn giao"), Form::Date)
            .past()
            .about("Handed over on.", "Ngày bàn giao."),
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
    ],
    authors: &["recorded_by"],
    after: store::SPREAD,
    refusals: &[
        Refusal { constraint: "clearance_sheet_notified_plausible", field: "notifiedOn", message: A_DAY_OF_WORK },
        Refusal { constraint: "clearance_sheet_inventoried_plausible", field: "inventoriedOn", message: A_DAY_OF_WORK },
        Refusal { constraint: "clearance_sheet_drafted_plausible", field: "draftedOn", message: A_DAY_OF_WORK },
        Refusal { constraint: "clearance_sheet_posted_plausible", field: "postedOn", message: A_DAY_OF_WORK },
        Refusal { constraint: "clearance_sheet_appraised_plausible", field: "appraisedOn", message: A_DAY_OF_WORK },
        Refusal { constraint: "clearance_sheet_approved_plausible", field: "approvedOn", message: A_DAY_OF_WORK },
        Refusal { constraint: "clearance_sheet_paid_plausible", field: "paidOn", message: A_DAY_OF_WORK },
        Refusal { constraint: "clearance_sheet_recovery_plausible", field: "recoveryOn", message: A_DAY_OF_WORK },
        Refusal { constraint: "clearance_sheet_handed_over_plausible", field: "handedOverOn", message: A_DAY_OF_WORK },
        Refusal {
            constraint: "clearance_sheet_notice_named",
            field: "notice",
            message: ("the day of the notice needs its document", "ngày thông báo phải có số văn bản"),
        },
        Refusal {
            constraint: "clearance_sheet_approval_named",
            field: "approval",
            message: ("the day of the approval needs its document", "ngày phê duyệt phải có số quyết định"),
        },
        Refusal {
            constraint: "clearance_sheet_recovery_named",
            field: "recovery",
            message: ("the day of the recovery needs its document", "ngày thu hồi phải có số quyết định"),
        },
        Refusal {
            constraint: "clearance_sheet_party",
            field: "party",
            message: (
                "another row has this party and parcel; accepted: the externalId of that row",
                "đã có dòng khác của hộ và thửa này; cần: externalId của dòng đó",
            ),
        },
    ],
    ..PushKind::PLAIN
};
