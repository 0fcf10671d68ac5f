"""People, what they may do on single agreements, and the keys of machines."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.actions import keys, one_time_codes, roles, sessions
from incidents.admin.base import Administrators, by, signed_in
from incidents.errors import RuleBroken
from incidents.models import AgreementRole, ApiKey, User
from incidents.permissions import Capability, may
from incidents.vocabulary import Scope


class PersonForm(UserChangeForm):  # type: ignore[type-arg]
    """Asks of a person whether the visibility profile chosen would take away their role, or one granted to them."""

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        if facts.get("profile") and facts.get("role"):
            try:
                roles.must_fit_own(self.instance, facts["role"], facts["profile"])
            except RuleBroken as error:
                self.add_error("profile", str(error.message))
        return facts


@admin.register(User)
class PeopleAdmin(Administrators, UserAdmin):  # type: ignore[type-arg]
    """People, whose role says what they may do, but under agreements where another was granted.

    Whoever leaves is made inactive: their name stays on what they did.
    """

    form = PersonForm
    list_display = ["username", "role", "is_active", "last_login"]
    list_filter = ["role", "is_active"]
    search_fields = ["username", "first_name", "last_name", "email"]
    ordering = ["username"]
    filter_horizontal = []
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["username", "password", "first_name", "last_name", "email", "role", "profile", "is_active", "last_login", "date_joined"]})
    ]
    add_fieldsets = [(None, {"fields": ["username", "role", "usable_password", "password1", "password2"]})]

    actions = ["take_away_second_factors"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(permissions=["change"], description=gettext_lazy("Take away the second factors of those chosen, and sign them out"))
    def take_away_second_factors(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Let those who lost phone, key and codes set up anew; whoever has their password alone can then do so, too, so ask first who calls."""
        for person in queryset:
            one_time_codes.take_away(person)
            sessions.end_all(user=person)
            self.log_change(request, person, "second factors taken away")
        messages.success(request, _("People who set up a second factor anew: %(number)d") % {"number": len(queryset)})

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save the person; administrators, and nobody else, may open these pages."""
        obj.is_staff = may(obj, Capability.ADMINISTER)
        super().save_model(request, obj, form, change)


class GrantForm(forms.ModelForm):  # type: ignore[type-arg]
    """Asks of a grant, before it is saved, whether a visibility profile would take it away again."""

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        user, agreement = (facts.get(name) or getattr(self.instance, name, None) for name in ("user", "agreement"))
        if user and agreement and facts.get("role"):
            try:
                roles.must_fit_profile(user, agreement, facts["role"])
            except RuleBroken as error:
                self.add_error(error.field if error.field in self.fields else None, str(error.message))
        return facts


@admin.register(AgreementRole)
class AgreementRoleAdmin(Administrators, admin.ModelAdmin):  # type: ignore[type-arg]
    """What somebody is under one agreement. Granted and taken back; to change one is to grant another."""

    list_display = ["user", "agreement", "role", "created_at"]
    list_filter = ["agreement", "role"]
    list_select_related = ["user", "agreement"]
    search_fields = ["user__username", "agreement__name", "agreement__slug"]
    form = GrantForm
    autocomplete_fields = ["user", "agreement"]
    fields = ["user", "agreement", "role"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["user", "agreement"] if obj else []

    def save_model(self, request: HttpRequest, obj: AgreementRole, form: Any, change: bool) -> None:
        granted = roles.grant(user=obj.user, agreement=obj.agreement, role=obj.role, by=by(request))
        obj.pk, obj.public_id = granted.pk, granted.public_id

    def delete_model(self, request: HttpRequest, obj: AgreementRole) -> None:
        roles.take_back(granted=obj, by=by(request))

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
        key, text = keys.issue(user=obj.user, by=signed_in(request), name=obj.name, scopes=Scope.values)
        obj.__dict__.update(key.__dict__)
        messages.warning(request, _("Hand this over now; it cannot be shown again: %(text)s") % {"text": text})

    @admin.action(permissions=["revoke"], description=gettext_lazy("Revoke the keys chosen"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        """Revoke the keys; one revoked earlier keeps its instant."""
        number = len([keys.revoke(key=key, by=signed_in(request)) for key in queryset.filter(revoked_at=None)])
        messages.success(request, _("Keys revoked: %(number)d") % {"number": number})
