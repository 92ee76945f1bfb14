-- schema/operations/trend.graphql: the begun months of 2026 as of today, and what was completed in the same months of 2025,
-- as of a year ago.
WITH today AS MATERIALIZED (SELECT platform.day_of(now()) AS day),
known AS MATERIALIZED (
    SELECT f.*, f.status NOT IN ('CANCELLED', 'SUPERSEDED') AS valid FROM today, tasks.fact AS f
    WHERE f.from_day <= today.day AND today.day < f.to_day),
due AS (SELECT date_trunc('month', due_on)::date AS month, count(*) AS due,
               count(*) FILTER (WHERE due_on < today.day) AS ended, count(*) FILTER (WHERE due_on < today.day AND done_on <= due_on) AS on_time
        FROM today, known WHERE valid GROUP BY 1),
baseline AS (SELECT date_trunc('month', baseline_on)::date AS month, count(*) AS ended, count(*) FILTER (WHERE done_on <= baseline_on) AS on_time
             FROM today, known WHERE valid AND baseline_on < today.day GROUP BY 1),
done AS (SELECT date_trunc('month', done_on)::date AS month, count(*) AS done FROM known WHERE done_on IS NOT NULL GROUP BY 1),
bucket AS (
    SELECT m::date AS month, (m - interval '1 year')::date AS first_day, (m - interval '11 months')::date AS end_day
    FROM today, generate_series('2026-01-01', least(today.day, '2026-12-31'), interval '1 month') AS m),
ago AS MATERIALIZED (
    SELECT f.* FROM (SELECT (day - interval '1 year')::date AS day FROM today) AS then_on, tasks.fact AS f
    WHERE f.from_day <= then_on.day AND then_on.day < f.to_day),
-- A month without a task has no row.
earlier AS (
    SELECT b.month, count(*) FILTER (WHERE f.done_on >= b.first_day AND f.done_on < b.end_day) AS done
    FROM bucket AS b JOIN ago AS f
      ON f.start_on < b.end_day AND (f.ended_on IS NULL OR f.ended_on >= b.first_day) OR f.done_on >= b.first_day AND f.done_on < b.end_day
      OR f.due_on >= b.first_day AND f.due_on < b.end_day OR f.baseline_on >= b.first_day AND f.baseline_on < b.end_day
    GROUP BY b.month)
SELECT json_build_object('taskStats', json_build_object('rows', json_agg(json_build_object(
    'bucket', to_char(b.month, 'YYYY-MM'),
    'measures', json_build_object('dueThisPeriod', coalesce(due.due, 0), 'completed', coalesce(done.done, 0),
        'onTime', json_build_object('numerator', coalesce(due.on_time, 0)::text, 'denominator', coalesce(due.ended, 0)::text, 'value', due.on_time::float / nullif(due.ended, 0)),
        'onTimeBaseline', json_build_object('value', baseline.on_time::float / nullif(baseline.ended, 0))),
    'previous', CASE WHEN earlier.month IS NOT NULL THEN json_build_object('completed', earlier.done) END) ORDER BY b.month)))
FROM bucket AS b
LEFT JOIN due USING (month) LEFT JOIN baseline USING (month) LEFT JOIN done USING (month) LEFT JOIN earlier USING (month)
