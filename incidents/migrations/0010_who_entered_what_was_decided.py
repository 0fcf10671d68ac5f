from django.db import migrations

# Whoever decided or confirmed on a report of their own before this was forbidden is left out, as the row could not stand otherwise:
# the next report that joins such a case reopens it.
KNOWN_NOW = """
UPDATE incidents_assessment AS judged
SET report_authors = known.authors
FROM (
    SELECT report.incident_id, array_agg(DISTINCT report.entered_by_id ORDER BY report.entered_by_id) AS authors
    FROM incidents_report AS report
    WHERE report.entered_by_id IS NOT NULL AND report.incident_id IS NOT NULL
    GROUP BY report.incident_id
) AS known
WHERE known.incident_id = judged.incident_id
  AND judged.decided_by_id IS NOT NULL
  AND (judged.confirmed_by_id IS NULL OR NOT known.authors && ARRAY[judged.decided_by_id, judged.confirmed_by_id])
"""


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0009_judged_by_others"),
    ]

    operations = [migrations.RunSQL(KNOWN_NOW, migrations.RunSQL.noop)]
