-- # figures-in-any-order /sources/*
SELECT s.code, s.name, s.cadence_hours AS "cadenceHours", k.last_at + make_interval(hours => s.cadence_hours) < now() IS TRUE AS "isSilent", r.parked, r.rejected
FROM platform.source AS s
CROSS JOIN LATERAL (SELECT max(last_receipt_at) AS last_at FROM platform.source_kind AS k WHERE k.source = s.code) AS k
CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE status = 'PARKED') AS parked, count(*) FILTER (WHERE status = 'REJECTED') AS rejected
    FROM platform.receipt_row AS r WHERE r.source = s.code) AS r

-- # figures-in-any-order /sources/*/figures/*
-- Which figures the kinds of each source are part of.
SELECT f.dataset FROM platform.source_kind AS k JOIN (VALUES
    ('tasks', 'tasks'), ('tasks', 'task-updates'), ('tasks', 'task-milestones'), ('tasks', 'task-blockers'), ('tasks', 'task-evidence'),
    ('projects', 'projects'), ('projects', 'capital-plans'), ('projects', 'disbursements'), ('projects', 'contracts'), ('projects', 'assessments'),
    ('clearance', 'sites'), ('clearance', 'parcel-cases'), ('clearance', 'parcel-events'), ('clearance', 'parties'), ('clearance', 'parcel-rights'),
    ('clearance', 'compensation-plans'), ('clearance', 'compensation-payments'), ('clearance', 'resettlements'), ('clearance', 'clearance-sheet'),
    ('kpis', 'indicators'), ('kpis', 'targets'), ('kpis', 'observations'),
    ('feedback', 'feedback'), ('feedback', 'feedback-events'), ('feedback', 'feedback-ratings')) AS f(dataset, kind) ON f.kind = k.kind
GROUP BY k.source, f.dataset

-- # twice /sources/*
-- Rows joined with the kinds that their source has pushed.
SELECT s.code, count(*) AS parked
FROM platform.source AS s JOIN platform.source_kind AS k ON k.source = s.code
JOIN platform.receipt_row AS r ON r.source = s.code AND r.status = 'PARKED' GROUP BY s.code

-- # unloaded
-- /sources
