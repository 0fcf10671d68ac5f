"""An index for the question: which reports and assessments did the log ever place in this incident?"""

from django.db import migrations

FORWARD = """
CREATE INDEX payload_incident ON incidents_changepayload (((body -> 'after') ->> 'incident'))
    WHERE ((body -> 'after') ->> 'incident') IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0006_imports_staged_and_citations")]

    operations = [migrations.RunSQL(FORWARD, "DROP INDEX payload_incident")]
