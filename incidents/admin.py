"""Plain administration of reference data, for administrators. Every change goes through `actions.reference`, and so is recorded.

Reports, published totals, changes, seals and the ledger are not here: nobody edits those.
"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db import IntegrityError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.actions import changes, reference, roles
from incidents.errors import RuleBroken
from incidents.models import (
    Affiliation,
    Agreement,
    AgreementArea,
    AgreementRole,
    ApiKey,
    ChangeKind,
    Declaration,
    Incident,
    Membership,
    Party,
    PartyAlias,
    Place,
    PlaceAlias,
    Side,
    Source,
    Term,
    User,
)
from incidents.models.base import Record
from incidents.permissions import Capability, may
from incidents.rules import areas, timespans


class Administrators:
    """Open to whoever may administer; Django's own permissions are not asked."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may(request.user, Capability.ADMINISTER)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, Capability.ADMINISTER)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, Capability.ADMINISTER)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, Capability.ADMINISTER)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, Capability.ADMINISTER)


class Rows(Administrators, admin.TabularInline):  # type: ignore[type-arg]
    """Records that hang on the one being edited."""

    extra = 0


class ReferenceAdmin(Administrators, admin.ModelAdmin):  # type: ignore[type-arg]
    """Reference data, saved and removed through the actions. Its tables of names are recorded with the record that they belong to."""

    def changeform_view(self, request: HttpRequest, *args: Any, **options: Any) -> Any:
        """Return the page. What only the database can refuse (a party on two sides at once) is told instead of saved; nothing is kept of it."""
        try:
            return super().changeform_view(request, *args, **options)
        except IntegrityError as error:
            messages.error(request, _("Nothing was saved, because it contradicts what is there: %(why)s") % {"why": _constraint(error)})
            return HttpResponseRedirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        reference.save(obj, by=_by(request))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        reference.remove(obj, by=_by(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for record in queryset:
            self.delete_model(request, record)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if not issubclass(formset.model, Record):
            self._save_names(request, form.instance, formset)
            return
        rows = formset.save(commit=False)
        for row in formset.deleted_objects:
            reference.remove(row, by=_by(request))
        before = {row.pk: _blamed(row) for row in rows}
        for row in rows:
            reference.save(row, by=_by(request))
        formset.save_m2m()
        for row in rows:
            self._record_list(request, row, "blamed", before.get(row.pk, []), _blamed(row))

    def _save_names(self, request: HttpRequest, record: Any, formset: Any) -> None:
        before = _names(record)
        formset.save()
        self._record_list(request, record, "aliases", before, _names(record))

    def _record_list(self, request: HttpRequest, record: Any, name: str, before: list[str], after: list[str]) -> None:
        if before != after:
            changes.record(
                by=_by(request),
                kind=ChangeKind.REFERENCE_CHANGED,
                record=record,
                agreement=getattr(record, "agreement", None),
                before={name: before},
                after={name: after},
            )


def _constraint(error: IntegrityError) -> str:
    """Return the name of the constraint that was broken; they read as sentences."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
    return str(name).replace("_", " ")


def _by(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _blamed(row: Model) -> list[str]:
    """Return whom a declaration blames; a record's own columns are recorded by the action that saves it."""
    if not isinstance(row, Declaration) or not row.pk:
        return []
    return list(row.blamed.order_by("slug").values_list("slug", flat=True))


def _names(record: Party | Place) -> list[str]:
    return [f"{alias.name} ({alias.language})" if alias.language else alias.name for alias in record.aliases.order_by("id")]


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
                    reference.remove(row, by=_by(request))
            reference.remove(obj, by=_by(request))


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
    list_display = ["name", "slug"]
    search_fields = ["name", "name_ar", "slug"]


@admin.register(User)
class PeopleAdmin(Administrators, UserAdmin):  # type: ignore[type-arg]
    """People, whose role says what they may do, but under agreements where another was granted.

    Whoever leaves is made inactive: their name stays on what they did.
    """

    list_display = ["username", "role", "is_active", "last_login"]
    list_filter = ["role", "is_active"]
    search_fields = ["username", "first_name", "last_name", "email"]
    ordering = ["username"]
    filter_horizontal = []
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [(None, {"fields": ["username", "password", "first_name", "last_name", "email", "role", "is_active", "last_login", "date_joined"]})]
    add_fieldsets = [(None, {"fields": ["username", "role", "usable_password", "password1", "password2"]})]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save the person; administrators, and nobody else, may open these pages."""
        obj.is_staff = may(obj, Capability.ADMINISTER)
        super().save_model(request, obj, form, change)


@admin.register(AgreementRole)
class AgreementRoleAdmin(Administrators, admin.ModelAdmin):  # type: ignore[type-arg]
    """What somebody is under one agreement. Granted and taken back; to change one is to grant another."""

    list_display = ["user", "agreement", "role", "created_at"]
    list_filter = ["agreement", "role"]
    list_select_related = ["user", "agreement"]
    search_fields = ["user__username", "agreement__name", "agreement__slug"]
    autocomplete_fields = ["user", "agreement"]
    fields = ["user", "agreement", "role"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["user", "agreement"] if obj else []

    def save_model(self, request: HttpRequest, obj: AgreementRole, form: Any, change: bool) -> None:
        granted = roles.grant(user=obj.user, agreement=obj.agreement, role=obj.role, by=_by(request))
        obj.pk, obj.public_id = granted.pk, granted.public_id

    def delete_model(self, request: HttpRequest, obj: AgreementRole) -> None:
        roles.take_back(granted=obj, by=_by(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[AgreementRole]) -> None:
        for granted in queryset:
            self.delete_model(request, granted)


@admin.register(ApiKey)
class ApiKeyAdmin(Administrators, admin.ModelAdmin):  # type: ignore[type-arg]
    """Keys: issued and revoked, never changed. The text of one is shown once; neither it nor its hash can be had again."""

    list_display = ["name", "user", "lookup", "created_at", "expires_at", "revoked_at"]
    list_select_related = ["user"]
    search_fields = ["name", "user__username", "lookup"]
    actions = ["revoke"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return ["user", "name", "lookup", "created_at", "expires_at", "revoked_at"] if obj else ["user", "name"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return may(request.user, Capability.ADMINISTER)

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        """Issue the key, and show its text this once."""
        key, text = ApiKey.issue(user=obj.user, name=obj.name)
        obj.__dict__.update(key.__dict__)
        messages.warning(request, _("Hand this over now; it cannot be shown again: %(text)s") % {"text": text})

    @admin.action(permissions=["revoke"], description=gettext_lazy("Revoke the keys chosen"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        """Revoke the keys; one revoked earlier keeps its instant."""
        number = queryset.filter(revoked_at=None).update(revoked_at=timezone.now())
        messages.success(request, _("Keys revoked: %(number)d") % {"number": number})
