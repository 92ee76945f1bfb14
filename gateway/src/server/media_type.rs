//! Which of the two GraphQL media types a client is answered with, and what the status then says.

use http::{HeaderMap, StatusCode, header};

use super::{compression::quality, options::StatusRules};
use crate::{GraphQlResponse, error::ErrorCode};

/// The media type of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MediaType {
    /// `application/json`: any well-formed GraphQL request has status 200.
    Json,
    /// `application/graphql-response+json`: the status says whether execution began.
    GraphQlResponse,
}

/// Whether what came was a GraphQL request at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Request {
    /// It was, whatever became of it.
    WellFormed,
    /// It was not: wrong parameters, a wrong type, too large.
    Malformed,
}

impl MediaType {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphQlResponse => "application/graphql-response+json; charset=utf-8",
        }
    }

    /// The status to send for an answer (GraphQL over HTTP, Status Codes).
    ///
    /// Only the statuses for "this request is wrong" depend on type and edition; one that says that a method is not
    /// allowed, a limit is passed or a server is busy is for the machines between and stays.
    pub(super) fn status(self, rules: StatusRules, answer: &GraphQlResponse, request: Request) -> StatusCode {
        let is_wrong = matches!(
            answer.status,
            StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY
        );
        match rules {
            StatusRules::Audited if is_wrong && self == Self::Json && request == Request::WellFormed => StatusCode::OK,
            StatusRules::Audited if is_wrong => StatusCode::BAD_REQUEST,
            StatusRules::September2026 if is_wrong && request == Request::WellFormed => {
                if answer.code.as_deref() == Some(ErrorCode::GraphqlParseFailed.as_str()) {
                    StatusCode::BAD_REQUEST
                } else {
                    StatusCode::UNPROCESSABLE_ENTITY
                }
            }
            StatusRules::September2026 if answer.executed && answer.has_errors && self == Self::GraphQlResponse => {
                partial_success()
            }
            _ => answer.status,
        }
    }

    /// What the `Accept` header asks for (RFC 9110 § 12.5.1); `None` when it wants neither type.
    ///
    /// For each type the most specific range that covers it decides. Between types that are liked alike, the one that
    /// was named first wins, and where one wildcard covers both, the type for clients that do not know better.
    pub(super) fn negotiate(headers: &HeaderMap, rules: StatusRules) -> Option<Self> {
        let offered = match rules {
            StatusRules::Audited => [Self::Json, Self::GraphQlResponse],
            StatusRules::September2026 => [Self::GraphQlResponse, Self::Json],
        };
        if !headers.contains_key(header::ACCEPT) {
            return Some(offered[0]);
        }
        let values = headers.get_all(header::ACCEPT).into_iter();
        let elements = values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|text| text.split(','));
        let mut found: [Option<Covered>; 2] = [None; 2];
        for (position, element) in elements.enumerate() {
            let Some(range) = Range::parse(element) else { continue };
            for (covered, offered) in found.iter_mut().zip(offered) {
                if let Some(precision) = range.covers(offered)
                    && covered.is_none_or(|known| precision > known.precision)
                {
                    *covered = Some(Covered {
                        precision,
                        position,
                        quality: range.quality,
                    });
                }
            }
        }
        let mut best: Option<(Covered, Self)> = None;
        for (covered, offered) in found.into_iter().zip(offered) {
            let Some(covered) = covered.filter(|covered| covered.quality > 0) else {
                continue;
            };
            let is_better = best.is_none_or(|(known, _)| {
                covered.quality > known.quality
                    || (covered.quality == known.quality && covered.position < known.position)
            });
            if is_better {
                best = Some((covered, offered));
            }
        }
        best.map(|(_, offered)| offered)
    }
}

fn partial_success() -> StatusCode {
    StatusCode::from_u16(294).unwrap_or(StatusCode::OK)
}

/// How a media type is covered by `Accept`.
#[derive(Clone, Copy)]
struct Covered {
    precision: u8,
    position: usize,
    quality: u16,
}

/// One element of `Accept`.
struct Range {
    name: String,
    quality: u16,
}

impl Range {
    /// `None` for a charset that is not served.
    fn parse(element: &str) -> Option<Self> {
        let mut parts = element.split(';').map(str::trim);
        let name = parts.next()?.to_ascii_lowercase();
        let foreign = |parameter: &str| {
            parameter.split_once('=').is_some_and(|(name, charset)| {
                let charset = charset.trim().trim_matches('"');
                name.trim().eq_ignore_ascii_case("charset")
                    && !charset.eq_ignore_ascii_case("utf-8")
                    && !charset.eq_ignore_ascii_case("utf8")
            })
        };
        if parts.clone().any(foreign) {
            return None;
        }
        Some(Self {
            name,
            quality: quality(parts),
        })
    }

    /// How precisely the range names a type, if it covers it.
    fn covers(&self, offered: MediaType) -> Option<u8> {
        match (self.name.as_str(), offered) {
            ("application/json", MediaType::Json)
            | ("application/graphql-response+json", MediaType::GraphQlResponse) => Some(2),
            ("application/*", _) => Some(1),
            ("*/*", _) => Some(0),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        MediaType::{GraphQlResponse, Json},
        *,
    };

    fn negotiated(accept: &'static str) -> Option<MediaType> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, http::HeaderValue::from_static(accept));
        MediaType::negotiate(&headers, StatusRules::Audited)
    }

    #[test]
    fn the_first_of_the_best_quality_wins() {
        for (accept, expected) in [
            (
                "application/graphql-response+json, application/json;q=0.9",
                Some(GraphQlResponse),
            ),
            ("application/graphql-response+json;q=0.5, application/json", Some(Json)),
            ("application/json, application/graphql-response+json", Some(Json)),
            (
                "application/graphql-response+json; charset=utf-8, application/json; charset=utf-8",
                Some(GraphQlResponse),
            ),
            ("APPLICATION/JSON", Some(Json)),
            ("text/html, application/json;q=0.1", Some(Json)),
            (
                "application/json; Q=0.2 , application/graphql-response+json;q=0.3",
                Some(GraphQlResponse),
            ),
        ] {
            assert_eq!(negotiated(accept), expected, "{accept}");
        }
    }

    #[test]
    fn wildcards_give_way_to_names() {
        for (accept, expected) in [
            ("*/*", Some(Json)),
            ("application/*", Some(Json)),
            (
                "application/*;q=0.1, application/graphql-response+json",
                Some(GraphQlResponse),
            ),
            ("*/*, application/json;q=0", Some(GraphQlResponse)),
            ("application/graphql-response+json;q=0, */*;q=0.1", Some(Json)),
            ("*/*;q=0", None),
        ] {
            assert_eq!(negotiated(accept), expected, "{accept}");
        }
    }

    #[test]
    fn who_wants_neither_gets_neither() {
        for accept in [
            "",
            "text/html",
            "application/json;q=0",
            "application/json; charset=utf-16",
            "application/xml, text/*",
        ] {
            assert_eq!(negotiated(accept), None, "{accept}");
        }
    }

    #[test]
    fn who_says_nothing_is_old_or_new_by_the_edition() {
        let none = HeaderMap::new();
        assert_eq!(MediaType::negotiate(&none, StatusRules::Audited), Some(Json));
        assert_eq!(
            MediaType::negotiate(&none, StatusRules::September2026),
            Some(GraphQlResponse)
        );
    }
}
