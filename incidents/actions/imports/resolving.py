"""Names that lead nowhere: the list that a person works through, and the answers."""

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.actions import changes
from incidents.errors import RuleBroken
from incidents.models import ChangeKind, ImportBatch, Party, PartyAlias, Place, PlaceAlias, Source, UnresolvedName, User


def hold(*, batch: ImportBatch, names: Mapping[tuple[str, str], int], candidates: Mapping[tuple[str, str], list[dict[str, Any]]]) -> None:
    """Put names on the list that a person works through. How many rows wait for each is counted at the end."""
    for (kind, name), rows in names.items():
        UnresolvedName.objects.get_or_create(
            batch=batch, kind=kind, name=name, defaults={"rows": rows, "candidates": candidates.get((kind, name), [])}
        )


def recount_names(batch: ImportBatch) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE incidents_unresolvedname AS one SET rows = (SELECT count(*) FROM incidents_importrow AS waiting"
            " WHERE waiting.batch_id = one.batch_id AND waiting.outcome = 'held' AND EXISTS ("
            " SELECT FROM jsonb_array_elements(waiting.messages) AS said WHERE said ->> 'code' = 'unresolved'"
            " AND said -> 'values' ->> 'kind' = one.kind AND left(said -> 'values' ->> 'name', 300) = one.name)) WHERE one.batch_id = %s",
            [batch.pk],
        )


@transaction.atomic
def resolve(*, name: UnresolvedName, by: User | None, record: Party | Place | Source | None, as_alias: bool = False) -> UnresolvedName:
    """Return the name, resolved to a record, or to none. `as_alias` keeps the spelling with the party or place for the next import."""
    name = UnresolvedName.objects.select_for_update(of=("self",)).select_related("batch").get(pk=name.pk)
    if name.batch.undone_at is not None:
        raise RuleBroken("undone", _("This import was undone."), "state")
    if record is not None and record._meta.model_name != name.kind:
        raise RuleBroken("other_kind", _("This name is looked for among other records."), "record")
    name.party = record if isinstance(record, Party) else None
    name.place = record if isinstance(record, Place) else None
    name.source = record if isinstance(record, Source) else None
    name.resolved_by, name.resolved_at = by, timezone.now()
    name.save(update_fields=["party", "place", "source", "resolved_by", "resolved_at"])
    if as_alias and isinstance(record, Party | Place):
        _keep_alias(record, name.name[:200], by)
    return name


def _keep_alias(record: Party | Place, name: str, by: User | None) -> None:
    if name in {record.name, record.name_ar}:
        return
    known = sorted(record.aliases.values_list("name", flat=True))
    if name in known:
        return
    if isinstance(record, Party):
        PartyAlias.objects.create(party=record, name=name)
    else:
        PlaceAlias.objects.create(place=record, name=name)
    facts = record.facts()
    changes.record(
        by=by, kind=ChangeKind.REFERENCE_CHANGED, record=record, before=facts | {"aliases": known}, after=facts | {"aliases": sorted([*known, name])}
    )
