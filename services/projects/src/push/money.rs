//! Kinds of money and contracts.

use service_kit::push::{A_DAY_OF_WORK, Key, Parent, PushField, PushKind, Refusal};
use tabular::Form;

use super::CODE;

/// Capital plans.
pub static CAPITAL_PLANS: PushKind = PushKind {
    name: "capital-plans",
    row_type: "CapitalPlanRow",
    mutation: "pushCapitalPlans",
    label: ("Capital plans", "Kế hoạch vốn"),
    description: (
        "Capital plans by year and basis. Each decision is a version; the latest is in force.",
        "Kế hoạch vốn theo năm và theo cấp giao. Mỗi quyết định là một phiên bản; phiên bản mới nhất có hiệu lực.",
    ),
    table: "projects.capital_plan",
    key: Key::Id,
    example: "KHV-MAU-001",
    fields: &[
        PushField::new("project", "project_code", ("Project code", "Mã dự án"), CODE)
            .required()
            .names("project")
            .about("Code of the project.", "Mã dự án, công trình.")
            .example("DA-MAU-001"),
        PushField::new("year", "year", ("Year", "Năm kế hoạch"), Form::Integer(2000, 2100))
            .required()
            .about("Year of the capital.", "Năm kế hoạch vốn.")
            .example("2026"),
        PushField::new(
            "basis",
            "basis",
            ("Basis", "Cấp giao"),
            Form::Choice(&[
                ("PM", "Thủ tướng giao"),
                ("CITY", "Thành phố giao"),
                ("ADJUSTED", "Điều chỉnh trong năm"),
                ("CARRIED_OVER", "Kéo dài từ năm trước"),
            ]),
        )
        .required()
        .about("Basis of the plan.", "Cấp giao kế hoạch.")
        .example("CITY"),
        PushField::new("amount", "amount", ("Amount (VND)", "Số vốn (đồng)"), Form::AMOUNT)
            .required()
            .about("Amount in VND.", "Số vốn, đồng.")
            .example("250000000000"),
        PushField::new("decidedOn", "decided_on", ("Decided on", "Ngày quyết định"), Form::Date)
            .past()
            .required()
            .about("Day of the decision.", "Ngày quyết định.")
            .example("2026-01-10"),
        PushField::new("document", "document", ("Document", "Quyết định"), Form::Text(500))
            .about("Decision.", "Số quyết định.")
            .example("01/QĐ-UBND"),
        PushField::new("disburseUntil", "disburse_until", ("Disburse until", "Giải ngân đến"), Form::Date).about(
            "Last day on which a payment counts, if a decision moves it.",
            "Ngày cuối được giải ngân nếu có quyết định kéo dài.",
        ),
    ],
    authors: &["recorded_by"],
    refusals: &[
        Refusal { constraint: "capital_plan_decided_plausible", field: "decidedOn", message: A_DAY_OF_WORK },
        Refusal {
            constraint: "capital_plan_until_in_time",
            field: "disburseUntil",
            message: (
                "the last day of payment lies in the year of the plan or in the two after it",
                "ngày cuối giải ngân phải trong năm kế hoạch hoặc hai năm sau",
            ),
        },
        Refusal {
            constraint: "capital_plan_version",
            field: "decidedOn",
            message: (
                "the project has another plan of this year, basis and day",
                "dự án đã có kế hoạch cùng năm, cấp giao và ngày",
            ),
        },
    ],
    ..PushKind::PLAIN
};

/// Contracts.
pub static CONTRACTS: PushKind = PushKind {
    name: "contracts",
    row_type: "ContractRow",
    mutation: "pushContracts",
    label: ("Contracts", "Hợp đồng"),
    description: ("Contracts of projects.", "Hợp đồng của dự án."),
    table: "projects.contract",
    key: Key::Id,
    example: "HD-MAU-001",
    fields: &[
        PushField::new("project", "project_code", ("Project code", "Mã dự án"), CODE)
            .required()
            .names("project")
            .about("Code of the project.", "Mã dự án, công trình.")
            .example("DA-MAU-001"),
        PushField::new("number", "number", ("Number", "Số hợp đồng"), Form::Text(100))
            .required()
            .about("Number of the contract.", "Số hợp đồng.")
            .example("HD-MAU-001"),
        PushField::new("title", "title", ("Title", "Gói thầu"), Form::Text(500))
            .required()
            .about("What it is about.", "Tên gói thầu.")
            .example("Gói thầu mẫu"),
        PushField::new("supplier", "supplier", ("Supplier", "Nhà thầu"), Form::Text(300))
            .about("Supplier.", "Nhà thầu."),
        PushField::new("signedOn", "signed_on", ("Signed on", "Ngày ký"), Form::Date)
            .past()
            .required()
            .about("Day of the signature.", "Ngày ký.")
            .example("2026-02-02"),
        PushField::new("amount", "amount", ("Amount (VND)", "Giá trị (đồng)"), Form::AMOUNT)
            .required()
            .about("Amount in VND as signed.", "Giá trị khi ký, đồng.")
            .example("120000000000"),
        PushField::new("startsOn", "starts_on", ("Starts on", "Ngày bắt đầu"), Form::Date)
            .about("First day of the work.", "Ngày bắt đầu.")
            .example("2026-03-01"),
        PushField::new("endsOn", "ends_on", ("Ends on", "Ngày kết thúc"), Form::Date)
            .about("Last day of the work as signed.", "Ngày kết thúc theo hợp đồng.")
            .example("2027-09-30"),
    ],
    authors: &["recorded_by"],
    refusals: &[
        Refusal { constraint: "contract_signed_plausible", field: "signedOn", message: A_DAY_OF_WORK },
        Refusal {
            constraint: "contract_end_not_before_start",
            field: "endsOn",
            message: ("the end is before the start", "ngày kết thúc trước ngày bắt đầu"),
        },
    ],
    ..PushKind::PLAIN
};

/// Contract modifications.
pub static MODIFICATIONS: PushKind = PushKind {
    name: "contract-modifications",
    row_type: "ContractModificationRow",
    mutation: "pushContractModifications",
    label: ("Contract modifications", "Điều chỉnh hợp đồng"),
    description: (
        "Changes of contracts in duration, value or scope, each with its reason.",
        "Điều chỉnh thời gian, giá trị hoặc khối lượng hợp đồng, kèm lý do.",
    ),
    table: "projects.modification",
    key: Key::Id,
    example: "DC-MAU-001",
    fields: &[
        PushField::new("contract", "", ("Contract", "Mã hợp đồng nguồn"), Form::Text(200))
            .required()
            .about("External id of the contract in the same source.", "Mã bản ghi nguồn của hợp đồng, cùng nguồn gửi.")
            .example("HD-MAU-001"),
        PushField::new(
            "kind",
            "kind",
            ("Kind", "Loại điều chỉnh"),
            Form::Choice(&[("DURATION", "Thời gian"), ("VALUE", "Giá trị"), ("SCOPE", "Khối lượng")]),
        )
        .required()
        .about("What it changes.", "Nội dung điều chỉnh.")
        .example("DURATION"),
        PushField::new("decidedOn", "decided_on", ("Decided on", "Ngày quyết định"), Form::Date)
            .past()
            .required()
            .about("Day of the decision.", "Ngày quyết định.")
            .example("2026-08-03"),
        PushField::new("reason", "reason", ("Reason", "Lý do"), Form::Text(4000))
            .required()
            .about("Reason of the change.", "Lý do điều chỉnh.")
            .example("Chậm bàn giao mặt bằng"),
        PushField::new("document", "document", ("Document", "Văn bản"), Form::Text(500)).about("Document.", "Văn bản."),
        PushField::new("oldAmount", "old_amount", ("Amount before (VND)", "Giá trị trước (đồng)"), Form::AMOUNT)
            .about("Amount before (VND).", "Giá trị trước (đồng)."),
        PushField::new("newAmount", "new_amount", ("Amount after (VND)", "Giá trị sau (đồng)"), Form::AMOUNT)
            .about("Needed for VALUE.", "Bắt buộc khi điều chỉnh giá trị."),
        PushField::new("oldEnd", "old_end", ("End before", "Kết thúc trước"), Form::Date)
            .about("End before.", "Kết thúc trước.")
            .example("2027-09-30"),
        PushField::new("newEnd", "new_end", ("End after", "Kết thúc sau"), Form::Date)
            .about("Needed for DURATION.", "Bắt buộc khi điều chỉnh thời gian.")
            .example("2027-12-31"),
    ],
    authors: &["recorded_by"],
    parent: Some(Parent { kind: &CONTRACTS, field: "contract", column: "contract_id" }),
    refusals: &[
        Refusal { constraint: "modification_decided_plausible", field: "decidedOn", message: A_DAY_OF_WORK },
        Refusal {
            constraint: "modification_states_end",
            field: "newEnd",
            message: ("a change of the duration states the new end", "điều chỉnh thời gian phải nêu ngày kết thúc mới"),
        },
        Refusal {
            constraint: "modification_states_amount",
            field: "newAmount",
            message: ("a change of the value states the new amount", "điều chỉnh giá trị phải nêu giá trị mới"),
        },
    ],
    ..PushKind::PLAIN
};

/// Disbursements.
pub static DISBURSEMENTS: PushKind = PushKind {
    name: "disbursements",
    row_type: "DisbursementRow",
    mutation: "pushDisbursements",
    label: ("Disbursements", "Giải ngân"),
    description: (
        "Payments of a year's capital; a negative amount takes one back.",
        "Các khoản giải ngân của kế hoạch vốn; số âm là thu hồi.",
    ),
    table: "projects.disbursement",
    key: Key::Id,
    example: "GN-MAU-001",
    fields: &[
        PushField::new("project", "project_code", ("Project code", "Mã dự án"), CODE)
            .required()
            .names("project")
            .about("Code of the project.", "Mã dự án, công trình.")
            .example("DA-MAU-001"),
        PushField::new("planYear", "plan_year", ("Plan year", "Năm kế hoạch"), Form::Integer(2000, 2100))
            .required()
            .about("Year of the capital that is paid.", "Năm kế hoạch vốn được giải ngân.")
            .example("2026"),
        PushField::new("paidOn", "paid_on", ("Paid on", "Ngày giải ngân"), Form::Date)
            .past()
            .required()
            .about("Day of the payment.", "Ngày giải ngân.")
            .example("2026-04-15"),
        PushField::new("amount", "amount", ("Amount (VND)", "Số tiền (đồng)"), Form::NUMBER)
            .required()
            .about("Amount in VND; negative for a reversal.", "Số tiền, đồng; số âm là thu hồi.")
            .example("12500000000"),
        PushField::new("contract", "contract", ("Contract number", "Số hợp đồng"), Form::Text(100))
            .about("Contract number.", "Số hợp đồng."),
        PushField::new("document", "document", ("Document", "Chứng từ"), Form::Text(500))
            .about("Document.", "Chứng từ."),
    ],
    authors: &["recorded_by"],
    refusals: &[Refusal {
        constraint: "disbursement_not_before_plan",
        field: "paidOn",
        message: (
            "the payment lies more than a year before the year of the plan",
            "ngày giải ngân quá sớm so với năm kế hoạch",
        ),
    }],
    ..PushKind::PLAIN
};

/// Assessments.
pub static ASSESSMENTS: PushKind = PushKind {
    name: "assessments",
    row_type: "AssessmentRow",
    mutation: "pushAssessments",
    label: ("Assessments", "Đánh giá"),
    description: ("Judgements of reviewers: green, amber or red.", "Đánh giá của đơn vị thẩm tra: xanh, vàng, đỏ."),
    table: "projects.assessment",
    key: Key::Id,
    example: "DG-MAU-001",
    fields: &[
        PushField::new("project", "project_code", ("Project code", "Mã dự án"), CODE)
            .required()
            .names("project")
            .about("Code of the project.", "Mã dự án, công trình.")
            .example("DA-MAU-001"),
        PushField::new("assessedOn", "assessed_on", ("Assessed on", "Ngày đánh giá"), Form::Date)
            .past()
            .required()
            .about("Day of the judgement.", "Ngày đánh giá.")
            .example("2026-06-30"),
        PushField::new(
            "rag",
            "rag",
            ("Judgement", "Mức"),
            Form::Choice(&[("GREEN", "Xanh"), ("AMBER", "Vàng"), ("RED", "Đỏ")]),
        )
        .required()
        .about("Judgement.", "Mức đánh giá.")
        .example("AMBER"),
        PushField::new("note", "note", ("Grounds", "Nhận xét"), Form::Text(4000))
            .required()
            .about("Grounds of the judgement.", "Căn cứ đánh giá.")
            .example("Chậm so với kế hoạch"),
    ],
    authors: &["recorded_by"],
    ..PushKind::PLAIN
};
