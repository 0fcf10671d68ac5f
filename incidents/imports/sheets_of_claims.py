"""Our sheet of published totals."""

import re
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from incidents.actions import aggregates
from incidents.actions.aggregates import PartStated
from incidents.errors import RuleBroken
from incidents.imports.base import Committed, Context, Draft, Format, one_by_one
from incidents.imports.columns import Column, Count, Day, Evidence, Name, Names, Text, Word, YesNo
from incidents.imports.harm import harm_columns, harm_of
from incidents.imports.looking import Looking, key_of
from incidents.imports.messages import Message, flag
from incidents.models import AggregateClaim
from incidents.rules.numerals import parse_count
from incidents.vocabulary import Basis, Qualifier, Unit

_PART = re.compile(r"(.+?)\s*[:：]\s*(\S+)")


class Claims(Format):
    """Our sheet of aggregate claims: one row is one total that a party published."""

    name = "aggregate-claims"
    label = _("Published totals (our own sheet)")
    help = _("One row is one total that a party published. A breakdown is written as “Aleppo: 12 | Idlib: 3”.")

    def columns(self) -> Sequence[Column]:
        return [
            Text("id", _("Id where it came from"), aliases=["external_id", "claim_id"]),
            Name("claimant", _("Claimant"), is_required=True, aliases=["reporter"]),
            Text("spoken_by", _("Spoken by"), longest=200),
            Names("accused", _("Accused")),
            Text("accused_as_worded", _("Accused, as worded"), longest=300),
            Count("count", _("Number"), aliases=["total"]),
            Word("qualifier", _("As stated"), Qualifier, Qualifier.EXACTLY),
            Word("unit", _("Unit"), Unit, Unit.VIOLATION),
            Day("counted_from", _("Counted from"), aliases=["since"]),
            Day("period_start", _("Period from"), aliases=["from"]),
            Day("period_end", _("Period to, or as of"), is_required=True, aliases=["to", "as_of"]),
            YesNo("covers_24_hours", _("For the 24 hours before publication")),
            Day("published_on", _("Published on"), is_required=True),
            Name("source", _("Source"), is_required=True),
            Evidence("link", _("Link"), aliases=["url", "source_url"]),
            Evidence("wording", _("Wording received")),
            Text("note", _("Note")),
            Names("parts", _("Parts, as printed"), aliases=["breakdown"]),
            *harm_columns(),
        ]

    def draft(self, values: dict[str, Any], cells: list[str], context: Context) -> Draft:
        look, said = Looking(context), list[Message]()
        claimant, source = look.party(values["claimant"], "claimant"), look.source(values["source"], "source")
        accused = [found for name in values["accused"] if (found := look.accused(name, "accused"))]
        look.done()
        key = key_of(self.name, values, cells, context)
        kept = ("spoken_by", "count", "qualifier", "unit", "counted_from", "period_end", "covers_24_hours", "published_on", "link", "wording", "note")
        facts = {name: values[name] for name in kept} | {
            "agreement": context.agreement,
            "claimant": claimant,
            "source": source,
            "accused_as_worded": values["accused_as_worded"],
            "basis": Basis.CUMULATIVE if values["counted_from"] else Basis.PERIODIC,
            "period_start": values["period_start"],
            "external_id": key,
        }
        parts = [self._part(text) for text in values["parts"]]
        known = [part.count for part in parts if part.count is not None]
        if parts and values["count"] is not None and (sum(known) != values["count"] or len(known) < len(parts)):
            text = gettext_noop("The parts printed give %(sum)d, the total says %(count)d.")
            said.append(flag("parts_do_not_add_up", text, "parts", sum=sum(known), count=values["count"]))
        return Draft(key, {"facts": facts, "accused": accused, "parts": parts, "harm": harm_of(values, said)}, said)

    def _part(self, text: str) -> PartStated:
        match = _PART.fullmatch(text)
        if not match:
            raise RuleBroken("not_a_part", _("Write parts as “Aleppo: 12 | Idlib: 3”."), "parts")
        return PartStated(label=match[1][:200], count=None if match[2] in {"?", "-"} else parse_count(match[2], "parts"))

    def commit(self, drafts: Sequence[Draft], context: Context) -> list[Committed | RuleBroken]:
        def commit(draft: Draft) -> Committed:
            known = AggregateClaim.objects.filter(agreement=context.agreement, external_id=draft.key).first()
            content = draft.content
            claim = known or aggregates.log(
                by=context.by, accused=content["accused"], parts=content["parts"], harm=content["harm"], **content["facts"]
            )
            return Committed("aggregateclaim", claim.public_id, known is not None)

        return one_by_one(drafts, commit)
