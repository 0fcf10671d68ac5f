"""How a request names records: parties, places and sources by slug, sides by letter, terms by number."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers

from incidents.models import Agreement, Party, Place, Side, Term
from incidents.queries import visibility

AnyField = serializers.Field[Any, Any, Any, Any]


def agreements(field: AnyField) -> QuerySet[Any]:
    """Return the agreements that whoever asks may see."""
    return visibility.agreements(field.context["request"].user)


def parties(field: AnyField) -> QuerySet[Any]:
    """Return all parties."""
    return Party.objects.select_related("organ_of")


def places(field: AnyField) -> QuerySet[Any]:
    """Return all places."""
    return Place.objects.all()


def sources(field: AnyField) -> QuerySet[Any]:
    """Return the sources that whoever asks may learn of: a protected one is not named by trying, either."""
    return visibility.sources(field.context["request"].user)


def incidents(field: AnyField) -> QuerySet[Any]:
    """Return the incidents that whoever asks may see."""
    return visibility.incidents(field.context["request"].user)


def side_of(agreement: Agreement, letter: str | None, field: str) -> Side | None:
    """Return the agreement's side of that letter; None for None. Raise ValidationError if it has none."""
    return _found(agreement.sides.filter(code=letter), letter, field) if letter is not None else None


def term_of(agreement: Agreement, number: str | None, field: str) -> Term | None:
    """Return the agreement's article of that number; None for None. Raise ValidationError if it has none."""
    return _found(agreement.terms.filter(number=number), number, field) if number is not None else None


def _found(records: QuerySet[Any], said: str | None, field: str) -> Any:
    record = records.first()
    if record is None:
        message = _("“%(word)s” is not known here.") % {"word": said}
        raise serializers.ValidationError({field: serializers.ErrorDetail(message, "unknown_word")})
    return record
