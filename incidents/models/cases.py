"""Cases: who is at work on an incident, who should be, and what they say to one another."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from incidents.models.base import Record, together


class Case(models.Model):
    """The review of one incident. Held softly: it shows who has it, and expires."""

    incident = models.OneToOneField("Incident", models.CASCADE, related_name="case")
    held_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="cases_held")
    held_since = models.DateTimeField(null=True, blank=True)
    held_until = models.DateTimeField(null=True, blank=True)
    assigned_to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="cases_assigned")
    opened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [together("held_by", "held_since", "held_until", name="case_hold_is_dated")]

    def __str__(self) -> str:
        return str(self.incident)


class Comment(Record):
    """A word between colleagues on an incident; a question waits for an answer from whom it is put to."""

    class Kind(models.TextChoices):
        COMMENT = "comment", _("Comment")
        QUESTION = "question", _("Question")
        ANSWER = "answer", _("Answer")

    incident = models.ForeignKey("Incident", models.CASCADE, related_name="comments")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.COMMENT)
    body = models.TextField(_("text"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="comments")
    put_to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="questions")
    answers = models.OneToOneField("Comment", models.PROTECT, null=True, blank=True, related_name="answered_by")

    class Meta:
        ordering = ["incident", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="question", put_to__isnull=False) | ~models.Q(kind="question") & models.Q(put_to__isnull=True),
                name="comment_put_to_somebody_exactly_when_a_question",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="answer", answers__isnull=False) | ~models.Q(kind="answer") & models.Q(answers__isnull=True),
                name="comment_answers_exactly_when_an_answer",
            ),
        ]

    def __str__(self) -> str:
        return self.body[:60]


class NotTheSame(models.Model):
    """Somebody looked at two reports and said they are of different events. Remembered, so that nobody is asked again."""

    first = models.ForeignKey("Report", models.CASCADE, related_name="+")
    second = models.ForeignKey("Report", models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="not_the_same_once"),
            # One order, so that a pair is one row whoever is looked at first.
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="not_the_same_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} is not {self.second_id}"
