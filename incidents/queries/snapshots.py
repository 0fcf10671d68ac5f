"""Published figures: what one says, which a reader sees, and what has changed since."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from incidents.models import Snapshot, User
from incidents.queries import answers, filters, narrowing, visibility
from incidents.queries.answers import Cell
from incidents.queries.filters import Filter
from incidents.queries.questions import Question
from incidents.queries.visibility import Reader
from incidents.vocabulary import Bucket

LANGUAGES = ("en", "ar")


def anybody() -> User:
    """Return the reader for whom figures are published: a partner, of whom nothing more is known. What is hidden from partners is in none."""
    return User(role=User.Role.PARTNER, is_active=True)


def content_of(question: Question) -> dict[str, Any]:
    """Return all that a published figure of this question says, as plain JSON values."""
    found = answers.answer(question, anybody())
    first, last = question.window
    content = {
        "agreement": question.agreement.slug,
        "method": question.method.name,
        "measure": question.measure,
        "by": question.by,
        "periods": str(question.periods),
        "from": question.first and question.first.isoformat(),
        "until": question.last and question.last.isoformat(),
        "first": first and first.isoformat(),
        "last": last and last.isoformat(),
        "change": question.point.number,
        "as_known_on": question.point.sealed_at and question.point.sealed_at.isoformat(),
        "timeless": found.timeless,
        "cells": [_cell(cell) for cell in found.cells],
    }
    said: dict[str, dict[str, str]] = {"definition": {}, "citation": {}}
    for language in LANGUAGES:
        with override(language):
            said["definition"][language] = str(question.method.says)
            said["citation"][language] = _citation(question, found.cells)
    return content | said


def seen(reader: Reader) -> QuerySet[Snapshot]:
    """Return the published figures this reader may see, newest first."""
    return visibility.snapshots(reader).select_related("agreement", "published_by").order_by("-id")


@dataclass(frozen=True)
class SnapshotFilter(Filter):
    """Which published figures are asked for."""

    own = {"as_known_on": replace(filters.WORDS["as_known_on"], says="Instant with its offset: what was published by then. None is ever changed.")}

    agreement: str = ""
    as_known_on: datetime | None = None


def filtered(reader: Reader, asked: SnapshotFilter) -> QuerySet[Snapshot]:
    """Return the published figures asked for."""
    found = seen(reader)
    if agreement := narrowing.agreement(reader, asked.agreement):
        found = found.filter(agreement=agreement)
    return found.filter(created_at__lte=asked.as_known_on) if asked.as_known_on else found


@dataclass(frozen=True)
class Difference:
    """A number as it was published, and what it is now; None where there is no such number."""

    published: dict[str, Any] | None
    now: dict[str, Any] | None

    @property
    def is_changed(self) -> bool:
        return self.published != self.now


def since(snapshot: Snapshot) -> tuple[int, list[Difference]]:
    """Return up to which change it is counted now, and each number as published and now, counted for partners both times."""
    content = snapshot.content
    params = {name: content[name] for name in ("method", "measure", "by", "from", "until", "periods") if content[name]}
    question = Question.parse(params, snapshot.agreement)
    current = {_identity(cell): cell for cell in map(_cell, answers.answer(question, anybody()).cells)}
    published = {_identity(cell): cell for cell in content["cells"]}
    keys = [*published, *(key for key in current if key not in published)]
    return question.point.number, [Difference(published.get(key), current.get(key)) for key in keys]


def _identity(cell: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(cell[name] for name in answers.Choice.NAMES)


def _cell(cell: Cell) -> dict[str, Any]:
    amount = cell.amount
    named = dict(zip(answers.Choice.NAMES, cell.identity, strict=True))
    amounts = {name: getattr(amount, name) for name in ("low", "best", "high", "low_unknown", "best_unknown", "high_unknown", "records")}
    return named | amounts | {"qualifier": cell.qualifier, "flags": cell.flags}


def _citation(question: Question, cells: Iterable[Cell]) -> str:
    """Return the sentence to cite the figure by, in the language at hand: what was counted, of which truce, over which days, as of what."""
    first, last = question.window
    days = f"{first or '…'} – {last or '…'}"
    numbers = "" if question.by else "; ".join(_said(question, cell) for cell in cells)
    words = {
        "method": question.method.label,
        "agreement": question.agreement.label,
        "days": days,
        "numbers": numbers or "—",
        "change": question.point.number,
        "instant": question.point.sealed_at.isoformat(timespec="seconds") if question.point.sealed_at else "—",
    }
    if question.by:
        return _("Truce: “%(method)s”, %(agreement)s, %(days)s, as of change %(change)d sealed %(instant)s.") % words
    return _("Truce: “%(method)s”, %(agreement)s, %(days)s: %(numbers)s. As of change %(change)d sealed %(instant)s.") % words


def _said(question: Question, cell: Cell) -> str:
    side = question.agreement.sides.filter(code=cell.side).first() if cell.side else None
    label = side.label if side else str(Bucket(cell.bucket).label) if cell.bucket in Bucket.values else ""
    told = " · ".join(part for part in (label, cell.claimant, cell.unit, cell.group) if part)
    amount = "—" if cell.amount.best is None else str(cell.amount.best)
    flags = f" [{', '.join(flag['code'] for flag in cell.flags)}]" if cell.flags else ""
    return f"{told} {amount}{flags}" if told else f"{amount}{flags}"
