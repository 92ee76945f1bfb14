//! Kinds of feedback that sources push.

mod case;
mod children;
mod refusal;

use service_kit::push::PushKind;
use service_kit::push::graphql::PushSet;
use tabular::Form;

/// A code.
const CODE: Form = Form::Text(64);

/// States of a case.
const STATUSES: Form = Form::Choice(&[
    ("RECEIVED", "Đã tiếp nhận"),
    ("ACCEPTED", "Đã duyệt"),
    ("REJECTED", "Từ chối"),
    ("MERGED", "Gộp"),
    ("ASSIGNED", "Đã giao"),
    ("IN_PROGRESS", "Đang xử lý"),
    ("WAITING_CITIZEN", "Chờ người dân bổ sung"),
    ("TRANSFERRED", "Chuyển tiếp"),
    ("RESOLVED", "Đã trả lời"),
    ("CLOSED", "Đã đóng"),
    ("REOPENED", "Mở lại"),
]);

/// Levels of a case.
const LEVELS: Form = Form::Choice(&[("NORMAL", "Thông thường"), ("URGENT", "Khẩn cấp"), ("COMPLEX", "Phức tạp")]);

/// The kinds, for the mutations.
#[derive(Debug)]
pub struct Set;

impl PushSet for Set {
    const NAME: &'static str = "FeedbackPush";

    fn kinds() -> &'static [&'static PushKind] {
        KINDS
    }
}

/// Every kind, in the order in which one names the other.
pub static KINDS: &[&PushKind] =
    &[&case::CASES, &children::SENDERS, &children::EVENTS, &children::ATTACHMENTS, &children::RATINGS];
