-- What every service's tables rest on: search, and settings that belong to the data. Nothing here belongs to one service.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE SCHEMA platform;

-- Search form of a text: its words in lower case without accents, separated by single spaces. "Giải phóng mặt-bằng"
-- becomes "giai phong mat bang". Columns hold it and terms of a search become it, so this is the only folding there is.
--
-- 1. Vulgar fractions are words of their own (1½ is 1 1/2, not 11/2).
-- 2. NFKD takes accents off their letters and undoes ligatures, superscripts and full-width forms.
-- 3. Accents, invisible characters (zero width, bidirectional controls, soft hyphen) and modifier letters are removed.
-- 4. Letters of European alphabets that Unicode does not decompose become the plain ones that people type for them:
--    đ is d, ø is o, ß is ss.
-- 5. Everything that is neither letter nor digit separates words.
--
-- The collation is named so that letters and their case are those of Unicode whatever locale the database was made
-- with. Every function used is immutable, so this one may stand in generated columns and indexes. Folding twice
-- changes nothing.
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

-- Patterns of a search, one for each word and the longest first; `%` alone when there is no word, so that a search for
-- nothing restricts nothing. A folded word holds no character that LIKE understands.
--
--   column LIKE (platform.search_patterns($1))[1] AND column LIKE ALL ((platform.search_patterns($1))[2:])
--
-- finds rows with every word in any order. The first condition can use a trigram index, which LIKE ALL cannot. The cost
-- makes the planner replace the call by its result each time (a custom plan): called for each row it is far dearer.
CREATE FUNCTION platform.search_patterns(value text) RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 100000
    RETURN (SELECT coalesce(array_agg('%' || word || '%' ORDER BY length(word) DESC, word), '{%}')
            FROM unnest(string_to_array(platform.fold(value), ' ')) AS word);

-- Choices that the stored data depends on, such as the city's time zone: made once, then kept with the data.
CREATE TABLE platform.setting (
    name  text PRIMARY KEY,
    value text NOT NULL
);
