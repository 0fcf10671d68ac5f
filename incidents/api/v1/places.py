"""Places as other records name them."""

from typing import Any

from rest_framework import serializers

from incidents.api.fields import Degrees, Word
from incidents.vocabulary import PlacePrecision


class PlaceNamed(serializers.Serializer[Any]):
    """A place of the gazetteer, and how exactly its coordinates stand for it."""

    id = serializers.UUIDField(source="public_id")
    slug = serializers.CharField()
    name = serializers.CharField()
    name_ar = serializers.CharField()
    latitude = Degrees()
    longitude = Degrees()
    precision = Word(PlacePrecision)
