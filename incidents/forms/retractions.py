"""Retracting a report, and restoring one."""

from django import forms
from django.utils.translation import gettext_lazy as _


class Retract(forms.Form):
    """Why a report is withdrawn. It stays on record."""

    reason = forms.CharField(
        label=_("Why is it retracted?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "textarea", "dir": "auto"}),
        error_messages={"required": _("Say why the report is retracted.")},
    )


class Restore(forms.Form):
    """Why a retracted report stands again."""

    reason = forms.CharField(
        label=_("Why is it restored?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "textarea", "dir": "auto"}),
        error_messages={"required": _("Say why the report is restored.")},
    )
