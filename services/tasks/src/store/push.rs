//! SQL of pushes: what follows from a pushed task in other tables, and what a report states about its task.

/// Transitions and extensions of pushed tasks: made from their events, and anew for tasks with a late row.
pub const FOLLOWING: &[&str] = &[
        "DELETE FROM tasks.transition AS t USING push_event AS e WHERE e.is_late AND t.task_id = e.key::uuid AND t.verb = 'pushTasks' AND $1 IS NOT NULL",
        "INSERT INTO tasks.transition (id, task_id, verb, from_status, to_status, from_lead, to_lead, by_subject, at)
         SELECT md5(concat_ws('/', 'transition', key, at, rank, ordinal))::uuid, key::uuid, 'pushTasks', before ->> 'status', after ->> 'status',
                before ->> 'lead_organization_code', after ->> 'lead_organization_code', $1, at
         FROM (SELECT e.key, e.at, e.rank, e.ordinal, e.pushed, e.effective, e.after,
                      CASE WHEN e.seq = 1 THEN e.before ELSE lag(e.after) OVER (PARTITION BY e.key ORDER BY e.seq) END AS before
               FROM push_event AS e) AS step
         WHERE pushed AND effective AND ((before ->> 'status') IS DISTINCT FROM (after ->> 'status')
               OR (before ->> 'lead_organization_code') IS DISTINCT FROM (after ->> 'lead_organization_code'))
         ON CONFLICT (id) DO NOTHING",
        "DELETE FROM tasks.extension_request AS x USING push_event AS e
         WHERE e.is_late AND x.task_id = e.key::uuid AND x.requested_by = $1 AND x.reason = 'pushTasks'",
        "INSERT INTO tasks.extension_request (id, task_id, requested_due, reason, requested_by, requested_at, status, previous_due, decided_by, decided_at)
         SELECT md5(concat_ws('/', 'extension', key, at, rank, ordinal))::uuid, key::uuid, (after ->> 'current_due')::date, 'pushTasks', $1, at,
                'APPROVED', (before ->> 'current_due')::date, $1, at
         FROM (SELECT e.key, e.at, e.rank, e.ordinal, e.pushed, e.effective, e.after,
                      CASE WHEN e.seq = 1 THEN e.before ELSE lag(e.after) OVER (PARTITION BY e.key ORDER BY e.seq) END AS before
               FROM push_event AS e) AS step
         WHERE pushed AND effective AND (before ->> 'status') <> 'DRAFT' AND (after ->> 'current_due')::date > (before ->> 'current_due')::date
         ON CONFLICT (id) DO NOTHING",
    ];

/// Columns of the task that a report `c` states from the time `{at}` on.
pub const REPORTED: &str = "jsonb_build_object('progress', c.progress, 'last_update_on', platform.day_of({at}, (SELECT platform.zone())))
                  || CASE WHEN c.self_declared_risk IS NULL THEN '{}' ELSE jsonb_build_object('self_declared_risk', c.self_declared_risk) END";
