"""The standing of an agreement: what its dates say and what the parties say, and whether they agree."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from incidents.models import Agreement, Declaration
from incidents.queries import narrowing, points, visibility
from incidents.queries.points import Point
from incidents.queries.visibility import Reader
from incidents.rules import standing as rule
from incidents.vocabulary import Stance


def of_agreement(agreement: Agreement, at: datetime, reader: Reader | None = None) -> rule.Standing:
    """Return the agreement's standing at an instant, from its dates and the declarations made until then.

    To a reader what is hidden was not declared; without one, everything was.
    """
    told = declarations(agreement, reader).select_related("party__organ_of", "source")
    return rule.standing(dates_of(agreement), (declared(row) for row in told), at)


def of_agreements(agreements: Sequence[Agreement], now: datetime, reader: Reader) -> dict[int, rule.Standing]:
    """Return the standing of each by its key: now, or of a past one at its end. What was declared of all of them is read at once."""
    told: dict[int, list[rule.Declaration]] = {}
    for row in visibility.declarations(reader).filter(agreement__in=agreements).select_related("party__organ_of", "source"):
        told.setdefault(row.agreement_id, []).append(declared(row))
    return {one.pk: rule.standing(dates_of(one), told.get(one.pk, []), at_its_end(one, now)) for one in agreements}


def as_known(agreement: Agreement, point: Point, reader: Reader, at: datetime | None = None) -> rule.Standing:
    """Return the same as the log had it at a point, at an instant or else at the truce's end: whenever it is asked, it is the same."""
    known = points.dates_at(agreement, point)
    dates = rule.Dates(announced_on=known.announced_on, starts_at=known.begins, ends_at=known.ends, zone=known.zone)
    told = narrowing.on_record(declarations(agreement, reader), point.number).select_related("party__organ_of", "source")
    return rule.standing(dates, (declared(row) for row in told), at or _at_its_end(dates, point.sealed_at or known.begins))


def declarations(agreement: Agreement, reader: Reader | None) -> QuerySet[Declaration]:
    """Return the declarations about an agreement that exist for this reader."""
    return agreement.declarations.all() if reader is None else visibility.declarations(reader).filter(agreement=agreement)


def at_its_end(agreement: Agreement, now: datetime) -> datetime:
    """Return the instant at which a past truce's standing is told: the end of its last local day; now, while it runs.

    What parties declare on the last day belongs to it, whatever the hour.
    """
    return _at_its_end(dates_of(agreement), now)


def _at_its_end(dates: rule.Dates, now: datetime) -> datetime:
    if dates.ends_at is None or dates.ends_at > now:
        return now
    return dates.ends_at.astimezone(dates.zone).replace(hour=23, minute=59, second=59)


def dates_of(agreement: Agreement) -> rule.Dates:
    """Return the agreement's dates as the rules take them."""
    return rule.Dates(
        announced_on=agreement.announced_on,
        starts_at=agreement.in_force_from,
        ends_at=agreement.in_force_until,
        zone=agreement.zone,
    )


def declared(row: Declaration) -> rule.Declaration:
    """Return a declaration as the rules take it: an organ's word is that of the party it speaks for, unquoted where its source is protected."""
    speaker = row.party.principal
    return rule.Declaration(
        party=speaker.slug,
        name=speaker.short_label,
        stance=Stance(row.stance),
        at=row.declared_at or row.declared_on,
        wording="" if row.source.is_protected else row.quoted,
    )
