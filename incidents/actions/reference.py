"""Reference data: parties, places, sources, agreements and what hangs on them. Every change of it is recorded."""

import uuid
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from incidents.actions import changes
from incidents.errors import RuleBroken
from incidents.models import Agreement, ChangeKind, Party, Place, Source, User
from incidents.models.base import Record

R = TypeVar("R", bound=Record)
# Another name, and its language where that is known.
Alias = tuple[str, str]


def _agreement_of(record: Record) -> Agreement | None:
    return record if isinstance(record, Agreement) else getattr(record, "agreement", None)


@transaction.atomic
def save(record: R, *, by: User | None, note: str = "") -> R:
    """Return the record, stored, with a Change that tells what it was before. An unchanged record is left alone."""
    stored = type(record)._default_manager.select_for_update().filter(pk=record.pk).first() if record.pk else None
    before, after = (stored.facts() if stored else None), record.facts()
    if before == after:
        return record
    record.save()
    kind = ChangeKind.REFERENCE_CHANGED if stored else ChangeKind.REFERENCE_ADDED
    changes.record(by=by, kind=kind, record=record, agreement=_agreement_of(record), before=before, after=after, note=note)
    return record


@transaction.atomic
def put(model: type[R], key: dict[str, Any], *, by: User | None, **values: Any) -> R:
    """Return the record with this natural key, added or brought up to these values. Saying it twice changes nothing."""
    record = model._default_manager.filter(**key).first() or model(**key)
    for name, value in values.items():
        setattr(record, name, value)
    return save(record, by=by)


@transaction.atomic
def remove(record: Record, *, by: User | None, note: str = "") -> None:
    """Remove a record that nothing refers to; what it said stays in the change log. Raise ProtectedError otherwise."""
    before, agreement = record.facts(), _agreement_of(record)
    changes.record(by=by, kind=ChangeKind.REFERENCE_REMOVED, record=record, agreement=agreement, before=before, note=note)
    record.delete()


@transaction.atomic
def add(record: R, *, by: User | None, aliases: Iterable[Alias] = ()) -> R:
    """Return the new record, stored with its other names, in one Change. Raise RuleBroken if its slug is taken."""
    try:
        with transaction.atomic():
            record.save(force_insert=True)
    except IntegrityError as error:
        if "slug" not in str(error):
            raise
        raise RuleBroken("already_recorded", _("A record of this short name is here already."), "slug") from error
    told = []
    for name, language in dict(aliases).items():
        record.aliases.create(name=name, language=language)  # type: ignore[attr-defined]
        told.append(f"{name} ({language})" if language else name)
    after = record.facts() | ({"aliases": told} if told else {})
    changes.record(by=by, kind=ChangeKind.REFERENCE_ADDED, record=record, agreement=_agreement_of(record), after=after)
    return record


def slug_for(model: type[Party] | type[Place] | type[Source], name: str, slug: str = "") -> str:
    """Return the slug that was asked for, or one that the name begins. Names in other scripts than Latin begin none."""
    stem = slug or slugify(name)[:60].strip("-") or str(model._meta.model_name)
    if slug or not model._default_manager.filter(slug=stem).exists():
        return stem
    return f"{stem}-{uuid.uuid4().hex[:8]}"


# --- What the actions of single nouns check


def must_say(text: str, field: str) -> None:
    """Raise RuleBroken, naming the field, if nothing is said."""
    if not text.strip():
        raise RuleBroken("required", _("This must be said."), field)


def must_be_known(word: str, vocabulary: type[TextChoices], field: str) -> None:
    """Raise RuleBroken, naming the field, if the vocabulary does not have the word."""
    if word not in vocabulary.values:
        raise RuleBroken("unknown_word", _("“%(word)s” is not known here.") % {"word": word}, field)


def must_be_in_order(from_on: date | None, until_on: date | None) -> None:
    """Raise RuleBroken if the last day lies before the first, or the first has not come anywhere yet."""
    if from_on is not None and until_on is not None and until_on < from_on:
        raise RuleBroken("ends_before_start", _("The end is before the start."), "until_on")
    if from_on is not None and from_on > timezone.now().date() + timedelta(days=1):
        raise RuleBroken("in_future", _("This day has not come yet."), "from_on")
