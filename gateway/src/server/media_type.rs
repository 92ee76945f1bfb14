//! Which of the two GraphQL media types a client is answered with.

use http::{HeaderMap, StatusCode, header};

/// The media type of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MediaType {
    /// `application/json`: any well-formed GraphQL response has status 200.
    Json,
    /// `application/graphql-response+json`: the status says whether execution began.
    GraphQlResponse,
}

impl MediaType {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphQlResponse => "application/graphql-response+json; charset=utf-8",
        }
    }

    /// The status to send for an answer. A request that was no GraphQL request keeps its own status in both types.
    pub(super) fn status(self, status: StatusCode, well_formed: bool) -> StatusCode {
        if self == Self::Json && well_formed {
            StatusCode::OK
        } else {
            status
        }
    }

    /// What the `Accept` header asks for; `None` when it wants neither type.
    ///
    /// A client that says nothing gets `application/json`, as the legacy rule of GraphQL over HTTP has it.
    pub(super) fn negotiate(headers: &HeaderMap) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        let mut asked = false;
        for value in headers.get_all(header::ACCEPT) {
            let Ok(text) = value.to_str() else { continue };
            for range in text.split(',') {
                asked = true;
                let mut parts = range.split(';').map(str::trim);
                let name = parts.next().unwrap_or_default().to_ascii_lowercase();
                let quality = parts
                    .filter_map(|parameter| parameter.strip_prefix("q="))
                    .find_map(|quality| quality.parse::<f32>().ok())
                    .unwrap_or(1.0);
                let offered = match name.as_str() {
                    "application/graphql-response+json" => Self::GraphQlResponse,
                    "application/json" | "application/*" | "*/*" => Self::Json,
                    _ => continue,
                };
                if quality > 0.0 && best.is_none_or(|(highest, _)| quality > highest) {
                    best = Some((quality, offered));
                }
            }
        }
        if asked {
            best.map(|(_, offered)| offered)
        } else {
            Some(Self::Json)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn negotiated(accept: &'static str) -> Option<MediaType> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, http::HeaderValue::from_static(accept));
        MediaType::negotiate(&headers)
    }

    #[test]
    fn the_first_of_the_best_quality_wins() {
        use MediaType::{GraphQlResponse, Json};
        assert_eq!(
            negotiated("application/graphql-response+json, application/json;q=0.9"),
            Some(GraphQlResponse)
        );
        assert_eq!(
            negotiated("application/graphql-response+json;q=0.5, application/json"),
            Some(Json)
        );
        assert_eq!(negotiated("*/*"), Some(Json));
        assert_eq!(negotiated("text/html, application/json;q=0.1"), Some(Json));
        assert_eq!(negotiated("text/html"), None);
        assert_eq!(negotiated("application/json;q=0"), None);
        assert_eq!(MediaType::negotiate(&HeaderMap::new()), Some(Json));
    }
}
