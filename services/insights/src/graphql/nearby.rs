//! Feedback near the sites of projects, or near a point.

use async_graphql::connection::Edge;
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use service_kit::connection::{RowConnection, Total};
use service_kit::lists::check_codes;
use service_kit::scalar::Period;
use service_kit::store::codes::CodeKind;
use service_kit::store::page::{Page, PageArgs};
use service_kit::{Problem, ScopeContext};

use super::entity::{Area, Project};
use super::reference::Feedback;
use crate::model::NEARBY;
use crate::store::nearby::{Asked, Centre, Near, near, nearest_first};

/// Largest distance in metres.
const MAX_DISTANCE_M: f64 = 5_000.0;

/// A point in WGS 84.
#[derive(InputObject, Debug, Clone, Copy)]
pub struct PointInput {
    /// Latitude in degrees, −85 to 85.
    lat: f64,
    /// Longitude in degrees, −180 to 180.
    lon: f64,
}

/// A case of feedback near a site or a point.
#[derive(SimpleObject)]
pub struct NearbyFeedback {
    /// The case.
    feedback: Feedback,
    /// Distance in metres from the centre of the site, or from the point. Points of feedback are rounded to about 110 m.
    distance_m: f64,
    /// Code of the nearest site; null around a point.
    site_code: Option<ID>,
    /// Name of that site.
    site_name: Option<String>,
    /// Its project.
    project: Option<Project>,
    /// Its area.
    area: Option<Area>,
}

impl From<&Near> for NearbyFeedback {
    fn from(near: &Near) -> Self {
        Self {
            feedback: Feedback::new(&near.feedback_id.to_string()),
            distance_m: (near.distance_m * 10.0).round() / 10.0,
            site_code: near.site_code.clone().map(ID),
            site_name: near.site_name.clone(),
            project: near.project_code.as_deref().map(Project::new),
            area: near.area_code.as_deref().map(Area::new),
        }
    }
}

#[derive(Default)]
pub struct NearbyQuery;

#[Object]
impl NearbyQuery {
    /// Feedback that was submitted within a period at most `distanceM` (1 to 5,000) from the centres of sites, or from a point, the
    /// nearest first: around all sites with a known centre, those of some projects, some sites, or a point. A case near several sites
    /// is there once, with the nearest. Of the cases that the caller sees, as they are now.
    #[allow(clippy::too_many_arguments, reason = "the arguments of the field")]
    async fn nearby(
        &self,
        ctx: &Context<'_>,
        period: Period,
        #[graphql(default = 500.0)] distance_m: f64,
        project: Option<Vec<ID>>,
        site: Option<Vec<ID>>,
        point: Option<PointInput>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Option<RowConnection<NearbyFeedback>>> {
        NEARBY.permit_list(&ctx.scope().principal)?;
        if !(1.0..=MAX_DISTANCE_M).contains(&distance_m) {
            let message = format!("distanceM is {distance_m}; accepted: 1 to {MAX_DISTANCE_M}");
            return Err(Problem::validation("distanceM", message).into());
        }
        let period = period.checked("period")?;
        let list = format!("nearby {period} {distance_m} {project:?} {site:?} {point:?}");
        let page = Page::new(&list, nearest_first(), &PageArgs { first, after })?;
        let named = [(CodeKind::PROJECT, project.as_deref(), "project"), (CodeKind::SITE, site.as_deref(), "site")];
        check_codes(ctx, &named).await?;
        let texts = |codes: Option<Vec<ID>>| codes.map(|codes| codes.into_iter().map(|code| code.0).collect());
        let centre = match point {
            Some(point) if project.is_some() || site.is_some() => {
                let message = format!("{point:?} with sites; accepted: a point, or projects and sites");
                return Err(Problem::validation("point", message).into());
            }
            Some(PointInput { lat, lon }) => {
                for (value, name, most) in [(lat, "lat", 85.0), (lon, "lon", 180.0)] {
                    if !(-most..=most).contains(&value) {
                        let message = format!("{value}; accepted: -{most} to {most}");
                        return Err(Problem::validation(format!("point.{name}"), message).into());
                    }
                }
                Centre::Point { lat, lon }
            }
            None => Centre::Sites { projects: texts(project), sites: texts(site) },
        };
        let asked = Asked { centre, radius_m: distance_m, first_day: period.first_day(), end_day: period.end() };
        let (shown, total_count) = near(ctx.reader(), &asked, &page).await?;
        let limit = usize::try_from(page.limit).unwrap_or_default();
        let mut connection =
            RowConnection::with_additional_fields(page.is_continued(), shown.len() > limit, Total { total_count });
        connection
            .edges
            .extend(shown.iter().take(limit).map(|near| Edge::new(page.cursor(&near.sort_key), near.into())));
        Ok(Some(connection))
    }
}
