-- The twenty cases that have been late for longest, and how many are late.
SELECT json_build_object('feedbacks', json_build_object(
    'totalCount', (SELECT count(*) FROM feedback.fact_present AS d
                   WHERE d.is_case AND d.stored_status NOT IN ('REJECTED', 'MERGED', 'RESOLVED', 'CLOSED') AND d.due_at < now()),
    'edges', json_agg(json_build_object('node', json_build_object('code', code, 'status', status, 'dueAt', due_at)) ORDER BY due_at, id)))
FROM (SELECT c.id, c.code, d.stored_status AS status, d.due_at
      FROM feedback.fact_present AS d JOIN feedback.feedback AS c ON c.id = d.feedback_id
      WHERE d.is_case AND d.stored_status NOT IN ('REJECTED', 'MERGED', 'RESOLVED', 'CLOSED') AND d.due_at < now() ORDER BY coalesce(d.due_at, 'infinity'::timestamptz), d.feedback_id LIMIT 20) AS page
