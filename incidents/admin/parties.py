"""Parties with their names, and how they are tied to one another."""

from django.contrib import admin

from incidents.admin.base import ReferenceAdmin, Rows
from incidents.models import Affiliation, Party, PartyAlias


class PartyAliasRows(Rows):
    model = PartyAlias


@admin.register(Party)
class PartyAdmin(ReferenceAdmin):
    list_display = ["name", "name_ar", "kind", "organ_of"]
    list_filter = ["kind"]
    list_select_related = ["organ_of"]
    search_fields = ["name", "name_ar", "short_name", "slug", "aliases__name"]
    autocomplete_fields = ["organ_of"]
    inlines = [PartyAliasRows]


@admin.register(Affiliation)
class AffiliationAdmin(ReferenceAdmin):
    list_display = ["party", "kind", "other", "from_on", "until_on"]
    list_filter = ["kind"]
    list_select_related = ["party", "other"]
    search_fields = ["party__name", "party__name_ar", "other__name", "other__name_ar"]
    autocomplete_fields = ["party", "other", "source"]
