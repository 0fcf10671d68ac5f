"""Imports: what was sent, row by row, and what became of each."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incidents.models.base import Record, together


class ImportBatch(Record):
    """One file. Its hash and every raw row are kept, so that it can be explained, repeated or undone."""

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        PREVIEWED = "previewed", _("previewed")
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        UNDONE = "undone", _("undone")

    agreement = models.ForeignKey("Agreement", models.PROTECT, null=True, blank=True, related_name="imports", verbose_name=_("agreement"))
    format = models.CharField(_("format"), max_length=40)
    file_name = models.CharField(_("file"), max_length=300)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(_("bytes"))
    stored_as = models.CharField(max_length=300, blank=True)
    encoding = models.CharField(_("encoding"), max_length=40, blank=True)
    separator = models.CharField(_("separator"), max_length=4, blank=True)
    header = models.JSONField(_("columns of the file"), default=list, blank=True)
    mapping = models.JSONField(_("which column is what"), default=dict, blank=True)
    options = models.JSONField(default=dict, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.RECEIVED)
    problem = models.TextField(_("problem"), blank=True)
    rows_sent = models.PositiveIntegerField(_("rows sent"), null=True, blank=True)
    rows_read = models.PositiveIntegerField(_("rows read"), default=0)
    is_staged = models.BooleanField(default=False, help_text=_("Every raw row is in the database, so that a worker can go on with them."))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="imports")
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    undo_reason = models.TextField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "import batches"
        constraints = [
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="import_hash_is_sha256"),
            together("undone_at", "undo_reason", name="import_undone_with_a_reason"),
        ]

    def __str__(self) -> str:
        return self.file_name


class ImportRow(models.Model):
    """One raw row as it was sent, and its outcome: imported + rejected + held = sent."""

    class Outcome(models.TextChoices):
        PENDING = "pending", _("not yet looked at")
        IMPORTED = "imported", _("imported")
        REJECTED = "rejected", _("rejected")
        HELD = "held", _("held: a name does not resolve")

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("line"))
    raw = models.JSONField()
    outcome = models.CharField(max_length=20, choices=Outcome.choices, default=Outcome.PENDING)
    is_known = models.BooleanField(default=False, help_text=_("The record was here already: nothing new was made."))
    is_flagged = models.BooleanField(default=False, help_text=_("It breaks a rule and was kept as it is, with the rule named."))
    messages = models.JSONField(default=list)
    record_type = models.CharField(max_length=40, blank=True)
    record_id = models.UUIDField(null=True)

    class Meta:
        ordering = ["batch", "number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="import_row_once"),
            models.CheckConstraint(condition=~Q(outcome="imported") | Q(record_id__isnull=False), name="imported_row_names_its_record"),
        ]
        indexes = [models.Index(fields=["batch", "outcome", "number"], name="import_rows_by_outcome")]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.number}"


class UnresolvedName(models.Model):
    """A name in an import that leads to no party, place or source, waiting for a person. Importers invent nothing."""

    class Kind(models.TextChoices):
        PARTY = "party", _("Party")
        PLACE = "place", _("Place")
        SOURCE = "source", _("Source")

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="unresolved")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=300)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    candidates = models.JSONField(default=list)
    party = models.ForeignKey("Party", models.PROTECT, null=True, blank=True, related_name="+")
    place = models.ForeignKey("Place", models.PROTECT, null=True, blank=True, related_name="+")
    source = models.ForeignKey("Source", models.PROTECT, null=True, blank=True, related_name="+")
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["batch", "kind", "name"]
        constraints = [models.UniqueConstraint(fields=["batch", "kind", "name"], name="unresolved_name_once")]

    def __str__(self) -> str:
        return self.name


class Citation(models.Model):
    """A source that an imported report itself cites: a data set that compiles others names several for one event."""

    report = models.ForeignKey("Report", models.CASCADE, related_name="citations")
    position = models.PositiveSmallIntegerField()
    source = models.ForeignKey("Source", models.PROTECT, related_name="citations", verbose_name=_("source"))
    published_on = models.DateField(_("published on"), null=True, blank=True)
    title = models.TextField(_("headline"), blank=True)

    class Meta:
        ordering = ["report", "position"]
        constraints = [models.UniqueConstraint(fields=["report", "position"], name="citation_position_once_in_report")]

    def __str__(self) -> str:
        return f"{self.source}: {self.title}"
