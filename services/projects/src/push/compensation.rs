//! Kinds of compensation: plans, payments, resettlement.

use service_kit::push::{A_DAY_OF_WORK, Key, Parent, PushField, PushKind, Refusal};
use tabular::Form;

use super::CODE;

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
        PushField::new("amount", "amount", ("Amount (VND)", "Số tiền (đồng)"), Form::AMOUNT)
            .required()
            .personal()
            .about("Compensation in VND: personal data.", "Số tiền bồi thường, đồng: dữ liệu cá nhân.")
            .example("1850000000"),
        PushField::new("coefficient", "coefficient", ("Coefficient", "Hệ số"), Form::Decimal(0, 10))
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
            .past()
            .about("Posted on.", "Ngày niêm yết.")
            .example("2026-05-04"),
        PushField::new("approvedOn", "approved_on", ("Approved on", "Ngày phê duyệt"), Form::Date)
            .past()
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
        Refusal { constraint: "compensation_plan_posted_plausible", field: "postedOn", message: A_DAY_OF_WORK },
        Refusal { constraint: "compensation_plan_approved_plausible", field: "approvedOn", message: A_DAY_OF_WORK },
        Refusal {
            constraint: "compensation_plan_effect_within_year",
            field: "effectiveOn",
            message: (
                "the effect is more than a year after the approval; accepted: from the approval to a year after it",
                "ngày hiệu lực sau ngày phê duyệt quá một năm; cần: từ ngày phê duyệt đến một năm sau đó",
            ),
        },
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
            .past()
            .required()
            .about("Day of the payment.", "Ngày chi trả.")
            .example("2026-06-10"),
        PushField::new("amount", "amount", ("Amount (VND)", "Số tiền (đồng)"), Form::AMOUNT)
            .required()
            .personal()
            .about("Amount in VND: personal data.", "Số tiền, đồng: dữ liệu cá nhân.")
            .example("1850000000"),
        PushField::new("document", "document", ("Document", "Chứng từ"), Form::Text(500))
            .about("Document.", "Chứng từ."),
        PushField::new("note", "note", ("Note", "Ghi chú"), Form::Text(4000))
            .about("Remark, or the reason of a refusal.", "Ghi chú hoặc lý do không nhận."),
    ],
    authors: &["recorded_by"],
    parent: Some(Parent { kind: &PLANS, field: "plan", column: "plan_id" }),
    refusals: &[Refusal { constraint: "payment_day_plausible", field: "happenedOn", message: A_DAY_OF_WORK }],
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
            .past()
            .about("Approved on.", "Ngày duyệt.")
            .example("2026-05-20"),
        PushField::new("providedOn", "provided_on", ("Provided on", "Ngày bố trí"), Form::Date)
            .past()
            .about("Provided on.", "Ngày bố trí."),
    ],
    authors: &["recorded_by"],
    refusals: &[
        Refusal { constraint: "resettlement_approved_plausible", field: "approvedOn", message: A_DAY_OF_WORK },
        Refusal { constraint: "resettlement_provided_plausible", field: "providedOn", message: A_DAY_OF_WORK },
        Refusal {
            constraint: "resettlement_provided_after_approval",
            field: "providedOn",
            message: ("it was provided before it was approved", "ngày bố trí trước ngày duyệt"),
        },
    ],
    ..PushKind::PLAIN
};
