-- Who sees which projects, sites and parcels.
--
-- The functions read with the rights of their owner, since the policies of the tables that they read call them. What counts is
-- the present state, also for a past day.

-- Projects of the scope of the transaction: owned by its organizations or by those below them, at its positions, concerning its
-- areas or with a site there.
CREATE FUNCTION projects.visible() RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp ROWS 200 AS $$
    SELECT f.project_code FROM projects.fact_present AS f
        WHERE f.owner = ANY (ARRAY(SELECT directory.published_with_subordinates(platform.scope('organizations'))))
    UNION SELECT f.project_code FROM projects.fact_present AS f WHERE f.position = ANY (platform.scope('positions'))
    UNION SELECT f.project_code FROM projects.fact_code AS c JOIN projects.fact_present AS f ON f.project_id = c.project_id
        WHERE c.dimension = 'AREA' AND c.code = ANY (platform.scope('areas')) AND c.to_day = 'infinity'
    UNION SELECT s.project_code FROM projects.site AS s WHERE s.area_code = ANY (platform.scope('areas')) AND s.deleted_at IS NULL
$$;

-- Sites of the scope: in its areas, or of the projects of its organizations and positions. A ward sees a project that crosses
-- it, but not the sites in other wards.
CREATE FUNCTION projects.visible_sites() RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp ROWS 200 AS $$
    SELECT s.code FROM projects.site AS s WHERE s.area_code = ANY (platform.scope('areas'))
    UNION SELECT s.code FROM projects.site AS s JOIN projects.fact_present AS f ON f.project_code = s.project_code
        WHERE f.owner = ANY (ARRAY(SELECT directory.published_with_subordinates(platform.scope('organizations'))))
           OR f.position = ANY (platform.scope('positions'))
$$;

DO $$
DECLARE
    guarded regclass;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['projects.capital_plan', 'projects.contract', 'projects.disbursement', 'projects.assessment']::regclass[] LOOP
        PERFORM platform.guard(guarded, 'project_code = ANY (ARRAY(SELECT projects.visible()))');
    END LOOP;
    PERFORM platform.guard('projects.project', 'code = ANY (ARRAY(SELECT projects.visible()))');
    PERFORM platform.guard('projects.project_event', 'id IN (SELECT id FROM projects.project)');
    PERFORM platform.guard('projects.modification', 'contract_id IN (SELECT id FROM projects.contract)');
    FOREACH guarded IN ARRAY ARRAY['projects.fact', 'projects.fact_past', 'projects.fact_present']::regclass[] LOOP
        PERFORM platform.guard(guarded, 'project_code = ANY (ARRAY(SELECT projects.visible()))');
    END LOOP;
    PERFORM platform.guard('projects.fact_code', 'project_id IN (SELECT id FROM projects.project)');
    PERFORM platform.guard('projects.money_fact', 'project_id IN (SELECT id FROM projects.project)');

    PERFORM platform.guard('projects.site', 'code = ANY (ARRAY(SELECT projects.visible_sites()))');
    FOREACH guarded IN ARRAY ARRAY['projects.parcel_case', 'projects.compensation_plan', 'projects.resettlement', 'projects.grave_relocation',
        'projects.utility_relocation', 'projects.clearance_sheet', 'projects.parcel_fact', 'projects.parcel_fact_past', 'projects.parcel_fact_present']::regclass[] LOOP
        PERFORM platform.guard(guarded, 'site_code = ANY (ARRAY(SELECT projects.visible_sites()))');
    END LOOP;
    PERFORM platform.guard('projects.parcel_case_event', 'id IN (SELECT id FROM projects.parcel_case)');
    FOREACH guarded IN ARRAY ARRAY['projects.milestone', 'projects.parcel_right', 'projects.violation']::regclass[] LOOP
        PERFORM platform.guard(guarded, 'parcel_id IN (SELECT id FROM projects.parcel_case)');
    END LOOP;
    PERFORM platform.guard('projects.payment', 'plan_id IN (SELECT id FROM projects.compensation_plan)');
    PERFORM platform.guard('projects.party', 'code IN (SELECT party_code FROM projects.parcel_right)');
    PERFORM platform.guard('projects.party_identity', 'party_code IN (SELECT party_code FROM projects.parcel_right)');

    -- What was pushed and corrected, with what was withdrawn since.
    FOREACH guarded IN ARRAY ARRAY['projects.capital_plan_event', 'projects.contract_event', 'projects.modification_event', 'projects.disbursement_event',
        'projects.assessment_event', 'projects.site_event', 'projects.party_event', 'projects.party_identity_event', 'projects.parcel_right_event',
        'projects.milestone_event', 'projects.compensation_plan_event', 'projects.payment_event', 'projects.resettlement_event',
        'projects.grave_relocation_event', 'projects.utility_relocation_event', 'projects.clearance_sheet_event']::regclass[] LOOP
        PERFORM platform.guard(guarded, 'false');
    END LOOP;
    PERFORM platform.open_view(opened) FROM unnest(ARRAY[
        'projects.published_project', 'projects.published_site', 'projects.published_party']::regclass[]) AS opened;
END $$;
