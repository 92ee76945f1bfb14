-- schema/operations/clearance.graphql: as of today. Parcels are counted over the first right to each, households as distinct ones.
WITH today AS MATERIALIZED (SELECT platform.day_of(now()) AS day),
f AS MATERIALIZED (
    SELECT d.*, s.project_code, c.cleared, c.cleared >= d.to_acquire AS is_cleared, today.day
    FROM today JOIN projects.parcel_fact AS d ON d.from_day <= today.day AND today.day < d.to_day
    JOIN projects.site AS s ON s.code = d.site_code AND s.deleted_at IS NULL
    CROSS JOIN LATERAL (SELECT CASE WHEN d.handed_on <= today.day THEN d.handed_area ELSE d.in_part END AS cleared) AS c
    WHERE NOT coalesce(d.withdrawn_on <= today.day, false)),
measured AS (
    SELECT project_code, count(*) FILTER (WHERE is_first) AS parcels, count(DISTINCT party) AS parties,
           sum(to_acquire - cleared) FILTER (WHERE is_first) AS remaining, sum(cleared) FILTER (WHERE is_first) AS cleared,
           sum(to_acquire) FILTER (WHERE is_first) AS to_acquire,
           count(DISTINCT party) FILTER (WHERE party_kind = 'HOUSEHOLD') AS households,
           count(DISTINCT party) FILTER (WHERE party_kind = 'HOUSEHOLD' AND NOT is_cleared) AS uncleared,
           count(DISTINCT party) FILTER (WHERE NOT coalesce(plan_on <= day, false)) AS unapproved,
           percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY inventoried_on - notified_on)
               FILTER (WHERE is_first AND inventoried_on <= day AND notified_on <= inventoried_on) AS inventory,
           percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY approved_on - inventoried_on)
               FILTER (WHERE is_first AND approved_on <= day AND inventoried_on <= approved_on) AS approval,
           percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY least(paid_on, deposited_on) - approved_on)
               FILTER (WHERE is_first AND least(paid_on, deposited_on) <= day AND approved_on <= least(paid_on, deposited_on)) AS payment,
           percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY handed_on - notified_on)
               FILTER (WHERE is_first AND handed_on <= day AND notified_on <= handed_on) AS handover
    FROM f GROUP BY GROUPING SETS ((project_code), ()))
SELECT json_build_object('clearanceStats', json_build_object(
    'rows', (SELECT json_agg(json_build_object(
        'project', json_build_object('code', p.code, 'name', p.name),
        'measures', json_build_object('parcels', m.parcels, 'remaining', m.remaining::text, 'areaCleared', json_build_object('value', (m.cleared / m.to_acquire)::float),
            'householdsCleared', json_build_object('numerator', (m.households - m.uncleared)::text, 'denominator', m.households::text,
                                                   'value', (m.households - m.uncleared)::float / nullif(m.households, 0)),
            'plansApproved', json_build_object('value', (m.parties - m.unapproved)::float / nullif(m.parties, 0)),
            'waits', json_build_object('inventoryP50', m.inventory[1], 'inventoryP90', m.inventory[2], 'approvalP50', m.approval[1], 'approvalP90', m.approval[2],
                                       'paymentP50', m.payment[1], 'paymentP90', m.payment[2], 'handoverP50', m.handover[1], 'handoverP90', m.handover[2])))
        ORDER BY m.remaining DESC, m.project_code)
        FROM measured AS m JOIN projects.project AS p ON p.code = m.project_code AND p.deleted_at IS NULL),
    'totals', (SELECT json_build_object('parcels', m.parcels, 'parties', m.parties, 'areaCleared', json_build_object('value', (m.cleared / m.to_acquire)::float),
        'householdsCleared', json_build_object('value', (m.households - m.uncleared)::float / nullif(m.households, 0))) FROM measured AS m WHERE m.project_code IS NULL)))
