"""Issuing a key: what for, what it opens, from where, and for how long."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.errors import RuleBroken
from incidents.forms.records import RecordForm, at_most
from incidents.models import ApiKey, User
from incidents.models.keys import HIGHEST_RATE, LONGEST, USUAL_RATE
from incidents.permissions import OPENS, Capability, may, may_somewhere
from incidents.queries import visibility
from incidents.rules import networks
from incidents.vocabulary import Scope


class IssueKey(RecordForm):
    """A new key. Administrators issue keys for anybody, others for themselves."""

    name = forms.CharField(label=_("What it is for"), max_length=100, help_text=_("So that you know it again in the list."))
    user = forms.ModelChoiceField(User.objects.none(), label=_("Owner"), to_field_name="username")
    scopes = forms.MultipleChoiceField(label=_("Opens"), choices=(), widget=forms.CheckboxSelectMultiple)
    agreements = forms.ModelMultipleChoiceField(
        ApiKey.objects.none(), label=_("Agreements"), required=False, to_field_name="slug", widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all that its owner sees."),
    )  # fmt: skip
    networks = forms.CharField(label=_("From these addresses"), required=False, help_text=_("Such as 192.0.2.0/24. Empty: from anywhere."))
    days = forms.IntegerField(
        label=_("Good for how many days"), min_value=1, max_value=LONGEST.days, initial=LONGEST.days, help_text=at_most(LONGEST.days)
    )
    per_minute = forms.IntegerField(
        label=_("Requests a minute"), min_value=1, max_value=HIGHEST_RATE, initial=USUAL_RATE, help_text=at_most(HIGHEST_RATE)
    )

    field_order = ("name", "user", "days", "networks", "per_minute", "scopes", "agreements")

    def __init__(self, data: Mapping[str, Any] | None = None, *, reader: User, **options: Any) -> None:
        super().__init__(data, **options)
        people = User.objects.filter(is_active=True).order_by("username")
        offered = people if may(reader, Capability.ADMINISTER) else people.filter(pk=reader.pk)
        self.fields["user"].queryset = offered  # type: ignore[attr-defined]
        self.fields["user"].initial = reader.get_username()
        self.fields["agreements"].queryset = visibility.agreements(reader)  # type: ignore[attr-defined]
        may_open = [(scope.value, scope.label) for scope in Scope if any(may_somewhere(reader, one) for one in OPENS[scope])]
        self.fields["scopes"].choices = may_open  # type: ignore[attr-defined]
        self.fields["scopes"].initial = [Scope.READ, Scope.EVIDENCE, Scope.CONVOYS, Scope.CHANGES, Scope.EXPORTS]

    def clean_networks(self) -> list[str]:
        """Return the ranges as they are kept."""
        try:
            return networks.parse(self.cleaned_data["networks"], "networks")
        except RuleBroken as broken:
            raise forms.ValidationError(str(broken.message), broken.code) from broken

    def facts(self) -> dict[str, Any]:
        """Return the key as the action takes it."""
        values = dict(self.cleaned_data)
        named = list(values.pop("agreements"))
        return values | {"agreements": named or None}
