-- # among /scorecards/edges/*/node
-- Organizations whose lower bound of Wilson at 95 % is below 60 %, from 30 ratings on. Deadlines in working hours are not told here.
SELECT r.lead AS code, (SELECT count(*) FROM feedback WHERE lead_organization_code = r.lead AND extract(year FROM submitted_on) = 2026) AS "measures/feedback/received",
       r.n AS "measures/feedback/satisfactionRated", r.p AS "measures/feedback/satisfactionRate", w.low AS "measures/feedback/satisfactionWilsonLow"
FROM (SELECT lead, count(*) AS n, avg(is_satisfied::int)::float8 AS p FROM rating WHERE extract(year FROM rated_on) = 2026 GROUP BY lead) AS r
CROSS JOIN LATERAL (SELECT (r.p + 1.959964 ^ 2 / (2 * r.n) - 1.959964 * sqrt(r.p * (1 - r.p) / r.n + 1.959964 ^ 2 / (4.0 * r.n ^ 2))) / (1 + 1.959964 ^ 2 / r.n) AS low) AS w
WHERE r.n >= 30 AND w.low < 0.6

-- # twice /scorecards/edges/*/node
-- Cases joined with their events.
SELECT f.lead_organization_code AS code, count(*) AS "measures/feedback/received"
FROM feedback AS f JOIN feedback.feedback_event AS e ON e.id = f.id
WHERE extract(year FROM f.submitted_on) = 2026 GROUP BY 1

-- # empty {"period": "2010"}
-- /scorecards/edges
