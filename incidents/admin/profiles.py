"""Visibility profiles: what partners are given of the record."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.actions import profiles
from incidents.admin.base import Administrators, signed_in
from incidents.models import Profile
from incidents.models.profiles import told_states
from incidents.vocabulary import Occurrence, ReportState


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """A visibility profile, its words chosen and not typed."""

    report_states = forms.MultipleChoiceField(
        label=gettext_lazy("reports in these states"),
        choices=[(value, label) for value, label in ReportState.choices if value != ReportState.DRAFT],
        initial=told_states,
        widget=forms.CheckboxSelectMultiple,
    )
    occurrences = forms.MultipleChoiceField(
        label=gettext_lazy("judged as"),
        choices=Occurrence.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Only what a second editor has confirmed as one of these. None chosen: judged or not."),
    )

    class Meta:
        model = Profile
        fields = [
            "name",
            "slug",
            "is_every_agreement",
            "agreements",
            "report_states",
            "occurrences",
            "delay_hours",
            "grid",
            "shows_sources",
            "shows_wording",
            "shows_convoys",
            "shows_evidence",
        ]

    def clean(self) -> dict[str, Any] | None:
        """Return what was said. A profile of no agreement would hide everything and not say so."""
        said = super().clean()
        if said and not said.get("is_every_agreement") and not said.get("agreements"):
            self.add_error("agreements", _("Name an agreement at least, or all."))
        return said


@admin.register(Profile)
class ProfileAdmin(Administrators, admin.ModelAdmin):  # type: ignore[type-arg]
    """An edit holds from the next request on, and the feeds of whoever carries the profile tell everything anew."""

    form = ProfileForm
    list_display = ["name", "slug", "is_every_agreement", "delay_hours", "grid", "shows_sources"]
    prepopulated_fields = {"slug": ["name"]}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Profile, form: Any, change: bool) -> None:
        """Save it with its agreements, as one change."""
        profiles.save(profile=obj, agreements=form.cleaned_data["agreements"], by=signed_in(request))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Leave the agreements as the action set them."""
