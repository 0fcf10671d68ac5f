"""What is put in place of values that a reader may not see: nothing for words and names, a node of the grid for a point.

Each function returns expressions by field name, as `reduction.reduced` takes them; none for readers from whom nothing is withheld.
"""

from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import BigIntegerField, Case, DateTimeField, DecimalField, Expression, F, Func, Q, TextField, Value, When
from django.db.models.functions import Cast, Now

from incidents.models import Profile, User
from incidents.permissions import Capability, reach
from incidents.vocabulary import METRES_OF, PRECISION_ON, Grid, PlacePrecision, ReportState

Reader = User | AnonymousUser
Values = dict[str, Any]

EVERY = Q(pk__isnull=False)
WORDING = ("wording", "wording_ar")
# What is said of an event on a convoy's way in words.
ON_THE_WAY = ("reason", "wording")
# How many places around the one named are looked through for one that is coarse enough.
HIGHER = 3
_NULLABLE = {"external_id"}


def profile_of(reader: Reader) -> Profile | None:
    """Return the profile that this reader carries, if there is one."""
    return reader.profile if isinstance(reader, User) and reader.profile_id else None


def cutoff(profile: Profile) -> Func | None:
    """Return the instant after which nothing exists yet for whoever carries it, by the database's clock; None where nothing is delayed."""
    if not profile.delay_hours:
        return None
    since = f"(%(expressions)s - make_interval(hours => {int(profile.delay_hours)}))"
    return Func(Now(), template=since, output_field=DateTimeField())


def step_of(reader: Reader) -> Decimal | None:
    """Return the width in degrees of the grid to which points are snapped for this reader; None where they are exact."""
    profile = profile_of(reader)
    return profile.step if profile else None


def has_withheld_source(reader: Reader, path: str = "agreement") -> Q | None:
    """Return the condition for rows whose source is withheld from this reader, None where no row is; `path` leads from a row to its agreement."""
    profile = profile_of(reader)
    if profile and not profile.shows_sources:
        return EVERY
    held = reach(reader, Capability.READ_PROTECTED_SOURCES)
    if held.is_everywhere:
        return None
    is_protected = Q(source__is_protected=True)
    return is_protected & ~held.over(path) if held.is_somewhere else is_protected


def words(reader: Reader, names: tuple[str, ...], where: Q | None) -> Values:
    """Return nothing in place of these fields where the condition holds, and of the wording for a profile without it."""
    profile = profile_of(reader)
    values: Values = {} if where is None else {name: _nothing(name, where) for name in names}
    if profile and not profile.shows_wording:
        values |= {name: _nothing(name, EVERY) for name in names if name in WORDING}
    return values


def notes(reader: Reader, name: str = "note") -> Values:
    """Return nothing in place of our own notes, or of what else is internal, for whoever may not read it."""
    held = reach(reader, Capability.READ_INTERNAL_NOTES)
    if held.is_everywhere:
        return {}
    return {name: _nothing(name, ~held.over() if held.is_somewhere else EVERY)}


def where_it_was(reader: Reader) -> Values:
    """Return the snapped point of a report, and the nearest place around it that is no finer than the grid."""
    profile = profile_of(reader)
    if profile is None or profile.step is None:
        return {}
    finest = PRECISION_ON[Grid(profile.grid)]
    finer = _finer_than(finest)
    return {
        "latitude": _snapped("latitude", profile, 8),
        "longitude": _snapped("longitude", profile, 9),
        "place_precision": Case(When(place_precision__in=finer, then=Value(finest)), default=F("place_precision"), output_field=TextField()),
        "checkpoint": Cast(Value(None), BigIntegerField()),
        **place(reader),
    }


def place(reader: Reader) -> Values:
    """Return the nearest place around the one named that is no finer than the grid; what was worded is finer than anybody knows."""
    profile = profile_of(reader)
    if profile is None or profile.step is None:
        return {}
    return {"place": _around("place", profile), "place_as_worded": _nothing("place_as_worded", EVERY)}


def ends_of_the_way(reader: Reader) -> Values:
    """Return the nearest places around where a convoy set out and was bound for that are no finer than the grid."""
    profile = profile_of(reader)
    if profile is None or profile.step is None:
        return {}
    ends = ("origin", "destination")
    return {end: _around(end, profile) for end in ends} | {f"{end}_as_worded": _nothing(f"{end}_as_worded", EVERY) for end in ends}


def on_the_way(reader: Reader) -> Values:
    """Return the nearest place around where something befell a convoy that is no finer than the grid, and no checkpoint: its name is a place.

    Nor what was said of it in words, which is where it was said to be in words.
    """
    profile = profile_of(reader)
    if profile is None or profile.step is None:
        return {}
    said = {name: _nothing(name, EVERY) for name in ON_THE_WAY}
    return {"place": _around("place", profile), "checkpoint": Cast(Value(None), BigIntegerField()), **said}


def hides_checkpoints(reader: Reader) -> bool:
    """Return whether checkpoints are finer than this reader may know."""
    return step_of(reader) is not None


def ties_to_convoys(reader: Reader) -> Values:
    """Return nothing in place of the convoy that a report hangs on, for whoever is given no convoys."""
    if reach(reader, Capability.READ_RELEASED_CONVOYS).is_somewhere:
        return {}
    return {name: Cast(Value(None), BigIntegerField()) for name in ("convoy", "checkpoint")}


def state(reader: Reader) -> Values:
    """Return the state of a report as it was before what does not exist yet superseded it."""
    profile = profile_of(reader)
    since = cutoff(profile) if profile else None
    if since is None:
        return {}
    is_unseen = Q(state=ReportState.SUPERSEDED, superseded_by__submitted_at__gt=since)
    return {"state": Case(When(is_unseen, then=Value(ReportState.SUBMITTED)), default=F("state"), output_field=TextField())}


def _around(name: str, profile: Profile) -> Expression:
    coarse = [precision for precision in PlacePrecision.values if precision not in _finer_than(PRECISION_ON[Grid(profile.grid)])]
    around = ("__".join([name] + ["parent"] * depth) for depth in range(HIGHER + 1))
    return Case(*(When(**{f"{path}__precision__in": coarse}, then=F(f"{path}__id")) for path in around), default=None)


def named_on_maps(reader: Reader) -> list[str]:
    """Return how exactly known a place may be to have its name stand at its point: no finer than the grid, for whoever is on one."""
    profile = profile_of(reader)
    finer = _finer_than(PRECISION_ON[Grid(profile.grid)]) if profile and profile.step is not None else []
    return [precision for precision in PlacePrecision.values if precision not in finer]


def _finer_than(finest: PlacePrecision) -> list[str]:
    order = list(METRES_OF)
    return [str(precision) for precision in order[: order.index(finest)]]


def _snapped(name: str, profile: Profile, digits: int) -> Expression:
    """Return the coordinate of the nearest node: the same for whoever asks and however often, so that nothing averages out."""
    node = Func(F(name), template=f"(ROUND(%(expressions)s / {profile.step}) * {profile.step})", output_field=DecimalField())
    return Cast(node, DecimalField(max_digits=digits, decimal_places=6))


def _nothing(name: str, where: Q) -> Expression:
    nothing = Value(None if name in _NULLABLE else "", output_field=TextField())
    return nothing if where is EVERY else Case(When(where, then=nothing), default=F(name), output_field=TextField())
