-- What every service's tables rest on: text folding for search, and nothing that belongs to one service.

CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE SCHEMA platform;

-- Accent- and case-insensitive form of a text: "Giải phóng mặt bằng" becomes "giai phong mat bang".
-- unaccent() is only STABLE because its dictionary can be altered; naming the dictionary and promising not to alter it
-- makes the function usable in generated columns and indexes. NFC first, so that decomposed input folds alike.
CREATE FUNCTION platform.fold(value text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN btrim(regexp_replace(lower(public.unaccent('public.unaccent'::regdictionary, normalize(value, NFC))), '\s+', ' ', 'g'));
