//! Sources: which one a caller pushes for.

use crate::database::Database;
use crate::principal::{Principal, Role};
use crate::problem::Problem;
use crate::store::push::receipt;

/// The source for which a caller pushes a kind.
///
/// # Errors
/// `UNAUTHENTICATED`, `FORBIDDEN`, or `VALIDATION` when it is not named.
pub async fn source_of(
    database: &Database,
    principal: &Principal,
    asked: Option<&str>,
    kind: Option<&str>,
) -> Result<String, Problem> {
    principal.subject()?;
    let source = asked.or(principal.source.as_deref()).ok_or_else(|| {
        Problem::validation("source", "the credential names no source; accepted: ?source=NAME")
            .in_vietnamese("khóa truy cập không gắn với nguồn nào; cần: ?source=TÊN")
    })?;
    if !is_source(source) {
        let message =
            format!("found {source:?}; accepted: 1 to 64 lower-case letters, digits, dots, dashes and underscores");
        return Err(Problem::validation("source", message).in_vietnamese(format!(
            "có {source:?}; chấp nhận: 1 đến 64 chữ thường không dấu, chữ số, dấu chấm, gạch ngang, gạch dưới"
        )));
    }
    if let Some(kind) = kind
        && !principal.kinds.is_empty()
        && !principal.kinds.iter().any(|allowed| allowed == kind)
    {
        let allowed = principal.kinds.join(", ");
        return Err(Problem::forbidden(format!("the credential pushes {allowed} and not {kind}"))
            .in_vietnamese(format!("khóa truy cập chỉ được gửi {allowed}, không được gửi {kind}")));
    }
    let is_own = principal.source.as_deref() == Some(source) || principal.roles.contains(&Role::Admin);
    // A person of the organization that answers for the source.
    let works = principal.has(Role::Department) || principal.has(Role::Lead);
    let organization = principal.organization.as_deref().filter(|_| works);
    if is_own || receipt::is_owned(database.pool(), source, organization).await? {
        return Ok(source.to_owned());
    }
    let own = principal.source.as_deref().map_or_else(|| "none".to_owned(), |own| format!("only {own}"));
    Err(Problem::forbidden(format!(
        "the credential may not push for the source {source} ({own}); ask an administrator for a key of this source"
    ))
    .in_vietnamese(format!(
        "khóa truy cập không được gửi cho nguồn {source} ({own}); hãy xin quản trị viên khóa của nguồn này"
    )))
}

/// Whether a text can name a source.
pub fn is_source(text: &str) -> bool {
    let is_plain = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    let may_follow = |letter: &u8| is_plain(*letter) || matches!(letter, b'.' | b'_' | b'-');
    text.len() <= 64
        && text.as_bytes().first().is_some_and(|first| is_plain(*first))
        && text.as_bytes().iter().all(may_follow)
}
