"""Indexes to find reports that may be of one event: by square of the map and time, by place and time, by address."""

from django.db import migrations

# `queries/duplicates.py` asks in these very words, and its test compares the squares with its own. A district is vague and lies in squares
# of 0.2 degrees, which are numbered below zero; everything else lies in squares of 0.05. A report without an instant begins with its day.
# What lasts longer than a day is few and looked for apart, so that the others are found by when they begin.
FORWARD = """
CREATE FUNCTION truce_cell(latitude numeric, longitude numeric, place_precision text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN place_precision = 'district'
        THEN -1 - (floor((latitude + 90) * 5)::bigint * 10000 + floor((longitude + 180) * 5)::bigint)
        ELSE floor((latitude + 90) * 20)::bigint * 10000 + floor((longitude + 180) * 20)::bigint END
$$;
CREATE FUNCTION truce_begins(starts_at timestamptz, occurred_on date) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(starts_at, occurred_on::timestamp AT TIME ZONE 'UTC')
$$;

CREATE INDEX report_cell_time ON incidents_report (truce_cell(latitude, longitude, place_precision), truce_begins(starts_at, occurred_on))
    WHERE state = 'submitted' AND latitude IS NOT NULL;
CREATE INDEX report_cell_long ON incidents_report (truce_cell(latitude, longitude, place_precision), truce_begins(starts_at, occurred_on))
    WHERE state = 'submitted' AND latitude IS NOT NULL AND ends_at - starts_at > interval '25 hours';
CREATE INDEX report_place_time ON incidents_report (place_id, truce_begins(starts_at, occurred_on))
    WHERE state = 'submitted' AND latitude IS NULL AND place_id IS NOT NULL;
CREATE INDEX report_place_long ON incidents_report (place_id, truce_begins(starts_at, occurred_on))
    WHERE state = 'submitted' AND latitude IS NULL AND place_id IS NOT NULL AND ends_at - starts_at > interval '25 hours';
CREATE INDEX report_nowhere_time ON incidents_report (agreement_id, truce_begins(starts_at, occurred_on))
    WHERE state = 'submitted' AND latitude IS NULL AND place_id IS NULL;
CREATE INDEX report_address ON incidents_report (md5(trim(link)), id DESC) WHERE state = 'submitted' AND link <> '';
CREATE INDEX place_latitude ON incidents_place (latitude) WHERE latitude IS NOT NULL;
"""

BACKWARD = """
DROP INDEX place_latitude, report_address, report_nowhere_time, report_place_long, report_place_time, report_cell_long, report_cell_time;
DROP FUNCTION truce_begins(timestamptz, date);
DROP FUNCTION truce_cell(numeric, numeric, text);
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0002_seal_changes")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
