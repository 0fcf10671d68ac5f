"""Agreements, with all that hangs on them: terms, sides and their members, other roles, areas, declarations."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from incidents.actions import changes, reference
from incidents.admin.base import Administrators, ReferenceAdmin, Rows, by
from incidents.errors import RuleBroken
from incidents.models import Agreement, AgreementArea, Declaration, Membership, Side, Term
from incidents.rules import areas, timespans


class AgreementForm(forms.ModelForm):  # type: ignore[type-arg]
    """An agreement, whose zone must be one."""

    class Meta:
        model = Agreement
        fields = [
            "slug",
            "name",
            "name_ar",
            "country",
            "country_ar",
            "timezone",
            "announced_on",
            "in_force_from",
            "in_force_until",
            "renews",
            "reference",
            "source_link",
            "summary",
        ]
        help_texts = {"in_force_from": gettext_lazy("In UTC."), "in_force_until": gettext_lazy("In UTC. Empty: no end date was agreed.")}

    def clean_timezone(self) -> str:
        name: str = self.cleaned_data["timezone"]
        try:
            timespans.zone_named(name)
        except RuleBroken as broken:
            raise forms.ValidationError(str(broken.message)) from broken
        return name


class TermRows(Rows):
    model = Term


class SideRows(Rows):
    model = Side


class MembershipRows(Rows):
    model = Membership
    autocomplete_fields = ["party"]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Return the field; a side may only be one of this agreement, once it has been saved."""
        if db_field.name == "side" and request.resolver_match:
            options["queryset"] = Side.objects.filter(agreement=request.resolver_match.kwargs.get("object_id"))
        return super().formfield_for_foreignkey(db_field, request, **options)


class AreaForm(forms.ModelForm):  # type: ignore[type-arg]
    """An area, whose shape must be one."""

    class Meta:
        model = AgreementArea
        fields = ["name", "is_excluded", "place", "geometry", "from_on", "until_on"]

    def clean_geometry(self) -> Any:
        geometry = self.cleaned_data["geometry"]
        if geometry is None:
            return None
        try:
            areas.polygons(geometry)
        except RuleBroken as broken:
            raise forms.ValidationError(str(broken.message)) from broken
        return geometry


class AreaRows(Administrators, admin.StackedInline):  # type: ignore[type-arg]
    model = AgreementArea
    form = AreaForm
    extra = 0
    autocomplete_fields = ["place"]


class DeclarationRows(Administrators, admin.StackedInline):  # type: ignore[type-arg]
    model = Declaration
    extra = 0
    autocomplete_fields = ["party", "blamed", "source"]


@admin.register(Agreement)
class AgreementAdmin(ReferenceAdmin):
    form = AgreementForm
    list_display = ["name", "slug", "in_force_from", "in_force_until", "timezone"]
    search_fields = ["name", "name_ar", "slug"]
    autocomplete_fields = ["renews"]
    inlines = [TermRows, SideRows, MembershipRows, AreaRows, DeclarationRows]

    def delete_model(self, request: HttpRequest, obj: Agreement) -> None:
        """Remove the agreement, what hangs on it first, each with a change of its own."""
        with changes.operation():
            for rows in (obj.declarations, obj.memberships, obj.areas, obj.sides, obj.terms):
                for row in rows.all():
                    reference.remove(row, by=by(request))
            reference.remove(obj, by=by(request))
