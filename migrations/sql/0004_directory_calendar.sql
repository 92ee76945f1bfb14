-- The working-day calendar of Viet Nam, 2024 to 2027: Saturdays and Sundays off, public holidays of article 112 of the
-- Labour Code 2019 (45/2019/QH14), and the yearly decisions on swapped days. A swapped working Saturday is a working day.
-- 2027 is provisional: its decision is not published; the lunar dates (6 February and 16 April 2027) are computed.

INSERT INTO directory.calendar_day (day, working, provisional)
SELECT day::date, extract(isodow FROM day) < 6, day >= '2027-01-01'
FROM generate_series('2024-01-01'::date, '2027-12-31'::date, interval '1 day') AS day;

WITH public_holiday (day, working, name, document) AS (VALUES
    ('2024-01-01', false, 'Tết Dương lịch', '45/2019/QH14'),
    ('2024-02-08', false, 'Tết Nguyên đán', '8662/VPCP-KGVX'),
    ('2024-02-09', false, 'Tết Nguyên đán', '8662/VPCP-KGVX'),
    ('2024-02-12', false, 'Tết Nguyên đán', '8662/VPCP-KGVX'),
    ('2024-02-13', false, 'Nghỉ bù Tết Nguyên đán', '8662/VPCP-KGVX'),
    ('2024-02-14', false, 'Nghỉ bù Tết Nguyên đán', '8662/VPCP-KGVX'),
    ('2024-04-18', false, 'Giỗ Tổ Hùng Vương', '45/2019/QH14'),
    ('2024-04-29', false, 'Nghỉ hoán đổi', '2450/VPCP-KGVX'),
    ('2024-04-30', false, 'Ngày Chiến thắng', '45/2019/QH14'),
    ('2024-05-01', false, 'Ngày Quốc tế lao động', '45/2019/QH14'),
    ('2024-05-04', true,  'Làm bù ngày 29/4', '2450/VPCP-KGVX'),
    ('2024-09-02', false, 'Quốc khánh', '45/2019/QH14'),
    ('2024-09-03', false, 'Quốc khánh', '8662/VPCP-KGVX'),
    ('2025-01-01', false, 'Tết Dương lịch', '45/2019/QH14'),
    ('2025-01-27', false, 'Tết Nguyên đán', '6150/TB-BLĐTBXH'),
    ('2025-01-28', false, 'Tết Nguyên đán', '6150/TB-BLĐTBXH'),
    ('2025-01-29', false, 'Tết Nguyên đán', '6150/TB-BLĐTBXH'),
    ('2025-01-30', false, 'Tết Nguyên đán', '6150/TB-BLĐTBXH'),
    ('2025-01-31', false, 'Tết Nguyên đán', '6150/TB-BLĐTBXH'),
    ('2025-04-07', false, 'Giỗ Tổ Hùng Vương', '45/2019/QH14'),
    ('2025-04-26', true,  'Làm bù ngày 2/5', '6150/TB-BLĐTBXH'),
    ('2025-04-30', false, 'Ngày Chiến thắng', '45/2019/QH14'),
    ('2025-05-01', false, 'Ngày Quốc tế lao động', '45/2019/QH14'),
    ('2025-05-02', false, 'Nghỉ hoán đổi', '6150/TB-BLĐTBXH'),
    ('2025-09-01', false, 'Quốc khánh', '6150/TB-BLĐTBXH'),
    ('2025-09-02', false, 'Quốc khánh', '45/2019/QH14'),
    ('2026-01-01', false, 'Tết Dương lịch', '45/2019/QH14'),
    ('2026-01-02', false, 'Nghỉ hoán đổi', 'Decision on the holidays of 2026'),
    ('2026-01-10', true,  'Làm bù ngày 2/1', 'Decision on the holidays of 2026'),
    ('2026-02-16', false, 'Tết Nguyên đán', 'Decision on the holidays of 2026'),
    ('2026-02-17', false, 'Tết Nguyên đán', 'Decision on the holidays of 2026'),
    ('2026-02-18', false, 'Tết Nguyên đán', 'Decision on the holidays of 2026'),
    ('2026-02-19', false, 'Tết Nguyên đán', 'Decision on the holidays of 2026'),
    ('2026-02-20', false, 'Tết Nguyên đán', 'Decision on the holidays of 2026'),
    ('2026-04-27', false, 'Nghỉ bù Giỗ Tổ Hùng Vương (26/4 là Chủ nhật)', '45/2019/QH14'),
    ('2026-04-30', false, 'Ngày Chiến thắng', '45/2019/QH14'),
    ('2026-05-01', false, 'Ngày Quốc tế lao động', '45/2019/QH14'),
    ('2026-08-22', true,  'Làm bù ngày 31/8', 'Decision on the holidays of 2026'),
    ('2026-08-31', false, 'Nghỉ hoán đổi', 'Decision on the holidays of 2026'),
    ('2026-09-01', false, 'Quốc khánh', 'Decision on the holidays of 2026'),
    ('2026-09-02', false, 'Quốc khánh', '45/2019/QH14'),
    ('2027-01-01', false, 'Tết Dương lịch', '45/2019/QH14'),
    ('2027-02-05', false, 'Tết Nguyên đán', '45/2019/QH14'),
    ('2027-02-08', false, 'Tết Nguyên đán', '45/2019/QH14'),
    ('2027-02-09', false, 'Tết Nguyên đán', '45/2019/QH14'),
    ('2027-02-10', false, 'Nghỉ bù Tết Nguyên đán', '45/2019/QH14'),
    ('2027-02-11', false, 'Nghỉ bù Tết Nguyên đán', '45/2019/QH14'),
    ('2027-04-16', false, 'Giỗ Tổ Hùng Vương', '45/2019/QH14'),
    ('2027-04-30', false, 'Ngày Chiến thắng', '45/2019/QH14'),
    ('2027-05-03', false, 'Nghỉ bù Ngày Quốc tế lao động (1/5 là thứ Bảy)', '45/2019/QH14'),
    ('2027-09-02', false, 'Quốc khánh', '45/2019/QH14'),
    ('2027-09-03', false, 'Quốc khánh', '45/2019/QH14'))
UPDATE directory.calendar_day AS c
SET working = h.working, name = h.name, document = h.document
FROM public_holiday AS h
WHERE c.day = h.day::date;

-- Thresholds for tasks at risk. To change one, an operator ends its row and adds another.
INSERT INTO directory.legal_rule (code, value, unit, valid_from, valid_to, document) VALUES
    ('TASK_AT_RISK_PROGRESS_GAP', 0.15, 'share', '2020-01-01', NULL, 'platform default'),
    ('TASK_AT_RISK_SILENCE', 1.5, 'reporting cadences', '2020-01-01', NULL, 'platform default');

-- Limits of land clearance, by the day of the notice or of the plan (calendar days), and of a year's capital. A rule whose
-- article has not been read in its words is provisional.
INSERT INTO directory.legal_rule (code, value, unit, valid_from, valid_to, document, provisional) VALUES
    ('LAND_NOTICE_AGRICULTURAL', 90, 'days', '2024-08-01', '2026-01-01', '31/2024/QH15, article 85(1)', false),
    ('LAND_NOTICE_AGRICULTURAL', 60, 'days', '2026-01-01', NULL, '254/2025/QH15, article 3(9)(a)', false),
    ('LAND_NOTICE_OTHER', 180, 'days', '2024-08-01', '2026-01-01', '31/2024/QH15, article 85(1)', false),
    ('LAND_NOTICE_OTHER', 120, 'days', '2026-01-01', NULL, '254/2025/QH15, article 3(9)(a)', false),
    ('LAND_NOTICE_VALIDITY', 12, 'months', '2024-08-01', NULL, '31/2024/QH15, article 85(5)', false),
    ('LAND_POSTING', 30, 'days', '2024-08-01', '2026-01-01', '31/2024/QH15, article 87(3)(a)', false),
    ('LAND_POSTING', 10, 'days', '2026-01-01', NULL, '254/2025/QH15, article 3(9)(b)', false),
    ('LAND_DIALOGUE', 60, 'days', '2024-08-01', '2026-01-01', '31/2024/QH15, article 87(3)(b)', true),
    ('LAND_DIALOGUE', 30, 'days', '2026-01-01', NULL, '254/2025/QH15, article 3(9)(b)', false),
    ('LAND_PERSUASION', 15, 'days', '2024-08-01', NULL, '31/2024/QH15, article 87(2)(d)', true),
    ('LAND_RECOVERY_LIMIT', 10, 'days', '2024-08-01', NULL, '31/2024/QH15, article 87(5)', false),
    ('LAND_RECOVERY_CONSENT', 0.75, 'share', '2026-01-01', NULL, '254/2025/QH15, article 3(3)', false),
    ('LAND_PAYMENT_LIMIT', 30, 'days', '2024-08-01', NULL, '31/2024/QH15, article 94(3)', false),
    ('LAND_LATE_PAYMENT_SURCHARGE', 0.0003, 'share a day', '2024-08-01', NULL, 'platform default: the rate of late tax, 38/2019/QH14, article 59', true),
    ('LAND_ENFORCEMENT_TET', 15, 'days', '2024-08-01', NULL, '31/2024/QH15, article 89(1)(b)', false),
    ('LAND_ENFORCEMENT_FROM_HOUR', 6, 'hour', '2024-08-01', NULL, '31/2024/QH15, article 89(1)(b)', false),
    ('LAND_ENFORCEMENT_TO_HOUR', 22, 'hour', '2024-08-01', NULL, '31/2024/QH15, article 89(1)(b)', false),
    ('LAND_NOTICE_WARNING', 60, 'days', '2024-08-01', NULL, 'platform default', false),
    ('CAPITAL_PAID_UNTIL_MONTH', 1, 'month of the next year', '2020-01-01', NULL, '58/2024/QH15, article 72', false),
    ('CAPITAL_LATE_PLAN_FROM_MONTH', 10, 'month', '2020-01-01', NULL, '58/2024/QH15, article 72', false),
    ('CAPITAL_LATE_PLAN_PAID_UNTIL_MONTH', 12, 'month of the next year', '2020-01-01', NULL, '58/2024/QH15, article 72', false);

-- The composite score of a scorecard: weights of its components (they add up to 1), the share of each that gives 100, the least
-- share of the weights that must be measured, and the most that an entity with a critical red can have. To change one, an
-- operator ends its row and adds another.
INSERT INTO directory.legal_rule (code, value, unit, valid_from, valid_to, document) VALUES
    ('SCORE_WEIGHT_TASKS_ON_TIME', 0.25, 'weight', '2020-01-01', NULL, 'platform default'),
    ('SCORE_WEIGHT_PROJECTS_IN_TIME', 0.15, 'weight', '2020-01-01', NULL, 'platform default'),
    ('SCORE_WEIGHT_PARTIES_CLEARED', 0.15, 'weight', '2020-01-01', NULL, 'platform default'),
    ('SCORE_WEIGHT_KPIS_ON_TRACK', 0.20, 'weight', '2020-01-01', NULL, 'platform default'),
    ('SCORE_WEIGHT_FEEDBACK_ON_TIME', 0.15, 'weight', '2020-01-01', NULL, 'platform default'),
    ('SCORE_WEIGHT_SATISFACTION', 0.10, 'weight', '2020-01-01', NULL, 'platform default'),
    ('SCORE_TARGET_TASKS_ON_TIME', 0.90, 'share', '2020-01-01', NULL, 'platform default'),
    ('SCORE_TARGET_PROJECTS_IN_TIME', 0.90, 'share', '2020-01-01', NULL, 'platform default'),
    ('SCORE_TARGET_PARTIES_CLEARED', 0.90, 'share', '2020-01-01', NULL, 'platform default'),
    ('SCORE_TARGET_KPIS_ON_TRACK', 0.80, 'share', '2020-01-01', NULL, 'platform default'),
    ('SCORE_TARGET_FEEDBACK_ON_TIME', 0.95, 'share', '2020-01-01', NULL, 'platform default'),
    ('SCORE_TARGET_SATISFACTION', 0.80, 'share', '2020-01-01', NULL, 'platform default'),
    ('SCORE_COVERAGE', 0.70, 'share', '2020-01-01', NULL, 'platform default'),
    ('SCORE_CAP_RED', 60, 'points', '2020-01-01', NULL, 'platform default');
