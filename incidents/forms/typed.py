"""A report as one would type it into the form that logs one: what a correction begins with, and is compared to."""

from datetime import timedelta
from decimal import Decimal

from incidents.models import Report
from incidents.rules.timespans import PartOfDay
from incidents.vocabulary import HarmGroup, HarmKind, TimePrecision

NOBODY = "nobody"


def filled(report: Report) -> dict[str, str]:
    """Return every field as one would type it to say what this report says."""
    values = {name: getattr(report, name) for name in ("wording", "link", "summary", "spoken_by", "accused_as_worded", "target_as_claimed")}
    values = {name: value.replace("\r\n", "\n") for name, value in values.items()}
    values |= {name: str(getattr(report, name)) for name in ("violation_type", "place_precision", "credibility", "unit")}
    values |= {
        "place": _place_typed(report),
        "order": "",
        "accused": report.accused_side.code if report.accused_side else "" if report.accused_party else NOBODY,
        "accused_party": report.accused_party.label if report.accused_party else "",
        "relayed_by": report.relayed_by.label if report.relayed_by else "",
        "claimant": report.claimant.slug,
        "source": report.source.slug,
        "published_on": report.published_on.isoformat() if report.published_on else "",
        "term": report.term.number if report.term else "",
        "stated_count": "" if report.stated_count is None else str(report.stated_count),
    }
    return values | _time_typed(report) | _harm_typed(report)


def _place_typed(report: Report) -> str:
    if report.place:
        return report.place.name
    if report.latitude is None or report.longitude is None:
        return report.place_as_worded
    letters = "S" if report.latitude < 0 else "N", "W" if report.longitude < 0 else "E"
    return f"{_plain(report.latitude)}° {letters[0]}, {_plain(report.longitude)}° {letters[1]}"


def _plain(degrees: Decimal) -> str:
    text = f"{abs(degrees):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _time_typed(report: Report) -> dict[str, str]:
    precision, zone = TimePrecision(report.time_precision), report.agreement.zone
    typed = {"day": "", "clock": "", "until": "", "last_day": "", "time_precision": str(precision)}
    if report.occurred_on:
        typed["day"] = report.occurred_on.isoformat()
    if report.starts_at is None or report.ends_at is None:
        return typed
    first = report.starts_at.astimezone(zone)
    # An end is the first instant no longer meant; an exact one is the last instant itself.
    before = {TimePrecision.EXACT: timedelta(), TimePrecision.HOUR: timedelta(hours=1)}.get(precision, timedelta(microseconds=1))
    last = max(report.starts_at, report.ends_at - before).astimezone(zone)
    typed["day"] = first.date().isoformat()
    if precision == TimePrecision.PART_OF_DAY:
        typed["time_precision"] = f"{precision}:{list(PartOfDay)[first.hour // 6]}"
    if precision in {TimePrecision.EXACT, TimePrecision.HOUR}:
        typed["clock"] = f"{first:%H:%M}"
        typed["until"] = f"{last:%H:%M}" if last != first else ""
    if precision in {TimePrecision.EXACT, TimePrecision.HOUR, TimePrecision.DAY} and last.date() != first.date():
        typed["last_day"] = last.date().isoformat()
    return typed


def _harm_typed(report: Report) -> dict[str, str]:
    typed = {f"{kind}_{end}": "" for kind in HarmKind for end in ("low", "high")}
    for claim in report.casualty_claims.all():
        if claim.group == HarmGroup.UNKNOWN:
            about = claim.best if claim.low is None and claim.high is None else None
            pair = {"low": claim.low if about is None else about, "high": claim.high if about is None else about}
            typed |= {f"{claim.kind}_{end}": "" if number is None else str(number) for end, number in pair.items()}
    return typed
