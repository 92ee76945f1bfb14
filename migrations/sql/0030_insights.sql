-- Insights across services. The schema stores only what people add to them: acknowledgements, assignments, briefings.
CREATE SCHEMA insights;
SELECT platform.open_schema('insights');
