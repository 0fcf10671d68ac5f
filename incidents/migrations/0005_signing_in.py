"""What all processes must know of sign-ins: how often a code was tried and which one was used. Worth nothing after a crash."""

from django.db import migrations

# As Django's database cache asks for it; no write-ahead log, since a minute is all that any row lives.
TABLE = """
CREATE UNLOGGED TABLE truce_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX truce_cache_expires ON truce_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0004_ask_the_log")]

    operations = [migrations.RunSQL(TABLE, "DROP TABLE truce_cache")]
