-- Cases within 500 m of a point, the newest first, and their number.
WITH found AS MATERIALIZED (
    SELECT d.feedback_id, d.submitted_at FROM feedback.fact_present AS d
    WHERE d.is_case AND d.lat BETWEEN 21.03 - 0.0046 AND 21.03 + 0.0046 AND d.lon BETWEEN 105.85 - 0.0049 AND 105.85 + 0.0049
      AND 2 * 6371008.8 * asin(sqrt(sin(radians(d.lat - 21.03) / 2) ^ 2 + cos(radians(21.03)) * cos(radians(d.lat)) * sin(radians(d.lon - 105.85) / 2) ^ 2)) <= 500)
SELECT json_build_object('feedbacks', json_build_object('totalCount', (SELECT count(*) FROM found), 'edges', json_agg(json_build_object('node',
    json_build_object('code', code, 'submittedAt', submitted_at)) ORDER BY submitted_at DESC, id DESC)))
FROM (SELECT c.id, c.code, c.submitted_at FROM (SELECT * FROM found ORDER BY submitted_at DESC, feedback_id DESC LIMIT 20) AS f JOIN feedback.feedback AS c ON c.id = f.feedback_id) AS page
