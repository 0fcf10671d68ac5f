"""Files as evidence, their shared copies and nightly checks; checkpoints of the log; what a read was of."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0010_decisions_taken_back"),
    ]

    operations = [
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
            },
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
        ),
        migrations.AlterField(
            model_name="readentry",
            name="what",
            field=models.CharField(choices=[("source", "Protected source"), ("original", "Original of evidence")], max_length=40),
        ),
        migrations.AddIndex(
            model_name="evidence",
            index=models.Index(condition=models.Q(("sha256__isnull", False)), fields=["sha256"], name="evidence_by_hash"),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.UniqueConstraint(
                condition=models.Q(("sha256__isnull", False)), fields=("report", "sha256"), name="evidence_file_once_a_report"
            ),
        ),
        migrations.AddIndex(
            model_name="evidencecheck",
            index=models.Index(fields=["-started_at"], name="evidence_check_latest"),
        ),
        migrations.AddConstraint(
            model_name="evidencecopy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sha256__isnull", True), ("size__isnull", True)),
                    models.Q(("sha256__isnull", False), ("size__isnull", False)),
                    _connector="OR",
                ),
                name="evidence_copy_has_hash_and_size",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidencecopy",
            constraint=models.CheckConstraint(
                condition=models.Q(("problem", ""), ("sha256__isnull", True), _connector="XOR"), name="evidence_copy_or_problem"
            ),
        ),
        migrations.AddConstraint(
            model_name="logcheckpoint",
            constraint=models.CheckConstraint(condition=models.Q(("number__gt", 0)), name="checkpoint_of_a_seal"),
        ),
    ]
