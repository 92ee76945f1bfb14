//! Kinds of the catalogue.

use service_kit::push::{A_DAY_OF_WORK, Key, PushField, PushKind, Refusal};
use tabular::Form;

use super::CODE;

/// Projects.
pub static PROJECTS: PushKind = PushKind {
    name: "projects",
    row_type: "ProjectRow",
    mutation: "pushProjects",
    label: ("Projects", "Dự án, công trình"),
    description: (
        "Projects, works, schemes and tasks of the catalogue. Each change of the forecast or of the phase is kept with its reason.",
        "Danh mục dự án, công trình, đề án, nhiệm vụ. Mỗi lần thay đổi dự báo hoàn thành hoặc giai đoạn đều được lưu cùng lý do.",
    ),
    table: "projects.project",
    key: Key::Id,
    example: "DA-MAU-001",
    fields: &[
        PushField::new("code", "code", ("Code", "Mã dự án"), CODE)
            .required()
            .about("Code of the project, as people use it.", "Mã dự án.")
            .example("DA-MAU-001"),
        PushField::new("name", "name", ("Name", "Tên dự án"), Form::Text(500))
            .required()
            .about("Name.", "Tên dự án.")
            .example("Dự án mẫu"),
        PushField::new(
            "kind",
            "kind",
            ("Kind", "Loại"),
            Form::Choice(&[("PROJECT", "Dự án"), ("WORK", "Công trình"), ("SCHEME", "Đề án"), ("TASK", "Nhiệm vụ")]),
        )
        .about("Kind; a project if not stated.", "Loại; nếu trống là dự án.")
        .example("PROJECT"),
        PushField::new(
            "phase",
            "phase",
            ("Phase", "Giai đoạn"),
            Form::Choice(&[
                ("IDENTIFICATION", "Đề xuất chủ trương"),
                ("PREPARATION", "Chuẩn bị đầu tư"),
                ("IMPLEMENTATION", "Thực hiện"),
                ("COMPLETION", "Kết thúc, quyết toán"),
                ("COMPLETED", "Hoàn thành"),
                ("CANCELLED", "Hủy"),
            ]),
        )
        .about("Phase; IDENTIFICATION if not stated.", "Giai đoạn; nếu trống là đề xuất chủ trương.")
        .example("IMPLEMENTATION"),
        PushField::new(
            "phaseReason",
            "phase_reason",
            ("Reason of the phase", "Lý do chuyển giai đoạn"),
            Form::Text(4000),
        )
        .about("Reason of the last change of the phase or of the suspension.", "Lý do chuyển giai đoạn hoặc tạm dừng."),
        PushField::new(
            "phaseDocument",
            "phase_document",
            ("Document of the phase", "Văn bản chuyển giai đoạn"),
            Form::Text(500),
        )
        .about("Document of the last change; needed for a cancellation.", "Văn bản; bắt buộc khi hủy."),
        PushField::new("suspended", "suspended", ("Suspended", "Tạm dừng"), Form::Boolean)
            .about("Whether it is suspended.", "Có đang tạm dừng."),
        PushField::new("keyList", "key_list", ("Key project", "Công trình trọng điểm"), Form::Boolean)
            .about("Whether it is on the list of key projects.", "Thuộc danh mục trọng điểm."),
        PushField::new("organization", "owner_organization_code", ("Owner code", "Mã chủ đầu tư"), CODE)
            .names("organization")
            .about("Code of the owner; needed from PREPARATION on.", "Mã chủ đầu tư; bắt buộc từ giai đoạn chuẩn bị.")
            .example("UBND"),
        PushField::new(
            "accountable",
            "accountable_position_code",
            ("Accountable position", "Mã chức danh chịu trách nhiệm"),
            CODE,
        )
        .names("position")
        .about("Code of the accountable position.", "Mã chức danh chịu trách nhiệm."),
        PushField::new("areas", "area_codes", ("Area codes", "Mã địa bàn"), Form::Texts(5))
            .names("area")
            .about("Codes of the areas.", "Mã các địa bàn, cách nhau bằng dấu chấm phẩy."),
        PushField::new("programmes", "programme_codes", ("Programme codes", "Mã chương trình"), Form::Texts(64))
            .names("programme")
            .about("Codes of the programmes.", "Mã các chương trình, cách nhau bằng dấu chấm phẩy."),
        PushField::new("bottlenecks", "bottleneck_codes", ("Bottleneck codes", "Mã điểm nghẽn"), Form::Texts(64))
            .names("bottleneck")
            .about("Codes of the bottlenecks.", "Mã các điểm nghẽn, cách nhau bằng dấu chấm phẩy."),
        PushField::new("indicators", "indicator_codes", ("Indicator codes", "Mã chỉ tiêu"), Form::Texts(64))
            .names("indicator")
            .about(
                "Codes of the indicators that it serves.",
                "Mã các chỉ tiêu mà dự án phục vụ, cách nhau bằng dấu chấm phẩy.",
            ),
        PushField::new("groundbreakingOn", "groundbreaking_on", ("Ground-breaking", "Ngày khởi công"), Form::Date)
            .about("Day of the ground-breaking.", "Ngày khởi công.")
            .example("2025-12-19"),
        PushField::new("baselineEnd", "baseline_end", ("Baseline end", "Hoàn thành theo kế hoạch"), Form::Date)
            .about("End as first set.", "Ngày hoàn thành theo kế hoạch được duyệt.")
            .example("2027-12-31"),
        PushField::new("forecastEnd", "forecast_end", ("Forecast end", "Dự báo hoàn thành"), Form::Date)
            .about("End as expected now.", "Ngày dự báo hoàn thành.")
            .example("2028-03-31"),
        PushField::new(
            "forecastReason",
            "forecast_reason",
            ("Reason of the forecast", "Lý do thay đổi dự báo"),
            Form::Text(4000),
        )
        .about("Needed when the forecast differs from the baseline.", "Bắt buộc khi dự báo khác kế hoạch.")
        .example("Chậm bàn giao mặt bằng"),
        PushField::new("endedOn", "ended_on", ("Ended on", "Ngày kết thúc"), Form::Date)
            .past()
            .about("Day of the completion or cancellation.", "Ngày hoàn thành hoặc hủy."),
        PushField::new(
            "totalInvestment",
            "total_investment",
            ("Total investment (VND)", "Tổng mức đầu tư (đồng)"),
            Form::AMOUNT,
        )
        .about("Total investment in VND.", "Tổng mức đầu tư, đồng.")
        .example("1250000000000"),
        PushField::new(
            "specialMechanism",
            "special_mechanism",
            ("Special mechanism", "Cơ chế đặc thù"),
            Form::Text(500),
        )
        .about("Document of the special mechanism.", "Văn bản về cơ chế đặc thù."),
        PushField::new("objective", "objective", ("Objective", "Mục tiêu"), Form::Text(4000))
            .about("What it is for.", "Mục tiêu dự án."),
        PushField::new("legalBasis", "legal_basis", ("Legal basis", "Căn cứ pháp lý"), Form::Text(1000))
            .about("Document that is the legal basis.", "Văn bản căn cứ."),
    ],
    authors: &["recorded_by"],
    entity: Some("project"),
    refusals: &[
        Refusal {
            constraint: "project_owner_from_preparation",
            field: "organization",
            message: (
                "from PREPARATION on a project has an owner; accepted: the code of the owner",
                "từ giai đoạn chuẩn bị phải có chủ đầu tư; cần: mã chủ đầu tư",
            ),
        },
        Refusal { constraint: "project_groundbreaking_plausible", field: "groundbreakingOn", message: A_DAY_OF_WORK },
        Refusal { constraint: "project_baseline_plausible", field: "baselineEnd", message: A_DAY_OF_WORK },
        Refusal { constraint: "project_forecast_plausible", field: "forecastEnd", message: A_DAY_OF_WORK },
        Refusal {
            constraint: "project_end_dated",
            field: "endedOn",
            message: (
                "COMPLETED and CANCELLED have the day of the end, other phases have none",
                "hoàn thành và hủy phải có ngày kết thúc, giai đoạn khác thì không",
            ),
        },
        Refusal {
            constraint: "project_ended_not_suspended",
            field: "suspended",
            message: ("a project that has ended is not suspended", "dự án đã kết thúc không thể tạm dừng"),
        },
        Refusal {
            constraint: "project_forecast_reasoned",
            field: "forecastReason",
            message: (
                "a forecast that differs from the baseline needs its reason",
                "dự báo khác kế hoạch phải nêu lý do",
            ),
        },
        Refusal {
            constraint: "project_cancelled_by_document",
            field: "phaseDocument",
            message: ("a cancellation needs its document", "hủy dự án phải có văn bản"),
        },
        Refusal {
            constraint: "project_code_key",
            field: "code",
            message: (
                "another project has this code; accepted: a code that is not in use",
                "mã đã được dự án khác dùng; cần: mã chưa dùng",
            ),
        },
    ],
    ..PushKind::PLAIN
};
