-- Who sees which tasks.

-- Tasks of the scope of the transaction: led or coordinated by its organizations or by those below them, at its positions as
-- accountable or as approver, or concerning its areas. What counts is the present state, also for a past day. A draft has no
-- facts and is in no scope.
--
-- Only `tasks.visible` calls it, with the rights of its owner: the policies of the tables that it reads call that one.
CREATE FUNCTION tasks.of_scope() RETURNS SETOF uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH organization AS MATERIALIZED (
        SELECT code FROM directory.published_with_subordinates(platform.scope('organizations')) AS below(code))
    SELECT f.task_id FROM tasks.fact_present AS f WHERE f.lead = ANY (ARRAY(SELECT code FROM organization))
    UNION SELECT f.task_id FROM tasks.fact_present AS f WHERE f.position = ANY (platform.scope('positions'))
    UNION SELECT t.id FROM tasks.task AS t WHERE t.approver_position_code = ANY (platform.scope('positions')) AND t.status <> 'DRAFT'
    UNION SELECT c.task_id FROM tasks.fact_code AS c JOIN tasks.fact_present AS f ON f.task_id = c.task_id
        WHERE c.dimension = 'COORDINATING' AND c.code = ANY (ARRAY(SELECT code FROM organization)) AND c.to_day = 'infinity'
    UNION SELECT c.task_id FROM tasks.fact_code AS c JOIN tasks.fact_present AS f ON f.task_id = c.task_id
        WHERE c.dimension = 'AREA' AND c.code = ANY (platform.scope('areas')) AND c.to_day = 'infinity'
$$;

-- The same, found once for each scope of a transaction that only reads: a statement asks for them at every reference to a table
-- below. A transaction that reads sees one instant (REPEATABLE READ).
CREATE FUNCTION tasks.visible() RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp ROWS 500 AS $$
DECLARE
    scope constant text := platform.scope('organizations')::text || platform.scope('positions')::text || platform.scope('areas')::text;
    ids uuid[];
BEGIN
    IF current_setting('ioc.seen_by', true) = scope THEN
        ids := current_setting('ioc.seen_tasks')::uuid[];
    ELSE
        ids := ARRAY(SELECT tasks.of_scope());
        IF current_setting('transaction_read_only') = 'on' AND current_setting('transaction_isolation') = 'repeatable read' THEN
            PERFORM set_config('ioc.seen_by', scope, true), set_config('ioc.seen_tasks', ids::text, true);
        END IF;
    END IF;
    RETURN QUERY SELECT unnest(ids);
END $$;

DO $$
DECLARE
    seen constant text := '= ANY (ARRAY(SELECT tasks.visible()))';
    child regclass;
BEGIN
    PERFORM platform.guard('tasks.task', 'id ' || seen);
    PERFORM platform.guard('tasks.task_event', 'id ' || seen);
    -- A relation would name a task that one does not see.
    PERFORM platform.guard('tasks.relation', format('from_task_id %1$s AND to_task_id %1$s', seen));
    FOREACH child IN ARRAY ARRAY[
        'tasks.transition', 'tasks.milestone', 'tasks.progress_update', 'tasks.evidence', 'tasks.blocker',
        'tasks.reminder', 'tasks.extension_request', 'tasks.fact', 'tasks.fact_past', 'tasks.fact_present', 'tasks.fact_code',
        'tasks.fact_of_area']::regclass[] LOOP
        PERFORM platform.guard(child, 'task_id ' || seen);
    END LOOP;
    PERFORM platform.guard('tasks.fact_position', 'true');
    -- It counts tasks that one does not see.
    PERFORM platform.guard('tasks.fact_tally', 'false');
    -- What a source pushed of a child, with what was withdrawn since.
    PERFORM platform.guard(own, 'false') FROM unnest(ARRAY[
        'tasks.milestone_event', 'tasks.progress_update_event', 'tasks.evidence_event', 'tasks.blocker_event', 'tasks.reminder_event']::regclass[]) AS own;
    PERFORM platform.open_view('tasks.holding');
END $$;
