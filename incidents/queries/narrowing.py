"""What the words of `filters` mean in SQL, for every noun alike. Rows come from `visibility`, so no condition finds more than is shown.

A name that is not there and one that is hidden are refused in the same words.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from incidents.models import Agreement, Change, ChangeKind, Convoy, Party, Place, Report
from incidents.permissions import Capability, reach
from incidents.queries import filters, visibility, withholding
from incidents.queries.visibility import Reader
from incidents.rules.boxes import Box
from incidents.vocabulary import Located

Rows = TypeVar("Rows", bound=QuerySet[Any])

# A place lies in a neighbourhood, town, district, governorate and country at most.
DEEPEST = 6
# What the desk says to itself of a record changes nothing of what others are shown.
INTERNAL = (ChangeKind.REPORTS_TOLD_APART, ChangeKind.CASE_ASSIGNED, ChangeKind.COMMENT_ADDED, ChangeKind.PAYLOAD_ERASED)


def agreement(reader: Reader, slug: str) -> Agreement | None:
    """Return the agreement asked for, None where none is. Raise RuleBroken if there is none for this reader."""
    if not slug:
        return None
    found = visibility.agreements(reader).filter(slug=slug).first()
    if found is None:
        raise filters.unknown(slug, "agreement")
    return found


def party(slug: str, field: str) -> Party:
    """Return the party. Raise RuleBroken if there is none."""
    found = Party.objects.filter(slug=slug).first()
    if found is None:
        raise filters.unknown(slug, field)
    return found


def is_party(slug: str, path: str, field: str) -> Q:
    """Return the rows of which the party at this path is the one of this slug, or an organ of it."""
    found = party(slug, field)
    return Q(**{path: found}) | Q(**{f"{path}__organ_of": found})


def convoy(reader: Reader, public_id: Any, field: str = "convoy") -> Convoy:
    """Return the convoy. Raise RuleBroken if there is none for this reader."""
    found = visibility.convoys(reader).filter(public_id=public_id).first()
    if found is None:
        raise filters.unknown(str(public_id), field)
    return found


def lies_in(area: str, *paths: str) -> Q:
    """Return the rows of which a place at one of these paths is the area, or lies in it. Raise RuleBroken if there is no such place."""
    places = within(area)
    found = Q()
    for path in paths:
        found |= Q(**{f"{path}__in": places.values("pk")})
    return found


def within(area: str) -> QuerySet[Place]:
    """Return the area and what lies in it. Raise RuleBroken if there is no such place."""
    found = Place.every.filter(slug=area).select_related("merged_into").first()
    if found is None:
        raise filters.unknown(area, "area")
    found = found.merged_into or found
    inside = Q()
    for depth in range(DEEPEST):
        inside |= Q(**{"__".join(["parent"] * depth) or "pk": found.pk})
    return Place.objects.filter(inside)


def is_in(box: Box, latitude: Any, longitude: Any, around: Decimal = Decimal(0)) -> Q:
    """Return the rows whose point lies in the box, or so many degrees around it; `latitude` and `longitude` are the paths to its numbers."""
    found = Q(**{f"{latitude}__range": (box.south - around, box.north + around)})
    west, east = box.west - around, box.east + around
    if box.crosses:
        return found & (Q(**{f"{longitude}__gte": west}) | Q(**{f"{longitude}__lte": east}))
    return found & Q(**{f"{longitude}__range": (west, east)})


def located(said: str) -> Q:
    """Return the reports with coordinates, their own or those of the place they name, or those without: as rows of `visibility` show them."""
    if said == Located.WITH:
        return Q(latitude__isnull=False) | Q(place__in=Place.objects.filter(latitude__isnull=False))
    return Q(latitude=None) & (Q(place=None) | Q(place__in=Place.objects.filter(latitude=None)))


def points_in(reader: Reader, box: Box) -> Q:
    """Return the reports whose own point lies in the box, or else that of the place they name: as this reader is shown them."""
    places = Place.objects.filter(is_in(box, "latitude", "longitude")).values("pk")
    shown = is_in(box, "latitude", "longitude") | Q(latitude=None, place__in=places)
    step = withholding.step_of(reader)
    return shown if step is None else shown & Q(pk__in=_near(box, step, places))


def _near(box: Box, step: Decimal, places: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """Return the keys of all reports that can lie in the box once their points are snapped and their places coarsened, and of some more.

    No index knows where a point is snapped to. These are found by the indexes of the points themselves, and then asked as they are shown.
    """
    lies = Q()
    for depth in range(withholding.HIGHER + 1):
        lies |= Q(**{f"{'__'.join(['parent'] * depth) or 'pk'}__in": places})
    pointed = Report.objects.filter(is_in(box, "latitude", "longitude", around=step / 2), latitude__isnull=False)
    placed = Report.objects.filter(latitude=None, place__in=Place.objects.filter(lies).values("pk"))
    return pointed.values("pk").union(placed.values("pk"), all=True)


def graded(reader: Reader, grade: str) -> Q:
    """Return the rows of this Admiralty grade. What a withheld source is worth is not told by finding it."""
    letters, digits = grade.rstrip("123456"), grade.lstrip("ABCDEF")
    found = Q(source__reliability=letters) & visibility.open_sources(reader) if letters else Q()
    return found & Q(credibility=digits) if digits else found


def came_by(reader: Reader, slug: str) -> Q:
    """Return the rows that came by this source. Raise RuleBroken alike for one that is not there and one that this reader may not know of.

    Who asks by a protected one looks at it, and that is noted.
    """
    source = visibility.sources(reader).filter(slug=slug).first()
    if source is None or not visibility.shows_source(reader, source):
        raise filters.unknown(slug, "source")
    return Q(source=source) & visibility.open_sources(reader)


def relied_on(reader: Reader, letter: str) -> Q:
    """Return the rows whose source can be relied on so far. Of one that is withheld nothing is told."""
    return Q(source__reliability=letter) & visibility.open_sources(reader)


# --- By the sealed log


def changed(reader: Reader, model: Any, since: datetime) -> QuerySet[Change, Any]:
    """Return the public ids of the records of a model that were entered or changed since, as far as this reader is told of the log."""
    changes = Change.objects.filter(seal__sealed_at__gte=since, record_type=str(model._meta.model_name))
    last = visibility.told_up_to(reader, visibility.LATEST)
    if last < visibility.LATEST:
        changes = changes.filter(seal__number__lte=last)
    if not reach(reader, Capability.READ_INTERNAL_NOTES).is_everywhere:
        changes = changes.exclude(kind__in=INTERNAL)
    return changes.values("record_id")


def updated(reader: Reader, rows: Rows, since: datetime | None) -> Rows:
    """Return the rows that were entered or changed since; all of them without an instant."""
    return rows.filter(public_id__in=changed(reader, rows.model, since)) if since else rows


def on_record(rows: Rows, number: int) -> Rows:
    """Return the rows that were on record at this point of the log."""
    return rows.filter(Exists(Change.objects.filter(record_id=OuterRef("public_id"), seal__number__lte=number)))


def last_kind(number: int, kinds: tuple[ChangeKind, ...]) -> Subquery:
    """Return the last of these kinds of change that a row had gone through at this point of the log."""
    gone = Change.objects.filter(record_id=OuterRef("public_id"), kind__in=kinds, seal__number__lte=number)
    return Subquery(gone.order_by("-seal__number").values("kind")[:1])
