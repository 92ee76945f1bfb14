-- Deadlines of feedback: dated rules, office hours, and the arithmetic of working time.

-- Hours of the working time. Rules whose document has not been read in its words are provisional; an operator ends a row and
-- adds another. A rule of a category (`FEEDBACK_RESOLVE_<LEVEL>_<CATEGORY>`) is before that of the level.
INSERT INTO directory.legal_rule (code, value, unit, valid_from, valid_to, document, provisional) VALUES
    ('OFFICE_MORNING_FROM', 8, 'hour', '2020-01-01', NULL, 'platform default', true),
    ('OFFICE_MORNING_TO', 12, 'hour', '2020-01-01', NULL, 'platform default', true),
    ('OFFICE_AFTERNOON_FROM', 13, 'hour', '2020-01-01', NULL, 'platform default', true),
    ('OFFICE_AFTERNOON_TO', 17, 'hour', '2020-01-01', NULL, 'platform default', true),
    ('FEEDBACK_ACKNOWLEDGE', 8, 'working hours', '2020-01-01', '2025-03-01', 'platform default', true),
    ('FEEDBACK_ACKNOWLEDGE', 8, 'working hours', '2025-03-01', NULL, '1207/QĐ-UBND', false),
    ('FEEDBACK_RESOLVE_URGENT', 4, 'working hours', '2020-01-01', '2025-03-01', 'platform default', true),
    ('FEEDBACK_RESOLVE_URGENT', 4, 'working hours', '2025-03-01', NULL, '1207/QĐ-UBND', false),
    ('FEEDBACK_RESOLVE_NORMAL', 40, 'working hours', '2020-01-01', NULL, 'platform default', true),
    ('FEEDBACK_RESOLVE_COMPLEX', 120, 'working hours', '2020-01-01', NULL, 'platform default', true),
    ('FEEDBACK_RESOLVE_NORMAL_FLOODING', 16, 'working hours', '2020-01-01', NULL, 'platform default', true),
    ('FEEDBACK_RESOLVE_NORMAL_GARBAGE', 16, 'working hours', '2020-01-01', NULL, 'platform default', true),
    ('FEEDBACK_RESOLVE_NORMAL_LIGHTING', 24, 'working hours', '2020-01-01', NULL, 'platform default', true),
    ('FEEDBACK_RESOLVE_NORMAL_FOOD_SAFETY', 24, 'working hours', '2020-01-01', NULL, 'platform default', true),
    ('FEEDBACK_RESOLVE_NORMAL_CONSTRUCTION', 80, 'working hours', '2020-01-01', NULL, 'platform default', true),
    ('FEEDBACK_RESOLVE_NORMAL_INITIATIVE', 120, 'working hours', '2020-01-01', NULL, 'platform default', true),
    ('FEEDBACK_DUE_SOON', 4, 'working hours', '2020-01-01', NULL, 'platform default', false),
    ('FEEDBACK_CLOSED_AFTER', 7, 'days', '2020-01-01', NULL, 'platform default', false),
    ('FEEDBACK_SATISFACTION_PRIOR', 20, 'ratings', '2020-01-01', NULL, 'platform default', false);

-- Office hours as instants, each with the working time before it in microseconds. They follow from the copy of the rules and
-- from the calendar; a change of either rebuilds them (`feedback.fact_rule`).
CREATE TABLE feedback.office_span (
    from_at timestamptz PRIMARY KEY,
    to_at   timestamptz NOT NULL CHECK (to_at >= from_at),
    before  bigint NOT NULL
);
CREATE INDEX office_span_before ON feedback.office_span (before, from_at);

-- Working time in microseconds from the first day of the calendar to an instant; none before it. As a set it is for many rows:
-- PostgreSQL puts the query in the place of a call in FROM, but runs the query of a value as a statement of its own for each row.
CREATE FUNCTION feedback.worked_until(at timestamptz) RETURNS SETOF bigint
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 AS $$
    SELECT s.before + (date_part('epoch', least(at, s.to_at) - s.from_at) * 1000000)::bigint
    FROM feedback.office_span AS s WHERE s.from_at <= at ORDER BY s.from_at DESC LIMIT 1
$$;
CREATE FUNCTION feedback.worked(at timestamptz) RETURNS bigint
    LANGUAGE sql STABLE PARALLEL SAFE RETURN (SELECT w FROM feedback.worked_until(at) AS w);

-- First instant at which so much working time has passed; none, or NULL, when the calendar ends before.
CREATE FUNCTION feedback.instants_of(worked bigint) RETURNS SETOF timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 AS $$
    SELECT CASE WHEN found.at <= found.to_at THEN found.at END
    FROM (SELECT s.from_at + (worked - s.before) * interval '1 microsecond' AS at, s.to_at
          FROM feedback.office_span AS s WHERE s.before < worked ORDER BY s.before DESC, s.from_at DESC LIMIT 1) AS found
$$;
CREATE FUNCTION feedback.instant_of(worked bigint) RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE RETURN (SELECT i FROM feedback.instants_of(worked) AS i);

-- Instant of a number of working hours after another.
CREATE FUNCTION feedback.hours_after(at timestamptz, hours numeric) RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN feedback.instant_of(feedback.worked(at) + (hours * 3600000000)::bigint);

-- Moves a deadline by the pauses of its clock, in their order. A pause that begins after the deadline moves nothing.
CREATE FUNCTION feedback.move_deadline(moved bigint, due bigint, paused_from bigint, paused bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN paused_from < coalesce(moved, due) THEN coalesce(moved, due) + paused ELSE coalesce(moved, due) END;
CREATE AGGREGATE feedback.deadline_after(due bigint, paused_from bigint, paused bigint) (
    SFUNC = feedback.move_deadline, STYPE = bigint, PARALLEL = SAFE);
