"""Flags: what must be known of a figure or of a published total, each with what it means."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from incidents.vocabulary import ClaimFlag

FLAG = {
    "type": "object",
    "description": "What must be known of a figure. `code` and `message` are always there; other names are the facts of it.",
    "required": ["code", "message"],
    "properties": {"code": {"type": "string", "enum": ClaimFlag.values}, "message": {"type": "string"}},
    "additionalProperties": {"type": ["string", "integer", "null"]},
}


@extend_schema_field(FLAG)
class Flag(serializers.Field[Any, Any, Any, Any]):
    """A flag with what it means, in the language asked for."""

    def to_representation(self, value: dict[str, Any]) -> dict[str, Any]:
        """Return code, message and facts."""
        return {"code": value["code"], "message": str(ClaimFlag(value["code"]).label), **value}
