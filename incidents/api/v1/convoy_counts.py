"""The shapes of convoys counted: every share with what it is a share of."""

from typing import Any

from rest_framework import serializers

from incidents.api.fields import Instant, Word
from incidents.rules.outcomes import Outcome


class ConvoyShareOut(serializers.Serializer[Any]):
    """How many, of how many. `share` null: there is none to have a share of."""

    outcome = Word(Outcome)
    number = serializers.IntegerField()
    of = Word(Outcome)
    whole = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True)


class ConvoyPeopleOut(serializers.Serializer[Any]):
    """The known part of a number of people; `unknown` is how many convoys state none."""

    name = serializers.CharField()
    low = serializers.IntegerField(allow_null=True)
    best = serializers.IntegerField(allow_null=True)
    high = serializers.IntegerField(allow_null=True)
    unknown = serializers.IntegerField()


class ConvoyCellOut(serializers.Serializer[Any]):
    """One row. Ask the list by the same `key` and `counted` for the convoys behind a number."""

    key = serializers.CharField()
    shares = ConvoyShareOut(many=True)
    people = ConvoyPeopleOut(many=True)


class ConvoysByOut(serializers.Serializer[Any]):
    """The same convoys by one thing at a time. Under `controller` one may count several times; it is there under one agreement alone."""

    month = ConvoyCellOut(many=True)
    mode = ConvoyCellOut(many=True)
    destination_class = ConvoyCellOut(many=True)
    controller = ConvoyCellOut(many=True, required=False)


class ConvoyStatisticsOut(serializers.Serializer[Any]):
    """What the ledger of convoys holds; `waiting` changes are not counted yet."""

    change = serializers.IntegerField()
    as_known_on = Instant(allow_null=True)
    waiting = serializers.IntegerField()
    whole = ConvoyCellOut()
    by = ConvoysByOut()
