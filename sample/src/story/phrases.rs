//! Texts of reports, reasons and blockers. They are synthetic and describe no real event.

use tasks::import::BlockerKind::{self, Capacity, Coordination, Funding, Land, Legal, Procedure};
use tasks::import::BlockerLevel::{self, Central, City, Organization};

/// Reports of work in progress.
pub(crate) const GOING_ON: &[&str] = &[
    "Đang thực hiện theo đúng kế hoạch.",
    "Đã hoàn thành các nội dung của kỳ báo cáo, chuyển sang bước tiếp theo.",
    "Đã họp với các đơn vị phối hợp, thống nhất nội dung và thời hạn.",
    "Đã hoàn thiện dự thảo, đang lấy ý kiến các đơn vị liên quan.",
    "Đã kiểm tra hiện trường, cập nhật khối lượng hoàn thành.",
    "Đang tổng hợp số liệu từ các xã, phường.",
];

/// Reports of work without progress.
pub(crate) const STUCK: &[&str] = &[
    "Tiến độ chậm so với kế hoạch do chờ ý kiến của đơn vị phối hợp.",
    "Chưa hoàn thành nội dung của kỳ báo cáo, đang tập trung nhân lực.",
    "Hồ sơ phải chỉnh sửa, bổ sung nên chậm so với kế hoạch.",
    "Khối lượng phát sinh lớn hơn dự kiến, tiến độ chậm.",
];

/// Reports by which a lead declares a high risk.
pub(crate) const HIGH_RISK: &[&str] = &[
    "Nguy cơ cao không hoàn thành đúng hạn, đề nghị lãnh đạo chỉ đạo tháo gỡ.",
    "Phát sinh vướng mắc vượt thẩm quyền, tự đánh giá rủi ro cao.",
];

/// Reports of recovery.
pub(crate) const RECOVERED: &[&str] =
    &["Đã tháo gỡ vướng mắc, tiến độ trở lại theo kế hoạch.", "Đã bổ sung nhân lực, bù được phần chậm."];

/// Reasons for the return of a task.
pub(crate) const RETURNED: &[&str] = &[
    "Nội dung chồng chéo với nhiệm vụ đã giao cho đơn vị khác, đề nghị xem xét giao lại.",
    "Chưa rõ sản phẩm và thẩm quyền phê duyệt, đề nghị làm rõ trước khi thực hiện.",
    "Không thuộc chức năng của đơn vị, đề nghị giao đơn vị có thẩm quyền.",
];

/// Reasons for the rejection of a submission.
pub(crate) const REJECTED: &[&str] = &[
    "Thiếu số liệu minh chứng, đề nghị bổ sung.",
    "Sản phẩm chưa đạt tiêu chí nghiệm thu, đề nghị hoàn thiện.",
    "Chưa có ý kiến của đơn vị phối hợp, đề nghị bổ sung.",
];

/// Reasons for an extension.
pub(crate) const MORE_TIME: &[&str] = &[
    "Cần thêm thời gian lấy ý kiến các bộ, ngành.",
    "Khối lượng kiểm kê lớn hơn dự kiến.",
    "Thay đổi quy định pháp luật, phải điều chỉnh hồ sơ.",
    "Vướng mặt bằng, phải chờ bàn giao.",
];

/// Blocker: kind, level that can resolve it, description.
pub(crate) type Obstacle = (BlockerKind, BlockerLevel, &'static str);

/// Blockers.
pub(crate) const OBSTACLES: &[Obstacle] = &[
    (Land, City, "Chưa bàn giao mặt bằng để triển khai."),
    (Legal, Central, "Chờ hướng dẫn của bộ, ngành trung ương."),
    (Funding, City, "Chưa được bố trí đủ kinh phí."),
    (Procedure, City, "Hồ sơ đang chờ thẩm định, phê duyệt."),
    (Coordination, Organization, "Đơn vị phối hợp chưa cung cấp số liệu."),
    (Capacity, Organization, "Thiếu nhân lực chuyên môn."),
    (Procedure, Central, "Chờ ý kiến thỏa thuận của cơ quan trung ương."),
];

/// Texts of reminders.
pub(crate) const REMINDED: &[&str] = &[
    "Nhiệm vụ đã quá hạn, đề nghị báo cáo tiến độ và thời gian hoàn thành.",
    "Đề nghị tập trung nhân lực hoàn thành nhiệm vụ, báo cáo rõ nguyên nhân chậm.",
    "Đề nghị báo cáo vướng mắc và kiến nghị biện pháp tháo gỡ.",
];

/// Answers of leads to reminders.
pub(crate) const ANSWERED: &[&str] = &[
    "Đơn vị nghiêm túc rút kinh nghiệm, cam kết hoàn thành trong thời gian sớm nhất.",
    "Đã rà soát, đang hoàn thiện hồ sơ để trình.",
    "Chậm do chờ ý kiến đơn vị phối hợp, đã có văn bản đôn đốc phối hợp.",
];

/// Decisions of the city or of the central government.
pub(crate) const DECIDED: &[&str] =
    &["Đồng ý với đề nghị, giao đơn vị chủ trì tổ chức thực hiện.", "Hướng dẫn thực hiện theo quy định hiện hành."];

/// Resolutions of blockers.
pub(crate) const LIFTED: &[&str] =
    &["Đã được cấp có thẩm quyền giải quyết.", "Đơn vị phối hợp đã hoàn thành phần việc.", "Đã có văn bản hướng dẫn."];
