"""What is asked of tables in words that models cannot say: an index into the log's payloads, and a table that needs no write-ahead log."""

from django.db import migrations

# Which reports and assessments did the log ever place in this incident?
INDEX = """
CREATE INDEX payload_incident ON incidents_changepayload (((body -> 'after') ->> 'incident'))
    WHERE ((body -> 'after') ->> 'incident') IS NOT NULL;
"""
# Written at every request, and worth nothing after a crash.
UNLOGGED = "ALTER TABLE incidents_keybucket SET UNLOGGED"


class Migration(migrations.Migration):
    dependencies = [("incidents", "0003_find_duplicates")]

    operations = [
        migrations.RunSQL(INDEX, "DROP INDEX payload_incident"),
        migrations.RunSQL(UNLOGGED, "ALTER TABLE incidents_keybucket SET LOGGED"),
    ]
