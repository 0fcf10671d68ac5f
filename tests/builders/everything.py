"""One of everything that a page shows: each noun with all that can hang on it, so that every address there is has something to say."""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from openpyxl import Workbook
from PIL import Image

from incidents.actions import (
    aggregates,
    assessments,
    cases,
    drafts,
    evidence,
    exports,
    incidents,
    invitations,
    keys,
    recounts,
    reports,
    responses,
    saved_filters,
    snapshots,
)
from incidents.actions.convoys import CargoStated, CheckpointStated
from incidents.actions.feeds import follow
from incidents.actions.imports import undoing
from incidents.actions.reports import HarmStated
from incidents.imports import readers, receiving, registry, running
from incidents.imports.readers import Opened
from incidents.models import (
    Affiliation,
    AggregateClaim,
    AgreementArea,
    Citation,
    Convoy,
    Coverage,
    Declaration,
    Delivery,
    Evidence,
    ImportBatch,
    Incident,
    Party,
    PartyAlias,
    Place,
    PlaceAlias,
    Report,
    Source,
    UnresolvedName,
    User,
    Webhook,
)
from incidents.queries.questions import Question
from incidents.vocabulary import (
    AffiliationKind,
    CargoKind,
    ConvoyStatus,
    CoverageKind,
    HarmKind,
    PlacePrecision,
    ResponseKind,
    Scope,
    Stance,
)
from tests.builders import make_agreement, make_claim, make_party, make_place, make_report, make_source, sealed_and_posted
from tests.builders.convoys import make_convoy, release, tell

SHEET = """id,claimant,accused,type,when,place,source,link,wording,killed,{text}
r-1,Highlands,A,shelling,2020-06-02 19:12,Ford,Gazette,{link},{text},62,{text}
r-2,Highlands,A,{text},yesterday,Ford,Gazette,,{text},,
r-3,{text},A,shelling,2020-06-02,{text},{text},,,,
"""
# What a sheet of a spreadsheet may be named.
LONGEST_SHEET = 31
AT = datetime(2020, 6, 2, 9, tzinfo=UTC)
SQUARE = {"type": "Polygon", "coordinates": [[[36, 35], [38, 35], [38, 37], [36, 37], [36, 35]]]}


@dataclass
class Everything:
    """Values that addresses take, by noun; one of each is enough."""

    keys: dict[str, str]
    people: dict[str, User] = field(default_factory=dict)


def make_everything(people: dict[str, User], text: str = "Words as received.", link: str = "https://example.org/1") -> Everything:
    """Return the addresses of one of everything. `text` and `link` are in whatever is given as a file or kept as typed."""
    agreement = make_agreement()
    editor, analyst = people["editor"], people["analyst"]
    _world()
    told, convoy, incident = _told(agreement, people, text)
    claim = _claims(agreement, text)
    _judged(incident, agreement, people, text)
    batch, waiting, undone = _imported(agreement, analyst, text, link)
    sealed_and_posted()
    typed = {"wording": text, "place": text, "link": link, "violation_type": "shelling", "day": "2/6/2020"}
    draft = drafts.begin(agreement=agreement, by=analyst, fields=typed)
    figure = snapshots.publish(question=Question.parse({}, agreement), by=editor, note=text)
    recounts.work(recounts.request(by=editor).pk)
    found = {
        "agreement": agreement.slug, "report": told.public_id, "claim": claim.public_id, "incident": incident.public_id,
        "convoy": convoy.public_id, "place": Place.objects.get(slug="ford").slug, "source": Source.objects.get(slug="gazette").slug,
        "party": Party.objects.get(slug="lowlands").slug, "import": batch.public_id, "waiting": waiting.public_id, "undone": undone.public_id,
        "name": UnresolvedName.objects.first().pk, "evidence": Evidence.objects.exclude(file="").first().public_id,  # type: ignore[union-attr]
        "draft": draft.public_id, "snapshot": figure.public_id, "method": "logged", "change": figure.content["change"],
    }  # fmt: skip
    for name, person in people.items():
        found |= {f"{noun} of {name}": value for noun, value in _own(person, text).items()}
    _made, found["invitation"] = invitations.make(whom="The north desk", role=User.Role.PARTNER, agreements=[agreement], by=people["administrator"])
    sealed_and_posted()
    return Everything({noun: str(value) for noun, value in found.items()}, people)


def _world() -> None:
    lowlands, relief = make_party("Lowlands"), make_party("Relief")
    ford = make_place("Ford", latitude=Decimal("36.2"), longitude=Decimal("37.1"), pcode="F1")
    Place.objects.filter(pk=ford.pk).update(parent=make_place("Province", precision=PlacePrecision.GOVERNORATE))
    PartyAlias.objects.get_or_create(party=lowlands, name="The Low Country")
    PlaceAlias.objects.get_or_create(place=ford, name="The crossing")
    agreement, source = make_agreement(), make_source()
    Affiliation.objects.create(party=lowlands, other=relief, kind=AffiliationKind.values[0], source=source, link="https://example.org/2")
    AgreementArea.objects.create(agreement=agreement, name="The valley", geometry=SQUARE)
    AgreementArea.objects.create(agreement=agreement, name="The ford", place=ford, is_excluded=True)
    for stance in Stance.values[:3]:
        said = {"party": lowlands, "source": source, "wording": "We hold to it.", "gist": "Holds.", "spoken_by": "A spokesman"}
        Declaration.objects.create(agreement=agreement, stance=stance, declared_on=date(2020, 6, 2), link="https://example.org/3", **said)
    watch = {"agreement": agreement, "observer": make_party("Monitor"), "source": source, "from_on": date(2020, 6, 1), "note": "Roads closed."}
    Coverage.objects.create(kind=CoverageKind.values[0], place=ford, **watch)
    Coverage.objects.create(kind=CoverageKind.values[0], place_as_worded="the hills", is_denied=True, denied_by=lowlands, external_id="w-1", **watch)


def _told(agreement: Any, people: dict[str, User], text: str) -> tuple[Report, Convoy, Incident]:
    ford, lowlands, analyst = make_place("Ford"), make_party("Lowlands"), people["analyst"]
    way = [CheckpointStated("The bridge", ford, lowlands)]
    cargo = [CargoStated(CargoKind.FOOD, Decimal(40), "crates", Decimal(2), lowlands, 1, "tinned food")]
    convoy = make_convoy(
        "CV-1", destination=ford, origin_as_worded="the border", checkpoints=way, cargo=cargo, note="By day.", link="https://example.org/4",
        external_id="c-1",
    )  # fmt: skip
    facts: dict[str, Any] = {
        "summary": "Houses hit", "wording": "Shells fell at dawn.", "spoken_by": "A spokesman", "accused_as_worded": "those below",
        "target_as_claimed": "the mill", "time_as_worded": "at dawn", "place_as_worded": "near the ford", "link": "https://example.org/5",
        "latitude": Decimal("36.21"), "longitude": Decimal("37.12"), "place_precision": PlacePrecision.POINT, "place": ford,
        "harm": [HarmStated(HarmKind.KILLED, 1, 2, 3)],
    }  # fmt: skip
    told = make_report(by=analyst, **facts)
    attacked = make_report(convoy=convoy, checkpoint=convoy.checkpoints.get(), violation_type="convoy_attacked", summary="Trucks hit")
    incident = incidents.open_for(reports=[told], by=analyst, name="Shelling of the ford")
    beside = make_report(claimant=make_party("Monitor"), **facts | {"harm": [], "latitude": Decimal("36.25")})
    incidents.attach(report=beside, incident=incident, by=analyst)
    incidents.attach(report=attacked, incident=incident, by=analyst)
    loose = make_report(by=analyst, place=ford, place_as_worded="at the ford", wording="Fell again.", link="https://example.org/6")
    reports.retract(report=loose, by=analyst, reason=text)
    make_report(by=analyst, place=None, place_as_worded="somewhere north", summary="Not placed")
    Citation.objects.create(report=told, position=1, source=make_source(), title="What the paper said")
    evidence.attach(report=told, by=analyst, link="https://example.org/film", title="A film")
    picture = BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    evidence.attach_file(report=told, by=analyst, received=evidence.receive(chunks=[picture.getvalue()], name="shell.png"), title="The crater")
    evidence.draw_copies()
    answer = {
        "party": lowlands,
        "kind": ResponseKind.DENIES,
        "source": make_source(),
        "answered_on": date(2020, 6, 3),
        "link": "https://example.org/7",
    }
    responses.log(by=analyst, incident=incident, wording="It was not us.", gist="Denies.", spoken_by="A general", **answer)
    tell(
        convoy,
        ConvoyStatus.WAITING_AT_CHECKPOINT,
        AT,
        reason="papers",
        wording="They wait.",
        checkpoint=convoy.checkpoints.get(),
        link="https://example.org/8",
    )
    tell(convoy, ConvoyStatus.ATTACKED, AT.replace(hour=12), reason="fire", report=attacked)
    return told, release(convoy), incident


def _claims(agreement: Any, text: str) -> AggregateClaim:
    said = {"wording": "Many, they say.", "note": "By telephone.", "spoken_by": "A spokesman", "accused_as_worded": "those below"}
    said |= {"link": "https://example.org/9", "external_id": "t-1"}
    parts = [aggregates.PartStated("of shelling", 4), aggregates.PartStated("of fire", 5)]
    claim = make_claim(10, parts=parts, accused=list(agreement.sides.all()), **said)
    other = make_claim(7, claimant=make_party("Monitor"), period_end=date(2020, 6, 4), published_on=date(2020, 6, 4), **said | {"external_id": "t-2"})
    aggregates.retract(claim=other, by=None, reason=text)
    return claim


def _judged(incident: Incident, agreement: Any, people: dict[str, User], text: str) -> None:
    editor, analyst = people["editor"], people["analyst"]
    cases.take_up(incident=incident, by=people["second"])
    cases.comment(incident=incident, body="Look at the film again.", by=editor)
    cases.answer(question=cases.comment(incident=incident, body="Which mill?", by=editor, put_to=analyst), body="The old one.", by=analyst)
    cases.comment(incident=incident, body="Who saw it?", by=editor, put_to=analyst)
    judged: dict[str, Any] = {"occurrence": "disputed", "target_as_assessed": "the mill", "public_summary": "Two accounts differ."}
    judged |= {"scope_reasons": {"in_force": {"answer": "contested", "reasons": [{"code": "declared", "standing": text}]}}}
    assessments.decide(incident=incident, agreement=agreement, by=people["second"], reason=text, **judged)


def _imported(agreement: Any, by: User, text: str, link: str) -> list[ImportBatch]:
    """Return an import that is done, one whose columns wait to be chosen, and one, of a spreadsheet, that was undone."""
    sheet = SHEET.format(text=_quoted(text), link=_quoted(link))
    with TemporaryDirectory() as folder:
        done = _received(Path(folder) / "sheet.csv", sheet.encode(), agreement, by)
        running.from_file(*done)
        waiting = _received(Path(folder) / "waiting.csv", f"{sheet}\n".encode(), agreement, by, {"target": {"header": " ".join(text.split())}})
        receiving.staged(*waiting)
        undone = _received(Path(folder) / "undone.xlsx", _spreadsheet(text), agreement, by)
        running.from_file(*undone)
        running.undo(undoing.begin_undo(batch=undone[0], by=by, reason=text))
    return [done[0], waiting[0], undone[0]]


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def _received(path: Path, content: bytes, agreement: Any, by: User, mapping: Any = None) -> tuple[ImportBatch, Opened]:
    path.write_bytes(content)
    format = registry.named("reports")
    opened = readers.examine(path, encoding="", separator="", sheet="", recognised=format.recognises)
    return receiving.received(opened, format=format, file_name=path.name, by=by, agreement=agreement, mapping=mapping), opened


def _spreadsheet(text: str) -> bytes:
    book, made = Workbook(), BytesIO()
    sheet: Any = book.active
    sheet.title = re.sub(r"[\\/*?:\[\]]", "", text)[:LONGEST_SHEET]
    for row in (("id", "claimant", "accused", "type", "when", "source"), ("x-1", "Highlands", "A", "shelling", "2020-06-03", "Gazette")):
        sheet.append(row)
    book.save(made)
    return made.getvalue()


def _own(person: User, text: str) -> dict[str, Any]:
    """Return what somebody has for themselves alone: a key, an export, a webhook with a delivery."""
    key, _secret = keys.issue(user=person, by=person, name="A script", scopes=[Scope.READ])
    job = exports.ask(by=person, of="reports", format="csv", asked={"text": text, "agreement": "river-2020"}, mark=person.username)
    exports.fail_with(job.pk, problem="The disk is full.")
    follow(by=person)
    saved_filters.keep(name="Those of the ford", asked={"text": text, "agreement": "river-2020"}, by=person)
    webhook = Webhook.objects.create(user=person, url="https://hooks.example.org/truce", secret=Webhook.fresh_secret())
    Delivery.objects.create(webhook=webhook, state="dead", attempts=3, last_at=AT, last_status=500, last_problem="It answered 500.")
    return {"key": key.public_id, "export": job.public_id, "webhook": webhook.public_id}
