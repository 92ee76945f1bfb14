-- Tables of citizen feedback: categories, the cases, and what hangs on them. The sender is in a table apart.
--
-- The log of a case (`feedback.feedback_event`) is the only truth about its state: who has it, since when, and how long it
-- waited for its sender. A pushed event states these columns of its case, so late events take their place like any other row.

CREATE SCHEMA feedback;
SELECT platform.open_schema('feedback');

-- What feedback is about. The code is also part of the code of a rule (`FEEDBACK_RESOLVE_<LEVEL>_<CATEGORY>`).
CREATE TABLE feedback.category (
    code            text PRIMARY KEY CHECK (code ~ '^[A-Z][A-Z0-9_]{0,39}$'),
    name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    description     text NOT NULL CHECK (length(description) BETWEEN 1 AND 1000),
    group_name      text NOT NULL CHECK (length(group_name) BETWEEN 1 AND 200),
    -- Bottleneck of the city that it belongs to, if any.
    bottleneck_code text,
    keywords        text[] NOT NULL DEFAULT '{}',
    -- An inactive category has cases and gets no new ones.
    is_active       boolean NOT NULL DEFAULT true
);

-- What is asked of who reports in a category (Open311 service definition).
CREATE TABLE feedback.category_attribute (
    category_code        text NOT NULL REFERENCES feedback.category,
    code                 text NOT NULL CHECK (code ~ '^[A-Za-z][A-Za-z0-9_]{0,39}$'),
    ordinal              smallint NOT NULL CHECK (ordinal > 0),
    datatype             text NOT NULL CHECK (datatype IN ('STRING', 'NUMBER', 'DATETIME', 'TEXT', 'SINGLEVALUELIST', 'MULTIVALUELIST')),
    required             boolean NOT NULL DEFAULT false,
    -- False: the text is shown and nothing is asked.
    variable             boolean NOT NULL DEFAULT true,
    description          text NOT NULL CHECK (length(description) BETWEEN 1 AND 500),
    datatype_description text,
    -- Accepted values as `key=name`.
    options              text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (category_code, code),
    CHECK ((datatype IN ('SINGLEVALUELIST', 'MULTIVALUELIST')) = (cardinality(options) > 0))
);

INSERT INTO feedback.category (code, name, description, group_name, bottleneck_code, keywords) VALUES
    ('FLOODING', 'Úng ngập, thoát nước', 'Đường, khu dân cư bị ngập; cống tắc, mất nắp hố ga.', 'Hạ tầng đô thị', 'FLOODING', '{"ngập","cống","thoát nước"}'),
    ('ROAD', 'Đường, vỉa hè hư hỏng', 'Ổ gà, sụt lún, vỉa hè hỏng, biển báo hỏng.', 'Hạ tầng đô thị', 'CONGESTION', '{"đường","vỉa hè","ổ gà"}'),
    ('TRAFFIC', 'Ùn tắc, trật tự giao thông', 'Ùn tắc, đỗ xe sai quy định, đèn tín hiệu hỏng.', 'Giao thông', 'CONGESTION', '{"ùn tắc","đỗ xe","đèn tín hiệu"}'),
    ('LIGHTING', 'Chiếu sáng công cộng', 'Đèn đường hỏng, thiếu chiếu sáng.', 'Hạ tầng đô thị', NULL, '{"đèn đường","chiếu sáng"}'),
    ('TREES', 'Cây xanh', 'Cây gãy đổ, cây nguy hiểm, cần cắt tỉa.', 'Hạ tầng đô thị', NULL, '{"cây xanh","cây đổ"}'),
    ('WATER', 'Cấp nước sạch', 'Mất nước, nước yếu, nước bẩn.', 'Hạ tầng đô thị', NULL, '{"nước sạch","mất nước"}'),
    ('GARBAGE', 'Rác thải, vệ sinh môi trường', 'Rác tồn đọng, đổ trộm phế thải, điểm tập kết gây ô nhiễm.', 'Môi trường', 'POLLUTION', '{"rác","phế thải"}'),
    ('POLLUTION', 'Ô nhiễm không khí, nguồn nước', 'Khói bụi, đốt rác, mùi, nước thải.', 'Môi trường', 'POLLUTION', '{"khói","bụi","nước thải"}'),
    ('NOISE', 'Tiếng ồn', 'Karaoke, thi công đêm, loa kéo.', 'Môi trường', NULL, '{"tiếng ồn","karaoke"}'),
    ('CONSTRUCTION', 'Trật tự xây dựng, đất đai', 'Xây dựng sai phép, lấn chiếm đất công.', 'Đô thị', 'CONSTRUCTION_ORDER', '{"xây dựng","lấn chiếm"}'),
    ('FOOD_SAFETY', 'An toàn thực phẩm', 'Thực phẩm bẩn, bếp ăn, ngộ độc.', 'Y tế', 'FOOD_SAFETY', '{"thực phẩm","ngộ độc"}'),
    ('ORDER', 'An ninh trật tự', 'Mất trật tự công cộng, quảng cáo sai quy định.', 'An ninh', NULL, '{"trật tự","quảng cáo"}'),
    ('LAND_CLEARANCE', 'Giải phóng mặt bằng', 'Thắc mắc về kiểm đếm, phương án, chi trả, tái định cư.', 'Đất đai', NULL, '{"giải phóng mặt bằng","bồi thường"}'),
    ('PROCEDURE', 'Thủ tục hành chính', 'Hồ sơ chậm, hướng dẫn không rõ, thái độ phục vụ.', 'Hành chính', NULL, '{"thủ tục","hồ sơ"}'),
    ('INITIATIVE', 'Sáng kiến, góp ý', 'Đề xuất, góp ý cho thành phố.', 'Góp ý', NULL, '{"sáng kiến","góp ý"}'),
    ('OTHER', 'Nội dung khác', 'Nội dung không thuộc các nhóm trên.', 'Khác', NULL, '{}');

INSERT INTO feedback.category_attribute (category_code, code, ordinal, datatype, required, variable, description, datatype_description, options) VALUES
    ('FLOODING', 'depth', 1, 'SINGLEVALUELIST', true, true, 'Mức ngập', 'Chọn một mức', '{"ANKLE=Ngang mắt cá","KNEE=Ngang đầu gối","ABOVE=Trên đầu gối"}'),
    ('FLOODING', 'since', 2, 'DATETIME', false, true, 'Ngập từ lúc nào', 'Ngày giờ theo ISO 8601', '{}'),
    ('ROAD', 'length_m', 1, 'NUMBER', false, true, 'Chiều dài đoạn hỏng', 'Mét', '{}'),
    ('ROAD', 'parts', 2, 'MULTIVALUELIST', false, true, 'Phần hư hỏng', 'Chọn một hoặc nhiều', '{"LANE=Mặt đường","PAVEMENT=Vỉa hè","SIGN=Biển báo"}'),
    ('LIGHTING', 'pole', 1, 'STRING', false, true, 'Số hiệu cột đèn', 'Ghi trên cột', '{}'),
    ('GARBAGE', 'kind', 1, 'SINGLEVALUELIST', true, true, 'Loại rác', 'Chọn một loại', '{"HOUSEHOLD=Rác sinh hoạt","RUBBLE=Phế thải xây dựng","OTHER=Khác"}'),
    ('PROCEDURE', 'file_no', 1, 'STRING', false, true, 'Mã hồ sơ', 'Trên giấy hẹn trả kết quả', '{}'),
    ('PROCEDURE', 'notice', 2, 'TEXT', false, false, 'Khiếu nại, tố cáo được chuyển theo Luật Khiếu nại, không xử lý tại đây.', NULL, '{}');

-- The checks hold for each state by itself, whatever order events arrive in: that a case in progress has an organization is a gap
-- that can be measured, and no check.
CREATE TABLE feedback.feedback (
    id                        uuid PRIMARY KEY,
    source                    text NOT NULL CHECK (length(source) BETWEEN 1 AND 64),
    external_id               text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    -- Number that the sender gets.
    code                      text NOT NULL CHECK (length(code) BETWEEN 1 AND 64),
    kind                      text NOT NULL DEFAULT 'FIELD' CHECK (kind IN ('FIELD', 'ADMIN_PROCEDURE', 'WASTE', 'INITIATIVE')),
    sender                    text NOT NULL DEFAULT 'CITIZEN' CHECK (sender IN ('CITIZEN', 'BUSINESS', 'ORGANIZATION')),
    channel                   text NOT NULL CHECK (channel IN ('IHANOI', 'HOTLINE_1022', 'PORTAL', 'OPEN311', 'COUNTER')),
    category_code             text NOT NULL,
    level                     text NOT NULL DEFAULT 'NORMAL' CHECK (level IN ('NORMAL', 'URGENT', 'COMPLEX')),
    area_code                 text,
    -- Degrees, rounded to about 110 m: the exact point is personal data (`feedback.sender`).
    lat                       double precision CHECK (lat BETWEEN -90 AND 90),
    lon                       double precision CHECK (lon BETWEEN -180 AND 180),
    -- As the source gives it.
    text                      text NOT NULL CHECK (length(text) BETWEEN 1 AND 4000),
    -- The text that moderation put in its place. It is shown for every day, and no row of a source states it, so it outlasts them all.
    moderated_text            text CHECK (length(moderated_text) BETWEEN 1 AND 4000),
    -- Answers to the attributes of the category, as `code=value`.
    attributes                text[] NOT NULL DEFAULT '{}' CHECK (platform.is_code_set(attributes)),
    submitted_at              timestamptz NOT NULL,
    status                    text NOT NULL DEFAULT 'RECEIVED' CHECK (status IN
                              ('RECEIVED', 'ACCEPTED', 'REJECTED', 'MERGED', 'ASSIGNED', 'IN_PROGRESS', 'WAITING_CITIZEN', 'TRANSFERRED', 'RESOLVED', 'CLOSED', 'REOPENED')),
    -- Reason of the last rejection, transfer or reopening; the question that is asked of the sender.
    reason                    text CHECK (length(reason) BETWEEN 1 AND 4000),
    reply                     text CHECK (length(reply) BETWEEN 1 AND 4000),
    lead_organization_code    text,
    accountable_position_code text,
    -- Organization that the feedback complains about. It never sees who complained.
    about_organization_code   text,
    project_code              text,
    programme_codes           text[] NOT NULL DEFAULT '{}' CHECK (platform.is_code_set(programme_codes)),
    bottleneck_codes          text[] NOT NULL DEFAULT '{}' CHECK (platform.is_code_set(bottleneck_codes)),
    -- Code of the case that this one was merged into.
    primary_code              text,
    -- Two flags: whether the case is published, and whether its sender asked not to be named.
    is_public                 boolean NOT NULL DEFAULT true,
    is_anonymous              boolean NOT NULL DEFAULT false,
    -- Whether moderation took it off the public, whatever rows of its source say.
    is_hidden                 boolean NOT NULL DEFAULT false,
    recorded_by               text NOT NULL,
    version                   integer NOT NULL DEFAULT 1 CHECK (version > 0),
    observed_at               timestamptz NOT NULL,
    recorded_at               timestamptz NOT NULL DEFAULT now(),
    deleted_at                timestamptz,
    search                    text NOT NULL GENERATED ALWAYS AS (platform.fold(code || ' ' || coalesce(moderated_text, text))) STORED,
    UNIQUE (source, external_id),
    CONSTRAINT feedback_point_whole CHECK ((lat IS NULL) = (lon IS NULL)),
    CONSTRAINT feedback_point_rounded CHECK (lat::numeric = round(lat::numeric, 3) AND lon::numeric = round(lon::numeric, 3)),
    -- Nothing is known of a case before it was submitted.
    CONSTRAINT feedback_observed_after_submission CHECK (observed_at >= submitted_at),
    CONSTRAINT feedback_primary_when_merged CHECK ((status = 'MERGED') = (primary_code IS NOT NULL)),
    CONSTRAINT feedback_not_into_itself CHECK (primary_code <> code),
    CONSTRAINT feedback_rejected_for_a_reason CHECK (status <> 'REJECTED' OR reason IS NOT NULL),
    CONSTRAINT feedback_asked_a_question CHECK (status <> 'WAITING_CITIZEN' OR reason IS NOT NULL),
    CONSTRAINT feedback_resolved_with_reply CHECK (status <> 'RESOLVED' OR reply IS NOT NULL)
);
CREATE UNIQUE INDEX feedback_code_key ON feedback.feedback (code) WHERE deleted_at IS NULL;
CREATE INDEX feedback_search ON feedback.feedback USING gin (search gin_trgm_ops);
CREATE INDEX feedback_primary ON feedback.feedback (primary_code) WHERE primary_code IS NOT NULL;
CREATE INDEX feedback_lead ON feedback.feedback (lead_organization_code);
CREATE INDEX feedback_area ON feedback.feedback (area_code);
CREATE INDEX feedback_position ON feedback.feedback (accountable_position_code);
CREATE INDEX feedback_submitted ON feedback.feedback (submitted_at DESC, id DESC) WHERE is_public AND NOT is_hidden AND deleted_at IS NULL;
CREATE INDEX feedback_observed ON feedback.feedback (observed_at DESC, id DESC) WHERE is_public AND NOT is_hidden AND deleted_at IS NULL;
SELECT platform.keep_history('feedback.feedback', 'id');
-- Cases that were ever merged into another.
CREATE INDEX feedback_event_primary ON feedback.feedback_event ((changes ->> 'primary_code')) WHERE changes ->> 'primary_code' IS NOT NULL;

-- Trigger: refuses a chain of merges that ends where it begins. One advisory lock serializes the merges, because two
-- transactions could otherwise close a chain together.
CREATE FUNCTION feedback.refuse_cycle() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    looped boolean;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('feedback.feedback/merge', 0));
    WITH RECURSIVE up(code, primary_code) AS (
        SELECT f.code, f.primary_code FROM feedback.feedback AS f WHERE f.code = NEW.primary_code AND f.deleted_at IS NULL
        UNION SELECT f.code, f.primary_code FROM feedback.feedback AS f JOIN up ON f.code = up.primary_code AND f.deleted_at IS NULL)
    SELECT EXISTS (SELECT FROM up WHERE code = NEW.code) INTO looped;
    IF looped THEN
        RAISE EXCEPTION 'the case % was merged into this one', NEW.primary_code
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'feedback_acyclic';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER feedback_acyclic BEFORE INSERT OR UPDATE OF primary_code ON feedback.feedback
    FOR EACH ROW WHEN (NEW.primary_code IS NOT NULL AND NEW.deleted_at IS NULL) EXECUTE FUNCTION feedback.refuse_cycle();

-- Case that a chain of merges ends at: the case itself when it is not merged.
CREATE FUNCTION feedback.root_of(asked uuid) RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH RECURSIVE up(id, primary_code) AS (
        SELECT f.id, f.primary_code FROM feedback.feedback AS f WHERE f.id = asked
        UNION SELECT f.id, f.primary_code FROM up JOIN feedback.feedback AS f ON f.code = up.primary_code AND f.deleted_at IS NULL)
    SELECT id FROM up WHERE primary_code IS NULL LIMIT 1
$$;

-- Personal data of the sender, and the exact point.
CREATE TABLE feedback.sender (
    id              uuid PRIMARY KEY,
    source          text NOT NULL,
    external_id     text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    feedback_id     uuid NOT NULL REFERENCES feedback.feedback,
    name            text CHECK (length(name) BETWEEN 1 AND 300),
    phone           text CHECK (length(phone) BETWEEN 1 AND 50),
    email           text CHECK (length(email) BETWEEN 1 AND 300),
    identity_number text CHECK (length(identity_number) BETWEEN 1 AND 50),
    address         text CHECK (length(address) BETWEEN 1 AND 500),
    exact_lat       double precision CHECK (exact_lat BETWEEN -90 AND 90),
    exact_lon       double precision CHECK (exact_lon BETWEEN -180 AND 180),
    recorded_by     text NOT NULL,
    version         integer NOT NULL DEFAULT 1,
    observed_at     timestamptz NOT NULL,
    recorded_at     timestamptz NOT NULL DEFAULT now(),
    deleted_at      timestamptz,
    UNIQUE (source, external_id),
    CONSTRAINT sender_point_whole CHECK ((exact_lat IS NULL) = (exact_lon IS NULL))
);
CREATE UNIQUE INDEX sender_feedback ON feedback.sender (feedback_id) WHERE deleted_at IS NULL;
SELECT platform.keep_events('feedback.sender', 'id');

-- What happened to a case, as it is told: with a state it also states that of the case.
CREATE TABLE feedback.step (
    id                uuid PRIMARY KEY,
    source            text NOT NULL,
    external_id       text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    feedback_id       uuid NOT NULL REFERENCES feedback.feedback,
    -- State after it; NULL for a note.
    status            text CHECK (status IN
                      ('RECEIVED', 'ACCEPTED', 'REJECTED', 'MERGED', 'ASSIGNED', 'IN_PROGRESS', 'WAITING_CITIZEN', 'TRANSFERRED', 'RESOLVED', 'CLOSED', 'REOPENED')),
    organization_code text,
    position_code     text,
    level             text CHECK (level IN ('NORMAL', 'URGENT', 'COMPLEX')),
    primary_code      text,
    reason            text CHECK (length(reason) BETWEEN 1 AND 4000),
    reply             text CHECK (length(reply) BETWEEN 1 AND 4000),
    note              text CHECK (length(note) BETWEEN 1 AND 4000),
    -- Id that a client of Open311 gave its note.
    update_id         text CHECK (length(update_id) BETWEEN 1 AND 100),
    -- Whether the sender and the public may read it.
    is_public         boolean NOT NULL DEFAULT true,
    recorded_by       text NOT NULL,
    version           integer NOT NULL DEFAULT 1,
    observed_at       timestamptz NOT NULL,
    recorded_at       timestamptz NOT NULL DEFAULT now(),
    deleted_at        timestamptz,
    UNIQUE (source, external_id),
    CONSTRAINT step_says_something CHECK (status IS NOT NULL OR level IS NOT NULL OR note IS NOT NULL OR organization_code IS NOT NULL),
    CONSTRAINT step_merged_into CHECK ((status IS NOT DISTINCT FROM 'MERGED') = (primary_code IS NOT NULL))
);
CREATE INDEX step_feedback ON feedback.step (feedback_id, observed_at);
CREATE INDEX step_observed ON feedback.step (observed_at, id) WHERE is_public AND deleted_at IS NULL;
-- A repeated note of a client is stored once.
CREATE UNIQUE INDEX step_update ON feedback.step (feedback_id, recorded_by, update_id) WHERE update_id IS NOT NULL;
SELECT platform.keep_events('feedback.step', 'id');

CREATE TABLE feedback.attachment (
    id          uuid PRIMARY KEY,
    source      text NOT NULL,
    external_id text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    feedback_id uuid NOT NULL REFERENCES feedback.feedback,
    -- What the sender sent, or what shows that it was resolved.
    role        text NOT NULL DEFAULT 'REPORT' CHECK (role IN ('REPORT', 'EVIDENCE')),
    title       text NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
    uri         text NOT NULL CHECK (length(uri) <= 2000) CONSTRAINT attachment_uri_web CHECK (uri ~ '^https?://[^[:space:]]+$'),
    recorded_by text NOT NULL,
    version     integer NOT NULL DEFAULT 1,
    observed_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    deleted_at  timestamptz,
    UNIQUE (source, external_id)
);
CREATE INDEX attachment_feedback ON feedback.attachment (feedback_id, observed_at);
SELECT platform.keep_events('feedback.attachment', 'id');

-- What the sender thinks of the answer. Of several of one case the last counts; that of a merged case counts for its primary.
CREATE TABLE feedback.rating (
    id          uuid PRIMARY KEY,
    source      text NOT NULL,
    external_id text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    feedback_id uuid NOT NULL REFERENCES feedback.feedback,
    score       smallint NOT NULL CHECK (score BETWEEN 1 AND 5),
    comment     text CHECK (length(comment) BETWEEN 1 AND 4000),
    rated_at    timestamptz NOT NULL,
    recorded_by text NOT NULL,
    version     integer NOT NULL DEFAULT 1,
    observed_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    deleted_at  timestamptz,
    UNIQUE (source, external_id)
);
CREATE INDEX rating_feedback ON feedback.rating (feedback_id, rated_at);
SELECT platform.keep_events('feedback.rating', 'id');

-- Trigger: refuses what happened to a case before it was submitted. Events and ratings can arrive before their case, so this is
-- judged when both are stored.
CREATE FUNCTION feedback.refuse_before_submission() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    submitted timestamptz;
BEGIN
    IF TG_TABLE_NAME = 'rating' THEN
        SELECT f.submitted_at INTO submitted FROM feedback.feedback AS f WHERE f.id = NEW.feedback_id AND f.submitted_at > NEW.rated_at;
    ELSE
        SELECT f.submitted_at INTO submitted FROM feedback.step AS s JOIN feedback.feedback AS f ON f.id = s.feedback_id
        WHERE s.id = NEW.id AND f.submitted_at > NEW.observed_at;
    END IF;
    IF FOUND THEN
        RAISE EXCEPTION 'the case was submitted at %, which is later', submitted
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER step_after_submission BEFORE INSERT OR UPDATE OF observed_at ON feedback.step_event
    FOR EACH ROW WHEN (NEW.withdrawn_at IS NULL) EXECUTE FUNCTION feedback.refuse_before_submission();
CREATE TRIGGER rating_after_submission BEFORE INSERT OR UPDATE OF rated_at, feedback_id ON feedback.rating
    FOR EACH ROW WHEN (NEW.deleted_at IS NULL) EXECUTE FUNCTION feedback.refuse_before_submission();

-- Trigger: refuses a later time of the submission that is after something that is stored of the case.
CREATE FUNCTION feedback.refuse_late_submission() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM feedback.feedback_event AS e WHERE e.id = NEW.id AND e.observed_at < NEW.submitted_at AND e.withdrawn_at IS NULL)
       OR EXISTS (SELECT FROM feedback.step AS s JOIN feedback.step_event AS e ON e.id = s.id
                  WHERE s.feedback_id = NEW.id AND s.deleted_at IS NULL AND e.observed_at < NEW.submitted_at AND e.withdrawn_at IS NULL)
       OR EXISTS (SELECT FROM feedback.rating AS r WHERE r.feedback_id = NEW.id AND r.deleted_at IS NULL AND r.rated_at < NEW.submitted_at) THEN
        RAISE EXCEPTION 'the case % was known before %', NEW.code, NEW.submitted_at
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER feedback_submitted_first BEFORE UPDATE OF submitted_at ON feedback.feedback
    FOR EACH ROW WHEN (NEW.submitted_at > OLD.submitted_at AND NEW.deleted_at IS NULL) EXECUTE FUNCTION feedback.refuse_late_submission();

-- The text that moderation replaced.
CREATE TABLE feedback.moderation (
    id            uuid PRIMARY KEY,
    feedback_id   uuid NOT NULL REFERENCES feedback.feedback,
    original_text text NOT NULL,
    reason        text NOT NULL CHECK (length(reason) BETWEEN 1 AND 4000),
    moderated_by  text NOT NULL,
    moderated_at  timestamptz NOT NULL
);
CREATE INDEX moderation_feedback ON feedback.moderation (feedback_id, moderated_at);
SELECT platform.append_only('feedback.moderation');

-- For other services, and for rows that name a case or a category.
CREATE VIEW feedback.published_feedback AS SELECT code FROM feedback.feedback WHERE deleted_at IS NULL;
CREATE VIEW feedback.published_category AS SELECT code, name, is_active FROM feedback.category;

-- A case can be found by any category, but is reported in an active one.
SELECT directory.add_kind('feedback', 'EXISTS (SELECT FROM feedback.published_feedback WHERE code = asked)'),
       directory.add_kind('category', 'EXISTS (SELECT FROM feedback.published_category WHERE code = asked)'),
       directory.add_kind('feedback category', 'EXISTS (SELECT FROM feedback.published_category WHERE code = asked AND is_active)');
