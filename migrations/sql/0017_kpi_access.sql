-- Who sees which series, with their targets and observations. The catalogue of indicators is public.
--
-- The functions read with the rights of their owner, since the policies of the tables that they read call them.

-- Indicators of the scope of the transaction: owned by its organizations or by those below them, or at its positions.
CREATE FUNCTION kpis.visible_indicators() RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp ROWS 20 AS $$
    SELECT code FROM kpis.indicator WHERE deleted_at IS NULL
        AND (owner_organization_code = ANY (ARRAY(SELECT directory.published_with_subordinates(platform.scope('organizations'))))
             OR accountable_position_code = ANY (platform.scope('positions')))
$$;

-- Organizations of the scope, and those below them.
CREATE FUNCTION kpis.visible_organizations() RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp ROWS 20 AS $$
    SELECT directory.published_with_subordinates(platform.scope('organizations'))
$$;

-- Areas of the scope, and the old areas that became a part of one of them: their values are carried over.
CREATE FUNCTION kpis.visible_areas() RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp ROWS 10 AS $$
    SELECT unnest(platform.scope('areas'))
    UNION SELECT from_code FROM directory.published_area_succession WHERE to_code = ANY (platform.scope('areas'))
$$;

-- Whether the caller sees the series of a scope: by the same rule as the rows, also when it has none.
CREATE FUNCTION kpis.sees(indicator text, area text, organization text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN current_user <> 'ioc_scoped' OR coalesce(area = ANY (ARRAY(SELECT kpis.visible_areas())), false)
        OR coalesce(organization = ANY (ARRAY(SELECT kpis.visible_organizations())), false) OR indicator = ANY (ARRAY(SELECT kpis.visible_indicators()));

DO $$
DECLARE
    guarded regclass;
BEGIN
    PERFORM platform.guard('kpis.indicator', 'true');
    PERFORM platform.guard('kpis.indicator_event', 'true');
    FOREACH guarded IN ARRAY ARRAY['kpis.series', 'kpis.target', 'kpis.observation', 'kpis.target_fact', 'kpis.target_fact_past',
        'kpis.target_fact_present']::regclass[] LOOP
        PERFORM platform.guard(guarded, 'area_code = ANY (ARRAY(SELECT kpis.visible_areas()))
            OR organization_code = ANY (ARRAY(SELECT kpis.visible_organizations()))
            OR indicator_code = ANY (ARRAY(SELECT kpis.visible_indicators()))');
    END LOOP;
    PERFORM platform.guard('kpis.observed_fact', 'series_id IN (SELECT id FROM kpis.series)');
    PERFORM platform.guard('kpis.observation_event', 'false');
    PERFORM platform.guard('kpis.target_event', 'id IN (SELECT id FROM kpis.target)');
    PERFORM platform.open_view('kpis.published_indicator');
    PERFORM platform.open_view('kpis.revised');
END $$;
