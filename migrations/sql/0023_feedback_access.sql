-- Who sees which feedback. What counts is the present state, also for a past day.

-- Organizations of the scope with those below them, for policies.
CREATE FUNCTION feedback.own_organizations() RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    RETURN ARRAY(SELECT directory.published_with_subordinates(platform.scope('organizations')));

-- Whether the caller's organizations are complained about: one of them, of those below or of those above.
CREATE FUNCTION feedback.is_about_own(about text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    RETURN about IS NOT NULL AND (about = ANY (feedback.own_organizations())
        OR EXISTS (SELECT FROM directory.published_with_subordinates(ARRAY[about]) AS below(code) WHERE below.code = ANY (platform.scope('organizations'))));

-- Cases whose sender the caller may know: those of its organizations and positions, unless the sender asked not to be named or
-- complains about the caller's organization. A position without an organization is not enough to know whom a case is about.
CREATE FUNCTION feedback.reveals() RETURNS SETOF uuid
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp ROWS 500 AS $$
    SELECT f.id FROM feedback.feedback AS f
    WHERE (f.lead_organization_code = ANY (feedback.own_organizations()) OR f.accountable_position_code = ANY (platform.scope('positions')))
      AND f.deleted_at IS NULL AND NOT f.is_anonymous AND NOT feedback.is_about_own(f.about_organization_code)
$$;

DO $$
DECLARE
    seen constant text := '%1$s = ANY (ARRAY(SELECT unnest(feedback.own_organizations()))) OR %2$s = ANY (ARRAY(SELECT unnest(platform.scope(''positions'')))) '
        'OR %3$s = ANY (ARRAY(SELECT unnest(platform.scope(''areas''))))';
    guarded regclass;
BEGIN
    PERFORM platform.guard('feedback.feedback', format(seen, 'lead_organization_code', 'accountable_position_code', 'area_code'));
    PERFORM platform.guard('feedback.fact_present', format(seen, 'lead', 'position', 'area'));
    PERFORM platform.guard('feedback.feedback_event', 'id IN (SELECT id FROM feedback.feedback)');
    FOREACH guarded IN ARRAY ARRAY['feedback.step', 'feedback.attachment', 'feedback.rating', 'feedback.fact', 'feedback.fact_past', 'feedback.fact_code']::regclass[] LOOP
        PERFORM platform.guard(guarded, 'feedback_id IN (SELECT id FROM feedback.feedback)');
    END LOOP;
    FOREACH guarded IN ARRAY ARRAY['feedback.sender', 'feedback.moderation']::regclass[] LOOP
        PERFORM platform.guard(guarded, 'feedback_id = ANY (ARRAY(SELECT feedback.reveals()))');
    END LOOP;
    PERFORM platform.guard(shared, 'true') FROM unnest(ARRAY['feedback.category', 'feedback.category_attribute']::regclass[]) AS shared;
    -- What was pushed and corrected, with what was withdrawn since.
    FOREACH guarded IN ARRAY ARRAY['feedback.sender_event', 'feedback.step_event', 'feedback.attachment_event', 'feedback.rating_event']::regclass[] LOOP
        PERFORM platform.guard(guarded, 'false');
    END LOOP;
    PERFORM platform.open_view(opened) FROM unnest(ARRAY['feedback.published_feedback', 'feedback.published_category']::regclass[]) AS opened;
END $$;

-- Distance in metres between two points on the sphere.
CREATE FUNCTION feedback.distance_m(lat double precision, lon double precision, other_lat double precision, other_lon double precision)
    RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN 2 * 6371008.8 * asin(least(1, sqrt(sin(radians(other_lat - lat) / 2) ^ 2
        + cos(radians(lat)) * cos(radians(other_lat)) * sin(radians(other_lon - lon) / 2) ^ 2)));

-- Cases within a distance of a point that were submitted within some days, of those that the caller sees. A degree of latitude has a
-- little more than 111 km, so the box is not smaller than the circle.
CREATE FUNCTION feedback.published_near(lat double precision, lon double precision, radius_m double precision, first_day date, end_day date)
    RETURNS TABLE (feedback_id uuid, submitted_on date, distance_m double precision) LANGUAGE sql STABLE PARALLEL SAFE ROWS 50 AS $$
    SELECT f.feedback_id, f.submitted_on, feedback.distance_m($1, $2, f.lat, f.lon) FROM feedback.fact_present AS f
    WHERE f.is_case AND f.submitted_on >= $4 AND f.submitted_on < $5
      AND f.lat BETWEEN $1 - $3 / 111000 AND $1 + $3 / 111000
      AND f.lon BETWEEN $2 - $3 / 111000 / cos(radians($1)) AND $2 + $3 / 111000 / cos(radians($1))
      AND feedback.distance_m($1, $2, f.lat, f.lon) <= $3
$$;
