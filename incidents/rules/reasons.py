"""A stated reason: a code for machines, and the facts that fill its sentence in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import TextChoices

Facts = Mapping[str, str | int | float]


@dataclass(frozen=True)
class Reason:
    """Why something was found. `reports` names those it is about, where it is not about all that were asked."""

    code: TextChoices
    facts: Facts = field(default_factory=dict, hash=False)
    reports: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Return the sentence in the reader's language."""
        return str(self.code.label) % self.facts
