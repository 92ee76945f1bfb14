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

-- Cases within a distance of one of some centres that were submitted within some days, of those that the caller sees, each with the place of
-- the nearest centre, of equally near ones the first. Points of cases are rounded, so distances are computed once for all cases of a
-- point; and only to the centres of its own cell and of the eight around it. A degree of latitude has a little more than 111 km, so a cell
-- is not smaller than the distance.
CREATE FUNCTION feedback.published_nearest(lats double precision[], lons double precision[], radius_m double precision, first_day date, end_day date)
    RETURNS TABLE (feedback_id uuid, place integer, distance_m double precision) LANGUAGE sql STABLE PARALLEL SAFE ROWS 10000
    SET enable_nestloop = off SET jit = off AS $$
    WITH cell AS MATERIALIZED (
        SELECT $3 / 111000 AS high, $3 / 111000 / cos(radians(least(max(abs(c.lat)) + $3 / 111000, 89))) AS wide FROM unnest($1) AS c(lat)),
    centre AS MATERIALIZED (
        SELECT c.place::int, c.lat, c.lon, (floor(c.lat / cell.high) + dy)::int AS y, (floor(c.lon / cell.wide) + dx)::int AS x
        FROM cell, unnest($1, $2) WITH ORDINALITY AS c(lat, lon, place), generate_series(-1, 1) AS dy, generate_series(-1, 1) AS dx),
    submitted AS NOT MATERIALIZED (
        SELECT f.feedback_id, f.lat, f.lon FROM feedback.fact_present AS f
        WHERE f.is_case AND f.lat IS NOT NULL AND f.submitted_on >= $4 AND f.submitted_on < $5),
    nearest AS MATERIALIZED (
        SELECT DISTINCT ON (n.lat, n.lon) n.*
        FROM (SELECT s.lat, s.lon, c.place, feedback.distance_m(c.lat, c.lon, s.lat, s.lon) AS distance_m
              FROM (SELECT DISTINCT lat, lon FROM submitted) AS s CROSS JOIN cell
              JOIN centre AS c ON c.y = floor(s.lat / cell.high)::int AND c.x = floor(s.lon / cell.wide)::int OFFSET 0) AS n
        WHERE n.distance_m <= $3
        ORDER BY n.lat, n.lon, n.distance_m, n.place)
    SELECT s.feedback_id, n.place, n.distance_m FROM nearest AS n JOIN submitted AS s ON s.lat = n.lat AND s.lon = n.lon
$$;
