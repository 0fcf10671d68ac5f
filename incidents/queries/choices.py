"""What the reports of an agreement may be narrowed by: the parties, places and convoys that stand in those a reader may see."""

from django.db.models import QuerySet

from incidents.models import Agreement, Convoy, Incident, Party, Place, Source
from incidents.queries import visibility
from incidents.queries.visibility import Reader

# A drop-down of more is no help; the address takes every slug.
MOST = 400


def accused(reader: Reader, agreement: Agreement) -> QuerySet[Party]:
    """Return the parties that are accused by name."""
    seen = visibility.reports(reader).filter(agreement=agreement)
    return Party.objects.filter(pk__in=seen.values("accused_party")).order_by("name")[:MOST]


def sources(reader: Reader, agreement: Agreement) -> QuerySet[Source]:
    """Return the sources that reports came by, but for protected ones: to be offered one is to look at it."""
    seen = visibility.reports(reader).filter(agreement=agreement)
    return visibility.sources(reader).filter(is_protected=False, pk__in=seen.values("source")).order_by("name")[:MOST]


def areas(reader: Reader, agreement: Agreement) -> list[Place]:
    """Return the places that are named, and those in which they lie, by name."""
    seen = visibility.reports(reader).filter(agreement=agreement)
    found: dict[int, Place] = {}
    for named in Place.objects.filter(pk__in=seen.values("place")).select_related("parent__parent__parent__parent__parent"):
        place: Place | None = named
        while place is not None and place.pk not in found:
            found[place.pk] = place
            place = place.parent
    return sorted(found.values(), key=lambda place: str(place.label).casefold())[:MOST]


def convoys(reader: Reader, agreement: Agreement) -> QuerySet[Convoy]:
    """Return the convoys that reports are tied to, the newest first."""
    seen = visibility.reports(reader).filter(agreement=agreement)
    return visibility.convoys(reader).filter(pk__in=seen.values("convoy")).order_by("-id")[:MOST]


def incidents(reader: Reader, agreement: Agreement) -> QuerySet[Incident]:
    """Return the incidents that reports of it are of and that still go on, the newest first."""
    seen = visibility.reports(reader).filter(agreement=agreement)
    return visibility.standing_incidents(reader).filter(pk__in=seen.values("incident")).order_by("-id")[:MOST]
