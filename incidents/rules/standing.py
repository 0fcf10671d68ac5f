"""The standing of an agreement: what its dates say, what each party declared last, and whether these contradict one another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from incidents.vocabulary import Stance


class Status(TextChoices):
    """What the dates of an agreement say, whatever anybody declares."""

    NOT_ANNOUNCED = "not_announced", _("not announced")
    ANNOUNCED = "announced", _("announced")
    IN_FORCE = "in_force", _("in force")
    OPEN_ENDED = "open_ended", _("in force, no end date")
    LAPSED = "lapsed", _("lapsed")
    SUPERSEDED = "superseded", _("superseded")


@dataclass(frozen=True)
class Dates:
    """The dates of an agreement. No end: it runs until replaced. `announced_on` is a local day, the others are aware."""

    announced_on: date | None
    starts_at: datetime | None
    ends_at: datetime | None
    zone: ZoneInfo
    superseded_at: datetime | None = None


@dataclass(frozen=True)
class Declaration:
    """A party's dated word. `at` is an aware datetime, or a local day where no time is known; `name` is short, as in a sentence."""

    party: str
    name: str
    stance: Stance
    at: datetime | date
    wording: str = ""


@dataclass(frozen=True)
class Position:
    """The parties whose latest word reads the same, with the declarations that say it."""

    word: str | Promise
    declarations: tuple[Declaration, ...]

    @property
    def stance(self) -> Stance:
        return self.declarations[0].stance

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(declaration.name for declaration in self.declarations)


@dataclass(frozen=True)
class Standing:
    """How an agreement stands at an instant: by its dates, by each party's latest word, and what was said besides."""

    status: Status
    positions: tuple[Position, ...]
    remarks: tuple[Declaration, ...]
    contested: bool


HOLDS = frozenset({Stance.ACCEPTS, Stance.EXTENDS, Stance.PROLONG})
PAUSED = frozenset({Stance.SUSPENDS})
ENDED = frozenset({Stance.OVER, Stance.FAILED})

_RUNNING = frozenset({Status.ANNOUNCED, Status.IN_FORCE, Status.OPEN_ENDED})
_BEYOND_ITS_END = frozenset({Stance.EXTENDS, Stance.PROLONG})

_WORDS: dict[Stance, Promise] = {
    Stance.ACCEPTS: pgettext_lazy("stance on a truce, after a party's name", "accepts"),
    Stance.EXTENDS: pgettext_lazy("stance on a truce, after a party's name", "extend"),
    Stance.PROLONG: pgettext_lazy("stance on a truce, after a party's name", "prolong"),
    Stance.SUSPENDS: pgettext_lazy("stance on a truce, after a party's name", "suspended"),
    Stance.OVER: pgettext_lazy("stance on a truce, after a party's name", "over"),
    Stance.FAILED: pgettext_lazy("stance on a truce, after a party's name", "failed"),
}


def standing(dates: Dates, declarations: Iterable[Declaration], as_of: datetime) -> Standing:
    """Return the standing at an instant, from what was declared by then; it is derived and never entered.

    Each party's latest word on whether the truce stands counts. Other words (meaningless, complies, blames, denies) are remarks.
    Declarations at the same time keep the order in which they are given, and the last given of one party counts.
    """
    said = _said_by(dates.zone, declarations, as_of)
    latest = {declaration.party: declaration for declaration in said if declaration.stance in _WORDS}
    positions = _positions([declaration for declaration in said if declaration is latest.get(declaration.party)])
    status = by_dates(dates, as_of)
    remarks = tuple(declaration for declaration in said if declaration.stance not in _WORDS)
    return Standing(status, positions, remarks, _is_contested(status, {position.stance for position in positions}))


def by_dates(dates: Dates, as_of: datetime) -> Status:
    """Return what the dates alone say. An agreement is in force from its first instant and no longer at its last."""
    if dates.superseded_at and as_of >= dates.superseded_at:
        return Status.SUPERSEDED
    if dates.ends_at and as_of >= dates.ends_at:
        return Status.LAPSED
    if dates.starts_at and as_of >= dates.starts_at:
        return Status.IN_FORCE if dates.ends_at else Status.OPEN_ENDED
    if dates.announced_on and as_of.astimezone(dates.zone).date() >= dates.announced_on:
        return Status.ANNOUNCED
    return Status.NOT_ANNOUNCED


def summary(standing: Standing) -> str:
    """Return one line: who says what, in order of time. Without any declaration it is what the dates say."""
    if not standing.positions:
        return str(standing.status.label)
    lines = [
        pgettext("a position in the standing of a truce", "%(parties)s: %(word)s") % {"parties": listed(position.names), "word": position.word}
        for position in standing.positions
    ]
    return pgettext("between positions in the standing of a truce", "; ").join(lines)


def listed(names: Sequence[str]) -> str:
    """Return names as in a sentence: A, B and C."""
    *others, last = names
    if not others:
        return last
    first = pgettext("between names in a list", ", ").join(others)
    return pgettext("the last of several names", "%(others)s and %(last)s") % {"others": first, "last": last}


def _said_by(zone: ZoneInfo, declarations: Iterable[Declaration], as_of: datetime) -> list[Declaration]:
    dated = [(_instant(declaration.at, zone), declaration) for declaration in declarations]
    return [declaration for at, declaration in sorted(dated, key=lambda pair: pair[0]) if at <= as_of]


def _instant(at: datetime | date, zone: ZoneInfo) -> datetime:
    """Return when a declaration begins to count. A day without a time begins with the day, before any time that is known."""
    if not isinstance(at, datetime):
        return datetime.combine(at, time(), zone).astimezone(UTC)
    if at.tzinfo is None:
        raise ValueError("a declaration's time needs a zone")
    return at.astimezone(UTC)


def _positions(latest: Sequence[Declaration]) -> tuple[Position, ...]:
    """Return the declarations grouped by how they read, in the order in which each group was first heard."""
    groups: dict[tuple[Stance, str], list[Declaration]] = {}
    for declaration in latest:
        quoted = declaration.wording if declaration.stance == Stance.FAILED else ""
        groups.setdefault((declaration.stance, quoted), []).append(declaration)
    return tuple(Position(f"'{quoted}'" if quoted else _WORDS[stance], tuple(group)) for (stance, quoted), group in groups.items())


def _is_contested(status: Status, stances: set[Stance]) -> bool:
    """Tell whether the positions contradict one another or the dates. Having accepted a truce does not contradict its end."""
    if status in {Status.LAPSED, Status.SUPERSEDED}:
        stances = stances - {Stance.ACCEPTS}
    camps = [camp for camp in (HOLDS, PAUSED, ENDED) if camp & stances]
    if len(camps) > 1:
        return True
    if status in _RUNNING:
        return bool(stances & (PAUSED | ENDED))
    return status == Status.LAPSED and bool(stances & _BEYOND_ITS_END)
