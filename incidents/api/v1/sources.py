"""Sources as other records name them, where the reader may learn of them."""

from typing import Any

from rest_framework import serializers

from incidents.api.fields import Word
from incidents.vocabulary import Reliability, SourceKind


class SourceNamed(serializers.Serializer[Any]):
    """Where a statement was published or received, and how far it can be relied on."""

    id = serializers.UUIDField(source="public_id")
    slug = serializers.CharField()
    name = serializers.CharField()
    kind = Word(SourceKind)
    reliability = Word(Reliability)


class Withholding(serializers.Serializer[Any]):
    """A record of which some fields may be withheld from this reader: they are null then, and `withheld` names them.

    A subclass says in `withheld_from` which; what is asked is `queries`, never the record alone.
    """

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Return the record without what is withheld; nothing withheld is even read."""
        names = self.withheld_from(self.context["request"].user, instance)
        shown: dict[str, Any] = {}
        for name, field in self.fields.items():
            if name == "withheld":
                shown[name] = list(names)
            elif name in names:
                shown[name] = None
            else:
                value = field.get_attribute(instance)
                shown[name] = None if value is None else field.to_representation(value)
        return shown

    def withheld_from(self, reader: Any, instance: Any) -> tuple[str, ...]:
        """Return the names of the fields that are withheld."""
        raise NotImplementedError
