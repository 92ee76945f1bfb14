-- schema/operations/feedback.graphql: feedback of a year as of now: the city, the ten areas of the lowest satisfaction, and the ten
-- cases that have been late for longest.
WITH fact AS MATERIALIZED (
    SELECT d.*, feedback.is_open(d.stored_status) AS is_open, d.submitted_on BETWEEN '2026-01-01' AND '2026-12-31' AS is_received,
           d.submitted_on BETWEEN '2025-01-01' AND platform.day_of(now()) - interval '1 year' AS is_earlier,
           d.is_term AND d.stored_status NOT IN ('REJECTED', 'MERGED') AND d.due_on BETWEEN '2026-01-01' AND '2026-12-31' AND d.due_at <= now() AS has_deadline,
           d.score IS NOT NULL AND d.rated_on BETWEEN '2026-01-01' AND '2026-12-31' AS is_rated
    FROM feedback.fact_present AS d),
measured AS (
    SELECT area, grouping(area) AS whole, count(*) FILTER (WHERE is_case AND is_received) AS received, count(*) FILTER (WHERE is_case AND is_earlier) AS earlier,
           count(*) FILTER (WHERE is_case AND resolved_on BETWEEN '2026-01-01' AND '2026-12-31') AS resolved, count(*) FILTER (WHERE is_case AND is_open) AS open,
           count(*) FILTER (WHERE is_case AND is_open AND due_at < now()) AS overdue, count(*) FILTER (WHERE has_deadline AND resolved_at <= due_at) AS kept,
           count(*) FILTER (WHERE has_deadline) AS due, count(*) FILTER (WHERE is_rated) AS rated, count(*) FILTER (WHERE is_rated AND score >= 4) AS satisfied,
           count(*) FILTER (WHERE is_rated AND sender = 'CITIZEN') AS rated_people, count(*) FILTER (WHERE is_rated AND score >= 4 AND sender = 'CITIZEN') AS satisfied_people,
           count(*) FILTER (WHERE is_rated AND sender = 'BUSINESS') AS rated_business, count(*) FILTER (WHERE is_rated AND score >= 4 AND sender = 'BUSINESS') AS satisfied_business,
           percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY worked) FILTER (WHERE is_case AND resolved_on BETWEEN '2026-01-01' AND '2026-12-31') AS worked
    FROM fact GROUP BY GROUPING SETS ((area), ())),
-- The lower bound of the Wilson interval at 95 %.
ranked AS (
    SELECT m.*, (p.rate + 1.9207 / m.rated - 1.96 * sqrt(p.rate * (1 - p.rate) / m.rated + 0.9604 / (m.rated::float * m.rated))) / (1 + 3.8416 / m.rated) AS low
    FROM measured AS m CROSS JOIN LATERAL (SELECT m.satisfied::float / nullif(m.rated, 0) AS rate) AS p WHERE m.whole = 0)
SELECT json_build_object(
    'city', (SELECT json_build_object('received', received, 'resolved', resolved, 'open', open, 'overdue', overdue, 'kept', kept, 'due', due,
        'onTime', kept / nullif(due, 0)::float, 'p50', worked[1] / 3.6e9, 'p90', worked[2] / 3.6e9, 'ratedPeople', rated_people, 'ratePeople', satisfied_people / nullif(rated_people, 0)::float,
        'ratedBusinesses', rated_business, 'rateBusinesses', satisfied_business / nullif(rated_business, 0)::float) FROM measured WHERE whole = 1),
    'areas', (SELECT json_agg(json_build_object('area', json_build_object('name', a.name), 'received', r.received, 'overdue', r.overdue, 'onTime', r.kept / nullif(r.due, 0)::float,
            'rated', r.rated, 'rate', r.satisfied / nullif(r.rated, 0)::float, 'earlier', r.earlier) ORDER BY r.low, r.area)
        FROM (SELECT * FROM ranked WHERE rated >= 30 ORDER BY low, area LIMIT 10) AS r JOIN directory.area AS a ON a.code = r.area),
    'late', json_build_object('totalCount', (SELECT overdue FROM measured WHERE whole = 1), 'edges', (
        SELECT json_agg(json_build_object('code', c.code, 'text', c.text, 'level', f.level, 'area', a.name, 'lead', o.name) ORDER BY f.due_at, f.feedback_id)
        FROM (SELECT * FROM fact WHERE is_case AND is_open AND due_at < now() ORDER BY due_at, feedback_id LIMIT 10) AS f
        JOIN feedback.feedback AS c ON c.id = f.feedback_id LEFT JOIN directory.area AS a ON a.code = f.area LEFT JOIN directory.organization AS o ON o.code = f.lead)))
