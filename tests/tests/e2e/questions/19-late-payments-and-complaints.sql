-- # figures /scorecards/edges/*/node
-- A payment is due 30 days after the approved plan of the party takes effect; paid is what sums to the amount of the plan.
SELECT p.code, c.late AS "measures/clearance/paymentsLate", c.parties AS "measures/clearance/parties", f.received AS "measures/feedback/received",
       f.open AS "measures/feedback/open", f.open AS "project/feedbacks/totalCount"
FROM project AS p
CROSS JOIN LATERAL (
    SELECT count(DISTINCT h.party) AS parties, count(DISTINCT h.party) FILTER (WHERE coalesce(plan.due_on, parcel.approved_on + 30) < day AND NOT CASE
               WHEN plan.id IS NULL THEN EXISTS (SELECT FROM projects.milestone AS m WHERE m.parcel_id = parcel.id AND m.kind IN ('PAID', 'DEPOSITED') AND m.deleted_at IS NULL)
               ELSE plan.paid >= plan.amount END) AS late
    FROM parcel CROSS JOIN today JOIN holding AS h ON h.parcel_id = parcel.id
    LEFT JOIN LATERAL (
        SELECT v.id, v.amount, coalesce(v.effective_on, v.approved_on) + 30 AS due_on,
               (SELECT coalesce(sum(CASE y.kind WHEN 'REVERSED' THEN -y.amount WHEN 'REFUSED' THEN 0 ELSE y.amount END), 0)
                FROM projects.payment AS y WHERE y.plan_id = v.id AND y.deleted_at IS NULL AND y.happened_on <= day) AS paid
        FROM projects.compensation_plan AS v WHERE v.party_code = h.party AND v.site_code = parcel.site_code AND v.deleted_at IS NULL AND v.approved_on IS NOT NULL
        ORDER BY v.revision DESC LIMIT 1) AS plan ON true
    WHERE parcel.project_code = p.code) AS c
CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE extract(year FROM submitted_on) = 2026) AS received, count(*) FILTER (WHERE is_open) AS open
    FROM feedback WHERE project_code = p.code) AS f
WHERE c.late > 0 AND f.received > 0
ORDER BY c.late DESC, p.code LIMIT 20

-- # twice /scorecards/edges/*/node
-- Parties of a project joined with its cases.
SELECT c.project_code AS code, count(*) AS "measures/clearance/parties", count(*) AS "measures/feedback/received"
FROM parcel AS c JOIN holding AS h ON h.parcel_id = c.id JOIN feedback AS f ON f.project_code = c.project_code AND extract(year FROM f.submitted_on) = 2026
GROUP BY 1

-- # empty {"period": "2010"}
-- /scorecards/edges
