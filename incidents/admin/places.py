"""Places with their names, sources, and what incidents are called."""

from django.contrib import admin

from incidents.admin.base import ReferenceAdmin, Rows
from incidents.models import Incident, Place, PlaceAlias, Source


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


@admin.register(Incident)
class IncidentAdmin(ReferenceAdmin):
    """What an incident is called. Merging and withdrawing move reports along, and are done in review alone."""

    fields = ["slug", "name", "name_ar"]
    list_display = ["name", "slug"]
    search_fields = ["name", "name_ar", "slug"]
