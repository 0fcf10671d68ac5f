"""Sources: adding one, with what is known of how far it can be relied on. Changing and removing them is administration."""

from typing import Any

from incidents.actions import reference
from incidents.models import Source, User
from incidents.vocabulary import Reliability, SourceKind


def add(*, by: User | None, name: str, slug: str = "", **facts: Any) -> Source:
    """Return the source, on record. `facts` are the fields of Source. Raise RuleBroken, naming the field, if a rule is broken."""
    source = Source(name=name, slug=reference.slug_for(Source, name, slug), **facts)
    reference.must_say(source.name, "name")
    reference.must_be_known(source.kind, SourceKind, "kind")
    reference.must_be_known(source.reliability, Reliability, "reliability")
    return reference.add(source, by=by)
