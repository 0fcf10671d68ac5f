"""Our sheets of convoys and of coverage."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from incidents.actions import convoys, coverage
from incidents.errors import RuleBroken
from incidents.imports.base import Committed, Context, Draft, Format, one_by_one
from incidents.imports.columns import Column, Count, Day, Evidence, Name, Names, Text, Word, YesNo
from incidents.imports.looking import Looking, key_of
from incidents.models import Convoy, Coverage
from incidents.vocabulary import ConvoyMode, CoverageKind, DestinationClass


class Convoys(Format):
    """Our sheet of convoys: one row is one aid movement."""

    name = "convoys"
    label = _("Convoys (our own sheet)")
    help = _("One row is one aid movement. Nobody outside sees it until two people release it.")
    needs_agreement = False

    COUNTS = ("people_requested", "people_approved", "people_reached", "trucks_planned", "trucks_departed", "trucks_arrived", "trucks_lost")

    def columns(self) -> Sequence[Column]:
        return [
            Text("reference", _("Reference"), is_required=True, longest=100, aliases=["id", "convoy", "convoy_event_id"]),
            Name("operator", _("Operator"), is_required=True),
            Names("agencies", _("Agencies")),
            Word("mode", _("Mode"), ConvoyMode, ""),
            Name("origin", _("Origin"), aliases=["origin_as_written"]),
            Name("destination", _("Destination"), aliases=["destination_as_written"]),
            Word("destination_class", _("Class of destination"), DestinationClass, ""),
            Day("planned_on", _("Planned for"), aliases=["date"]),
            Count("people_requested", _("People requested for")),
            Count("people_approved", _("People approved")),
            Count("people_reached", _("People reached")),
            Count("trucks_planned", _("Trucks planned"), aliases=["trucks"]),
            Count("trucks_departed", _("Trucks departed")),
            Count("trucks_arrived", _("Trucks arrived")),
            Count("trucks_lost", _("Trucks lost"), aliases=["trucks_hit"]),
            Name("source", _("Source"), is_required=True),
            Evidence("link", _("Link"), aliases=["url", "source_url"]),
            Text("note", _("Note")),
        ]

    def draft(self, values: dict[str, Any], cells: list[str], context: Context) -> Draft:
        look = Looking(context)
        facts = {
            "reference": values["reference"],
            "agreement": context.batch.agreement,
            "operator": look.party(values["operator"], "operator"),
            "source": look.source(values["source"], "source"),
            "origin": look.place(values["origin"], "origin"),
            "origin_as_worded": values["origin"],
            "destination": look.place(values["destination"], "destination"),
            "destination_as_worded": values["destination"],
            **{name: values[name] for name in ("mode", "destination_class", "planned_on", "link", "note", *self.COUNTS)},
            "external_id": f"{self.name}:{values['reference']}",
        }
        agencies = [look.party(name, "agencies") for name in values["agencies"]]
        look.done()
        return Draft(facts["external_id"], {"facts": facts, "agencies": [party for party in agencies if party]})

    def commit(self, drafts: Sequence[Draft], context: Context) -> list[Committed | RuleBroken]:
        def commit(draft: Draft) -> Committed:
            known = Convoy.objects.filter(agreement=context.batch.agreement, external_id=draft.key).first()
            convoy = known or convoys.plan(by=context.by, agencies=draft.content["agencies"], **draft.content["facts"])
            return Committed("convoy", convoy.public_id, known is not None)

        return one_by_one(drafts, commit)


class Presences(Format):
    """Our sheet of coverage: one row is where and when somebody could observe, or was kept from it."""

    name = "coverage"
    label = _("Coverage (our own sheet)")
    help = _("One row is where and when somebody could observe, or was kept from it.")

    def columns(self) -> Sequence[Column]:
        return [
            Text("id", _("Id where it came from"), aliases=["external_id"]),
            Name("observer", _("Observer"), is_required=True),
            Word("kind", _("Kind"), CoverageKind, is_required=True),
            Name("place", _("Place")),
            Day("from_on", _("From"), is_required=True, aliases=["start"]),
            Day("until_on", _("Until"), aliases=["end"]),
            YesNo("is_denied", _("Observation was denied"), aliases=["denied"]),
            Name("denied_by", _("Denied by")),
            Name("source", _("Source"), is_required=True),
            Evidence("link", _("Link"), aliases=["url"]),
            Text("note", _("Note")),
        ]

    def draft(self, values: dict[str, Any], cells: list[str], context: Context) -> Draft:
        look = Looking(context)
        key = key_of(self.name, values, cells, context)
        facts = {
            "agreement": context.agreement,
            "observer": look.party(values["observer"], "observer"),
            "denied_by": look.party(values["denied_by"], "denied_by"),
            "source": look.source(values["source"], "source"),
            "place": look.place(values["place"], "place"),
            "place_as_worded": values["place"],
            **{name: values[name] for name in ("kind", "is_denied", "from_on", "until_on", "link", "note")},
            "external_id": key,
        }
        look.done()
        return Draft(key, facts)

    def commit(self, drafts: Sequence[Draft], context: Context) -> list[Committed | RuleBroken]:
        def commit(draft: Draft) -> Committed:
            known = Coverage.objects.filter(agreement=context.agreement, external_id=draft.key).first()
            presence = known or coverage.log(by=context.by, **draft.content)
            return Committed("coverage", presence.public_id, known is not None)

        return one_by_one(drafts, commit)
