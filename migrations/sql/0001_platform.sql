-- Shared objects of all services: database roles, search, and settings stored with the data.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE SCHEMA platform;

-- Roles of the services. No role owns a table. A service is connected as `ioc_service`, which has no right of its own: each
-- transaction takes the role that its statements need, so a statement that forgets it is refused.
--
-- - `ioc_reader` reads every row: for principals who may see all of a kind, for public data and for aggregates;
-- - `ioc_scoped` reads the rows of a principal's scope, which the transaction sets (`platform.scope`);
-- - `ioc_writer` writes, after the service has decided who may.
--
-- Two reading roles, because PostgreSQL uses fewer indexes under a policy with a condition. Roles belong to the server and
-- may exist already; two migrations at once may create them at the same time.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['ioc_service', 'ioc_reader', 'ioc_scoped', 'ioc_writer'] LOOP
        FOR attempt IN 1 .. 100 LOOP
            BEGIN
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
                    EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', name);
                END IF;
                IF NOT pg_has_role(current_user, name, 'MEMBER') THEN
                    EXECUTE format('GRANT %I TO %I', name, current_user);
                END IF;
                EXIT;
            EXCEPTION WHEN unique_violation OR duplicate_object OR internal_error THEN
                NULL; -- Another migration was faster.
            END;
        END LOOP;
    END LOOP;
END $$;
GRANT USAGE ON SCHEMA platform TO ioc_service, ioc_reader, ioc_scoped, ioc_writer;

-- Opens a schema to the roles of the services: they may name what is in it.
CREATE FUNCTION platform.open_schema(opened text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO ioc_service, ioc_reader, ioc_scoped, ioc_writer', opened);
END $$;

-- Opens a view. It must be one of the caller's rights (`security_invoker`), so that the policies of its tables hold.
CREATE FUNCTION platform.open_view(opened regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER VIEW %s SET (security_invoker = true)', opened);
    EXECUTE format('GRANT SELECT ON %s TO ioc_reader, ioc_scoped, ioc_writer', opened);
END $$;

-- Guards a table by policies, its owner included. `visible` is the condition on the rows of a scope.
CREATE FUNCTION platform.guard(guarded regclass, visible text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', guarded);
    EXECUTE format('CREATE POLICY owner ON %s TO %I USING (true)', guarded, current_user);
    EXECUTE format('CREATE POLICY reader ON %s FOR SELECT TO ioc_reader USING (true)', guarded);
    EXECUTE format('CREATE POLICY scoped ON %s FOR SELECT TO ioc_scoped USING (%s)', guarded, visible);
    EXECUTE format('CREATE POLICY writer ON %s TO ioc_writer USING (true)', guarded);
    EXECUTE format('GRANT SELECT ON %s TO ioc_reader, ioc_scoped', guarded);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO ioc_writer', guarded);
END $$;

-- Codes of the scope of the current transaction: `organizations`, `positions` or `areas`.
CREATE FUNCTION platform.scope(name text) RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(nullif(current_setting('ioc.' || name, true), ''), '{}')::text[];

-- Folds a text for search: words in lower case without accents, separated by single spaces. "Giải phóng mặt-bằng"
-- becomes "giai phong mat bang". Search columns and the words of a search use this function.
--
-- 1. Fractions become separate words (1½ is 1 1/2, not 11/2).
-- 2. NFKD separates accents from letters and decomposes ligatures, superscripts and full-width forms.
-- 3. Accents, invisible characters (zero width, bidirectional controls, soft hyphen) and modifier letters are removed.
-- 4. Letters of European alphabets that Unicode does not decompose become the plain ones that people type for them:
--    đ is d, ø is o, ß is ss.
-- 5. Every character that is neither a letter nor a digit separates words.
--
-- The explicit collation makes letters and case follow Unicode, independent of the locale of the database. All
-- functions used are immutable, so generated columns and indexes can use this one. Folding twice gives the same text.
CREATE FUNCTION platform.fold(value text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN btrim(regexp_replace(
        translate(
            replace(replace(replace(replace(
                regexp_replace(
                    lower(normalize(regexp_replace(value, '([¼-¾⅐-⅟↉])', ' \1 ', 'g'), NFKD) COLLATE "und-x-icu"),
                    '[\u00ad\u02b9-\u02ff\u0300-\u036f\u061c\u180e\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\ufeff]',
                    '', 'g'),
                'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
            'đðħıłŋøŧς', 'ddhilnotσ'),
        '[^[:alnum:]]+', ' ', 'g'));

-- LIKE patterns of a search, one for each word, the longest first. Without a word it is `%`, which matches every row. A
-- folded word has no special character of LIKE.
--
--   column LIKE (platform.search_patterns($1))[1] AND column LIKE ALL ((platform.search_patterns($1))[2:])
--
-- finds rows with every word in any order. The first condition can use a trigram index, which LIKE ALL cannot. The high
-- COST makes the planner evaluate the call once for each statement (a custom plan); evaluated for each row it is much
-- slower.
CREATE FUNCTION platform.search_patterns(value text) RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 100000
    RETURN (SELECT coalesce(array_agg('%' || word || '%' ORDER BY length(word) DESC, word), '{%}')
            FROM unnest(string_to_array(platform.fold(value), ' ')) AS word);

-- Whether an array of codes is a set, without NULL and duplicates. Otherwise a query that groups by its elements would
-- count a row twice. Most arrays are empty; PostgreSQL puts this expression in the place of a call, but not a subquery.
CREATE FUNCTION platform.has_distinct_codes(codes text[]) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN cardinality(codes) = (SELECT count(DISTINCT code) FROM unnest(codes) AS code);
CREATE FUNCTION platform.is_code_set(codes text[]) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE cardinality(codes) WHEN 0 THEN true WHEN 1 THEN codes[1] IS NOT NULL ELSE platform.has_distinct_codes(codes) END;

-- Settings that the stored data depends on, such as the city's time zone. They are set once.
CREATE TABLE platform.setting (
    name  text PRIMARY KEY,
    value text NOT NULL
);
SELECT platform.guard('platform.setting', 'true');
