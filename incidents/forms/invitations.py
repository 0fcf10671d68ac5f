"""Inviting somebody, and making an account of an invitation."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.actions.invitations import LONGEST
from incidents.forms.records import RecordForm, at_most
from incidents.models import Agreement, User
from incidents.queries import visibility


class Invite(RecordForm):
    """Whom, as what, and under which agreements."""

    whom = forms.CharField(label=_("For whom"), max_length=100, help_text=_("So that you know the link again; the person chooses a user name."))
    role = forms.ChoiceField(label=_("Role"), choices=[(role.value, role.label) for role in User.Role if role != User.Role.NONE])
    days = forms.IntegerField(label=_("Good for how many days"), min_value=1, max_value=LONGEST.days, initial=7, help_text=at_most(LONGEST.days))
    agreements = forms.ModelMultipleChoiceField(
        Agreement.objects.none(), label=_("On these agreements alone"), required=False, to_field_name="slug", widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: the role holds on every agreement."),
    )  # fmt: skip

    def __init__(self, data: Mapping[str, Any] | None = None, *, reader: User, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["agreements"].queryset = visibility.agreements(reader)  # type: ignore[attr-defined]


class Join(RecordForm):
    """The name and the password that somebody chooses for themselves."""

    username = forms.CharField(label=_("User name"), max_length=150)
    password = forms.CharField(
        label=_("Password"), max_length=200, strip=False, widget=forms.PasswordInput,
        help_text=_("Eight characters or more; no common password, no number alone, and not like the user name."),
    )  # fmt: skip
    again = forms.CharField(label=_("Password once more"), max_length=200, strip=False, widget=forms.PasswordInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["username"].widget.attrs |= {"dir": "ltr", "autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        for name in ("password", "again"):
            self.fields[name].widget.attrs |= {"dir": "ltr", "autocomplete": "new-password"}

    def clean_again(self) -> str:
        """Return the second password; an error unless it is the first."""
        again = str(self.cleaned_data["again"])
        if again != self.cleaned_data.get("password", again):
            raise forms.ValidationError(_("The two passwords differ."), "differs")
        return again
