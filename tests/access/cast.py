"""Everybody who may ask, and everything that may be hidden: made once for all the tests of this folder."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from incidents.actions import assessments, incidents, reports
from incidents.models import (
    AggregateClaim,
    AgreementRole,
    ApiKey,
    Convoy,
    Coverage,
    Declaration,
    Evidence,
    Incident,
    Profile,
    Report,
    Response,
    User,
)
from incidents.vocabulary import CoverageKind, Grid, Occurrence, PlacePrecision, ReportState, ResponseKind, Scope, Stance
from tests.builders import make_agreement, make_claim, make_party, make_place, make_report, make_source, make_user

# What no partner with a narrow profile may ever be given, in whatever form. Parts of them are sought, too.
LATITUDE, LONGITUDE = "36.171717", "37.028282"
SECRETS = (
    *("171717", "028282", "Whispering Willow", "whispering-willow", "overheard-in-the-cellar", "spoken-by-the-cook"),
    *("note-to-ourselves", "CONVOY-EMBARGO", "Embargoed depot", "ambush-on-the-embargoed", "half-written-draft", "EMB-EXT-1", "WHISPER-EXT"),
)


@dataclass
class Identity:
    """Somebody who asks: by key, by session, or with neither."""

    name: str
    user: User | None = None
    headers: dict[str, str] = field(default_factory=dict)
    kept: dict[bool, Any] = field(default_factory=dict)

    def client_at(self, is_json: bool) -> Any:
        """Return a client for the JSON or for the pages, the same each time. A key is sent to pages, too, which take none."""
        if is_json not in self.kept:
            self.kept[is_json] = self.json() if is_json else self.pages()
            if self.headers and not is_json:
                self.kept[is_json].defaults.update({f"HTTP_{name.upper()}": value for name, value in self.headers.items()})
        return self.kept[is_json]

    def json(self) -> APIClient:
        """Return a client for the JSON."""
        client = APIClient(headers=self.headers)
        if self.user and not self.headers:
            client.force_login(self.user, backend=BACKEND)
        return client

    def pages(self) -> Client:
        """Return a client for the pages, which take no keys."""
        client = Client()
        if self.user and not self.headers:
            client.force_login(self.user, backend=BACKEND)
        return client


BACKEND = "django.contrib.auth.backends.ModelBackend"


def identities() -> dict[str, Identity]:
    """Return everybody who asks, by name."""
    here = make_agreement()
    partner, analyst = make_user(User.Role.PARTNER), make_user(User.Role.ANALYST)
    people = {
        "anonymous": None,
        "stranger": make_user(User.Role.NONE, "stranger"),
        "partner": partner,
        "here": _carrier("here", is_every_agreement=False),
        "delayed": _carrier("delayed", delay_hours=48),
        "verified": _carrier("verified", occurrences=[Occurrence.VERIFIED]),
        "coarse": _carrier("coarse", grid=Grid.KM_11, shows_sources=False, shows_wording=False, shows_evidence=False, shows_convoys=False),
        "analyst": analyst,
        "editor": make_user(User.Role.EDITOR),
        "administrator": make_user(User.Role.ADMINISTRATOR, is_staff=True),
        "elsewhere": make_user(User.Role.NONE, "elsewhere"),
    }
    AgreementRole.objects.create(user=people["elsewhere"], agreement=make_agreement("hill-2021"), role=User.Role.ANALYST)
    User.objects.filter(username="elsewhere").update(has_grants=True)
    Profile.objects.get(slug="here").agreements.set([here])
    found = {name: Identity(name, user) for name, user in people.items()}
    narrow = _key(partner, scopes=[Scope.READ, Scope.EVIDENCE, Scope.CONVOYS, Scope.CHANGES], is_every_agreement=False)
    narrow[0].agreements.set([here])
    keys = {
        "key": _key(partner),
        "key here": narrow,
        "key reading": _key(analyst, scopes=[Scope.READ]),
        "key writing": _key(analyst, scopes=[Scope.READ, Scope.WRITE_REPORTS]),
        "key expired": _key(partner, expires_at=timezone.now() - timedelta(seconds=1)),
        "key revoked": _key(analyst, revoked_at=timezone.now()),
        "key elsewhere": _key(analyst, networks=["192.0.2.0/24"]),
    }
    for name, (key, text) in keys.items():
        found[name] = Identity(name, key.user, {"Authorization": f"Bearer {text}"})
    return found


def _carrier(slug: str, **facts: Any) -> User:
    return make_user(User.Role.PARTNER, slug, profile=Profile.objects.create(slug=slug, name=slug.title(), **facts))


def _key(user: User, **facts: Any) -> tuple[ApiKey, str]:
    return ApiKey.issue(user=user, name="matrix", per_minute=60_000, **facts)


@dataclass(frozen=True)
class Thing:
    """One record in one state: how it is called in the table, and where it is found."""

    name: str
    noun: str
    key: UUID | str


def things() -> dict[str, Thing]:
    """Return every record in every state that decides who sees it."""
    here, there = make_agreement(), make_agreement("hill-2021", name="Hill truce")
    whisper = make_source("Whispering Willow", is_protected=True)
    depot = make_place("Embargoed depot", latitude=Decimal("36.3"), longitude=Decimal("37.3"))
    secret = Convoy.objects.create(
        reference="CONVOY-EMBARGO", agreement=here, operator=make_party("Aid"), origin=depot, destination=depot, source=make_source(),
        external_id="EMB-EXT-1", note="note-to-ourselves",
    )  # fmt: skip
    open_convoy = _released("CONVOY-OPEN", here)
    hidden_event = Incident.objects.create(slug="ambush-on-the-embargoed", name="ambush-on-the-embargoed")
    verified_event = Incident.objects.create(slug="mill", name="Strike at the mill")
    undecided = Incident.objects.create(slug="ford", name="Strike at the ford")
    whispered = {"source": whisper, "wording": "overheard-in-the-cellar", "spoken_by": "spoken-by-the-cook", "external_id": "WHISPER-EXT"}
    point = {"latitude": Decimal(LATITUDE), "longitude": Decimal(LONGITUDE), "place_precision": PlacePrecision.POINT}
    made: dict[str, Report] = {
        "submitted": make_report(incident=undecided, summary="Plain"),
        "verified": make_report(incident=verified_event),
        "exact": make_report(**point, place_as_worded="36.171717 N"),
        "protected": make_report(**whispered),
        "retracted": make_report(),
        "fresh": make_report(),
        "draft": make_report(summary="half-written-draft"),
        "elsewhere": make_report(agreement=there),
        "of secret convoy": make_report(convoy=secret, summary="ambush-on-the-embargoed road"),
        "of secret event": make_report(incident=hidden_event),
        "of open convoy": make_report(convoy=open_convoy),
    }
    reports.retract(report=made["retracted"], by=None, reason="Sent by mistake")
    Report.objects.filter(pk=made["draft"].pk).update(state=ReportState.DRAFT, submitted_at=None)
    made["correction"] = reports.supersede(report=made["submitted"], by=None, **_as(made["submitted"]))
    Convoy.objects.filter(pk=secret.pk).update(incident=hidden_event)
    editors = [make_user(User.Role.EDITOR, name) for name in ("decider", "confirmer")]
    judged = _judge(verified_event, editors)
    waiting = assessments.decide(incident=undecided, agreement=here, by=editors[0], reason="note-to-ourselves", occurrence="disputed")
    proof = [_evidence(made[name]) for name in ("verified", "protected", "of secret convoy", "fresh")]
    claims = [
        make_claim(254),
        make_claim(77, agreement=there),
        make_claim(11, note="note-to-ourselves", source=whisper, wording="overheard-in-the-cellar"),
    ]
    said = [_response(verified_event), _response(hidden_event)]
    watched = [_coverage(here), _coverage(there), _coverage(here, note="note-to-ourselves", source=whisper)]
    declared = [_declaration(here), _declaration(there)]
    _age(made["fresh"], made["correction"])
    found = {f"report {name}": Thing(f"report {name}", "report", report.public_id) for name, report in made.items()}
    rows: list[tuple[str, str, Any]] = [
        ("incident undecided", "incident", undecided), ("incident verified", "incident", verified_event),
        ("incident secret", "incident", hidden_event),
        ("assessment confirmed", "assessment", judged), ("assessment waiting", "assessment", waiting),
        ("convoy open", "convoy", open_convoy), ("convoy secret", "convoy", secret),
        ("evidence", "evidence", proof[0]), ("evidence protected", "evidence", proof[1]), ("evidence of secret convoy", "evidence", proof[2]),
        ("evidence fresh", "evidence", proof[3]),
        ("claim", "claim", claims[0]), ("claim elsewhere", "claim", claims[1]), ("claim protected", "claim", claims[2]),
        ("response", "response", said[0]), ("response secret", "response", said[1]),
        ("coverage", "coverage", watched[0]), ("coverage elsewhere", "coverage", watched[1]), ("coverage protected", "coverage", watched[2]),
        ("declaration", "declaration", declared[0]), ("declaration elsewhere", "declaration", declared[1]),
    ]  # fmt: skip
    found |= {name: Thing(name, noun, record.public_id) for name, noun, record in rows}
    found |= {f"agreement {row.slug}": Thing(f"agreement {row.slug}", "agreement", row.slug) for row in (here, there)}
    return found | {"source open": Thing("source open", "source", "gazette"), "source protected": Thing("source protected", "source", whisper.slug)}


def _age(*fresh: Report) -> None:
    """Let everything be three days old but these."""
    then = timezone.now() - timedelta(days=3)
    aged: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
        (Report, lambda rows: rows.exclude(pk__in=[one.pk for one in fresh]).exclude(state=ReportState.DRAFT).update(submitted_at=then)),
        (AggregateClaim, lambda rows: rows.update(created_at=then)), (Response, lambda rows: rows.update(created_at=then)),
        (Coverage, lambda rows: rows.update(created_at=then)), (Declaration, lambda rows: rows.update(created_at=then)),
    )  # fmt: skip
    for model, update in aged:
        update(model.objects.all())


def _as(report: Report) -> dict[str, Any]:
    names = ("agreement", "claimant", "source", "violation_type", "occurred_on", "time_precision", "accused_party")
    return {name: getattr(report, name) for name in names}


def _released(reference: str, agreement: Any) -> Convoy:
    people = [make_user(User.Role.EDITOR, f"{reference}-{number}") for number in (1, 2)]
    then = timezone.now() - timedelta(days=3)
    facts = {"released_by": people[0], "release_confirmed_by": people[1], "released_at": then}
    return Convoy.objects.create(reference=reference, agreement=agreement, operator=make_party("Aid"), source=make_source(), **facts)


def _judge(incident: Incident, editors: list[User]) -> Any:
    facts = {"occurrence": "verified", "attribution": "attributed", "attributed_party": make_party("Lowlands"), "reason": "note-to-ourselves"}
    decided = assessments.decide(incident=incident, agreement=make_agreement(), by=editors[0], **facts)
    confirmed = assessments.confirm(assessment=decided, by=editors[1])
    type(confirmed).objects.filter(pk=confirmed.pk).update(confirmed_at=timezone.now() - timedelta(days=3))
    return confirmed


def _evidence(report: Report) -> Evidence:
    then = timezone.now() - timedelta(days=0 if report.summary == "" and report.incident_id is None and not report.convoy_id else 3)
    return Evidence.objects.create(report=report, title="Photograph", link="https://example.org/picture", received_at=then)


def _response(incident: Incident) -> Response:
    party = make_party("Lowlands")
    facts = {"kind": ResponseKind.DENIES, "answered_on": "2020-06-03", "source": make_source(), "gist": "Denied."}
    return Response.objects.create(incident=incident, party=party, **facts)


def _coverage(agreement: Any, **facts: Any) -> Coverage:
    values = {"observer": make_party("Monitor"), "kind": CoverageKind.values[0], "from_on": "2020-06-01", "source": make_source()} | facts
    return Coverage.objects.create(agreement=agreement, **values)


def _declaration(agreement: Any) -> Declaration:
    values = {"party": make_party("Highlands"), "stance": Stance.values[0], "declared_on": "2020-06-02", "source": make_source()}
    return Declaration.objects.create(agreement=agreement, gist="Said so.", **values)


__all__ = ["LATITUDE", "LONGITUDE", "SECRETS", "Identity", "Thing", "identities", "incidents", "things"]
