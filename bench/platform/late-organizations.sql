-- schema/operations/late-organizations.graphql: the third quarter of 2026 as of its end, beside the second.
WITH measured AS (
    SELECT f.lead, count(*) AS total,
           count(*) FILTER (WHERE f.overdue_from <= '2026-09-30') AS overdue,
           count(*) FILTER (WHERE f.overdue_from <= '2026-09-30' AND f.late_by <= 7) AS week,
           count(*) FILTER (WHERE f.overdue_from <= '2026-09-30' AND f.late_by BETWEEN 8 AND 30) AS month,
           count(*) FILTER (WHERE f.overdue_from <= '2026-09-30' AND f.late_by BETWEEN 31 AND 90) AS quarter,
           count(*) FILTER (WHERE f.overdue_from <= '2026-09-30' AND f.late_by > 90) AS longer
    FROM (SELECT d.*, '2026-09-30' - d.due_on AS late_by FROM tasks.fact AS d
          WHERE d.from_day <= '2026-09-30' AND d.to_day > '2026-09-30'
            AND d.start_on < '2026-10-01' AND (d.ended_on IS NULL OR d.ended_on >= '2026-07-01')) AS f
    GROUP BY f.lead),
late AS (SELECT * FROM measured WHERE overdue > 0 ORDER BY overdue DESC, lead COLLATE "C" LIMIT 10),
due AS (
    SELECT d.lead, avg(CASE WHEN d.overdue_from <= '2026-09-30' THEN '2026-09-30' - d.due_on WHEN d.done_on > d.due_on THEN d.done_on - d.due_on END)::float AS days_late
    FROM tasks.fact AS d
    WHERE d.lead IN (SELECT lead FROM late) AND d.from_day <= '2026-09-30' AND d.to_day > '2026-09-30'
      AND d.status NOT IN ('CANCELLED', 'SUPERSEDED') AND d.due_on >= '2026-07-01' AND d.due_on < '2026-10-01'
    GROUP BY d.lead),
before AS (
    SELECT d.lead, count(*) AS total, count(*) FILTER (WHERE d.overdue_from <= '2026-06-30') AS overdue
    FROM tasks.fact AS d
    WHERE d.lead IN (SELECT lead FROM late) AND d.from_day <= '2026-06-30' AND d.to_day > '2026-06-30'
      AND d.start_on < '2026-07-01' AND (d.ended_on IS NULL OR d.ended_on >= '2026-04-01')
    GROUP BY d.lead)
SELECT json_build_object('taskStats', json_build_object(
    'rows', (SELECT json_agg(json_build_object(
            'organization', json_build_object('code', o.code, 'name', o.name, 'axis', o.axis),
            'measures', json_build_object('total', late.total, 'overdue', late.overdue, 'averageDaysLate', due.days_late,
                'backlogAge', json_build_object('upTo7', late.week, 'from8To30', late.month, 'from31To90', late.quarter, 'over90', late.longer)),
            'previous', CASE WHEN before.lead IS NOT NULL THEN json_build_object('total', before.total, 'overdue', before.overdue) END)
            ORDER BY late.overdue DESC, late.lead COLLATE "C")
        FROM late LEFT JOIN due USING (lead) LEFT JOIN before USING (lead)
        LEFT JOIN directory.organization AS o ON o.code = late.lead),
    'freshness', json_build_object('asOf', '2026-09-30', 'partial', false)))
