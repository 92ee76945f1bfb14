//! Media type negotiation between the two GraphQL media types, and the status codes that each of them uses.

use http::{HeaderMap, StatusCode, header};

use super::{compression::quality, options::StatusRules};
use crate::{GraphQlResponse, error::ErrorCode};

/// The media type of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MediaType {
    /// `application/json`: the status is 200 for every well-formed GraphQL request.
    Json,
    /// `application/graphql-response+json`: the status tells whether execution began.
    GraphQlResponse,
}

/// Whether the HTTP request contained a GraphQL request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Request {
    /// It did, whatever the outcome.
    WellFormed,
    /// It did not: wrong parameters, a wrong type, or too large.
    Malformed,
}

impl MediaType {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphQlResponse => "application/graphql-response+json; charset=utf-8",
        }
    }

    /// The HTTP status of an answer (GraphQL over HTTP, Status Codes).
    ///
    /// Only the statuses for invalid requests depend on the media type and the edition. Statuses such as method not
    /// allowed, limit exceeded or server busy are meant for proxies as well and do not change.
    pub(super) fn status(self, rules: StatusRules, answer: &GraphQlResponse, request: Request) -> StatusCode {
        let is_wrong = matches!(answer.status, StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY);
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

    /// The media type that the `Accept` header asks for (RFC 9110 § 12.5.1); `None` when it accepts neither.
    ///
    /// For each type, the most specific matching range counts. If two types have the same quality, the one named first
    /// wins. If one wildcard matches both, the default type for clients without `Accept` wins.
    pub(super) fn negotiate(headers: &HeaderMap, rules: StatusRules) -> Option<Self> {
        let offered = match rules {
            StatusRules::Audited => [Self::Json, Self::GraphQlResponse],
            StatusRules::September2026 => [Self::GraphQlResponse, Self::Json],
        };
        if !headers.contains_key(header::ACCEPT) {
            return Some(offered[0]);
        }
        let values = headers.get_all(header::ACCEPT).into_iter();
        let elements = values.filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(','));
        let mut found: [Option<Covered>; 2] = [None; 2];
        for (position, element) in elements.enumerate() {
            let Some(range) = Range::parse(element) else { continue };
            for (covered, offered) in found.iter_mut().zip(offered) {
                if let Some(precision) = range.covers(offered)
                    && covered.is_none_or(|known| precision > known.precision)
                {
                    *covered = Some(Covered { precision, position, quality: range.quality });
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

/// How `Accept` matches a media type.
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
    /// Parses an element. `None` for a charset other than UTF-8.
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
        Some(Self { name, quality: quality(parts) })
    }

    /// How specifically the range matches a type; `None` if it does not match.
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
            ("application/graphql-response+json, application/json;q=0.9", Some(GraphQlResponse)),
            ("application/graphql-response+json;q=0.5, application/json", Some(Json)),
            ("application/json, application/graphql-response+json", Some(Json)),
            (
                "application/graphql-response+json; charset=utf-8, application/json; charset=utf-8",
                Some(GraphQlResponse),
            ),
            ("APPLICATION/JSON", Some(Json)),
            ("text/html, application/json;q=0.1", Some(Json)),
            ("application/json; Q=0.2 , application/graphql-response+json;q=0.3", Some(GraphQlResponse)),
        ] {
            assert_eq!(negotiated(accept), expected, "{accept}");
        }
    }

    #[test]
    fn wildcards_give_way_to_names() {
        for (accept, expected) in [
            ("*/*", Some(Json)),
            ("application/*", Some(Json)),
            ("application/*;q=0.1, application/graphql-response+json", Some(GraphQlResponse)),
            ("*/*, application/json;q=0", Some(GraphQlResponse)),
            ("application/graphql-response+json;q=0, */*;q=0.1", Some(Json)),
            ("*/*;q=0", None),
        ] {
            assert_eq!(negotiated(accept), expected, "{accept}");
        }
    }

    #[test]
    fn who_wants_neither_gets_neither() {
        for accept in
            ["", "text/html", "application/json;q=0", "application/json; charset=utf-16", "application/xml, text/*"]
        {
            assert_eq!(negotiated(accept), None, "{accept}");
        }
    }

    #[test]
    fn who_says_nothing_is_old_or_new_by_the_edition() {
        let none = HeaderMap::new();
        assert_eq!(MediaType::negotiate(&none, StatusRules::Audited), Some(Json));
        assert_eq!(MediaType::negotiate(&none, StatusRules::September2026), Some(GraphQlResponse));
    }
}
