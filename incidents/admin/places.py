"""Places with their names, sources, and what incidents are called."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from incidents.admin.base import ReferenceAdmin, Rows
from incidents.models import Incident, Place, PlaceAlias, Source
from incidents.queries import visibility


class PlaceAliasRows(Rows):
    model = PlaceAlias


@admin.register(Place)
class PlaceAdmin(ReferenceAdmin):
    list_display = ["name", "name_ar", "pcode", "parent", "precision"]
    list_filter = ["precision"]
    list_select_related = ["parent"]
    search_fields = ["name", "name_ar", "slug", "pcode", "aliases__name"]
    autocomplete_fields = ["parent"]
    inlines = [PlaceAliasRows]


@admin.register(Source)
class SourceAdmin(ReferenceAdmin):
    list_display = ["name", "kind", "reliability", "is_protected"]
    list_filter = ["kind", "reliability", "is_protected"]
    search_fields = ["name", "slug"]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the source; that a protected one is looked at is noted."""
        found = super().get_object(request, object_id, from_field)
        self._looked_at(request, [found] if found else [])
        return found

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Return the list; which protected sources it names is noted."""
        answer = super().changelist_view(request, extra_context)
        listed = (getattr(answer, "context_data", None) or {}).get("cl")
        self._looked_at(request, listed.result_list if listed else [])
        return answer

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        """Return what is found; where it is offered beside a field, it is all looked at."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if request.path.endswith("/autocomplete/"):
            self._looked_at(request, found.filter(is_protected=True))
        return found, may_repeat

    def _looked_at(self, request: HttpRequest, sources: Any) -> None:
        for source in sources:
            visibility.shows_source(request.user, source)


@admin.register(Incident)
class IncidentAdmin(ReferenceAdmin):
    """What an incident is called. Merging and withdrawing move reports along, and are done in review alone."""

    fields = ["slug", "name", "name_ar"]
    list_display = ["name", "slug"]
    search_fields = ["name", "name_ar", "slug"]
