"""Two batches of seals never share an instant, so that what was sealed by an instant is settled once anything is sealed at it."""

from django.db import migrations, models

RUNS_NO_FASTER = "head.sealed_at := greatest(clock_timestamp(), head.sealed_at);"
MOVES_ON = "head.sealed_at := greatest(clock_timestamp(), head.sealed_at + interval '1 microsecond');"

# The function is told again as it stands, but for one line: so what other migrations made of it stays.
REWRITE = """
DO $do$
DECLARE
    told text := pg_get_functiondef('truce_seal(integer)'::regprocedure);
BEGIN
    IF position($old${old}$old$ in told) = 0 THEN
        RAISE EXCEPTION 'truce_seal is not as expected';
    END IF;
    EXECUTE replace(told, $old${old}$old$, $new${new}$new$);
END $do$;
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0020_visibility_profiles")]

    operations = [
        migrations.RunSQL(REWRITE.format(old=RUNS_NO_FASTER, new=MOVES_ON), REWRITE.format(old=MOVES_ON, new=RUNS_NO_FASTER)),
        migrations.AddIndex(model_name="seal", index=models.Index(fields=["sealed_at"], name="seal_by_instant")),
    ]
