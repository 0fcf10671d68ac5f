"""An invitation says whether it is to all agreements: one to single agreements is no more one to all once these are removed."""

from typing import Any

from django.db import migrations, models


def mark(apps: Any, schema_editor: Any) -> None:
    """Say of the invitations that name agreements that they are to these alone."""
    # By the connection that migrates: another would wait for what it holds.
    invitations = apps.get_model("incidents", "Invitation").objects.using(schema_editor.connection.alias)
    named = invitations.filter(agreements__isnull=False).values_list("pk", flat=True)
    invitations.filter(pk__in=list(named)).update(is_every_agreement=False)


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0014_find_what_names_no_time"),
    ]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="is_every_agreement",
            field=models.BooleanField(default=True, verbose_name="all agreements"),
        ),
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]
