-- Feedback of 2026 by area and category, as of now.
SELECT json_build_object('feedbackStats', json_build_object('rows', json_agg(json_build_object('area', json_build_object('code', area), 'category', json_build_object('code', category),
    'measures', json_build_object('received', received, 'open', open, 'overdue', overdue, 'onTime', json_build_object('value', kept / nullif(due, 0)::float),
        'satisfaction', json_build_object('rated', rated, 'rate', satisfied / nullif(rated, 0)::float))) ORDER BY area, category)))
FROM (SELECT f.area, f.category, count(*) FILTER (WHERE f.is_case AND f.submitted_on BETWEEN '2026-01-01' AND '2026-12-31') AS received,
             count(*) FILTER (WHERE f.is_case AND f.is_open) AS open, count(*) FILTER (WHERE f.is_case AND f.is_open AND f.due_at < now()) AS overdue,
             count(*) FILTER (WHERE f.has_deadline AND f.resolved_at <= f.due_at) AS kept, count(*) FILTER (WHERE f.has_deadline) AS due,
             count(f.score) FILTER (WHERE f.rated_on BETWEEN '2026-01-01' AND '2026-12-31') AS rated,
             count(*) FILTER (WHERE f.score >= 4 AND f.rated_on BETWEEN '2026-01-01' AND '2026-12-31') AS satisfied
      FROM (SELECT d.*, feedback.is_open(d.stored_status) AS is_open,
                   d.is_term AND d.stored_status NOT IN ('REJECTED', 'MERGED') AND d.due_on BETWEEN '2026-01-01' AND '2026-12-31' AND d.due_at <= now() AS has_deadline
            FROM feedback.fact_present AS d OFFSET 0) AS f
      GROUP BY 1, 2) AS m
