"""Harm as it is stated: of whom, how many at least, at best guess, at most, and how the number was hedged."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from incidents.actions.reports import HarmStated
from incidents.api.fields import Strict, WholeNumber, Word
from incidents.errors import RuleBroken
from incidents.rules import ranges
from incidents.vocabulary import HarmGroup, HarmKind, Qualifier


class HarmOut(serializers.Serializer[Any]):
    """Harm; null is not known, 0 is none."""

    kind = Word(HarmKind)
    group = Word(HarmGroup)
    low = serializers.IntegerField(allow_null=True)
    best = serializers.IntegerField(allow_null=True)
    high = serializers.IntegerField(allow_null=True)
    qualifier = Word(Qualifier)


class HarmIn(Strict):
    """Harm; leave out, or say null for, what is not known. "At least 62" has a `low` and no `high`."""

    kind = Word(HarmKind)
    group = Word(HarmGroup, default=HarmGroup.UNKNOWN)
    low = WholeNumber()
    best = WholeNumber()
    high = WholeNumber()
    qualifier = Word(Qualifier, default=Qualifier.EXACTLY)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the harm, its numbers in order."""
        try:
            ranges.must_be_ordered(attrs.get("low"), attrs.get("best"), attrs.get("high"), attrs["qualifier"])
        except RuleBroken as broken:
            raise serializers.ValidationError({broken.field: serializers.ErrorDetail(str(broken.message), broken.code)}) from broken
        return attrs


def stated(rows: list[dict[str, Any]]) -> list[HarmStated]:
    """Return the rows as actions take them. Raise ValidationError where the same harm to the same people is stated twice."""
    seen = set()
    for index, row in enumerate(rows):
        if (row["kind"], row["group"]) in seen:
            message = serializers.ErrorDetail(str(_("The same harm to the same people is stated twice.")), "stated_twice")
            raise serializers.ValidationError({"harm": {str(index): [message]}})
        seen.add((row["kind"], row["group"]))
    return [HarmStated(**row) for row in rows]
