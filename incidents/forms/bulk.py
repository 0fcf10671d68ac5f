"""What is done with several reports at once: one verb, the reports chosen, and what the verb needs to know."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from incidents.errors import RuleBroken
from incidents.models import Agreement, Incident
from incidents.permissions import Capability, may
from incidents.queries import visibility
from incidents.queries.visibility import Reader

MOST = 100


class Verb(TextChoices):
    """What may be done with several reports at once. Each is still decided on one report at a time."""

    ATTACH = "attach", _("Tie to an incident")
    OPEN = "open", _("Open an incident for them")
    RETRACT = "retract", _("Retract")
    RESTORE = "restore", _("Let stand again")


NEEDS = {
    Verb.ATTACH: Capability.ASSESS,
    Verb.OPEN: Capability.ASSESS,
    Verb.RETRACT: Capability.LOG_REPORTS,
    Verb.RESTORE: Capability.LOG_REPORTS,
}


class Bulk(forms.Form):
    """A verb for the reports chosen in a list. Only those verbs are offered that this reader may use under the agreement."""

    verb = forms.ChoiceField(label=_("With the chosen ones"), error_messages={"required": _("Say what to do.")})
    reports = forms.MultipleChoiceField(error_messages={"required": _("Choose reports first.")})
    incident = forms.CharField(label=_("Incident, or title of a new one"), required=False, max_length=200)
    reason = forms.CharField(label=_("Reason, internal"), required=False, max_length=4000)

    def __init__(self, data: Mapping[str, Any] | None = None, *, reader: Any, agreement: Agreement) -> None:
        super().__init__(data, auto_id="bulk-%s")
        self.reader: Reader = reader
        self.verbs = [verb for verb in Verb if may(reader, NEEDS[verb], agreement)]
        self.fields["verb"].choices = [("", "—"), *((verb.value, verb.label) for verb in self.verbs)]  # type: ignore[attr-defined]
        # Which of them there are is asked when they are looked up; what is chosen, but not there, is not done.
        self.chosen = data.getlist("reports") if data is not None and hasattr(data, "getlist") else []
        self.fields["reports"].choices = [(key, key) for key in self.chosen]  # type: ignore[attr-defined]
        self.fields["verb"].widget.attrs = {"class": "select"}
        for name in ("incident", "reason"):
            self.fields[name].widget.attrs = {"class": "input", "dir": "auto"}
        if Verb.ATTACH not in self.verbs:
            del self.fields["incident"]
        else:
            self.fields["incident"].widget.attrs["list"] = "bulk-incidents"

    def clean_reports(self) -> list[str]:
        """Return the ids of the reports, each once; an error where there are more than are done at once."""
        chosen: list[str] = list(dict.fromkeys(self.cleaned_data["reports"]))
        if len(chosen) > MOST:
            said = _("At most %(most)d at once; chosen: %(chosen)d. Nothing was done: take some out of the choice.")
            raise forms.ValidationError(said % {"chosen": len(chosen), "most": MOST})
        return chosen

    def clean(self) -> dict[str, Any]:
        """Return what to do. Say at its field what the verb needs to know and is not told."""
        values: dict[str, Any] = super().clean() or {}
        verb, said = values.get("verb"), (values.get("incident") or "").strip()
        if verb in {Verb.RETRACT, Verb.RESTORE} and not (values.get("reason") or "").strip():
            self.add_error("reason", _("Give a reason."))
        if verb == Verb.OPEN and not said:
            self.add_error("incident", _("Give the incident a working title."))
        if verb == Verb.ATTACH:
            values["into"] = self._incident(said)
        return values

    def _incident(self, slug: str) -> Incident | None:
        found: Incident | None = visibility.standing_incidents(self.reader).filter(slug=slug).first()
        if found is None:
            self.add_error("incident", _("There is no incident of this name."))
        return found

    def add_rule(self, error: RuleBroken) -> None:
        """Show a broken rule at the field it names, or above the form."""
        self.add_error("incident" if error.field in {"name", "incident"} else None, str(error.message))

    @property
    def problems(self) -> list[str]:
        """Return what was wrong, in the order of the fields."""
        return [str(message) for messages in self.errors.values() for message in messages]
