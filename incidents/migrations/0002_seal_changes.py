"""The sealer: a trigger queues each change and wakes the relay, a function numbers and chains what is queued."""

from django.db import migrations

# The trigger and the function run as their owner, so that the web's role needs no right to touch seals or the queue.
# One statement trigger per insert keeps NOTIFY to one per statement.
FORWARD = r"""
CREATE FUNCTION truce_announce() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO incidents_unsealed (change_id) SELECT id FROM added;
    PERFORM pg_notify('truce_changes', '');
    RETURN NULL;
END $$;

CREATE TRIGGER announce AFTER INSERT ON incidents_change
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION truce_announce();

CREATE FUNCTION truce_seal(how_many integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    head incidents_sealhead%ROWTYPE;
    waiting record;
    sealed integer := 0;
BEGIN
    INSERT INTO incidents_sealhead (id, number, hash, sealed_at)
        VALUES (1, 0, decode(repeat('00', 32), 'hex'), '-infinity') ON CONFLICT (id) DO NOTHING;
    SELECT * INTO head FROM incidents_sealhead WHERE id = 1 FOR UPDATE;
    -- A seal's instant lies behind that of every batch before it, whatever the clock does: what was sealed by an instant is settled.
    head.sealed_at := greatest(clock_timestamp(), head.sealed_at + interval '1 microsecond');
    FOR waiting IN
        SELECT change.id, change.digest FROM incidents_unsealed queue JOIN incidents_change change ON change.id = queue.change_id
        ORDER BY change.id LIMIT how_many
    LOOP
        head.number := head.number + 1;
        head.hash := sha256('\x01'::bytea || head.hash || int8send(head.number) || waiting.digest);
        INSERT INTO incidents_seal (number, change_id, sealed_at, hash) VALUES (head.number, waiting.id, head.sealed_at, head.hash);
        DELETE FROM incidents_unsealed WHERE change_id = waiting.id;
        sealed := sealed + 1;
    END LOOP;
    IF sealed > 0 THEN
        UPDATE incidents_sealhead SET number = head.number, hash = head.hash, sealed_at = head.sealed_at WHERE id = 1;
    END IF;
    RETURN sealed;
END $$;
"""

BACKWARD = """
DROP FUNCTION truce_seal(integer);
DROP TRIGGER announce ON incidents_change;
DROP FUNCTION truce_announce();
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_records")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
