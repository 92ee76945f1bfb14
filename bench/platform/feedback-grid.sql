-- Cases in cells of 500 m over the middle of the city, those with most cases first.
SELECT json_build_object('feedbackGrid', json_agg(json_build_object('cases', cases, 'open', open, 'overdue', overdue,
    'southWest', json_build_object('lat', 20.97 + row * 500 / 111320.0, 'lon', 105.78 + col * 500 / (111320 * cos(radians(21.025))))) ORDER BY cases DESC, row, col))
FROM (SELECT floor((d.lat - 20.97) / (500 / 111320.0))::int AS row, floor((d.lon - 105.78) / (500 / (111320 * cos(radians(21.025)))))::int AS col, count(*) AS cases,
             count(*) FILTER (WHERE feedback.is_open(d.stored_status)) AS open,
             count(*) FILTER (WHERE feedback.is_open(d.stored_status) AND d.due_at < now()) AS overdue
      FROM feedback.fact_present AS d WHERE d.is_case AND d.lat >= 20.97 AND d.lat < 21.08 AND d.lon >= 105.78 AND d.lon < 105.9 GROUP BY 1, 2) AS g
