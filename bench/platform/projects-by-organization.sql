-- Projects of 2026 by owner, as of today.
WITH today AS MATERIALIZED (SELECT platform.day_of(now()) AS day),
money AS (
    SELECT m.project_id, sum(m.planned) FILTER (WHERE m.basis = 'PM') AS pm, sum(m.paid) FILTER (WHERE m.basis = 'PM') AS paid_pm,
           sum(m.planned) FILTER (WHERE m.basis = 'CITY') AS city, sum(m.paid) FILTER (WHERE m.basis = 'CITY') AS paid_city
    FROM today JOIN projects.money_fact AS m ON m.year = 2026 AND m.from_day <= today.day AND today.day < m.to_day GROUP BY 1)
SELECT json_build_object('projectStats', json_build_object('rows', json_agg(json_build_object('organization', json_build_object('code', owner),
    'measures', json_build_object('total', total, 'late', late, 'slipDays', slip, 'disbursement', json_build_object('pm', json_build_object('value', (paid_pm / nullif(pm, 0))::float),
        'city', json_build_object('value', (paid_city / nullif(city, 0))::float)))) ORDER BY owner)))
FROM (SELECT f.owner, count(*) FILTER (WHERE in_scope) AS total, count(*) FILTER (WHERE in_scope AND f.late_from <= today.day) AS late,
             avg(f.forecast_end - f.baseline_end) FILTER (WHERE in_scope)::float AS slip, sum(m.pm) AS pm, sum(m.paid_pm) AS paid_pm, sum(m.city) AS city, sum(m.paid_city) AS paid_city
      FROM today JOIN projects.fact AS f ON f.from_day <= today.day AND today.day < f.to_day LEFT JOIN money AS m ON m.project_id = f.project_id
      CROSS JOIN LATERAL (SELECT f.ended_on IS NULL OR f.ended_on >= '2026-01-01' AS in_scope) AS s
      GROUP BY 1) AS m
