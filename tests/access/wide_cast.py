"""Readers for each thing that a profile, a grant or a key may withhold, and one record at least for each thing that may be withheld.

Beside the cast, through which addresses are walked, this is asked of the queries alone. All was sealed at two instants: what is called
"late" came between them, and to whoever is told with delay that has not happened yet.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils import timezone

from incidents.actions import assessments, reports, roles, snapshots
from incidents.actions.convoys import CargoStated, CheckpointStated
from incidents.models import ApiKey, Convoy, Coverage, Declaration, Evidence, Incident, Profile, Report, Response, Seal, User
from incidents.queries import visibility
from incidents.queries.questions import Question
from incidents.vocabulary import CargoKind, CoverageKind, Grid, Occurrence, PlacePrecision, ReportState, ResponseKind, Scope, Stance
from tests.builders import make_agreement, make_claim, make_party, make_place, make_report, make_source, make_user, sealed_and_posted
from tests.builders.convoys import make_convoy, tell

DELAY = 48
READERS = (
    "stranger", "partner", "late", "judged", "both", "standing", "snapped", "unsourced", "wordless", "unescorted", "here", "mixed", "shut",
    "internal", "analyst",
)  # fmt: skip


def readers() -> dict[str, User]:
    """Return everybody who asks: a partner, those with one profile each, those whom grants or a key tell apart, and an analyst."""
    here, there = make_agreement(), make_agreement("hill-2021")
    verified = [Occurrence.VERIFIED]
    found = {
        "stranger": make_user(User.Role.NONE, "stranger"),
        "partner": make_user(User.Role.PARTNER),
        "late": _carrier("late", delay_hours=DELAY),
        "judged": _carrier("judged", occurrences=verified),
        "both": _carrier("both", occurrences=verified, delay_hours=DELAY),
        "standing": _carrier("standing", report_states=[ReportState.SUBMITTED]),
        "snapped": _carrier("snapped", grid=Grid.KM_11),
        "unsourced": _carrier("unsourced", shows_sources=False),
        "wordless": _carrier("wordless", shows_wording=False),
        "unescorted": _carrier("unescorted", shows_convoys=False),
        "here": _carrier("here", is_every_agreement=False),
        "mixed": make_user(User.Role.PARTNER, "mixed"),
        "shut": make_user(User.Role.PARTNER, "shut"),
        "internal": make_user(User.Role.ANALYST, "internal"),
        "analyst": make_user(User.Role.ANALYST),
    }
    Profile.objects.get(slug="here").agreements.set([here])
    roles.grant(user=found["mixed"], agreement=there, role=User.Role.ANALYST, by=None)
    roles.grant(user=found["shut"], agreement=there, role=User.Role.NONE, by=None)
    found = {name: User.objects.get(pk=user.pk) for name, user in found.items()}
    found["internal"].key = ApiKey.issue(user=found["internal"], name="internal", scopes=[Scope.INTERNAL])[0]
    return found


def _carrier(slug: str, **facts: Any) -> User:
    return make_user(User.Role.PARTNER, slug, profile=Profile.objects.create(slug=slug, name=slug.title(), **facts))


@dataclass
class Wide:
    """Who asks, for what, and what was sealed when whoever is told with delay last heard."""

    readers: dict[str, User]
    records: dict[str, Model]
    raw: dict[str, dict[str, Any]]
    heard_at: datetime
    heard: int
    last: int


def wide() -> Wide:
    """Return everybody and everything. Records are named by their noun and by what sets them apart."""
    asking, found = readers(), _early()
    sealed_and_posted()
    heard = Seal.objects.count()
    snapshots.publish(question=Question.parse({}, make_agreement()), by=None)
    snapshots.publish(question=Question.parse({}, make_agreement("hill-2021")), by=None)
    heard_at = timezone.now()
    found |= _late(found)
    sealed_and_posted()
    _release(heard_at)
    for row in visibility.snapshots(asking["analyst"]):
        found[f"snapshot {_at(row)}"] = row
    raw = {name: type(row)._base_manager.filter(pk=row.pk).values().get() for name, row in found.items()}
    return Wide(asking, found, raw, heard_at, heard, Seal.objects.count())


def _at(row: Any) -> str:
    return "here" if row.agreement == make_agreement() else "there"


def _words(**facts: Any) -> dict[str, Any]:
    return {"link": "https://example.org/1", "wording": "as received", "spoken_by": "a speaker", **facts}


def _early() -> dict[str, Any]:
    here, there = make_agreement(), make_agreement("hill-2021")
    district = make_place("Valley", precision=PlacePrecision.DISTRICT)
    town = make_place("Ford", parent=district)
    whisper = make_source("Whisper", is_protected=True)
    ways = ("mill", "ford", "wood", "dam", "gate", "moor", "tied", "beside", "told", "going")
    event = {name: Incident.objects.create(slug=name, name=name.title()) for name in ways}
    event["merged"] = Incident.objects.create(slug="merged", name="Merged", merged_into=event["mill"])
    event["emptied"] = Incident.objects.create(slug="emptied", name="Emptied", withdrawn_at=timezone.now())
    convoy = _convoys(event, town, whisper)
    point = {"latitude": Decimal("36.171717"), "longitude": Decimal("37.028282"), "place_precision": PlacePrecision.POINT}
    made: dict[str, Report] = {
        "plain": make_report(incident=event["mill"], place=town, place_as_worded="the mill", external_id="P-1", **point, **_words()),
        "whispered": make_report(incident=event["ford"], source=whisper, external_id="W-1", **_words()),
        "whispered there": make_report(agreement=there, source=whisper, external_id="W-2", **_words()),
        "of both, here": make_report(incident=event["wood"]),
        "of both, there": make_report(incident=event["wood"], agreement=there),
        "refuted": make_report(incident=event["dam"]),
        "in waiting": make_report(incident=event["gate"]),
        "withdrawn": make_report(incident=event["emptied"]),
        "corrected": make_report(),
        "recalled": make_report(),
        "draft": _draft(here),
        "draft there": _draft(there),
        "on the open": make_report(convoy=convoy["open"], checkpoint=convoy["open"].checkpoints.get()),
        "on the late": make_report(convoy=convoy["late"]),
        "on the secret": make_report(convoy=convoy["secret"]),
        "beside it": make_report(incident=event["beside"]),
        "with it": make_report(incident=event["beside"], convoy=convoy["secret"]),
        "of its event": make_report(incident=event["tied"]),
        "told of it": make_report(),
        "told, too": make_report(incident=event["told"]),
        "beside told": make_report(incident=event["told"]),
        "on the secret there": make_report(agreement=there, convoy=convoy["secret there"]),
    }
    for number in (1, 2):
        report = made["told of it" if number == 1 else "told, too"]
        tell(convoy["secret"], "attacked", datetime(2020, 6, 2, 8 + number, tzinfo=UTC), report=report)
    editors = [make_user(User.Role.EDITOR, name) for name in ("decider", "confirmer")]
    return {
        "agreement here": here, "agreement there": there, "source open": make_source(), "source protected": whisper,
        **{f"report {name}": report for name, report in made.items()},
        **{f"incident {name}": incident for name, incident in event.items()},
        **{f"convoy {name}": row for name, row in convoy.items()},
        **{f"checkpoint of {name}": convoy[name].checkpoints.get() for name in ("open", "secret")},
        **{f"cargo of {name}": convoy[name].cargo.get() for name in ("open", "secret")},
        **_events(convoy, town, whisper),
        "assessment verified": _judged(event["mill"], editors, "verified"),
        "assessment of both": _judged(event["wood"], editors, "verified"),
        "assessment refuted": _judged(event["dam"], editors, "refuted"),
        "assessment in waiting": _decided(event["gate"], editors[0], "verified"),
        "assessment there alone": _decided(event["moor"], editors[0], "verified", there),
        "evidence plain": _evidence(made["plain"]), "evidence whispered": _evidence(made["whispered"]),
        "evidence whispered there": _evidence(made["whispered there"]), "evidence of secret": _evidence(made["on the secret"]),
        "claim plain": make_claim(254, note="ours", external_id="C-1", **_words()),
        "claim whispered": make_claim(11, source=whisper, external_id="C-2", **_words()),
        "claim there": make_claim(77, agreement=there, source=whisper, note="ours", **_words()),
        "response plain": _response(event["mill"]), "response of secret": _response(event["tied"]),
        "response whispered": _response(event["mill"], source=whisper), "response of both": _response(event["wood"], source=whisper),
        "coverage plain": _coverage(here, note="ours", place=town, place_as_worded="the mill", external_id="K-1"),
        "coverage whispered": _coverage(here, source=whisper, external_id="K-2"), "coverage there": _coverage(there, source=whisper, note="ours"),
        "declaration plain": _declaration(here), "declaration whispered": _declaration(here, source=whisper),
        "declaration there": _declaration(there, source=whisper),
    }  # fmt: skip


def _late(early: dict[str, Any]) -> dict[str, Any]:
    """Return what came in after whoever is told with delay last heard, some of it to what they know."""
    here, editors = make_agreement(), list(User.objects.filter(username__in=["decider", "confirmer"]).order_by("pk"))
    names = ("agreement", "claimant", "source", "violation_type", "occurred_on", "time_precision", "accused_party")
    corrected = early["report corrected"]
    made = {
        "report late": make_report(),
        "report correcting": reports.supersede(report=corrected, by=None, **{name: getattr(corrected, name) for name in names}),
        "report judged late": make_report(incident=early["incident going"]),
    }
    Report.objects.filter(pk=made["report judged late"].pk).update(submitted_at=timezone.now() - timedelta(days=1))
    reports.retract(report=early["report recalled"], by=None, reason="Sent by mistake")
    tell(early["convoy open"], "delivered", datetime(2020, 6, 3, 9, tzinfo=UTC))
    return made | {
        "assessment late": _judged(early["incident going"], editors, "verified"),
        "evidence late": _evidence(early["report plain"]),
        "claim late": make_claim(255),
        "response late": _response(early["incident mill"]),
        "coverage late": _coverage(here),
        "declaration late": _declaration(here),
        "event late": early["convoy open"].events.get(status="delivered"),
    }


def _convoys(event: dict[str, Incident], town: Any, whisper: Any) -> dict[str, Convoy]:
    way = {"checkpoints": [CheckpointStated("Post", town)], "cargo": [CargoStated(CargoKind.FOOD, Decimal(9), "t", removed_at=1)]}
    ends = {"origin_as_worded": "the yard", "destination_as_worded": "the mill", "link": "https://example.org/c", "note": "ours"}
    made = {
        "open": make_convoy("Open", destination=town, origin=town, external_id="V-1", **way, **ends),
        "whispered": make_convoy("Whispered", source=whisper, external_id="V-2", link="https://example.org/c"),
        "late": make_convoy("Late"),
        "of none": make_convoy("Of none", agreement=None),
        "there": make_convoy("There", agreement=make_agreement("hill-2021"), source=whisper, **ends),
        "secret": make_convoy("Secret", **way),
        "secret there": make_convoy("Secret there", agreement=make_agreement("hill-2021")),
        "secret and tied": make_convoy("Tied"),
    }
    Convoy.objects.filter(pk=made["secret and tied"].pk).update(incident=event["tied"])
    return made


def _release(heard_at: datetime) -> None:
    """Open all convoys but the secret ones. It comes last: whatever else is told of a convoy closes it again."""
    one, another = (make_user(User.Role.EDITOR, f"{name} releases") for name in ("one", "another"))
    opened = Convoy.objects.filter(reference__in=["Open", "Whispered", "Of none", "There", "Late"])
    opened.update(released_by=one, release_confirmed_by=another, released_at=heard_at - timedelta(hours=1))
    opened.filter(reference="Late").update(released_at=heard_at + timedelta(hours=1))


def _events(convoy: dict[str, Convoy], town: Any, whisper: Any) -> dict[str, Any]:
    def told(name: str, status: str, hour: int, **facts: Any) -> Any:
        return tell(convoy[name], status, datetime(2020, 6, 1, hour, tzinfo=UTC), link="https://example.org/e", wording="as received", **facts)

    return {
        "event plain": told("open", "loaded", 8, place=town, reason="by the mill"),
        "event at a checkpoint": told("open", "waiting_at_checkpoint", 9, checkpoint=convoy["open"].checkpoints.get()),
        "event whispered": told("open", "departed", 10, source=whisper),
        "event there": told("there", "loaded", 8, source=whisper),
        "event of secret": told("secret", "loaded", 8),
    }


def _decided(incident: Incident, by: User, occurrence: str, agreement: Any = None) -> Any:
    facts = {"attribution": "attributed", "attributed_party": make_party("Lowlands")} if occurrence == "verified" else {}
    return assessments.decide(incident=incident, agreement=agreement or make_agreement(), by=by, reason="ours", occurrence=occurrence, **facts)


def _judged(incident: Incident, editors: list[User], occurrence: str) -> Any:
    return assessments.confirm(assessment=_decided(incident, editors[0], occurrence), by=editors[1])


def _draft(agreement: Any) -> Report:
    facts = {"claimant": make_party("Highlands"), "source": make_source(), "violation_type": "shelling", "time_precision": "unknown"}
    return Report.objects.create(agreement=agreement, state=ReportState.DRAFT, **facts)


def _evidence(report: Report) -> Evidence:
    return Evidence.objects.create(report=report, title="Photograph", link="https://example.org/picture", received_at=timezone.now())


def _response(incident: Incident, **facts: Any) -> Response:
    values = {"party": make_party("Lowlands"), "kind": ResponseKind.DENIES, "answered_on": date(2020, 6, 3), "source": make_source()}
    return Response.objects.create(incident=incident, gist="Denied.", **values | _words() | facts)


def _coverage(agreement: Any, **facts: Any) -> Coverage:
    values = {"observer": make_party("Monitor"), "kind": CoverageKind.values[0], "from_on": date(2020, 6, 1), "source": make_source()}
    return Coverage.objects.create(agreement=agreement, link="https://example.org/k", **values | facts)


def _declaration(agreement: Any, **facts: Any) -> Declaration:
    values = {"party": make_party("Highlands"), "stance": Stance.values[0], "declared_on": date(2020, 6, 2), "source": make_source()}
    return Declaration.objects.create(agreement=agreement, gist="Said so.", wording_ar="كما ورد", **values | _words() | facts)
