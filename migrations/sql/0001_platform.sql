-- Shared objects of all services: search, and settings stored with the data.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE SCHEMA platform;

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

-- Settings that the stored data depends on, such as the city's time zone. They are set once.
CREATE TABLE platform.setting (
    name  text PRIMARY KEY,
    value text NOT NULL
);
