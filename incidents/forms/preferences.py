"""Settings of one person: how pages look and are worked."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from incidents.forms.records import RecordForm
from incidents.models import User
from incidents.models.accounts import Density, Digits, Months, Theme


class Preferences(RecordForm):
    """How pages look for whoever asks."""

    language = forms.ChoiceField(label=_("Language"), required=False, choices=[("", _("As the browser asks")), *settings.LANGUAGES])
    theme = forms.ChoiceField(label=_("Theme"), choices=Theme.choices)
    density = forms.ChoiceField(label=_("Density"), choices=Density.choices, help_text=_("How close the rows of tables stand."))
    digits = forms.ChoiceField(label=_("Digits on Arabic pages"), choices=Digits.choices)
    months = forms.ChoiceField(label=_("Months on Arabic pages"), required=False, choices=[("", _("As is usual here")), *Months.choices])
    has_shortcuts = forms.BooleanField(label=_("Single keys run commands"), required=False, help_text=_("Off: only keys held with Ctrl, and Esc."))

    def __init__(self, *args: Any, user: User, theme: str, **options: Any) -> None:
        now = {name: getattr(user, name) for name in self.base_fields} | {"theme": theme}
        super().__init__(*args, initial=now, **options)
