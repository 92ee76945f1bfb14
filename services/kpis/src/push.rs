//! Kinds of KPIs that sources push.

use service_kit::push::graphql::PushSet;
use service_kit::push::{A_DAY_OF_WORK, Key, PushField, PushKind, Refusal};
use tabular::Form;

/// A code.
const CODE: Form = Form::Text(64);
/// A period as it is written: `2026`, `2026-Q1`, `2026-03`.
const PERIOD: Form = Form::Text(7);

/// The kinds, for the mutations.
#[derive(Debug)]
pub struct Set;

impl PushSet for Set {
    const NAME: &'static str = "KpisPush";

    fn kinds() -> &'static [&'static PushKind] {
        KINDS
    }
}

/// Every kind, in the order in which one names the other.
pub static KINDS: &[&PushKind] = &[&INDICATORS, &TARGETS, &OBSERVATIONS];

/// Indicators.
pub static INDICATORS: PushKind = PushKind {
    name: "indicators",
    row_type: "IndicatorRow",
    mutation: "pushIndicators",
    label: ("Indicators", "Chỉ tiêu"),
    description: ("Catalogue of indicators.", "Danh mục chỉ tiêu."),
    table: "kpis.indicator",
    key: Key::Code,
    example: "CT-MAU-001",
    fields: &[
        PushField::new("code", "code", ("Code", "Mã chỉ tiêu"), CODE)
            .required()
            .about("Stable code of the indicator.", "Mã cố định của chỉ tiêu.")
            .example("CT-MAU-001"),
        PushField::new("name", "name", ("Name", "Tên chỉ tiêu"), Form::Text(500))
            .required()
            .about("Name of the indicator.", "Tên chỉ tiêu.")
            .example("Tỷ lệ hồ sơ giải quyết đúng hạn"),
        PushField::new("unit", "unit", ("Unit", "Đơn vị tính"), Form::Text(50))
            .required()
            .about("Unit of the values.", "Đơn vị tính của giá trị.")
            .example("%"),
        PushField::new(
            "direction",
            "direction",
            ("Direction", "Chiều tốt"),
            Form::Choice(&[
                ("HIGHER", "Càng cao càng tốt"),
                ("LOWER", "Càng thấp càng tốt"),
                ("RANGE", "Trong khoảng"),
                ("BINARY", "Đạt hoặc không đạt"),
            ]),
        )
        .required()
        .about("Which way is better.", "Chiều đánh giá.")
        .example("HIGHER"),
        PushField::new(
            "nature",
            "nature",
            ("Nature", "Tính chất"),
            Form::Choice(&[
                ("FLOW", "Cộng dồn trong kỳ"),
                ("STOCK", "Thời điểm cuối kỳ"),
                ("RATE", "Tỷ lệ"),
                ("GROWTH", "Tốc độ tăng"),
            ]),
        )
        .required()
        .about("How values add up over time.", "Cách tổng hợp theo thời gian.")
        .example("RATE"),
        PushField::new(
            "frequency",
            "frequency",
            ("Frequency", "Kỳ báo cáo"),
            Form::Choice(&[("MONTH", "Tháng"), ("QUARTER", "Quý"), ("YEAR", "Năm")]),
        )
        .required()
        .about("How often it is observed.", "Kỳ báo cáo.")
        .example("MONTH"),
        PushField::new(
            "overPlaces",
            "over_places",
            ("Over places", "Tổng hợp theo địa bàn"),
            Form::Choice(&[("SUM", "Cộng"), ("RATIO", "Tổng tử số chia tổng mẫu số"), ("NONE", "Không tổng hợp")]),
        )
        .about("How the value of the city follows from its parts.", "Cách tính giá trị thành phố từ các địa bàn.")
        .example("RATIO"),
        PushField::new("scale", "scale", ("Scale", "Hệ số"), Form::Decimal(0, 1_000_000))
            .about("Value of the quotient 1: 100 for percent.", "Giá trị của tỷ số 1: 100 nếu tính phần trăm.")
            .example("100"),
        PushField::new(
            "reportingLagDays",
            "reporting_lag_days",
            ("Reporting lag (days)", "Hạn báo cáo (ngày)"),
            Form::Integer(0, 1000),
        )
        .about("Days after the end of a period until its value is due.", "Số ngày sau khi hết kỳ phải có số liệu.")
        .example("20"),
        PushField::new("organization", "owner_organization_code", ("Owner code", "Mã cơ quan chủ trì"), CODE)
            .names("organization")
            .about("Code of the owner.", "Mã cơ quan chủ trì."),
        PushField::new(
            "accountable",
            "accountable_position_code",
            ("Accountable position code", "Mã chức vụ chịu trách nhiệm"),
            CODE,
        )
        .names("position")
        .about("Code of the accountable position.", "Mã chức vụ chịu trách nhiệm."),
        PushField::new("programmes", "programme_codes", ("Programme codes", "Mã chương trình"), Form::Texts(64))
            .names("programme")
            .about("Codes of the programmes.", "Mã các chương trình, nghị quyết."),
        PushField::new("bottlenecks", "bottleneck_codes", ("Bottleneck codes", "Mã điểm nghẽn"), Form::Texts(64))
            .names("bottleneck")
            .about("Codes of the bottlenecks.", "Mã các điểm nghẽn."),
        PushField::new("parent", "parent_code", ("Parent code", "Mã chỉ tiêu cấp trên"), CODE)
            .names("indicator")
            .about("Code of the indicator that it is a part of.", "Mã chỉ tiêu mà chỉ tiêu này đóng góp vào."),
        PushField::new(
            "formulaVersion",
            "formula_version",
            ("Formula version", "Phiên bản công thức"),
            Form::Integer(1, 1000),
        )
        .about("Number of the version of the formula.", "Số phiên bản của công thức."),
        PushField::new("formula", "formula", ("Formula", "Công thức"), Form::Text(4000))
            .about("Formula in words.", "Công thức bằng lời.")
            .example("Hồ sơ đúng hạn ÷ hồ sơ đã giải quyết × 100"),
        PushField::new("numerator", "numerator", ("Numerator", "Tử số"), Form::Text(1000))
            .about("What the numerator is; needed for RATIO.", "Tử số là gì; bắt buộc nếu tổng hợp theo tỷ số.")
            .example("Hồ sơ giải quyết đúng hạn"),
        PushField::new("denominator", "denominator", ("Denominator", "Mẫu số"), Form::Text(1000))
            .about("What the denominator is; needed for RATIO.", "Mẫu số là gì; bắt buộc nếu tổng hợp theo tỷ số.")
            .example("Hồ sơ đã giải quyết"),
        PushField::new("scopes", "scopes", ("Scopes", "Phạm vi báo cáo"), Form::Texts(12))
            .about("Who reports: CITY, AREA, ORGANIZATION.", "Phạm vi phải báo cáo: CITY, AREA, ORGANIZATION.")
            .example("CITY;AREA"),
        PushField::new("critical", "critical", ("Critical", "Trọng yếu"), Form::Boolean)
            .about("Whether it is critical.", "Chỉ tiêu trọng yếu."),
        PushField::new("document", "document", ("Document", "Văn bản"), Form::Text(500))
            .about("Document that sets it.", "Văn bản giao chỉ tiêu."),
    ],
    authors: &["recorded_by"],
    entity: Some("indicator"),
    refusals: &[
        Refusal {
            constraint: "indicator_not_its_parent",
            field: "parent",
            message: ("an indicator is not a part of itself", "chỉ tiêu không thể là cấp trên của chính nó"),
        },
        Refusal {
            constraint: "indicator_acyclic",
            field: "parent",
            message: ("the parent is below this indicator", "chỉ tiêu cấp trên lại thuộc chỉ tiêu này"),
        },
        Refusal {
            constraint: "indicator_scopes_known",
            field: "scopes",
            message: (
                "accepted: CITY, AREA, ORGANIZATION, at least one",
                "chỉ nhận: CITY, AREA, ORGANIZATION, ít nhất một",
            ),
        },
        Refusal {
            constraint: "indicator_ratio_of_quotients",
            field: "overPlaces",
            message: ("RATIO is for a RATE or GROWTH", "tỷ số chỉ dùng cho tỷ lệ hoặc tốc độ tăng"),
        },
        Refusal {
            constraint: "indicator_sum_of_amounts",
            field: "overPlaces",
            message: (
                "SUM is for a FLOW or STOCK: rates are never added",
                "chỉ cộng được số cộng dồn hoặc số thời điểm, không cộng tỷ lệ",
            ),
        },
        Refusal {
            constraint: "indicator_rate_names_parts",
            field: "numerator",
            message: ("RATIO needs numerator and denominator in words", "tổng hợp theo tỷ số phải nêu tử số và mẫu số"),
        },
    ],
    ..PushKind::PLAIN
};

/// Targets.
pub static TARGETS: PushKind = PushKind {
    name: "targets",
    row_type: "KpiTargetRow",
    mutation: "pushTargets",
    label: ("Targets", "Mục tiêu"),
    description: (
        "Targets of indicators by scope and period. Each decision is a version; the latest is in force.",
        "Mục tiêu của chỉ tiêu theo phạm vi và kỳ. Mỗi quyết định là một phiên bản; phiên bản mới nhất có hiệu lực.",
    ),
    table: "kpis.target",
    key: Key::Id,
    example: "MT-MAU-001",
    fields: &[
        PushField::new("indicator", "indicator_code", ("Indicator code", "Mã chỉ tiêu"), CODE)
            .required()
            .names("indicator")
            .about("Code of the indicator.", "Mã chỉ tiêu.")
            .example("CT-MAU-001"),
        PushField::new("area", "area_code", ("Area code", "Mã địa bàn"), Form::Text(64))
            .names("area")
            .about(
                "Code of the area that it is about; the city's for the city.",
                "Mã xã, phường; mã thành phố nếu là mục tiêu thành phố.",
            )
            .example("01"),
        PushField::new("organization", "organization_code", ("Organization code", "Mã cơ quan"), CODE)
            .names("organization")
            .about("Code of the organization that it is about, instead of an area.", "Mã cơ quan, thay cho địa bàn."),
        PushField::new("period", "period", ("Period", "Kỳ"), PERIOD)
            .required()
            .about("Year, quarter or month: 2026, 2026-Q1, 2026-03.", "Năm, quý hoặc tháng: 2026, 2026-Q1, 2026-03.")
            .example("2026"),
        PushField::new("value", "value", ("Value", "Giá trị"), Form::NUMBER)
            .about(
                "Value to reach; empty for a range, 1 or 0 for BINARY.",
                "Giá trị phải đạt; bỏ trống nếu là khoảng, 1 hoặc 0 nếu là đạt hoặc không đạt.",
            )
            .example("98"),
        PushField::new("low", "low", ("Lower bound", "Cận dưới"), Form::NUMBER)
            .about("Lower bound of a range.", "Cận dưới của khoảng."),
        PushField::new("high", "high", ("Upper bound", "Cận trên"), Form::NUMBER)
            .about("Upper bound of a range.", "Cận trên của khoảng."),
        PushField::new("baseline", "baseline", ("Baseline", "Giá trị gốc"), Form::NUMBER)
            .about("Value from which the way begins.", "Giá trị xuất phát.")
            .example("91.5"),
        PushField::new("baselinePeriod", "baseline_period", ("Baseline period", "Kỳ gốc"), PERIOD)
            .about(
                "Period of the baseline, which ends before the period of the target.",
                "Kỳ của giá trị gốc, kết thúc trước kỳ của mục tiêu.",
            )
            .example("2025"),
        PushField::new("trajectory", "trajectory", ("Trajectory", "Lộ trình"), Form::Texts(40))
            .about(
                "Values to reach on the way, each day=value, in the order of the days.",
                "Giá trị phải đạt theo lộ trình, mỗi điểm ghi ngày=giá trị, theo thứ tự ngày.",
            )
            .example("2026-06-30=95;2026-09-30=97"),
        PushField::new("decidedOn", "decided_on", ("Decided on", "Ngày quyết định"), Form::Date)
            .past()
            .required()
            .about("Day of the decision, from which it is in force.", "Ngày quyết định, có hiệu lực từ ngày này.")
            .example("2026-01-10"),
        PushField::new("withdrawnOn", "withdrawn_on", ("Withdrawn on", "Ngày bãi bỏ"), Form::Date).past().about(
            "First day on which it is no longer in force. Questions about earlier days keep it.",
            "Ngày đầu tiên hết hiệu lực. Câu hỏi về những ngày trước đó vẫn dùng mục tiêu này.",
        ),
        PushField::new("document", "document", ("Document", "Văn bản"), Form::Text(500))
            .about("Decision.", "Văn bản giao mục tiêu.")
            .example("01/QĐ-UBND"),
        PushField::new("reason", "reason", ("Reason", "Lý do"), Form::Text(4000))
            .about("Why it was corrected.", "Lý do sửa."),
        PushField::new(
            "withdrawalReason",
            "withdrawal_reason",
            ("Reason of the withdrawal", "Lý do bãi bỏ"),
            Form::Text(4000),
        )
        .about("Why it is no longer in force.", "Lý do mục tiêu hết hiệu lực."),
    ],
    authors: &["recorded_by"],
    refusals: &[
        ONE_SCOPE_OF_TARGET,
        Refusal {
            constraint: "target_period",
            field: "period",
            message: (
                "accepted: a year (2026), a quarter (2026-Q1) or a month (2026-03)",
                "chỉ nhận năm (2026), quý (2026-Q1) hoặc tháng (2026-03)",
            ),
        },
        Refusal {
            constraint: "target_period_fits",
            field: "period",
            message: ("the period is shorter than the indicator is observed", "kỳ ngắn hơn kỳ báo cáo của chỉ tiêu"),
        },
        Refusal {
            constraint: "target_baseline_period",
            field: "baselinePeriod",
            message: ("accepted: a year, a quarter or a month", "chỉ nhận năm, quý hoặc tháng"),
        },
        Refusal {
            constraint: "target_value_or_range",
            field: "value",
            message: (
                "a target has either a value or a range (low, high)",
                "mục tiêu có hoặc một giá trị, hoặc một khoảng (cận dưới, cận trên)",
            ),
        },
        Refusal {
            constraint: "target_low_not_above_high",
            field: "low",
            message: ("the lower bound is above the upper one", "cận dưới lớn hơn cận trên"),
        },
        Refusal {
            constraint: "target_range_has_bounds",
            field: "value",
            message: (
                "the indicator is a RANGE; accepted: a lower bound, an upper bound or both, and no value",
                "chỉ tiêu đánh giá trong khoảng; chỉ nhận cận dưới, cận trên hoặc cả hai, không nhận giá trị",
            ),
        },
        Refusal {
            constraint: "target_bounds_of_range",
            field: "low",
            message: (
                "the indicator is no RANGE; accepted: a value, and no bounds",
                "chỉ tiêu không đánh giá trong khoảng; chỉ nhận giá trị, không nhận cận dưới, cận trên",
            ),
        },
        Refusal { constraint: "target_scope_of_indicator", field: "area", message: NOT_ITS_SCOPE },
        Refusal { constraint: "target_area_exists", field: "area", message: ENDED },
        Refusal {
            constraint: "target_decided",
            field: "decidedOn",
            message: (
                "the decision is later than the time of the row; accepted: that day or earlier",
                "ngày quyết định sau thời điểm của dòng; chỉ nhận ngày đó hoặc trước đó",
            ),
        },
        Refusal { constraint: "target_decided_plausible", field: "decidedOn", message: A_DAY_OF_WORK },
        Refusal {
            constraint: "target_withdrawn",
            field: "withdrawnOn",
            message: (
                "accepted: a day from the decision to the time of the row",
                "chỉ nhận ngày từ ngày quyết định đến thời điểm của dòng",
            ),
        },
        Refusal {
            constraint: "target_baseline_before",
            field: "baselinePeriod",
            message: (
                "the period of the baseline is not over when the period of the target begins; accepted: a period that ends before it",
                "kỳ gốc chưa kết thúc khi kỳ của mục tiêu bắt đầu; chỉ nhận kỳ kết thúc trước đó",
            ),
        },
        Refusal { constraint: "target_value_of_binary", field: "value", message: DONE_OR_NOT },
        Refusal { constraint: "target_baseline_of_binary", field: "baseline", message: DONE_OR_NOT },
        Refusal { constraint: "target_trajectory_of_binary", field: "trajectory", message: DONE_OR_NOT },
        Refusal {
            constraint: "target_trajectory_within",
            field: "trajectory",
            message: (
                "a point is outside of the period; accepted: days of the period of the target",
                "có điểm nằm ngoài kỳ; chỉ nhận các ngày trong kỳ của mục tiêu",
            ),
        },
        Refusal {
            constraint: "target_trajectory_dated",
            field: "trajectory",
            message: (
                "accepted: 2026-06-30=95;2026-09-30=97, each day once, in the order of the days; a value has at most 15 digits before the point",
                "chỉ nhận dạng 2026-06-30=95;2026-09-30=97, mỗi ngày một lần, theo thứ tự ngày; giá trị có tối đa 15 chữ số trước dấu chấm",
            ),
        },
        Refusal {
            constraint: "target_trajectory_ends",
            field: "trajectory",
            message: (
                "the point on the last day of the period is not the value; accepted: the value, or no point on that day",
                "điểm ở ngày cuối kỳ khác giá trị mục tiêu; chỉ nhận đúng giá trị mục tiêu, hoặc không có điểm ở ngày đó",
            ),
        },
        Refusal {
            constraint: "target_version",
            field: "decidedOn",
            message: ("the target has another version of this day", "mục tiêu đã có phiên bản khác cùng ngày"),
        },
    ],
    ..PushKind::PLAIN
};

const ONE_SCOPE_OF_TARGET: Refusal = Refusal {
    constraint: "target_one_scope",
    field: "area",
    message: ("name one scope: an area or an organization", "nêu đúng một phạm vi: địa bàn hoặc cơ quan"),
};

const ENDED: (&str, &str) = (
    "the area ended before the period begins; accepted: the area that it became a part of, or a period in which it was",
    "địa bàn đã kết thúc trước khi kỳ bắt đầu; chỉ nhận địa bàn đã tiếp nhận nó, hoặc kỳ mà địa bàn còn tồn tại",
);

const NOT_ITS_SCOPE: (&str, &str) = (
    "the indicator does not have this scope; accepted: one of its scopes (CITY: the city's code, AREA: a ward or commune, ORGANIZATION: an \
     organization)",
    "chỉ tiêu không có phạm vi này; chỉ nhận phạm vi của chỉ tiêu (CITY: mã thành phố, AREA: xã, phường, ORGANIZATION: cơ quan)",
);

const DONE_OR_NOT: (&str, &str) = (
    "the indicator is BINARY; accepted: 1 (done) or 0 (not done)",
    "chỉ tiêu đánh giá đạt hoặc không đạt; chỉ nhận 1 (đạt) hoặc 0 (không đạt)",
);

/// Observations.
pub static OBSERVATIONS: PushKind = PushKind {
    name: "observations",
    row_type: "ObservationRow",
    mutation: "pushObservations",
    label: ("Observations", "Số liệu chỉ tiêu"),
    description: (
        "Values of indicators by scope and period. A changed published value begins a new vintage; what was known before stays.",
        "Số liệu của chỉ tiêu theo phạm vi và kỳ. Số đã công bố khi thay đổi sẽ thành số công bố mới; số cũ vẫn được giữ.",
    ),
    table: "kpis.observation",
    key: Key::Id,
    example: "SL-MAU-001",
    fields: &[
        PushField::new("indicator", "indicator_code", ("Indicator code", "Mã chỉ tiêu"), CODE)
            .required()
            .names("indicator")
            .about("Code of the indicator.", "Mã chỉ tiêu.")
            .example("CT-MAU-001"),
        PushField::new("area", "area_code", ("Area code", "Mã địa bàn"), Form::Text(64))
            .names("area")
            .about("Code of the area that it is about; the city's for the city.", "Mã xã, phường; mã thành phố nếu là số liệu thành phố.")
            .example("01"),
        PushField::new("organization", "organization_code", ("Organization code", "Mã cơ quan"), CODE)
            .names("organization")
            .about("Code of the organization that it is about, instead of an area.", "Mã cơ quan, thay cho địa bàn."),
        PushField::new("period", "period", ("Period", "Kỳ"), PERIOD)
            .required()
            .about("Year, quarter or month, as the indicator is observed.", "Năm, quý hoặc tháng, theo kỳ báo cáo của chỉ tiêu.")
            .example("2026-03"),
        PushField::new("revision", "revision", ("Revision", "Lần điều chỉnh"), Form::Integer(1, 1000))
            .about("Number of the revision; without it the first.", "Số lần điều chỉnh; bỏ trống là lần đầu."),
        PushField::new("value", "value", ("Value", "Giá trị"), Form::NUMBER)
            .about(
                "Value; of a rate numerator and denominator are better, of BINARY 1 or 0.",
                "Giá trị; nếu là tỷ lệ nên gửi tử số và mẫu số, nếu là đạt hoặc không đạt thì 1 hoặc 0.",
            ),
        PushField::new("numerator", "numerator", ("Numerator", "Tử số"), Form::NUMBER)
            .about("Numerator of a rate; of a growth the level.", "Tử số; nếu là tốc độ tăng thì là quy mô.")
            .example("1845"),
        PushField::new("denominator", "denominator", ("Denominator", "Mẫu số"), Form::NUMBER)
            .about(
                "Denominator of a rate; of a growth the level of the same period a year before.",
                "Mẫu số; nếu là tốc độ tăng thì là quy mô cùng kỳ năm trước.",
            )
            .example("1902"),
        PushField::new("flags", "flags", ("Flags", "Ghi chú số liệu"), Form::Texts(12))
            .about(
                "NORMAL, PROVISIONAL, ESTIMATED, FORECAST, MISSING, SUPPRESSED, BREAK; several can hold. A period that is not over needs ESTIMATED. A value \
                 of a period before a merger of areas is of the area as it was then, with BREAK of the area as it is now.",
                "NORMAL chính thức, PROVISIONAL sơ bộ, ESTIMATED ước tính, FORECAST dự báo, MISSING không có, SUPPRESSED không công bố, BREAK đứt chuỗi. Kỳ chưa kết thúc phải ghi ESTIMATED. Số của kỳ \
                 trước sáp nhập là của địa bàn cũ; ghi BREAK nếu tính theo địa bàn hiện nay.",
            )
            .example("PROVISIONAL"),
        PushField::new(
            "status",
            "status",
            ("State", "Trạng thái"),
            Form::Choice(&[
                ("DRAFT", "Dự thảo"),
                ("SUBMITTED", "Đã trình"),
                ("VERIFIED", "Đã thẩm định"),
                ("PUBLISHED", "Đã công bố"),
                ("WITHDRAWN", "Đã rút"),
            ]),
        )
        .required()
        .about("State; only a published observation counts.", "Trạng thái; chỉ số đã công bố mới được tính.")
        .example("PUBLISHED"),
        PushField::new("reason", "reason", ("Reason", "Lý do"), Form::Text(4000))
            .about("Why it corrects the published value.", "Lý do điều chỉnh số đã công bố."),
        PushField::new("withdrawalReason", "withdrawal_reason", ("Reason of the withdrawal", "Lý do rút"), Form::Text(4000))
            .about("Why it was withdrawn.", "Lý do rút số liệu."),
        PushField::new("note", "note", ("Remark", "Ghi chú"), Form::Text(4000)).about("Remark.", "Ghi chú."),
        PushField::new("document", "document", ("Document", "Văn bản"), Form::Text(500)).about("Document.", "Văn bản."),
    ],
    authors: &["recorded_by"],
    refusals: &[
        Refusal {
            constraint: "observation_one_scope",
            field: "area",
            message: ("name one scope: an area or an organization", "nêu đúng một phạm vi: địa bàn hoặc cơ quan"),
        },
        Refusal {
            constraint: "observation_period",
            field: "period",
            message: ("accepted: a year (2026), a quarter (2026-Q1) or a month (2026-03)", "chỉ nhận năm (2026), quý (2026-Q1) hoặc tháng (2026-03)"),
        },
        Refusal {
            constraint: "observation_period_of_frequency",
            field: "period",
            message: ("the period is not of the indicator's frequency", "kỳ không đúng kỳ báo cáo của chỉ tiêu"),
        },
        Refusal {
            constraint: "observation_flags_known",
            field: "flags",
            message: (
                "accepted: NORMAL, PROVISIONAL, ESTIMATED, FORECAST, MISSING, SUPPRESSED, BREAK",
                "chỉ nhận: NORMAL, PROVISIONAL, ESTIMATED, FORECAST, MISSING, SUPPRESSED, BREAK",
            ),
        },
        Refusal {
            constraint: "observation_normal_alone",
            field: "flags",
            message: (
                "NORMAL says that nothing else is said about the value; accepted: NORMAL alone, or the others without it",
                "NORMAL nghĩa là không có ghi chú nào khác; chỉ nhận NORMAL đứng một mình, hoặc các ghi chú khác không kèm NORMAL",
            ),
        },
        Refusal {
            constraint: "observation_denominator_positive",
            field: "denominator",
            message: ("the denominator is positive", "mẫu số phải lớn hơn 0"),
        },
        Refusal {
            constraint: "observation_parts_together",
            field: "denominator",
            message: ("a numerator needs its denominator", "có tử số phải có mẫu số"),
        },
        Refusal {
            constraint: "observation_has_value",
            field: "value",
            message: (
                "there is no value; accepted: a value, numerator and denominator, or the flag MISSING or SUPPRESSED",
                "không có giá trị; cần giá trị, hoặc tử số và mẫu số, hoặc ghi chú MISSING hay SUPPRESSED",
            ),
        },
        Refusal {
            constraint: "observation_value_of_amount",
            field: "value",
            message: (
                "there is no value; accepted: a value, since only a rate or a growth follows from numerator and denominator",
                "không có giá trị; cần giá trị, vì chỉ tỷ lệ hoặc tốc độ tăng mới tính được từ tử số và mẫu số",
            ),
        },
        Refusal {
            constraint: "observation_value_of_parts",
            field: "value",
            message: (
                "the value contradicts numerator and denominator; accepted: the value that they give, or none",
                "giá trị không khớp tử số và mẫu số; chỉ nhận giá trị tính từ tử số và mẫu số, hoặc để trống",
            ),
        },
        Refusal {
            constraint: "observation_period_begun",
            field: "period",
            message: (
                "the period has not begun at the time of the row; accepted: a period that begins on that day or earlier",
                "kỳ chưa bắt đầu vào thời điểm của dòng; chỉ nhận kỳ bắt đầu từ ngày đó trở về trước",
            ),
        },
        Refusal {
            constraint: "observation_period_over",
            field: "flags",
            message: (
                "the period is not over at the time of the row; accepted: ESTIMATED, of an estimate of the whole period, or FORECAST, MISSING, SUPPRESSED",
                "kỳ chưa kết thúc vào thời điểm của dòng; chỉ nhận ESTIMATED (ước cả kỳ), hoặc FORECAST, MISSING, SUPPRESSED",
            ),
        },
        Refusal { constraint: "observation_value_of_binary", field: "value", message: DONE_OR_NOT },
        Refusal { constraint: "observation_scope_of_indicator", field: "area", message: NOT_ITS_SCOPE },
        Refusal { constraint: "observation_area_exists", field: "area", message: ENDED },
        Refusal {
            constraint: "observation_missing_has_none",
            field: "flags",
            message: ("a missing observation has no value", "số liệu ghi MISSING thì không có giá trị"),
        },
        Refusal {
            constraint: "observation_revision",
            field: "revision",
            message: (
                "there is another observation of this indicator, scope, period and revision",
                "đã có số liệu khác cùng chỉ tiêu, phạm vi, kỳ và lần điều chỉnh",
            ),
        },
    ],
    layouts: &[&crate::sdmx::LAYOUT],
    ..PushKind::PLAIN
};
