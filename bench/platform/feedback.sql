-- Feedback of a year: the city, ten areas by their satisfaction, and the ten cases that have been late for longest.
WITH fact AS MATERIALIZED (
    SELECT d.*, feedback.is_open(d.stored_status) AS is_open, d.submitted_on BETWEEN '2026-01-01' AND '2026-12-31' AS is_received,
           d.is_term AND d.stored_status NOT IN ('REJECTED', 'MERGED') AND d.due_on BETWEEN '2026-01-01' AND '2026-12-31' AND d.due_at <= now() AS has_deadline,
           d.score IS NOT NULL AND d.rated_on BETWEEN '2026-01-01' AND '2026-12-31' AS is_rated
    FROM feedback.fact_present AS d)
SELECT json_build_object(
    'city', (SELECT json_build_object('totals', json_build_object('received', count(*) FILTER (WHERE is_case AND is_received),
        'resolved', count(*) FILTER (WHERE is_case AND resolved_on BETWEEN '2026-01-01' AND '2026-12-31'), 'open', count(*) FILTER (WHERE is_case AND is_open),
        'overdue', count(*) FILTER (WHERE is_case AND is_open AND due_at < now()),
        'onTime', count(*) FILTER (WHERE has_deadline AND resolved_at <= due_at) / nullif(count(*) FILTER (WHERE has_deadline), 0)::float,
        'p50', percentile_disc(0.5) WITHIN GROUP (ORDER BY worked) FILTER (WHERE is_case AND resolved_on BETWEEN '2026-01-01' AND '2026-12-31'),
        'rated', count(*) FILTER (WHERE is_rated), 'satisfied', count(*) FILTER (WHERE is_rated AND score >= 4))) FROM fact),
    'areas', (SELECT json_agg(a) FROM (SELECT area, count(*) FILTER (WHERE is_case AND is_received) AS received, count(*) FILTER (WHERE is_rated) AS rated,
        count(*) FILTER (WHERE is_rated AND score >= 4) AS satisfied FROM fact GROUP BY area ORDER BY 4::float / nullif(count(*) FILTER (WHERE is_rated), 0) LIMIT 10) AS a),
    'late', (SELECT json_agg(l) FROM (SELECT c.code, c.text, f.level, f.due_at FROM fact AS f JOIN feedback.feedback AS c ON c.id = f.feedback_id
        WHERE f.is_case AND f.is_open AND f.due_at < now() ORDER BY f.due_at, f.feedback_id LIMIT 10) AS l))
