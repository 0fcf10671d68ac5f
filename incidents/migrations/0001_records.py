"""All records as they were first released."""

import datetime
import uuid

import django.contrib.auth.models
import django.contrib.auth.validators
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.operations
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import incidents.models.keys
import incidents.models.profiles


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        django.contrib.postgres.operations.BtreeGistExtension(),
        migrations.CreateModel(
            name="Agreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("slug", models.SlugField(max_length=80, unique=True, verbose_name="slug")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("name_ar", models.CharField(blank=True, max_length=200, verbose_name="name in Arabic")),
                ("country", models.CharField(blank=True, max_length=100, verbose_name="country")),
                ("country_ar", models.CharField(blank=True, max_length=100, verbose_name="country in Arabic")),
                (
                    "timezone",
                    models.CharField(
                        help_text="A name such as Asia/Damascus; days are counted in it.", max_length=64, verbose_name="local time zone"
                    ),
                ),
                ("announced_on", models.DateField(blank=True, null=True, verbose_name="announced on")),
                ("in_force_from", models.DateTimeField(verbose_name="in force from")),
                (
                    "in_force_until",
                    models.DateTimeField(blank=True, help_text="Empty: no end date was agreed.", null=True, verbose_name="in force until"),
                ),
                ("reference", models.CharField(blank=True, max_length=200, verbose_name="public reference")),
                ("source_link", models.TextField(blank=True, verbose_name="source")),
                ("summary", models.TextField(blank=True, verbose_name="summary")),
                (
                    "renews",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="renewals",
                        to="incidents.agreement",
                        verbose_name="renews",
                    ),
                ),
            ],
            options={
                "ordering": ["-in_force_from", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("in_force_from__isnull", True),
                            ("in_force_until__isnull", True),
                            ("in_force_from__lte", models.F("in_force_until")),
                            _connector="OR",
                        ),
                        name="agreement_ends_after_it_begins",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("report.submitted", "Report submitted"),
                            ("report.superseded", "Report superseded"),
                            ("report.retracted", "Report retracted"),
                            ("report.restored", "Report restored"),
                            ("report.told_apart", "Reports told apart"),
                            ("report.attached", "Report attached to an incident"),
                            ("report.detached", "Report detached from its incident"),
                            ("report.moved", "Report moved to another incident"),
                            ("incident.opened", "Incident opened"),
                            ("incident.renamed", "Incident renamed"),
                            ("incident.merged", "Incident merged into another"),
                            ("incident.split", "Incident split"),
                            ("incident.restored", "Incident restored"),
                            ("incident.withdrawn", "Incident withdrawn"),
                            ("case.assigned", "Case assigned"),
                            ("comment.added", "Comment added"),
                            ("aggregate_claim.logged", "Statement logged"),
                            ("aggregate_claim.superseded", "Statement superseded"),
                            ("aggregate_claim.retracted", "Statement retracted"),
                            ("coverage.logged", "Coverage logged"),
                            ("coverage.removed", "Coverage removed"),
                            ("response.logged", "Response logged"),
                            ("assessment.decided", "Assessment decided"),
                            ("assessment.confirmed", "Assessment confirmed"),
                            ("assessment.withdrawn", "Decision taken back"),
                            ("assessment.sent_back", "Decision sent back"),
                            ("assessment.reopened", "Assessment reopened"),
                            ("convoy.planned", "Convoy entered"),
                            ("convoy.changed", "Convoy changed"),
                            ("convoy.event_added", "Convoy event added"),
                            ("convoy.released", "Convoy released"),
                            ("convoy.removed", "Convoy removed"),
                            ("evidence.attached", "Evidence attached"),
                            ("import.committed", "Import committed"),
                            ("import.undone", "Import undone"),
                            ("webhook.added", "Webhook added"),
                            ("webhook.changed", "Webhook changed"),
                            ("webhook.removed", "Webhook removed"),
                            ("tallies.healed", "Tallies corrected by a recount"),
                            ("payload.erased", "Personal payload erased"),
                            ("role.granted", "Role granted on an agreement"),
                            ("role.taken", "Role on an agreement taken back"),
                            ("snapshot.published", "Figure published"),
                            ("profile.added", "Visibility profile added"),
                            ("profile.changed", "Visibility profile changed"),
                            ("key.issued", "Key issued"),
                            ("key.rotated", "Key rotated"),
                            ("key.revoked", "Key revoked"),
                            ("reference.added", "Reference data added"),
                            ("reference.changed", "Reference data changed"),
                            ("reference.removed", "Reference data removed"),
                        ],
                        max_length=40,
                    ),
                ),
                ("record_type", models.CharField(max_length=40)),
                ("record_id", models.UUIDField()),
                ("agreement_id", models.UUIDField(null=True)),
                ("actor_id", models.IntegerField(null=True)),
                ("operation_id", models.UUIDField()),
                ("payload_hash", models.BinaryField(max_length=32)),
                ("digest", models.BinaryField(max_length=32)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["record_id", "id"], name="change_of_record"),
                    models.Index(fields=["agreement_id", "record_type", "id"], name="change_in_agreement"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "report.submitted",
                                    "report.superseded",
                                    "report.retracted",
                                    "report.restored",
                                    "report.told_apart",
                                    "report.attached",
                                    "report.detached",
                                    "report.moved",
                                    "incident.opened",
                                    "incident.renamed",
                                    "incident.merged",
                                    "incident.split",
                                    "incident.restored",
                                    "incident.withdrawn",
                                    "case.assigned",
                                    "comment.added",
                                    "aggregate_claim.logged",
                                    "aggregate_claim.superseded",
                                    "aggregate_claim.retracted",
                                    "coverage.logged",
                                    "coverage.removed",
                                    "response.logged",
                                    "assessment.decided",
                                    "assessment.confirmed",
                                    "assessment.withdrawn",
                                    "assessment.sent_back",
                                    "assessment.reopened",
                                    "convoy.planned",
                                    "convoy.changed",
                                    "convoy.event_added",
                                    "convoy.released",
                                    "convoy.removed",
                                    "evidence.attached",
                                    "import.committed",
                                    "import.undone",
                                    "webhook.added",
                                    "webhook.changed",
                                    "webhook.removed",
                                    "tallies.healed",
                                    "payload.erased",
                                    "role.granted",
                                    "role.taken",
                                    "snapshot.published",
                                    "profile.added",
                                    "profile.changed",
                                    "key.issued",
                                    "key.rotated",
                                    "key.revoked",
                                    "reference.added",
                                    "reference.changed",
                                    "reference.removed",
                                ],
                            )
                        ),
                        name="change_kind_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ConvoyLedgerHead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="EvidenceCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField()),
                ("files", models.PositiveIntegerField()),
                ("size", models.PositiveBigIntegerField()),
                ("faults", models.JSONField()),
                ("unclaimed", models.JSONField()),
            ],
            options={
                "indexes": [models.Index(fields=["-started_at"], name="evidence_check_latest")],
            },
        ),
        migrations.CreateModel(
            name="EvidenceCopy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("original", models.CharField(max_length=64, unique=True)),
                ("sha256", models.CharField(blank=True, max_length=64, null=True)),
                ("size", models.PositiveBigIntegerField(blank=True, null=True)),
                ("media_type", models.CharField(blank=True, max_length=100)),
                (
                    "problem",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("too_large", "too many pixels"),
                            ("unreadable", "not readable as an image"),
                            ("not_whole", "the original is missing or altered"),
                        ],
                        max_length=20,
                    ),
                ),
                ("made_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name_plural": "evidence copies",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sha256__isnull", True), ("size__isnull", True)),
                            models.Q(("sha256__isnull", False), ("size__isnull", False)),
                            _connector="OR",
                        ),
                        name="evidence_copy_has_hash_and_size",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("problem", ""), ("sha256__isnull", True), _connector="XOR"), name="evidence_copy_or_problem"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FoldHead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("slug", models.SlugField(max_length=80, unique=True, verbose_name="slug")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("name_ar", models.CharField(blank=True, max_length=200, verbose_name="name in Arabic")),
                ("version", models.PositiveIntegerField(default=1)),
                ("withdrawn_at", models.DateTimeField(blank=True, help_text="Its reports went elsewhere and none is left.", null=True)),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="incidents.incident",
                        verbose_name="merged into",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("merged_into__isnull", True), models.Q(("merged_into", models.F("id")), _negated=True), _connector="OR"),
                        name="incident_not_merged_into_itself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("merged_into__isnull", True), ("withdrawn_at__isnull", True), _connector="OR"),
                        name="incident_merged_or_withdrawn",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerHead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="LogCheckpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField(unique=True)),
                ("hash", models.BinaryField(max_length=32)),
                ("root", models.BinaryField(max_length=32)),
                ("previous", models.BinaryField(max_length=32, null=True)),
                ("made_at", models.DateTimeField()),
                ("digest", models.BinaryField(max_length=32)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("number__gt", 0)), name="checkpoint_of_a_seal")],
            },
        ),
        migrations.CreateModel(
            name="Party",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("slug", models.SlugField(max_length=80, unique=True, verbose_name="slug")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("name_ar", models.CharField(blank=True, max_length=200, verbose_name="name in Arabic")),
                ("short_name", models.CharField(blank=True, max_length=80, verbose_name="short name")),
                ("short_name_ar", models.CharField(blank=True, max_length=80, verbose_name="short name in Arabic")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("state", "State"),
                            ("armed_group", "Armed group"),
                            ("coalition", "Coalition"),
                            ("political_body", "Political body"),
                            ("intergovernmental", "Intergovernmental body"),
                            ("monitor", "Monitor"),
                            ("aid_organisation", "Aid organisation"),
                            ("media", "Media"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "organ_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="organs",
                        to="incidents.party",
                        verbose_name="speaks for",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "parties",
                "ordering": ["name", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("organ_of__isnull", True), models.Q(("organ_of", models.F("id")), _negated=True), _connector="OR"),
                        name="party_not_its_own_organ",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "state",
                                    "armed_group",
                                    "coalition",
                                    "political_body",
                                    "intergovernmental",
                                    "monitor",
                                    "aid_organisation",
                                    "media",
                                    "other",
                                ],
                            )
                        ),
                        name="party_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("slug", models.SlugField(max_length=80, unique=True, verbose_name="slug")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("name_ar", models.CharField(blank=True, max_length=200, verbose_name="name in Arabic")),
                ("pcode", models.CharField(blank=True, max_length=40, verbose_name="p-code")),
                ("latitude", models.DecimalField(blank=True, decimal_places=6, max_digits=8, null=True, verbose_name="latitude")),
                ("longitude", models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True, verbose_name="longitude")),
                (
                    "precision",
                    models.CharField(
                        choices=[
                            ("point", "point (100 m)"),
                            ("neighbourhood", "neighbourhood (1 km)"),
                            ("town", "town (3 km)"),
                            ("district", "district (15 km)"),
                            ("governorate", "governorate"),
                            ("country", "country"),
                        ],
                        max_length=20,
                        verbose_name="precision",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="incidents.place",
                        verbose_name="lies in",
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("latitude__isnull", True), ("longitude__isnull", True)),
                            models.Q(("latitude__isnull", False), ("longitude__isnull", False)),
                            _connector="OR",
                        ),
                        name="place_has_both_coordinates",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("latitude__isnull", True), ("latitude__range", (-90, 90)), _connector="OR"),
                        name="place_latitude_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("longitude__isnull", True), ("longitude__range", (-180, 180)), _connector="OR"),
                        name="place_longitude_in_range",
                    ),
                    models.CheckConstraint(condition=models.Q(("parent", models.F("id")), _negated=True), name="place_not_within_itself"),
                    models.CheckConstraint(
                        condition=models.Q(("precision__in", ["point", "neighbourhood", "town", "district", "governorate", "country"])),
                        name="place_precision_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReadEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("actor_id", models.IntegerField()),
                ("what", models.CharField(choices=[("source", "Protected source"), ("original", "Original of evidence")], max_length=40)),
                ("record_type", models.CharField(max_length=40)),
                ("record_id", models.UUIDField()),
            ],
            options={
                "verbose_name_plural": "read entries",
                "indexes": [models.Index(fields=["record_id", "at"], name="read_of_record")],
            },
        ),
        migrations.CreateModel(
            name="SealHead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField()),
                ("hash", models.BinaryField(max_length=32)),
                ("sealed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Source",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("slug", models.SlugField(max_length=80, unique=True, verbose_name="slug")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("bulletin", "Bulletin"),
                            ("press", "Press"),
                            ("ngo", "Organisation"),
                            ("un", "United Nations"),
                            ("dataset", "Data set"),
                            ("hotline", "Hotline"),
                            ("field_team", "Field team"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("link", models.TextField(blank=True, verbose_name="link")),
                (
                    "reliability",
                    models.CharField(
                        choices=[
                            ("A", "A - completely reliable"),
                            ("B", "B - usually reliable"),
                            ("C", "C - fairly reliable"),
                            ("D", "D - not usually reliable"),
                            ("E", "E - unreliable"),
                            ("F", "F - cannot be judged"),
                        ],
                        default="F",
                        max_length=1,
                        verbose_name="reliability",
                    ),
                ),
                ("is_protected", models.BooleanField(default=False, verbose_name="identity is protected")),
            ],
            options={
                "ordering": ["name", "id"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("reliability__in", ["A", "B", "C", "D", "E", "F"])), name="source_reliability_known"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["bulletin", "press", "ngo", "un", "dataset", "hotline", "field_team", "other"])),
                        name="source_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Affiliation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("member", "member of"),
                            ("armed_wing", "armed wing of"),
                            ("allied", "allied with"),
                            ("sponsored", "led or sponsored by"),
                            ("renamed", "renamed to"),
                            ("merged", "merged into"),
                            ("split", "split from"),
                        ],
                        max_length=20,
                        verbose_name="tie",
                    ),
                ),
                ("from_on", models.DateField(blank=True, null=True, verbose_name="from")),
                ("until_on", models.DateField(blank=True, null=True, verbose_name="until")),
                ("link", models.TextField(blank=True, verbose_name="link")),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="affiliated", to="incidents.party", verbose_name="other party"
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="affiliations", to="incidents.party", verbose_name="party"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incidents.source",
                        verbose_name="source",
                    ),
                ),
            ],
            options={
                "ordering": ["party", "from_on", "id"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("party", models.F("other")), _negated=True), name="affiliation_is_with_another"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("from_on__isnull", True), ("until_on__isnull", True), ("from_on__lte", models.F("until_on")), _connector="OR"
                        ),
                        name="affiliation_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["member", "armed_wing", "allied", "sponsored", "renamed", "merged", "split"])),
                        name="affiliation_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementArea",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("is_excluded", models.BooleanField(default=False, verbose_name="left out of the agreement")),
                (
                    "geometry",
                    models.JSONField(
                        blank=True, help_text="A Polygon or MultiPolygon, longitude before latitude.", null=True, verbose_name="GeoJSON"
                    ),
                ),
                ("from_on", models.DateField(blank=True, null=True, verbose_name="from")),
                ("until_on", models.DateField(blank=True, null=True, verbose_name="until")),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="areas", to="incidents.agreement", verbose_name="agreement"
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incidents.place",
                        verbose_name="place",
                    ),
                ),
            ],
            options={
                "ordering": ["agreement", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("place__isnull", False), ("geometry__isnull", False), _connector="OR"),
                        name="area_is_a_place_or_a_geometry",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("from_on__isnull", True), ("until_on__isnull", True), ("from_on__lte", models.F("until_on")), _connector="OR"
                        ),
                        name="area_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChangePayload",
            fields=[
                (
                    "change",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name="payload", serialize=False, to="incidents.change"
                    ),
                ),
                ("salt", models.BinaryField(max_length=16)),
                ("body", models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="ConvoyEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField()),
                ("record_id", models.UUIDField()),
                ("controller", models.CharField(blank=True, max_length=20)),
                ("month", models.DateField(null=True)),
                ("mode", models.CharField(blank=True, max_length=20)),
                ("destination_class", models.CharField(blank=True, max_length=20)),
                ("measure", models.CharField(max_length=20)),
                ("records", models.SmallIntegerField()),
                ("low", models.BigIntegerField(default=0)),
                ("best", models.BigIntegerField(default=0)),
                ("high", models.BigIntegerField(default=0)),
                ("low_unknown", models.SmallIntegerField(default=0)),
                ("best_unknown", models.SmallIntegerField(default=0)),
                ("high_unknown", models.SmallIntegerField(default=0)),
                ("agreement", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="incidents.agreement")),
            ],
            options={
                "verbose_name_plural": "convoy entries",
                "indexes": [
                    models.Index(fields=["record_id", "number"], name="convoy_entry_of_record"),
                    models.Index(fields=["agreement", "controller", "number"], name="convoy_entry_balance"),
                ],
                "constraints": [models.CheckConstraint(condition=models.Q(("records__in", [1, -1])), name="convoy_entry_adds_or_reverses")],
            },
        ),
        migrations.CreateModel(
            name="Coverage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("presence", "presence"), ("patrol", "patrol"), ("camera", "camera"), ("hotline", "hotline")],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("is_denied", models.BooleanField(default=False, verbose_name="observation was denied")),
                ("place_as_worded", models.CharField(blank=True, max_length=300, verbose_name="place, as worded")),
                ("from_on", models.DateField(verbose_name="from")),
                ("until_on", models.DateField(blank=True, null=True, verbose_name="until")),
                ("link", models.TextField(blank=True, verbose_name="link")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("external_id", models.CharField(blank=True, max_length=200, null=True, unique=True, verbose_name="id where it came from")),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="coverage", to="incidents.agreement", verbose_name="agreement"
                    ),
                ),
                (
                    "denied_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incidents.party",
                        verbose_name="denied by",
                    ),
                ),
                (
                    "observer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="coverage", to="incidents.party", verbose_name="observer"
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="coverage",
                        to="incidents.place",
                        verbose_name="place",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="coverage", to="incidents.source", verbose_name="source"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "coverage",
                "ordering": ["agreement", "from_on", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("from_on__isnull", True), ("until_on__isnull", True), ("from_on__lte", models.F("until_on")), _connector="OR"
                        ),
                        name="coverage_ends_after_it_begins",
                    ),
                    models.CheckConstraint(condition=models.Q(("kind__in", ["presence", "patrol", "camera", "hotline"])), name="coverage_kind_known"),
                    models.CheckConstraint(
                        condition=models.Q(("denied_by__isnull", True), ("is_denied", True), _connector="OR"),
                        name="coverage_denied_by_somebody_only_if_denied",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Declaration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("spoken_by", models.CharField(blank=True, max_length=200, verbose_name="spoken by")),
                (
                    "stance",
                    models.CharField(
                        choices=[
                            ("accepts", "accepts"),
                            ("extends", "extends it"),
                            ("prolong", "wants it prolonged"),
                            ("suspends", "suspends it"),
                            ("over", "declares it over"),
                            ("meaningless", "calls it meaningless"),
                            ("failed", "calls it dead or failed"),
                            ("complies", "says it has complied itself"),
                            ("blames", "blames others for failure"),
                            ("denies", "denies"),
                        ],
                        max_length=20,
                        verbose_name="stance",
                    ),
                ),
                ("declared_on", models.DateField(verbose_name="declared on")),
                ("declared_at", models.DateTimeField(blank=True, help_text="Where the hour is known.", null=True, verbose_name="at")),
                ("wording", models.TextField(blank=True, verbose_name="wording, quoted")),
                ("wording_ar", models.TextField(blank=True, verbose_name="wording in Arabic")),
                ("gist", models.TextField(blank=True, verbose_name="in our words")),
                ("link", models.TextField(blank=True, verbose_name="link")),
                ("agreement", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="declarations", to="incidents.agreement")),
                ("blamed", models.ManyToManyField(blank=True, related_name="+", to="incidents.party", verbose_name="blamed")),
                ("party", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="declarations", to="incidents.party")),
                ("source", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="declarations", to="incidents.source")),
            ],
            options={
                "ordering": ["declared_on", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "stance__in",
                                ["accepts", "extends", "prolong", "suspends", "over", "meaningless", "failed", "complies", "blames", "denies"],
                            )
                        ),
                        name="declaration_stance_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FoldedWindow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_day", models.DateField()),
                ("last_day", models.DateField(null=True)),
                ("agreement", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="incidents.agreement")),
            ],
        ),
        migrations.CreateModel(
            name="PartyAlias",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("language", models.CharField(blank=True, max_length=10, verbose_name="language")),
                ("party", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="aliases", to="incidents.party")),
            ],
            options={
                "verbose_name_plural": "party aliases",
                "constraints": [models.UniqueConstraint(fields=("party", "name"), name="party_alias_once")],
            },
        ),
        migrations.CreateModel(
            name="PlaceAlias",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("language", models.CharField(blank=True, max_length=10, verbose_name="language")),
                ("place", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="aliases", to="incidents.place")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("place", "name"), name="place_alias_once")],
            },
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField()),
                ("subject", models.CharField(max_length=250)),
                ("detail", models.JSONField(default=dict)),
                ("posted_at", models.DateTimeField(auto_now_add=True)),
                ("agreement", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="postings", to="incidents.agreement")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("subject", "agreement", "number"), name="posting_once_per_change")],
            },
        ),
        migrations.CreateModel(
            name="Profile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("slug", models.SlugField(max_length=80, unique=True, verbose_name="slug")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                (
                    "is_every_agreement",
                    models.BooleanField(default=True, help_text="Also those still to come. Otherwise those named.", verbose_name="all agreements"),
                ),
                (
                    "report_states",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        default=incidents.models.profiles.told_states,
                        size=None,
                        verbose_name="reports in these states",
                    ),
                ),
                (
                    "occurrences",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30),
                        blank=True,
                        default=list,
                        help_text="Only what a second editor has confirmed as one of these. None chosen: judged or not.",
                        size=None,
                        verbose_name="judged as",
                    ),
                ),
                (
                    "delay_hours",
                    models.PositiveIntegerField(default=0, help_text="What came in since does not exist yet.", verbose_name="delay in hours"),
                ),
                (
                    "grid",
                    models.CharField(
                        choices=[
                            ("exact", "exact"),
                            ("0.01", "snapped to 0.01° (1 km)"),
                            ("0.05", "snapped to 0.05° (5 km)"),
                            ("0.1", "snapped to 0.1° (11 km)"),
                            ("0.25", "snapped to 0.25° (28 km)"),
                            ("0.5", "snapped to 0.5° (55 km)"),
                        ],
                        default="exact",
                        help_text="Snapped: places finer than the grid are not named.",
                        max_length=10,
                        verbose_name="coordinates",
                    ),
                ),
                (
                    "shows_sources",
                    models.BooleanField(default=True, help_text="Without: no source, link, wording or speaker.", verbose_name="names sources"),
                ),
                (
                    "shows_wording",
                    models.BooleanField(
                        default=True, help_text="Words may name a place more exactly than the grid.", verbose_name="gives the wording received"
                    ),
                ),
                ("shows_convoys", models.BooleanField(default=True, verbose_name="gives convoys that are released")),
                ("shows_evidence", models.BooleanField(default=True, verbose_name="gives evidence")),
                ("version", models.PositiveIntegerField(default=1)),
                ("agreements", models.ManyToManyField(blank=True, related_name="+", to="incidents.agreement", verbose_name="agreements")),
            ],
            options={
                "ordering": ["name", "id"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("delay_hours__lte", 8784)), name="profile_delay_of_a_year_at_most"),
                    models.CheckConstraint(
                        condition=models.Q(("grid__in", ["exact", "0.01", "0.05", "0.1", "0.25", "0.5"])), name="profile_grid_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("report_states__contained_by", ["submitted", "duplicate", "superseded", "retracted"])),
                        name="profile_states_known_and_no_drafts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "occurrences__contained_by",
                                [
                                    "unverified",
                                    "under_review",
                                    "corroborated",
                                    "verified",
                                    "disputed",
                                    "not_verifiable",
                                    "unfounded",
                                    "refuted",
                                    "outside_terms",
                                ],
                            )
                        ),
                        name="profile_occurrences_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Response",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("spoken_by", models.CharField(blank=True, max_length=200, verbose_name="spoken by")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("denies", "denies the act"),
                            ("blames_another", "blames another"),
                            ("admits_denies_responsibility", "admits the act, denies responsibility"),
                            ("admits_other_explanation", "admits with another explanation"),
                            ("accepts", "accepts responsibility"),
                            ("claims", "claims it"),
                            ("opens_inquiry", "opens an inquiry"),
                            ("regrets", "expresses regret"),
                        ],
                        max_length=40,
                        verbose_name="answer",
                    ),
                ),
                ("answered_on", models.DateField(verbose_name="answered on")),
                ("wording", models.TextField(blank=True, verbose_name="wording, quoted")),
                ("gist", models.TextField(blank=True, verbose_name="in our words")),
                ("link", models.TextField(blank=True, verbose_name="link")),
                (
                    "blamed",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incidents.party",
                        verbose_name="blamed",
                    ),
                ),
                ("incident", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="responses", to="incidents.incident")),
                ("party", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="responses", to="incidents.party")),
                (
                    "target_party",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incidents.party",
                        verbose_name="party that it says was aimed at",
                    ),
                ),
                ("source", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="responses", to="incidents.source")),
            ],
            options={
                "ordering": ["answered_on", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "denies",
                                    "blames_another",
                                    "admits_denies_responsibility",
                                    "admits_other_explanation",
                                    "accepts",
                                    "claims",
                                    "opens_inquiry",
                                    "regrets",
                                ],
                            )
                        ),
                        name="response_kind_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("sealed_at", models.DateTimeField()),
                ("hash", models.BinaryField(max_length=32)),
                ("change", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="seal", to="incidents.change")),
            ],
            options={
                "indexes": [models.Index(fields=["sealed_at"], name="seal_by_instant")],
            },
        ),
        migrations.CreateModel(
            name="Side",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("code", models.CharField(max_length=1, verbose_name="letter")),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("name_ar", models.CharField(blank=True, max_length=200, verbose_name="name in Arabic")),
                ("agreement", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="sides", to="incidents.agreement")),
            ],
            options={
                "ordering": ["agreement", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("agreement", "code"), name="side_code_once_in_agreement"),
                    models.UniqueConstraint(fields=("agreement", "position"), name="side_position_once_in_agreement"),
                    models.CheckConstraint(condition=models.Q(("code__regex", "^[A-Z]$")), name="side_code_is_a_letter"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Term",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("number", models.CharField(max_length=20, verbose_name="number")),
                (
                    "subject",
                    models.CharField(
                        choices=[
                            ("cessation_of_fire", "Cessation of fire"),
                            ("humanitarian_access", "Humanitarian access"),
                            ("no_territorial_gain", "No territorial gain"),
                            ("withdrawal", "Withdrawal of weapons"),
                            ("freedom_of_movement", "Freedom of movement"),
                            ("detainees", "Detainees"),
                            ("coordination", "Coordination"),
                        ],
                        max_length=30,
                        verbose_name="subject",
                    ),
                ),
                ("summary", models.TextField(blank=True, verbose_name="summary")),
                ("agreement", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="terms", to="incidents.agreement")),
            ],
            options={
                "ordering": ["agreement", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("agreement", "number"), name="term_number_once_in_agreement"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "subject__in",
                                [
                                    "cessation_of_fire",
                                    "humanitarian_access",
                                    "no_territorial_gain",
                                    "withdrawal",
                                    "freedom_of_movement",
                                    "detainees",
                                    "coordination",
                                ],
                            )
                        ),
                        name="term_subject_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Unsealed",
            fields=[
                (
                    "change",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name="+", serialize=False, to="incidents.change"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField()),
                ("series", models.CharField(max_length=20)),
                ("bucket", models.CharField(max_length=20)),
                ("violation_type", models.CharField(blank=True, max_length=30)),
                ("unit", models.CharField(max_length=20)),
                ("day", models.DateField(null=True)),
                ("first_day", models.DateField(null=True)),
                ("last_day", models.DateField(null=True)),
                ("subject", models.CharField(max_length=250)),
                ("record_type", models.CharField(max_length=40)),
                ("record_id", models.UUIDField()),
                ("measure", models.CharField(max_length=20)),
                ("harm_group", models.CharField(blank=True, max_length=20)),
                ("records", models.SmallIntegerField()),
                ("low", models.BigIntegerField(default=0)),
                ("best", models.BigIntegerField(default=0)),
                ("high", models.BigIntegerField(default=0)),
                ("low_unknown", models.SmallIntegerField(default=0)),
                ("best_unknown", models.SmallIntegerField(default=0)),
                ("high_unknown", models.SmallIntegerField(default=0)),
                ("agreement", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="incidents.agreement")),
                ("claimant", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="incidents.party")),
                ("area", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="incidents.place")),
                ("posting", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="incidents.posting")),
                ("side", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="incidents.side")),
            ],
            options={
                "verbose_name_plural": "ledger entries",
                "indexes": [
                    models.Index(fields=["agreement", "series", "measure", "number"], name="entry_balance"),
                    models.Index(fields=["subject", "agreement"], name="entry_subject"),
                    models.Index(fields=["number"], name="entry_number"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "series__in",
                                [
                                    "claimed",
                                    "claimed_daily",
                                    "logged",
                                    "incidents",
                                    "verified",
                                    "disputed",
                                    "not_verifiable",
                                    "unfounded",
                                    "refuted",
                                    "outside_terms",
                                ],
                            )
                        ),
                        name="entry_series_known",
                    ),
                    models.CheckConstraint(condition=models.Q(("bucket__in", ["side", "no_side", "nobody", "several"])), name="entry_bucket_known"),
                    models.CheckConstraint(
                        condition=models.Q(("unit__in", ["violation", "incident", "explosion", "burst", "shot", "projectile", "arrest"])),
                        name="entry_unit_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "violation_type__in",
                                [
                                    "airstrike",
                                    "shelling",
                                    "rocket",
                                    "mortar",
                                    "small_arms",
                                    "sniper",
                                    "mine",
                                    "drone",
                                    "clash",
                                    "advance",
                                    "incursion",
                                    "movement",
                                    "weapons_beyond_lines",
                                    "fortification",
                                    "aid_blocked",
                                    "aid_delayed",
                                    "supplies_removed",
                                    "convoy_attacked",
                                    "aid_worker_harmed",
                                    "siege",
                                    "service_cut",
                                    "attack_on_civilians",
                                    "attack_on_medical",
                                    "attack_on_school",
                                    "displacement",
                                    "sexual_violence",
                                    "looting",
                                    "child_recruitment",
                                    "arrest",
                                    "monitors_denied",
                                    "monitors_delayed",
                                    "monitors_conditional",
                                    "monitor_attacked",
                                    "drone_jammed",
                                    "overflight",
                                    "hostile_propaganda",
                                    "other",
                                    "",
                                ],
                            )
                        ),
                        name="entry_type_known",
                    ),
                    models.CheckConstraint(condition=models.Q(("records__in", [1, -1])), name="entry_adds_or_reverses"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("bucket", "side"), ("side__isnull", False)),
                            models.Q(models.Q(("bucket", "side"), _negated=True), ("side__isnull", True)),
                            _connector="OR",
                        ),
                        name="entry_names_a_side_exactly_when_on_one",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("on_side", "On a side"),
                            ("guarantor", "Guarantor or broker"),
                            ("monitor", "Monitor"),
                            ("humanitarian", "Humanitarian"),
                            ("third_party", "Third party"),
                            ("excluded", "Excluded from the truce"),
                        ],
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                ("from_on", models.DateField(blank=True, null=True, verbose_name="from")),
                ("until_on", models.DateField(blank=True, null=True, verbose_name="until")),
                ("agreement", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="memberships", to="incidents.agreement")),
                ("party", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to="incidents.party")),
                (
                    "side",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to="incidents.side"
                    ),
                ),
            ],
            options={
                "ordering": ["agreement", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("role", "on_side"), ("side__isnull", False)),
                            models.Q(models.Q(("role", "on_side"), _negated=True), ("side__isnull", True)),
                            _connector="OR",
                        ),
                        name="membership_names_a_side_exactly_when_on_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("from_on__isnull", True), ("until_on__isnull", True), ("from_on__lte", models.F("until_on")), _connector="OR"
                        ),
                        name="membership_ends_after_it_begins",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("role", "on_side")),
                        expressions=[
                            ("agreement", "="),
                            ("party", "="),
                            ("side", "<>"),
                            (
                                models.Func(
                                    "from_on",
                                    "until_on",
                                    models.Value("[]"),
                                    function="daterange",
                                    output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="membership_on_one_side_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["on_side", "guarantor", "monitor", "humanitarian", "third_party", "excluded"])),
                        name="membership_role_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rollup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("grain", models.CharField(max_length=10)),
                ("series", models.CharField(max_length=20)),
                ("bucket", models.CharField(max_length=20)),
                ("unit", models.CharField(max_length=20)),
                ("measure", models.CharField(max_length=20)),
                ("harm_group", models.CharField(blank=True, max_length=20)),
                ("in_force", models.BooleanField()),
                ("violation_type", models.CharField(blank=True, max_length=30)),
                ("day", models.DateField(null=True)),
                ("first_day", models.DateField(null=True)),
                ("last_day", models.DateField(null=True)),
                ("month", models.DateField(null=True)),
                ("records", models.BigIntegerField()),
                ("low", models.BigIntegerField()),
                ("best", models.BigIntegerField()),
                ("high", models.BigIntegerField()),
                ("low_unknown", models.BigIntegerField()),
                ("best_unknown", models.BigIntegerField()),
                ("high_unknown", models.BigIntegerField()),
                ("agreement", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="incidents.agreement")),
                ("area", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="incidents.place")),
                ("claimant", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="incidents.party")),
                ("side", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="incidents.side")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "agreement",
                            "grain",
                            "series",
                            "measure",
                            "bucket",
                            "side",
                            "unit",
                            "harm_group",
                            "in_force",
                            "claimant",
                            "violation_type",
                            "day",
                            "first_day",
                            "last_day",
                            "month",
                            "area",
                        ),
                        name="rollup_once_per_cell",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(condition=models.Q(("grain__in", ["type", "day", "area", "month"])), name="rollup_grain_known"),
                ],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="email address")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False, help_text="Designates whether the user can log into this admin site.", verbose_name="staff status"
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("analyst", "Analyst"),
                            ("editor", "Editor"),
                            ("partner", "Partner"),
                            ("administrator", "Administrator"),
                            ("none", "No role"),
                        ],
                        default="partner",
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                ("has_grants", models.BooleanField(default=False, editable=False)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        blank=True,
                        help_text="For partners: what they are given of the record. None: all but drafts, protected sources and unreleased convoys.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="carriers",
                        to="incidents.profile",
                        verbose_name="visibility profile",
                    ),
                ),
            ],
            options={
                "verbose_name": "user",
                "verbose_name_plural": "users",
                "abstract": False,
            },
            managers=[
                ("objects", django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="AggregateClaim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("spoken_by", models.CharField(blank=True, max_length=200, verbose_name="spoken by")),
                ("accused_as_worded", models.CharField(blank=True, max_length=300, verbose_name="accused, as worded")),
                ("count", models.PositiveIntegerField(blank=True, null=True, verbose_name="number")),
                (
                    "qualifier",
                    models.CharField(
                        choices=[
                            ("exactly", "exactly"),
                            ("at_least", "at least"),
                            ("more_than", "more than"),
                            ("about", "about"),
                            ("up_to", "up to"),
                        ],
                        default="exactly",
                        max_length=20,
                        verbose_name="as stated",
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("violation", "violations (as stated)"),
                            ("incident", "incidents"),
                            ("explosion", "explosions"),
                            ("burst", "bursts"),
                            ("shot", "shots"),
                            ("projectile", "projectiles or trajectories"),
                            ("arrest", "persons arrested"),
                        ],
                        default="violation",
                        max_length=20,
                        verbose_name="unit",
                    ),
                ),
                (
                    "basis",
                    models.CharField(choices=[("cumulative", "cumulative"), ("periodic", "for a period")], max_length=20, verbose_name="basis"),
                ),
                ("counted_from", models.DateField(blank=True, null=True, verbose_name="counted from")),
                ("period_start", models.DateField(blank=True, null=True, verbose_name="period from")),
                ("period_end", models.DateField(verbose_name="period to, or as of")),
                ("confirmed_count", models.PositiveIntegerField(blank=True, null=True, verbose_name="confirmed by the counterpart")),
                ("covers_24_hours", models.BooleanField(default=False, verbose_name="for the 24 hours before publication")),
                ("published_on", models.DateField(verbose_name="published on")),
                ("link", models.TextField(blank=True, verbose_name="link")),
                ("wording", models.TextField(blank=True, verbose_name="wording received")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("version", models.PositiveIntegerField(default=1)),
                ("retracted_at", models.DateTimeField(blank=True, null=True)),
                ("retraction_reason", models.TextField(blank=True, null=True)),
                ("external_id", models.CharField(blank=True, max_length=200, null=True, unique=True, verbose_name="id where it came from")),
                (
                    "entered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="aggregate_claims_entered",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="incidents.aggregateclaim",
                    ),
                ),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="aggregate_claims",
                        to="incidents.agreement",
                        verbose_name="agreement",
                    ),
                ),
                (
                    "claimant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="aggregate_claims", to="incidents.party", verbose_name="claimant"
                    ),
                ),
                (
                    "counterpart",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incidents.party",
                        verbose_name="counterpart",
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incidents.place",
                        verbose_name="area it speaks of",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="aggregate_claims", to="incidents.source", verbose_name="source"
                    ),
                ),
            ],
            options={
                "ordering": ["-published_on", "-id"],
                "indexes": [models.Index(fields=["agreement", "-id"], name="aggregate_claim_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("unit__in", ["violation", "incident", "explosion", "burst", "shot", "projectile", "arrest"])),
                        name="aggregate_claim_unit_known",
                    ),
                    models.CheckConstraint(condition=models.Q(("basis__in", ["cumulative", "periodic"])), name="aggregate_claim_basis_known"),
                    models.CheckConstraint(
                        condition=models.Q(("qualifier__in", ["exactly", "at_least", "more_than", "about", "up_to"])),
                        name="aggregate_claim_qualifier_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("period_start__isnull", True),
                            ("period_end__isnull", True),
                            ("period_start__lte", models.F("period_end")),
                            _connector="OR",
                        ),
                        name="aggregate_claim_period_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("counted_from__isnull", True),
                            ("period_end__isnull", True),
                            ("counted_from__lte", models.F("period_end")),
                            _connector="OR",
                        ),
                        name="aggregate_claim_counts_forward",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("basis", "cumulative"), ("counted_from__isnull", False)),
                            models.Q(("basis", "periodic"), ("counted_from__isnull", True), ("period_start__isnull", False)),
                            _connector="OR",
                        ),
                        name="aggregate_claim_says_since_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("count__isnull", True), ("count__gte", 0), _connector="OR"), name="aggregate_claim_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("retracted_at__isnull", True), ("retraction_reason__isnull", True)),
                            models.Q(("retracted_at__isnull", False), ("retraction_reason__isnull", False)),
                            _connector="OR",
                        ),
                        name="aggregate_claim_retraction_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("confirmed_count__isnull", True), ("counterpart__isnull", False), _connector="OR"),
                        name="aggregate_claim_confirmed_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementRole",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "role",
                    models.CharField(
                        choices=[("analyst", "Analyst"), ("editor", "Editor"), ("partner", "Partner"), ("none", "No role")],
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="roles", to="incidents.agreement", verbose_name="agreement"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="agreement_roles",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "role on an agreement",
                "verbose_name_plural": "roles on agreements",
                "constraints": [
                    models.UniqueConstraint(fields=("user", "agreement"), name="one_role_an_agreement"),
                    models.CheckConstraint(condition=models.Q(("role__in", ["analyst", "editor", "partner", "none"])), name="agreement_role_known"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("lookup", models.CharField(max_length=16, unique=True)),
                ("secret_hash", models.CharField(max_length=64)),
                ("former_hash", models.CharField(blank=True, max_length=64)),
                ("former_until", models.DateTimeField(blank=True, null=True)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=incidents.models.keys.every_scope, size=None, verbose_name="opens"
                    ),
                ),
                (
                    "is_every_agreement",
                    models.BooleanField(default=True, help_text="All that its owner sees. Otherwise those named.", verbose_name="all agreements"),
                ),
                (
                    "networks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=43), blank=True, default=list, size=None, verbose_name="from these addresses"
                    ),
                ),
                ("per_minute", models.PositiveIntegerField(default=600, verbose_name="requests a minute")),
                ("rotated_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField(verbose_name="expires")),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("last_used_at", models.DateTimeField(blank=True, null=True, verbose_name="last used")),
                ("agreements", models.ManyToManyField(blank=True, related_name="+", to="incidents.agreement", verbose_name="agreements")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="api_keys", to=settings.AUTH_USER_MODEL, verbose_name="owner"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("former_until__isnull", True), ("rotated_at__isnull", True)),
                            models.Q(("former_until__isnull", False), ("rotated_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="key_former_secret_only_after_a_rotation",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "scopes__contained_by",
                                [
                                    "read",
                                    "evidence",
                                    "convoys",
                                    "changes",
                                    "exports",
                                    "internal",
                                    "write-reports",
                                    "write-claims",
                                    "write-convoys",
                                    "write-coverage",
                                    "write-reference",
                                    "review",
                                    "import",
                                    "administer",
                                ],
                            )
                        ),
                        name="key_scopes_known",
                    ),
                    models.CheckConstraint(condition=models.Q(("per_minute__range", (1, 60000))), name="key_rate_in_range"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "expires_at__lte",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.functions.comparison.Coalesce(models.F("rotated_at"), models.F("created_at")),
                                        "+",
                                        models.Value(datetime.timedelta(days=90)),
                                    ),
                                    "+",
                                    models.Value(datetime.timedelta(seconds=60)),
                                ),
                            )
                        ),
                        name="key_expires_in_ninety_days",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Assessment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "occurrence",
                    models.CharField(
                        choices=[
                            ("unverified", "unverified"),
                            ("under_review", "under review"),
                            ("corroborated", "corroborated"),
                            ("verified", "verified"),
                            ("disputed", "disputed"),
                            ("not_verifiable", "could not be verified"),
                            ("unfounded", "unfounded: no credible basis"),
                            ("refuted", "refuted: shown not to have happened"),
                            ("outside_terms", "outside the terms: happened, not a violation"),
                        ],
                        default="unverified",
                        max_length=20,
                        verbose_name="occurrence",
                    ),
                ),
                (
                    "attribution",
                    models.CharField(
                        choices=[("attributed", "attributed"), ("contested", "contested"), ("not_established", "not established")],
                        default="not_established",
                        max_length=20,
                        verbose_name="attribution",
                    ),
                ),
                (
                    "harm_grade",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("confirmed", "confirmed: the responsible party admits it"),
                            ("fair", "fair: two or more credible sources and a likely actor"),
                            ("weak", "weak: one source"),
                            ("contested", "contested: competing claims of responsibility"),
                            ("discounted", "discounted"),
                        ],
                        max_length=20,
                        verbose_name="harm grade",
                    ),
                ),
                ("target_as_assessed", models.CharField(blank=True, max_length=300, verbose_name="target, as assessed")),
                (
                    "in_force",
                    models.CharField(
                        choices=[("yes", "yes"), ("no", "no"), ("contested", "contested"), ("unknown", "unknown")],
                        default="unknown",
                        max_length=20,
                        verbose_name="in force?",
                    ),
                ),
                (
                    "party_bound",
                    models.CharField(
                        choices=[("yes", "yes"), ("no", "no"), ("contested", "contested"), ("unknown", "unknown")],
                        default="unknown",
                        max_length=20,
                        verbose_name="party bound?",
                    ),
                ),
                (
                    "target_excluded",
                    models.CharField(
                        choices=[("yes", "yes"), ("no", "no"), ("contested", "contested"), ("unknown", "unknown")],
                        default="unknown",
                        max_length=20,
                        verbose_name="target excluded?",
                    ),
                ),
                (
                    "place_covered",
                    models.CharField(
                        choices=[("yes", "yes"), ("no", "no"), ("contested", "contested"), ("unknown", "unknown")],
                        default="unknown",
                        max_length=20,
                        verbose_name="place covered?",
                    ),
                ),
                ("scope_reasons", models.JSONField(blank=True, default=dict, verbose_name="reasons for the scope answers")),
                ("reason", models.TextField(blank=True, verbose_name="reason, internal")),
                ("public_summary", models.TextField(blank=True, verbose_name="public summary")),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="assessments", to="incidents.agreement", verbose_name="agreement"
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessments_confirmed",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessments_decided",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="assessments", to="incidents.incident", verbose_name="incident"
                    ),
                ),
                (
                    "attributed_party",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incidents.party",
                        verbose_name="attributed to a party",
                    ),
                ),
                (
                    "target_party",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incidents.party",
                        verbose_name="party struck, as assessed",
                    ),
                ),
                (
                    "attributed_side",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incidents.side",
                        verbose_name="attributed to a side",
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessments",
                        to="incidents.term",
                        verbose_name="term broken",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(fields=("incident", "agreement"), name="assessment_once_per_incident_and_agreement"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("decided_by__isnull", True)),
                            models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="assessment_decision_is_dated",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="assessment_confirmation_is_dated",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("confirmed_by__isnull", True), ("decided_by__isnull", False), _connector="OR"),
                        name="assessment_decided_before_confirmed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by__isnull", True), models.Q(("confirmed_by", models.F("decided_by")), _negated=True), _connector="OR"
                        ),
                        name="assessment_confirmed_by_a_second_editor",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("decided_by__isnull", True), models.Q(("reason", ""), _negated=True), _connector="OR"),
                        name="assessment_decision_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("attributed_party__isnull", True), ("attributed_side__isnull", True), _connector="OR"),
                        name="assessment_attributed_to_a_party_or_a_side",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("attribution", "attributed"),
                                models.Q(("attributed_party__isnull", False), ("attributed_side__isnull", False), _connector="OR"),
                            ),
                            models.Q(
                                models.Q(("attribution", "attributed"), _negated=True),
                                ("attributed_party__isnull", True),
                                ("attributed_side__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="assessment_names_whom_exactly_when_attributed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "occurrence__in",
                                [
                                    "unverified",
                                    "under_review",
                                    "corroborated",
                                    "verified",
                                    "disputed",
                                    "not_verifiable",
                                    "unfounded",
                                    "refuted",
                                    "outside_terms",
                                ],
                            )
                        ),
                        name="assessment_occurrence_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("attribution__in", ["attributed", "contested", "not_established"])), name="assessment_attribution_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("harm_grade__in", ["confirmed", "fair", "weak", "contested", "discounted", ""])),
                        name="assessment_harm_grade_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("in_force__in", ["yes", "no", "contested", "unknown"])), name="assessment_in_force_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("party_bound__in", ["yes", "no", "contested", "unknown"])), name="assessment_party_bound_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("target_excluded__in", ["yes", "no", "contested", "unknown"])), name="assessment_target_excluded_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("place_covered__in", ["yes", "no", "contested", "unknown"])), name="assessment_place_covered_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("held_since", models.DateTimeField(blank=True, null=True)),
                ("held_until", models.DateTimeField(blank=True, null=True)),
                ("opened_at", models.DateTimeField(auto_now_add=True)),
                (
                    "assigned_to",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="cases_assigned", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "held_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="cases_held", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("incident", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="case", to="incidents.incident")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("held_by__isnull", True), ("held_since__isnull", True), ("held_until__isnull", True)),
                            models.Q(("held_by__isnull", False), ("held_since__isnull", False), ("held_until__isnull", False)),
                            _connector="OR",
                        ),
                        name="case_hold_is_dated",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("comment", "Comment"), ("question", "Question"), ("answer", "Answer")],
                        default="comment",
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("body", models.TextField(verbose_name="text")),
                (
                    "answers",
                    models.OneToOneField(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="answered_by", to="incidents.comment"
                    ),
                ),
                ("by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="comments", to=settings.AUTH_USER_MODEL)),
                (
                    "put_to",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="questions", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("incident", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="comments", to="incidents.incident")),
            ],
            options={
                "ordering": ["incident", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "question"), ("put_to__isnull", False)),
                            models.Q(models.Q(("kind", "question"), _negated=True), ("put_to__isnull", True)),
                            _connector="OR",
                        ),
                        name="comment_put_to_somebody_exactly_when_a_question",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answers__isnull", False), ("kind", "answer")),
                            models.Q(models.Q(("kind", "answer"), _negated=True), ("answers__isnull", True)),
                            _connector="OR",
                        ),
                        name="comment_answers_exactly_when_an_answer",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Convoy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("reference", models.CharField(max_length=100, unique=True, verbose_name="reference")),
                (
                    "mode",
                    models.CharField(
                        blank=True,
                        choices=[("cross_line", "cross-line"), ("cross_border", "cross-border"), ("air_drop", "air drop"), ("air_lift", "air lift")],
                        max_length=20,
                        verbose_name="mode",
                    ),
                ),
                ("origin_as_worded", models.CharField(blank=True, max_length=300, verbose_name="origin, as worded")),
                ("destination_as_worded", models.CharField(blank=True, max_length=300, verbose_name="destination, as worded")),
                (
                    "destination_class",
                    models.CharField(
                        blank=True,
                        choices=[("besieged", "besieged"), ("hard_to_reach", "hard to reach"), ("other", "other")],
                        max_length=20,
                        verbose_name="class of destination",
                    ),
                ),
                ("planned_on", models.DateField(blank=True, null=True, verbose_name="planned for")),
                (
                    "ended_on",
                    models.DateField(
                        blank=True, help_text="Where no source reports an end: the day by which it was over.", null=True, verbose_name="over by"
                    ),
                ),
                ("people_requested", models.PositiveIntegerField(blank=True, null=True, verbose_name="people requested for")),
                ("people_requested_low", models.PositiveIntegerField(blank=True, null=True, verbose_name="people requested for, at least")),
                ("people_requested_high", models.PositiveIntegerField(blank=True, null=True, verbose_name="people requested for, at most")),
                ("people_approved", models.PositiveIntegerField(blank=True, null=True, verbose_name="people approved")),
                ("people_approved_low", models.PositiveIntegerField(blank=True, null=True, verbose_name="people approved, at least")),
                ("people_approved_high", models.PositiveIntegerField(blank=True, null=True, verbose_name="people approved, at most")),
                ("people_reached", models.PositiveIntegerField(blank=True, null=True, verbose_name="people reached")),
                ("people_reached_low", models.PositiveIntegerField(blank=True, null=True, verbose_name="people reached, at least")),
                ("people_reached_high", models.PositiveIntegerField(blank=True, null=True, verbose_name="people reached, at most")),
                ("trucks_planned", models.PositiveIntegerField(blank=True, null=True, verbose_name="trucks planned")),
                ("trucks_departed", models.PositiveIntegerField(blank=True, null=True, verbose_name="trucks departed")),
                ("trucks_arrived", models.PositiveIntegerField(blank=True, null=True, verbose_name="trucks arrived")),
                ("trucks_lost", models.PositiveIntegerField(blank=True, null=True, verbose_name="trucks lost")),
                ("link", models.TextField(blank=True, verbose_name="link")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("version", models.PositiveIntegerField(default=1)),
                ("external_id", models.CharField(blank=True, max_length=200, null=True, unique=True, verbose_name="id where it came from")),
                ("released_at", models.DateTimeField(blank=True, null=True, verbose_name="open to partners from")),
                (
                    "agreement",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="convoys",
                        to="incidents.agreement",
                        verbose_name="agreement",
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="convoys_entered",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "release_confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="convoy_releases_confirmed",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "released_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="convoys_released",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="convoys",
                        to="incidents.incident",
                        verbose_name="incident",
                    ),
                ),
                ("agencies", models.ManyToManyField(blank=True, related_name="convoys_joined", to="incidents.party", verbose_name="agencies")),
                (
                    "operator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="convoys_run", to="incidents.party", verbose_name="operator"
                    ),
                ),
                (
                    "destination",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="convoys",
                        to="incidents.place",
                        verbose_name="destination",
                    ),
                ),
                (
                    "origin",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incidents.place",
                        verbose_name="origin",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="convoys", to="incidents.source", verbose_name="source"
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="convoys",
                        to="incidents.term",
                        verbose_name="term",
                    ),
                ),
            ],
            options={
                "ordering": ["-planned_on", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("mode__in", ["cross_line", "cross_border", "air_drop", "air_lift", ""])), name="convoy_mode_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("destination_class__in", ["besieged", "hard_to_reach", "other", ""])),
                        name="convoy_destination_class_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("people_requested__isnull", True), ("people_requested__gte", 0), _connector="OR"),
                            models.Q(("people_approved__isnull", True), ("people_approved__gte", 0), _connector="OR"),
                            models.Q(("people_reached__isnull", True), ("people_reached__gte", 0), _connector="OR"),
                            models.Q(("trucks_planned__isnull", True), ("trucks_planned__gte", 0), _connector="OR"),
                            models.Q(("trucks_departed__isnull", True), ("trucks_departed__gte", 0), _connector="OR"),
                            models.Q(("trucks_arrived__isnull", True), ("trucks_arrived__gte", 0), _connector="OR"),
                            models.Q(("trucks_lost__isnull", True), ("trucks_lost__gte", 0), _connector="OR"),
                        ),
                        name="convoy_counts_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("people_requested_low__isnull", True),
                                ("people_requested__isnull", True),
                                ("people_requested_low__lte", models.F("people_requested")),
                                _connector="OR",
                            ),
                            models.Q(
                                ("people_requested_low__isnull", True),
                                ("people_requested_high__isnull", True),
                                ("people_requested_low__lte", models.F("people_requested_high")),
                                _connector="OR",
                            ),
                            models.Q(
                                ("people_requested__isnull", True),
                                ("people_requested_high__isnull", True),
                                ("people_requested__lte", models.F("people_requested_high")),
                                _connector="OR",
                            ),
                        ),
                        name="convoy_people_requested_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("people_approved_low__isnull", True),
                                ("people_approved__isnull", True),
                                ("people_approved_low__lte", models.F("people_approved")),
                                _connector="OR",
                            ),
                            models.Q(
                                ("people_approved_low__isnull", True),
                                ("people_approved_high__isnull", True),
                                ("people_approved_low__lte", models.F("people_approved_high")),
                                _connector="OR",
                            ),
                            models.Q(
                                ("people_approved__isnull", True),
                                ("people_approved_high__isnull", True),
                                ("people_approved__lte", models.F("people_approved_high")),
                                _connector="OR",
                            ),
                        ),
                        name="convoy_people_approved_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("people_reached_low__isnull", True),
                                ("people_reached__isnull", True),
                                ("people_reached_low__lte", models.F("people_reached")),
                                _connector="OR",
                            ),
                            models.Q(
                                ("people_reached_low__isnull", True),
                                ("people_reached_high__isnull", True),
                                ("people_reached_low__lte", models.F("people_reached_high")),
                                _connector="OR",
                            ),
                            models.Q(
                                ("people_reached__isnull", True),
                                ("people_reached_high__isnull", True),
                                ("people_reached__lte", models.F("people_reached_high")),
                                _connector="OR",
                            ),
                        ),
                        name="convoy_people_reached_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("trucks_arrived__isnull", True),
                            ("trucks_departed__isnull", True),
                            ("trucks_arrived__lte", models.F("trucks_departed")),
                            _connector="OR",
                        ),
                        name="convoy_no_more_arrive_than_left",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("released_at__isnull", True), ("released_by__isnull", True)),
                            models.Q(("released_at__isnull", False), ("released_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="convoy_release_is_dated",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("release_confirmed_by__isnull", True), ("released_by__isnull", False), _connector="OR"),
                        name="convoy_release_begun_before_confirmed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("release_confirmed_by__isnull", True),
                            models.Q(("release_confirmed_by", models.F("released_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="convoy_released_by_two",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("fields", models.JSONField(default=dict)),
                ("version", models.PositiveIntegerField(default=1)),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to="incidents.agreement", verbose_name="agreement"
                    ),
                ),
                ("begun_by", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to=settings.AUTH_USER_MODEL)),
                ("changed_by", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "ordering": ["-changed_at"],
                "indexes": [models.Index(fields=["begun_by", "-changed_at"], name="draft_of_person")],
            },
        ),
        migrations.CreateModel(
            name="ExportJob",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("of", models.CharField(max_length=40, verbose_name="of what")),
                ("format", models.CharField(max_length=40, verbose_name="format")),
                ("filter", models.JSONField(default=dict)),
                ("mark", models.CharField(max_length=100, verbose_name="drawn for")),
                (
                    "state",
                    models.CharField(
                        choices=[("queued", "queued"), ("running", "running"), ("done", "done"), ("failed", "failed"), ("expired", "expired")],
                        default="queued",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                ("claimed_until", models.DateTimeField(blank=True, null=True)),
                ("rows", models.PositiveIntegerField(blank=True, null=True, verbose_name="rows")),
                ("written", models.BigIntegerField(default=0, verbose_name="bytes written")),
                ("change", models.BigIntegerField(blank=True, null=True)),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                ("stored_as", models.CharField(blank=True, max_length=300)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("problem", models.TextField(blank=True)),
                ("by", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="exports", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [models.Index(condition=models.Q(("state__in", ["queued", "running"])), fields=["claimed_until"], name="export_waiting")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["queued", "running", "done", "failed", "expired"])), name="export_state_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("state", "done"), _negated=True), models.Q(("sha256", ""), _negated=True), _connector="OR"),
                        name="export_done_has_a_hash",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Feed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField(default=0)),
                ("followed", models.BigIntegerField(default=0)),
                ("looked_at", models.DateTimeField(null=True)),
                ("seen_as", models.CharField(blank=True, max_length=40)),
                ("user", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="feed", to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name="ImportBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("format", models.CharField(max_length=40, verbose_name="format")),
                ("file_name", models.CharField(max_length=300, verbose_name="file")),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField(verbose_name="bytes")),
                ("stored_as", models.CharField(blank=True, max_length=300)),
                ("encoding", models.CharField(blank=True, max_length=40, verbose_name="encoding")),
                ("separator", models.CharField(blank=True, max_length=4, verbose_name="separator")),
                ("header", models.JSONField(blank=True, default=list, verbose_name="columns of the file")),
                ("mapping", models.JSONField(blank=True, default=dict, verbose_name="which column is what")),
                ("options", models.JSONField(blank=True, default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "received"),
                            ("previewed", "previewed"),
                            ("queued", "queued"),
                            ("running", "running"),
                            ("done", "done"),
                            ("failed", "failed"),
                            ("undone", "undone"),
                        ],
                        default="received",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                ("problem", models.TextField(blank=True, verbose_name="problem")),
                ("rows_sent", models.PositiveIntegerField(blank=True, null=True, verbose_name="rows sent")),
                ("rows_read", models.PositiveIntegerField(default=0, verbose_name="rows read")),
                (
                    "is_staged",
                    models.BooleanField(default=False, help_text="Every raw row is in the database, so that a worker can go on with them."),
                ),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                ("undo_reason", models.TextField(blank=True, null=True)),
                (
                    "agreement",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="imports",
                        to="incidents.agreement",
                        verbose_name="agreement",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="imports", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "import batches",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="import_hash_is_sha256"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("undo_reason__isnull", True), ("undone_at__isnull", True)),
                            models.Q(("undo_reason__isnull", False), ("undone_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="import_undone_with_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Recount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("queued", "queued"), ("running", "running"), ("done", "done"), ("failed", "failed")],
                        default="queued",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                ("heals", models.BooleanField(default=True, verbose_name="heals what differs")),
                ("number", models.BigIntegerField(blank=True, null=True, verbose_name="as of change")),
                ("agreements", models.PositiveIntegerField(blank=True, null=True, verbose_name="agreements")),
                ("agreements_done", models.PositiveIntegerField(default=0, verbose_name="agreements recounted")),
                ("subjects", models.PositiveBigIntegerField(default=0, verbose_name="records recounted")),
                ("found", models.JSONField(blank=True, default=list, verbose_name="differences")),
                ("problem", models.TextField(blank=True, verbose_name="problem")),
                ("seen_at", models.DateTimeField(blank=True, null=True, verbose_name="last sign of life")),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="SentRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=255)),
                ("body_hash", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField()),
                ("answer", models.JSONField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user", "key"), name="sent_request_once")],
            },
        ),
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("content", models.JSONField()),
                ("hash", models.BinaryField(max_length=32)),
                ("agreement", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="snapshots", to="incidents.agreement")),
                (
                    "published_by",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Webhook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("url", models.CharField(max_length=500, verbose_name="address")),
                ("secret", models.CharField(max_length=100)),
                ("filter", models.JSONField(blank=True, default=dict)),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("sent_up_to", models.BigIntegerField(default=0)),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="webhooks", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Accused",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("claim", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="accused", to="incidents.aggregateclaim")),
                (
                    "party",
                    models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="incidents.party"),
                ),
                (
                    "side",
                    models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="incidents.side"),
                ),
            ],
            options={
                "ordering": ["claim", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("party__isnull", False), ("side__isnull", True)),
                            models.Q(("party__isnull", True), ("side__isnull", False)),
                            _connector="OR",
                        ),
                        name="accused_is_a_party_or_a_side",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AggregateClaimHarm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("killed", "Killed"), ("wounded", "Wounded"), ("missing", "Missing"), ("detained", "Detained")],
                        max_length=20,
                        verbose_name="harm",
                    ),
                ),
                (
                    "group",
                    models.CharField(
                        choices=[
                            ("civilians", "civilians"),
                            ("fighters", "fighters of a side"),
                            ("aid_workers", "aid workers"),
                            ("children", "children"),
                            ("unknown", "people, not said who"),
                        ],
                        default="unknown",
                        max_length=20,
                        verbose_name="of whom",
                    ),
                ),
                ("low", models.PositiveIntegerField(blank=True, null=True, verbose_name="lowest")),
                ("best", models.PositiveIntegerField(blank=True, null=True, verbose_name="best")),
                ("high", models.PositiveIntegerField(blank=True, null=True, verbose_name="highest")),
                (
                    "qualifier",
                    models.CharField(
                        choices=[
                            ("exactly", "exactly"),
                            ("at_least", "at least"),
                            ("more_than", "more than"),
                            ("about", "about"),
                            ("up_to", "up to"),
                        ],
                        default="exactly",
                        max_length=20,
                        verbose_name="as stated",
                    ),
                ),
                ("claim", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="harm", to="incidents.aggregateclaim")),
            ],
            options={
                "ordering": ["claim", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("low__isnull", True), ("best__isnull", True), ("low__lte", models.F("best")), _connector="OR"),
                            models.Q(("low__isnull", True), ("high__isnull", True), ("low__lte", models.F("high")), _connector="OR"),
                            models.Q(("best__isnull", True), ("high__isnull", True), ("best__lte", models.F("high")), _connector="OR"),
                        ),
                        name="aggregate_harm_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("low__isnull", True), ("low__gte", 0), _connector="OR"),
                            models.Q(("best__isnull", True), ("best__gte", 0), _connector="OR"),
                            models.Q(("high__isnull", True), ("high__gte", 0), _connector="OR"),
                        ),
                        name="aggregate_harm_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["killed", "wounded", "missing", "detained"])), name="aggregate_harm_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("group__in", ["civilians", "fighters", "aid_workers", "children", "unknown"])),
                        name="aggregate_harm_group_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("qualifier__in", ["exactly", "at_least", "more_than", "about", "up_to"])),
                        name="aggregate_harm_qualifier_known",
                    ),
                    models.UniqueConstraint(fields=("claim", "kind", "group"), name="aggregate_harm_once_per_kind_and_group"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AggregateClaimPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("label", models.CharField(max_length=200, verbose_name="as printed")),
                ("count", models.PositiveIntegerField(blank=True, null=True, verbose_name="number")),
                (
                    "unit",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("violation", "violations (as stated)"),
                            ("incident", "incidents"),
                            ("explosion", "explosions"),
                            ("burst", "bursts"),
                            ("shot", "shots"),
                            ("projectile", "projectiles or trajectories"),
                            ("arrest", "persons arrested"),
                        ],
                        max_length=20,
                        verbose_name="unit",
                    ),
                ),
                (
                    "violation_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("airstrike", "Airstrike"),
                            ("shelling", "Shelling"),
                            ("rocket", "Rocket fire"),
                            ("mortar", "Mortar fire"),
                            ("small_arms", "Small-arms fire"),
                            ("sniper", "Sniper fire"),
                            ("mine", "IED or mine"),
                            ("drone", "Drone strike"),
                            ("clash", "Armed clash"),
                            ("advance", "Advance or gain of territory"),
                            ("incursion", "Incursion past a line"),
                            ("movement", "Movement of forces or weapons"),
                            ("weapons_beyond_lines", "Withdrawn weapons beyond lines"),
                            ("fortification", "Fortification"),
                            ("aid_blocked", "Aid blocked"),
                            ("aid_delayed", "Aid delayed"),
                            ("supplies_removed", "Supplies removed"),
                            ("convoy_attacked", "Convoy attacked"),
                            ("aid_worker_harmed", "Aid worker harmed"),
                            ("siege", "Siege"),
                            ("service_cut", "Service or water cut"),
                            ("attack_on_civilians", "Attack on civilians"),
                            ("attack_on_medical", "Attack on medical care"),
                            ("attack_on_school", "Attack on a school"),
                            ("displacement", "Forced displacement"),
                            ("sexual_violence", "Sexual violence"),
                            ("looting", "Looting"),
                            ("child_recruitment", "Recruitment of children"),
                            ("arrest", "Hostage taking or arrest"),
                            ("monitors_denied", "Movement of monitors denied"),
                            ("monitors_delayed", "Movement of monitors delayed"),
                            ("monitors_conditional", "Movement of monitors made conditional"),
                            ("monitor_attacked", "Monitor attacked"),
                            ("drone_jammed", "Monitoring drone jammed"),
                            ("overflight", "Overflight"),
                            ("hostile_propaganda", "Hostile propaganda"),
                            ("other", "Other"),
                        ],
                        max_length=30,
                        verbose_name="type",
                    ),
                ),
                ("claim", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="incidents.aggregateclaim")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="incidents.aggregateclaimpart"
                    ),
                ),
                (
                    "accused_party",
                    models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="incidents.party"),
                ),
                (
                    "place",
                    models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="incidents.place"),
                ),
                (
                    "accused_side",
                    models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="incidents.side"),
                ),
            ],
            options={
                "ordering": ["claim", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("claim", "position"), name="part_position_once_in_claim"),
                    models.CheckConstraint(
                        condition=models.Q(("accused_party__isnull", True), ("accused_side__isnull", True), _connector="OR"),
                        name="part_accuses_a_party_or_a_side",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("unit__in", ["violation", "incident", "explosion", "burst", "shot", "projectile", "arrest", ""])),
                        name="part_unit_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "violation_type__in",
                                [
                                    "airstrike",
                                    "shelling",
                                    "rocket",
                                    "mortar",
                                    "small_arms",
                                    "sniper",
                                    "mine",
                                    "drone",
                                    "clash",
                                    "advance",
                                    "incursion",
                                    "movement",
                                    "weapons_beyond_lines",
                                    "fortification",
                                    "aid_blocked",
                                    "aid_delayed",
                                    "supplies_removed",
                                    "convoy_attacked",
                                    "aid_worker_harmed",
                                    "siege",
                                    "service_cut",
                                    "attack_on_civilians",
                                    "attack_on_medical",
                                    "attack_on_school",
                                    "displacement",
                                    "sexual_violence",
                                    "looting",
                                    "child_recruitment",
                                    "arrest",
                                    "monitors_denied",
                                    "monitors_delayed",
                                    "monitors_conditional",
                                    "monitor_attacked",
                                    "drone_jammed",
                                    "overflight",
                                    "hostile_propaganda",
                                    "other",
                                    "",
                                ],
                            )
                        ),
                        name="part_type_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("convoy", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="checkpoints", to="incidents.convoy")),
                (
                    "controlled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incidents.party",
                        verbose_name="controlled by",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incidents.place",
                        verbose_name="place",
                    ),
                ),
            ],
            options={
                "ordering": ["convoy", "position"],
                "constraints": [models.UniqueConstraint(fields=("convoy", "position"), name="checkpoint_position_once_in_convoy")],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("events", models.JSONField(default=list)),
                ("is_test", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "waiting"), ("delivered", "delivered"), ("dead", "given up")], default="waiting", max_length=20
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField(null=True)),
                ("last_at", models.DateTimeField(null=True)),
                ("last_status", models.PositiveSmallIntegerField(null=True)),
                ("last_problem", models.TextField(blank=True)),
                ("webhook", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="incidents.webhook")),
            ],
            options={
                "verbose_name_plural": "deliveries",
                "ordering": ["webhook", "id"],
                "indexes": [models.Index(condition=models.Q(("state", "waiting")), fields=["next_at"], name="delivery_due")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("state__in", ["waiting", "delivered", "dead"])), name="delivery_state_known")
                ],
            },
        ),
        migrations.CreateModel(
            name="FeedRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record_type", models.CharField(max_length=40)),
                ("record_id", models.UUIDField()),
                ("number", models.BigIntegerField()),
                ("is_there", models.BooleanField()),
                ("at", models.DateTimeField()),
                ("feed", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="incidents.feed")),
            ],
            options={
                "indexes": [models.Index(fields=["feed", "number"], name="feed_page")],
                "constraints": [models.UniqueConstraint(fields=("feed", "record_type", "record_id"), name="feed_row_once_per_record")],
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="line")),
                ("raw", models.JSONField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("pending", "not yet looked at"),
                            ("imported", "imported"),
                            ("rejected", "rejected"),
                            ("held", "held: a name does not resolve"),
                        ],
                        default="pending",
                        max_length=20,
                    ),
                ),
                ("is_known", models.BooleanField(default=False, help_text="The record was here already: nothing new was made.")),
                ("is_flagged", models.BooleanField(default=False, help_text="It breaks a rule and was kept as it is, with the rule named.")),
                ("messages", models.JSONField(default=list)),
                ("record_type", models.CharField(blank=True, max_length=40)),
                ("record_id", models.UUIDField(null=True)),
                ("batch", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="incidents.importbatch")),
            ],
            options={
                "ordering": ["batch", "number"],
                "indexes": [models.Index(fields=["batch", "outcome", "number"], name="import_rows_by_outcome")],
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "number"), name="import_row_once"),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("outcome", "imported"), _negated=True), ("record_id__isnull", False), _connector="OR"),
                        name="imported_row_names_its_record",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="KeyBucket",
            fields=[
                (
                    "key",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="bucket", serialize=False, to="incidents.apikey"
                    ),
                ),
                ("tokens", models.FloatField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="PlannedStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("requested", "Requested"),
                            ("approved", "Approved"),
                            ("loaded", "Loaded"),
                            ("departed", "Departed"),
                            ("checkpoint", "Checkpoint"),
                            ("arrived", "Arrived"),
                            ("delivered", "Delivered"),
                        ],
                        max_length=20,
                        verbose_name="step",
                    ),
                ),
                ("due_at", models.DateTimeField(verbose_name="due")),
                ("convoy", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="planned_steps", to="incidents.convoy")),
            ],
            options={
                "ordering": ["convoy", "due_at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("step__in", ["requested", "approved", "loaded", "departed", "checkpoint", "arrived", "delivered"])),
                        name="planned_step_known",
                    ),
                    models.UniqueConstraint(fields=("convoy", "step"), name="planned_step_once_in_convoy"),
                ],
            },
        ),
        migrations.CreateModel(
            name="UnresolvedName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("party", "Party"), ("place", "Place"), ("source", "Source")], max_length=20)),
                ("name", models.CharField(max_length=300, verbose_name="name")),
                ("rows", models.PositiveIntegerField(default=0, verbose_name="rows")),
                ("candidates", models.JSONField(default=list)),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
                ("batch", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="unresolved", to="incidents.importbatch")),
                (
                    "party",
                    models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="incidents.party"),
                ),
                (
                    "place",
                    models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="incidents.place"),
                ),
                (
                    "resolved_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="incidents.source"),
                ),
            ],
            options={
                "ordering": ["batch", "kind", "name"],
                "constraints": [models.UniqueConstraint(fields=("batch", "kind", "name"), name="unresolved_name_once")],
            },
        ),
        migrations.CreateModel(
            name="CargoLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("medicine", "medicine"),
                            ("surgical", "surgical supplies"),
                            ("food", "food"),
                            ("water_repair", "water repair"),
                            ("shelter", "shelter"),
                            ("fuel", "fuel"),
                            ("other", "other"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("quantity", models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="quantity")),
                ("unit", models.CharField(blank=True, max_length=40, verbose_name="unit")),
                ("removed", models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="removed")),
                ("as_worded", models.CharField(blank=True, max_length=300, verbose_name="as worded")),
                (
                    "removed_at",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incidents.checkpoint",
                        verbose_name="removed at",
                    ),
                ),
                ("convoy", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="cargo", to="incidents.convoy")),
                (
                    "removed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incidents.party",
                        verbose_name="removed by",
                    ),
                ),
            ],
            options={
                "ordering": ["convoy", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["medicine", "surgical", "food", "water_repair", "shelter", "fuel", "other"])),
                        name="cargo_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("quantity__isnull", True), ("quantity__gte", 0), _connector="OR"),
                            models.Q(("removed__isnull", True), ("removed__gte", 0), _connector="OR"),
                        ),
                        name="cargo_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("removed__isnull", True), ("quantity__isnull", True), ("removed__lte", models.F("quantity")), _connector="OR"
                        ),
                        name="cargo_no_more_removed_than_loaded",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Submitted"),
                            ("duplicate", "Duplicate"),
                            ("superseded", "Superseded"),
                            ("retracted", "Retracted"),
                        ],
                        default="submitted",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("spoken_by", models.CharField(blank=True, max_length=200, verbose_name="spoken by")),
                ("accused_as_worded", models.CharField(blank=True, max_length=300, verbose_name="accused, as worded")),
                (
                    "violation_type",
                    models.CharField(
                        choices=[
                            ("airstrike", "Airstrike"),
                            ("shelling", "Shelling"),
                            ("rocket", "Rocket fire"),
                            ("mortar", "Mortar fire"),
                            ("small_arms", "Small-arms fire"),
                            ("sniper", "Sniper fire"),
                            ("mine", "IED or mine"),
                            ("drone", "Drone strike"),
                            ("clash", "Armed clash"),
                            ("advance", "Advance or gain of territory"),
                            ("incursion", "Incursion past a line"),
                            ("movement", "Movement of forces or weapons"),
                            ("weapons_beyond_lines", "Withdrawn weapons beyond lines"),
                            ("fortification", "Fortification"),
                            ("aid_blocked", "Aid blocked"),
                            ("aid_delayed", "Aid delayed"),
                            ("supplies_removed", "Supplies removed"),
                            ("convoy_attacked", "Convoy attacked"),
                            ("aid_worker_harmed", "Aid worker harmed"),
                            ("siege", "Siege"),
                            ("service_cut", "Service or water cut"),
                            ("attack_on_civilians", "Attack on civilians"),
                            ("attack_on_medical", "Attack on medical care"),
                            ("attack_on_school", "Attack on a school"),
                            ("displacement", "Forced displacement"),
                            ("sexual_violence", "Sexual violence"),
                            ("looting", "Looting"),
                            ("child_recruitment", "Recruitment of children"),
                            ("arrest", "Hostage taking or arrest"),
                            ("monitors_denied", "Movement of monitors denied"),
                            ("monitors_delayed", "Movement of monitors delayed"),
                            ("monitors_conditional", "Movement of monitors made conditional"),
                            ("monitor_attacked", "Monitor attacked"),
                            ("drone_jammed", "Monitoring drone jammed"),
                            ("overflight", "Overflight"),
                            ("hostile_propaganda", "Hostile propaganda"),
                            ("other", "Other"),
                        ],
                        max_length=30,
                        verbose_name="type",
                    ),
                ),
                ("target_as_claimed", models.CharField(blank=True, max_length=300, verbose_name="target, as claimed")),
                ("stated_count", models.PositiveIntegerField(blank=True, null=True, verbose_name="how many it counts")),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("violation", "violations (as stated)"),
                            ("incident", "incidents"),
                            ("explosion", "explosions"),
                            ("burst", "bursts"),
                            ("shot", "shots"),
                            ("projectile", "projectiles or trajectories"),
                            ("arrest", "persons arrested"),
                        ],
                        default="violation",
                        max_length=20,
                        verbose_name="unit",
                    ),
                ),
                (
                    "occurred_on",
                    models.DateField(blank=True, help_text="Empty: spans several days, or the day is unknown.", null=True, verbose_name="local day"),
                ),
                ("starts_at", models.DateTimeField(blank=True, null=True, verbose_name="from")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="until")),
                (
                    "time_precision",
                    models.CharField(
                        choices=[
                            ("exact", "exact"),
                            ("hour", "hour"),
                            ("part_of_day", "part of the day"),
                            ("day", "day"),
                            ("week", "week"),
                            ("month", "month"),
                            ("unknown", "unknown"),
                        ],
                        max_length=20,
                        verbose_name="time precision",
                    ),
                ),
                ("time_as_worded", models.CharField(blank=True, max_length=200, verbose_name="time, as worded")),
                ("place_as_worded", models.CharField(blank=True, max_length=300, verbose_name="place, as worded")),
                ("latitude", models.DecimalField(blank=True, decimal_places=6, max_digits=8, null=True, verbose_name="latitude")),
                ("longitude", models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True, verbose_name="longitude")),
                (
                    "place_precision",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("point", "point (100 m)"),
                            ("neighbourhood", "neighbourhood (1 km)"),
                            ("town", "town (3 km)"),
                            ("district", "district (15 km)"),
                            ("governorate", "governorate"),
                            ("country", "country"),
                        ],
                        max_length=20,
                        verbose_name="place precision",
                    ),
                ),
                ("published_on", models.DateField(blank=True, null=True, verbose_name="published on")),
                ("link", models.TextField(blank=True, verbose_name="link or reference")),
                ("wording", models.TextField(blank=True, verbose_name="wording received")),
                ("summary", models.TextField(blank=True, verbose_name="summary")),
                (
                    "credibility",
                    models.CharField(
                        choices=[
                            ("1", "1 - confirmed"),
                            ("2", "2 - probably true"),
                            ("3", "3 - possibly true"),
                            ("4", "4 - doubtful"),
                            ("5", "5 - improbable"),
                            ("6", "6 - cannot be judged"),
                        ],
                        default="6",
                        max_length=1,
                        verbose_name="credibility",
                    ),
                ),
                (
                    "may_be_duplicate",
                    models.BooleanField(
                        default=False,
                        help_text="It was saved while candidates were shown and not answered.",
                        verbose_name="saved beside possible duplicates",
                    ),
                ),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="submitted at")),
                ("retracted_at", models.DateTimeField(blank=True, null=True)),
                ("retraction_reason", models.TextField(blank=True, null=True)),
                ("external_id", models.CharField(blank=True, max_length=200, null=True, unique=True, verbose_name="id where it came from")),
                (
                    "accused_party",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports_against",
                        to="incidents.party",
                        verbose_name="accused party",
                    ),
                ),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="incidents.agreement", verbose_name="agreement"
                    ),
                ),
                (
                    "checkpoint",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="incidents.checkpoint",
                        verbose_name="checkpoint",
                    ),
                ),
                (
                    "claimant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reports_made", to="incidents.party", verbose_name="claimant"
                    ),
                ),
                (
                    "convoy",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="incidents.convoy",
                        verbose_name="convoy",
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports_entered",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="incidents.incident",
                        verbose_name="incident",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="incidents.place",
                        verbose_name="place",
                    ),
                ),
                (
                    "relayed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incidents.party",
                        verbose_name="relayed by",
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="superseded_by", to="incidents.report"
                    ),
                ),
                (
                    "target_party",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incidents.party",
                        verbose_name="party struck, as claimed",
                    ),
                ),
                (
                    "accused_side",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports_against",
                        to="incidents.side",
                        verbose_name="accused side",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="incidents.source", verbose_name="source"
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="incidents.term",
                        verbose_name="term",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["agreement", "-id"], name="report_newest"),
                    models.Index(fields=["agreement", "occurred_on"], name="report_by_day"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "submitted", "duplicate", "superseded", "retracted"])), name="report_state_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "violation_type__in",
                                [
                                    "airstrike",
                                    "shelling",
                                    "rocket",
                                    "mortar",
                                    "small_arms",
                                    "sniper",
                                    "mine",
                                    "drone",
                                    "clash",
                                    "advance",
                                    "incursion",
                                    "movement",
                                    "weapons_beyond_lines",
                                    "fortification",
                                    "aid_blocked",
                                    "aid_delayed",
                                    "supplies_removed",
                                    "convoy_attacked",
                                    "aid_worker_harmed",
                                    "siege",
                                    "service_cut",
                                    "attack_on_civilians",
                                    "attack_on_medical",
                                    "attack_on_school",
                                    "displacement",
                                    "sexual_violence",
                                    "looting",
                                    "child_recruitment",
                                    "arrest",
                                    "monitors_denied",
                                    "monitors_delayed",
                                    "monitors_conditional",
                                    "monitor_attacked",
                                    "drone_jammed",
                                    "overflight",
                                    "hostile_propaganda",
                                    "other",
                                ],
                            )
                        ),
                        name="report_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("unit__in", ["violation", "incident", "explosion", "burst", "shot", "projectile", "arrest"])),
                        name="report_unit_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("time_precision__in", ["exact", "hour", "part_of_day", "day", "week", "month", "unknown"])),
                        name="report_time_precision_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("place_precision__in", ["point", "neighbourhood", "town", "district", "governorate", "country", ""])),
                        name="report_place_precision_known",
                    ),
                    models.CheckConstraint(condition=models.Q(("credibility__in", ["1", "2", "3", "4", "5", "6"])), name="report_credibility_known"),
                    models.CheckConstraint(
                        condition=models.Q(("checkpoint__isnull", True), ("convoy__isnull", False), _connector="OR"),
                        name="report_at_a_checkpoint_of_a_convoy",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("accused_party__isnull", True), ("accused_side__isnull", True), _connector="OR"),
                        name="report_accuses_a_party_or_a_side",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("starts_at__isnull", True), ("ends_at__isnull", True), ("starts_at__lte", models.F("ends_at")), _connector="OR"
                        ),
                        name="report_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ends_at__isnull", True), ("starts_at__isnull", True)),
                            models.Q(("ends_at__isnull", False), ("starts_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="report_span_has_both_ends",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("latitude__isnull", True), ("longitude__isnull", True)),
                            models.Q(("latitude__isnull", False), ("longitude__isnull", False)),
                            _connector="OR",
                        ),
                        name="report_has_both_coordinates",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("latitude__isnull", True), ("latitude__range", (-90, 90)), _connector="OR"),
                        name="report_latitude_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("longitude__isnull", True), ("longitude__range", (-180, 180)), _connector="OR"),
                        name="report_longitude_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("latitude__isnull", True), models.Q(("place_precision", ""), _negated=True), _connector="OR"),
                        name="report_coordinates_have_a_precision",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("retracted_at__isnull", True), ("retraction_reason__isnull", True)),
                            models.Q(("retracted_at__isnull", False), ("retraction_reason__isnull", False)),
                            _connector="OR",
                        ),
                        name="report_retraction_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("retracted_at__isnull", False), ("state", "retracted")),
                            models.Q(models.Q(("state", "retracted"), _negated=True), ("retracted_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="report_retracted_exactly_when_dated",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "draft"), ("submitted_at__isnull", False), _connector="OR"),
                        name="report_beyond_draft_was_submitted",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CasualtyClaim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("killed", "Killed"), ("wounded", "Wounded"), ("missing", "Missing"), ("detained", "Detained")],
                        max_length=20,
                        verbose_name="harm",
                    ),
                ),
                (
                    "group",
                    models.CharField(
                        choices=[
                            ("civilians", "civilians"),
                            ("fighters", "fighters of a side"),
                            ("aid_workers", "aid workers"),
                            ("children", "children"),
                            ("unknown", "people, not said who"),
                        ],
                        default="unknown",
                        max_length=20,
                        verbose_name="of whom",
                    ),
                ),
                ("low", models.PositiveIntegerField(blank=True, null=True, verbose_name="lowest")),
                ("best", models.PositiveIntegerField(blank=True, null=True, verbose_name="best")),
                ("high", models.PositiveIntegerField(blank=True, null=True, verbose_name="highest")),
                (
                    "qualifier",
                    models.CharField(
                        choices=[
                            ("exactly", "exactly"),
                            ("at_least", "at least"),
                            ("more_than", "more than"),
                            ("about", "about"),
                            ("up_to", "up to"),
                        ],
                        default="exactly",
                        max_length=20,
                        verbose_name="as stated",
                    ),
                ),
                ("report", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="casualty_claims", to="incidents.report")),
            ],
            options={
                "ordering": ["report", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("low__isnull", True), ("best__isnull", True), ("low__lte", models.F("best")), _connector="OR"),
                            models.Q(("low__isnull", True), ("high__isnull", True), ("low__lte", models.F("high")), _connector="OR"),
                            models.Q(("best__isnull", True), ("high__isnull", True), ("best__lte", models.F("high")), _connector="OR"),
                        ),
                        name="casualty_claim_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("low__isnull", True), ("low__gte", 0), _connector="OR"),
                            models.Q(("best__isnull", True), ("best__gte", 0), _connector="OR"),
                            models.Q(("high__isnull", True), ("high__gte", 0), _connector="OR"),
                        ),
                        name="casualty_claim_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["killed", "wounded", "missing", "detained"])), name="casualty_claim_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("group__in", ["civilians", "fighters", "aid_workers", "children", "unknown"])),
                        name="casualty_claim_group_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("qualifier__in", ["exactly", "at_least", "more_than", "about", "up_to"])),
                        name="casualty_claim_qualifier_known",
                    ),
                    models.UniqueConstraint(fields=("report", "kind", "group"), name="casualty_claim_once_per_kind_and_group"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Citation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("published_on", models.DateField(blank=True, null=True, verbose_name="published on")),
                ("title", models.TextField(blank=True, verbose_name="headline")),
                ("report", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="citations", to="incidents.report")),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="citations", to="incidents.source", verbose_name="source"
                    ),
                ),
            ],
            options={
                "ordering": ["report", "position"],
                "constraints": [models.UniqueConstraint(fields=("report", "position"), name="citation_position_once_in_report")],
            },
        ),
        migrations.CreateModel(
            name="ConvoyEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("planned", "planned"),
                            ("requested", "requested"),
                            ("no_answer", "no answer"),
                            ("approved_in_principle", "approved in principle"),
                            ("approved", "approved"),
                            ("approved_with_conditions", "approved with conditions"),
                            ("denied", "denied"),
                            ("on_hold_insecurity", "on hold: insecurity"),
                            ("on_hold_administrative", "on hold: administrative"),
                            ("loaded", "loaded"),
                            ("waiting_at_border", "waiting at the border"),
                            ("waiting_at_checkpoint", "waiting at a checkpoint"),
                            ("departed", "departed"),
                            ("delayed", "delayed"),
                            ("turned_back", "turned back"),
                            ("attacked", "attacked"),
                            ("looted", "looted"),
                            ("supplies_removed", "supplies removed"),
                            ("arrived", "arrived"),
                            ("unloading", "unloading"),
                            ("partly_delivered", "partly delivered"),
                            ("delivered", "delivered"),
                            ("cancelled", "cancelled"),
                        ],
                        max_length=30,
                        verbose_name="status",
                    ),
                ),
                (
                    "happened",
                    models.BooleanField(
                        default=True, help_text="No: the source says that it did not, such as never requested.", verbose_name="it happened"
                    ),
                ),
                ("occurred_on", models.DateField(blank=True, null=True, verbose_name="local day")),
                ("starts_at", models.DateTimeField(blank=True, null=True, verbose_name="from")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="until")),
                (
                    "time_precision",
                    models.CharField(
                        choices=[
                            ("exact", "exact"),
                            ("hour", "hour"),
                            ("part_of_day", "part of the day"),
                            ("day", "day"),
                            ("week", "week"),
                            ("month", "month"),
                            ("unknown", "unknown"),
                        ],
                        max_length=20,
                        verbose_name="time precision",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("link", models.TextField(blank=True, verbose_name="link")),
                ("wording", models.TextField(blank=True, verbose_name="wording received")),
                (
                    "checkpoint",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="incidents.checkpoint",
                        verbose_name="checkpoint",
                    ),
                ),
                (
                    "convoy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="incidents.convoy", verbose_name="convoy"
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "responsible",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incidents.party",
                        verbose_name="who denied, delayed, removed",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incidents.place",
                        verbose_name="place",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="convoy_events",
                        to="incidents.report",
                        verbose_name="report",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="incidents.source", verbose_name="source"),
                ),
            ],
            options={
                "ordering": ["convoy", "starts_at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "planned",
                                    "requested",
                                    "no_answer",
                                    "approved_in_principle",
                                    "approved",
                                    "approved_with_conditions",
                                    "denied",
                                    "on_hold_insecurity",
                                    "on_hold_administrative",
                                    "loaded",
                                    "waiting_at_border",
                                    "waiting_at_checkpoint",
                                    "departed",
                                    "delayed",
                                    "turned_back",
                                    "attacked",
                                    "looted",
                                    "supplies_removed",
                                    "arrived",
                                    "unloading",
                                    "partly_delivered",
                                    "delivered",
                                    "cancelled",
                                ],
                            )
                        ),
                        name="convoy_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("time_precision__in", ["exact", "hour", "part_of_day", "day", "week", "month", "unknown"])),
                        name="convoy_event_time_precision_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ends_at__isnull", True), ("starts_at__isnull", True)),
                            models.Q(("ends_at__isnull", False), ("starts_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="convoy_event_span_has_both_ends",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("starts_at__isnull", True), ("ends_at__isnull", True), ("starts_at__lte", models.F("ends_at")), _connector="OR"
                        ),
                        name="convoy_event_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("place__isnull", True), ("checkpoint__isnull", True), _connector="OR"),
                        name="convoy_event_at_a_place_or_a_checkpoint",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("title", models.CharField(blank=True, max_length=200, verbose_name="title")),
                ("link", models.TextField(blank=True, verbose_name="link")),
                (
                    "file",
                    models.CharField(
                        blank=True, help_text="Its name in the evidence store: the hash of its content.", max_length=200, verbose_name="file"
                    ),
                ),
                ("original_name", models.CharField(blank=True, max_length=300, verbose_name="name when received")),
                ("media_type", models.CharField(blank=True, max_length=100, verbose_name="type, as sniffed")),
                ("size", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="bytes")),
                ("sha256", models.CharField(blank=True, max_length=64, null=True)),
                ("received_at", models.DateTimeField(verbose_name="received at")),
                (
                    "received_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="evidence", to="incidents.report", verbose_name="report"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "evidence",
                "ordering": ["report", "id"],
                "indexes": [models.Index(condition=models.Q(("sha256__isnull", False)), fields=["sha256"], name="evidence_by_hash")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sha256__isnull", True), ("size__isnull", True)),
                            models.Q(("sha256__isnull", False), ("size__isnull", False)),
                            _connector="OR",
                        ),
                        name="evidence_file_has_hash_and_size",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sha256__isnull", True), ("sha256__regex", "^[0-9a-f]{64}$"), _connector="OR"),
                        name="evidence_hash_is_sha256",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("link", ""), _negated=True), ("sha256__isnull", False), _connector="OR"),
                        name="evidence_is_a_file_or_a_link",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("sha256__isnull", False)), fields=("report", "sha256"), name="evidence_file_once_a_report"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NotTheSame",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("first", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="incidents.report")),
                ("second", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="incidents.report")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("first", "second"), name="not_the_same_once"),
                    models.CheckConstraint(condition=models.Q(("first__lt", models.F("second"))), name="not_the_same_in_order"),
                ],
            },
        ),
    ]
