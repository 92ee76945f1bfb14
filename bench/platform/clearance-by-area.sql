-- Parcels, parties and both rates by area and furthest stage, as of today.
WITH today AS MATERIALIZED (SELECT platform.day_of(now()) AS day),
f AS (
    SELECT d.party, d.is_first, d.to_acquire, s.area_code, c.cleared, c.cleared >= d.to_acquire AS is_cleared,
           projects.stage(today.day, d.closed_on, d.handed_on, d.recovery_on, d.paid_on, d.deposited_on, d.approved_on, d.appraised_on, d.posted_on, d.drafted_on, d.inventoried_on, d.notified_on, d.scoped_on) AS stage
    FROM today JOIN projects.parcel_fact AS d ON d.from_day <= today.day AND today.day < d.to_day
    JOIN projects.site AS s ON s.code = d.site_code AND s.deleted_at IS NULL
    CROSS JOIN LATERAL (SELECT CASE WHEN d.handed_on <= today.day THEN d.handed_area ELSE d.in_part END AS cleared) AS c
    WHERE NOT coalesce(d.withdrawn_on <= today.day, false))
SELECT json_build_object('clearanceStats', json_build_object('rows', json_agg(json_build_object('area', json_build_object('code', area_code), 'stage', stage,
    'measures', json_build_object('parcels', parcels, 'parties', parties, 'areaCleared', json_build_object('value', (cleared / to_acquire)::float),
        'partiesCleared', json_build_object('value', (parties - uncleared)::float / nullif(parties, 0)))) ORDER BY area_code, stage)))
FROM (SELECT area_code, stage, count(*) FILTER (WHERE is_first) AS parcels, count(DISTINCT party) AS parties, sum(cleared) FILTER (WHERE is_first) AS cleared,
             sum(to_acquire) FILTER (WHERE is_first) AS to_acquire, count(DISTINCT party) FILTER (WHERE NOT is_cleared) AS uncleared
      FROM f GROUP BY 1, 2) AS m
