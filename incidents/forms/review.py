"""What an editor says of a case: a decision, a second editor's word, a question, an order of reports."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, TextChoices
from django.utils.translation import gettext_lazy as _

from incidents.errors import RuleBroken
from incidents.models import Agreement, Assessment, Comment, Incident, Party, Report, Side, Term, User
from incidents.permissions import CAPABILITIES, Capability
from incidents.queries import visibility
from incidents.queries.scope import UnderAgreement
from incidents.queries.visibility import Reader
from incidents.rules.review import VERDICTS, Move
from incidents.vocabulary import Attribution, HarmGrade, Occurrence, ScopeAnswer

# The findings in the order of their keys, 1 to 7.
FINDINGS = (
    Occurrence.VERIFIED,
    Occurrence.CORROBORATED,
    Occurrence.DISPUTED,
    Occurrence.NOT_VERIFIABLE,
    Occurrence.UNFOUNDED,
    Occurrence.OUTSIDE_TERMS,
    Occurrence.REFUTED,
)
# Moves that undo a decision.
BACK = (Move.WITHDRAW, Move.SEND_BACK, Move.REOPEN)
SIDE, PARTY = "side", "party"


class ReviewForm(forms.Form):
    """A form on a case. `shown_at` maps fields that rules name to those that are shown."""

    shown_at: dict[str, str] = {}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            widget = field.widget
            if isinstance(widget, forms.CheckboxInput | forms.HiddenInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
                continue
            kind = "textarea" if isinstance(widget, forms.Textarea) else "select" if isinstance(widget, forms.Select) else "input"
            widget.attrs = {"class": kind, "dir": "auto"} | widget.attrs

    def add_rule(self, error: RuleBroken) -> None:
        """Show a broken rule at the field it names, or above the form where it names none that is here."""
        name = self.shown_at.get(error.field, error.field)
        self.add_error(name if name in self.fields else None, ValidationError(str(error.message), code=error.code))


class PlainDecision(ReviewForm):
    """One finding and one reason for several plain cases. Each is decided by itself, and says so."""

    cases = forms.MultipleChoiceField(label=_("Cases"), widget=forms.CheckboxSelectMultiple)
    occurrence = forms.ChoiceField(label=_("Finding"))
    reason = forms.CharField(label=_("Reason, internal"), max_length=4000)

    def __init__(self, data: Mapping[str, Any] | None = None, *, cases: Iterable[str] = (), **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["cases"].choices = [(key, key) for key in cases]  # type: ignore[attr-defined]
        self.fields["occurrence"].choices = [(word.value, word.label) for word in FINDINGS]  # type: ignore[attr-defined]


class Decide(ReviewForm):
    """A judgement under one agreement, with its reason. Scope is offered as the rules derive it; the editor decides."""

    shown_at = {"attributed_side": "whom", "attributed_party": "whom"}

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    occurrence = forms.ChoiceField(label=_("Occurrence"), widget=forms.RadioSelect, required=False)
    term = forms.ModelChoiceField(Term.objects.none(), label=_("Term broken"), required=False, to_field_name="number", empty_label="—")
    attribution = forms.ChoiceField(label=_("Attribution"), initial=Attribution.NOT_ESTABLISHED)
    whom = forms.ChoiceField(label=_("Attributed to"), required=False, widget=forms.Select(attrs={"data-whom": "#id_attribution"}))
    harm_grade = forms.ChoiceField(label=_("Harm grade"), required=False)
    target_as_assessed = forms.CharField(label=_("Target, as assessed"), required=False, max_length=300)
    target_party = forms.ModelChoiceField(
        Party.objects.none(), label=_("Party struck, as assessed"), required=False, to_field_name="slug", empty_label="—"
    )
    in_force = forms.ChoiceField(label=_("In force?"))
    party_bound = forms.ChoiceField(label=_("Party bound?"))
    target_excluded = forms.ChoiceField(label=_("Target excluded?"))
    place_covered = forms.ChoiceField(label=_("Place covered?"))
    reason = forms.CharField(
        label=_("Reason, internal"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2, "data-key": "KeyE", "aria-keyshortcuts": "e"}),
    )
    public_summary = forms.CharField(
        label=_("Public summary (optional)"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 2})
    )

    SCOPE = ("in_force", "party_bound", "target_excluded", "place_covered")

    def __init__(self, data: Mapping[str, Any] | None = None, *, agreement: Agreement, **options: Any) -> None:
        super().__init__(data, **options)
        self.agreement = agreement
        self.sides = {f"{SIDE}:{side.code}": side for side in agreement.sides.all()}
        self.parties = {f"{PARTY}:{party.slug}": party for party in Party.objects.select_related("organ_of").order_by("name")}
        choices: dict[str, list[Any]] = {
            "occurrence": [(word.value, word.label) for word in FINDINGS],
            "attribution": _offered(Attribution),
            "harm_grade": [("", "—"), *_offered(HarmGrade)],
            **{name: _offered(ScopeAnswer) for name in self.SCOPE},
            "whom": [
                ("", "—"),
                (_("Sides"), [(key, side.label) for key, side in self.sides.items()]),
                (_("Parties"), [(key, party.label) for key, party in self.parties.items()]),
            ],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]
        self.fields["term"].queryset = agreement.terms.all()  # type: ignore[attr-defined]
        self.fields["target_party"].queryset = Party.objects.order_by("name")  # type: ignore[attr-defined]

    @property
    def scope_fields(self) -> list[forms.BoundField]:
        """Return the four questions of scope."""
        return [self[name] for name in self.SCOPE]

    def clean(self) -> dict[str, Any]:
        """Return the values, with whom it is attributed to resolved."""
        values = super().clean() or {}
        whom = values.pop("whom", "")
        values["occurrence"] = values.get("occurrence") or Occurrence.UNVERIFIED
        return values | {"attributed_side": self.sides.get(whom), "attributed_party": self.parties.get(whom)}

    MORE = ("harm_grade", "target_as_assessed", "target_party", *SCOPE, "public_summary")

    @property
    def is_more_wrong(self) -> bool:
        """Return whether something is to be mended among what is folded away at first."""
        return bool(self.errors.keys() & {*self.MORE})

    @property
    def can_be_weighed(self) -> bool:
        """Return whether what was sent so far tells what a decision would find and of whom; its reason and all else may still be missing."""
        if self.errors.keys() & {"occurrence", "attribution", "whom"}:
            return False
        named = self.cleaned_data.get("attributed_side") or self.cleaned_data.get("attributed_party")
        return bool(named) == (self.cleaned_data.get("attribution") == Attribution.ATTRIBUTED)

    def judged(self) -> dict[str, Any]:
        """Return the judgement as the action takes it."""
        return {name: value for name, value in self.cleaned_data.items() if name not in {"version", "reason"}}

    @staticmethod
    def begun(under: UnderAgreement, assessment: Assessment | None, grade: HarmGrade | None) -> dict[str, Any]:
        """Return what the form begins with: what was judged last, or what the rules derive."""
        found = under.found
        if assessment is None:
            return {
                "version": 0,
                "harm_grade": grade or "",
                "in_force": found.in_force.answer,
                "party_bound": found.party_bound.answer,
                "target_excluded": found.target.whole.answer,
                "place_covered": found.place_covered.answer,
            }
        kept = ("version", "occurrence", "attribution", "harm_grade", "target_as_assessed", *Decide.SCOPE, "reason", "public_summary")
        return {name: getattr(assessment, name) for name in kept} | {
            "occurrence": assessment.occurrence if assessment.occurrence in VERDICTS else "",
            "term": assessment.term and assessment.term.number,
            "whom": _whom(assessment.attributed_party, assessment.attributed_side),
            "target_party": assessment.target_party and assessment.target_party.slug,
        }

    @staticmethod
    def adopted(report: Report, agreement: Agreement) -> dict[str, Any]:
        """Return what one claim says, for the form to begin with. Whether it is so the editor judges: nothing of it is a finding yet."""
        is_own = report.agreement_id == agreement.pk
        side = report.accused_side if is_own else None
        whom = _whom(report.accused_party, side)
        values = {
            "attribution": Attribution.ATTRIBUTED if whom else Attribution.NOT_ESTABLISHED,
            "whom": whom,
            "term": report.term.number if is_own and report.term else None,
            "target_as_assessed": report.target_as_claimed,
            "target_party": report.target_party and report.target_party.slug,
        }
        return {name: value for name, value in values.items() if value}


def _whom(party: Party | None, side: Side | None) -> str:
    return f"{SIDE}:{side.code}" if side else f"{PARTY}:{party.slug}" if party else ""


def _offered(choices: type[TextChoices]) -> list[Any]:
    return [(word.value, word.label) for word in choices]


class Confirm(ReviewForm):
    """A second editor's word on what they read."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    note = forms.CharField(label=_("Note (optional)"), required=False, max_length=4000)


class Back(ReviewForm):
    """Taking back one's own decision, sending back another's, opening a confirmed one again: with a reason."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    move = forms.ChoiceField(choices=[(move.value, move.label) for move in BACK], widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason, internal"), required=False, max_length=4000, widget=forms.TextInput(attrs={"data-key": "KeyZ", "aria-keyshortcuts": "z"})
    )


class UserField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Somebody who may do something, by their name."""

    def __init__(self, capability: Capability, **options: Any) -> None:
        roles = [role for role, carried in CAPABILITIES.items() if capability in carried]
        people = User.objects.filter(is_active=True, role__in=roles).order_by("username")
        super().__init__(people, to_field_name="username", **options)

    def label_from_instance(self, obj: Model) -> str:
        """Return who it is and in which role."""
        assert isinstance(obj, User)
        return f"{obj.get_username()} · {obj.get_role_display()}"


class Assign(ReviewForm):
    """To whom a case is given; nobody where it is left empty."""

    to = UserField(Capability.ASSESS, label=_("Assigned to"), required=False, empty_label=_("nobody"))


class Say(ReviewForm):
    """A word between colleagues; put to somebody, a question."""

    body = forms.CharField(label=_("Comment or question"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 2}))
    put_to = UserField(Capability.READ_INTERNAL_NOTES, label=_("Put to"), required=False, empty_label=_("nobody: a comment"))


class Answer(ReviewForm):
    """An answer to a question that was put to one."""

    body = forms.CharField(label=_("Answer"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, data: Mapping[str, Any] | None = None, *, question: Comment, **options: Any) -> None:
        super().__init__(data, prefix=f"answer-{question.pk}", **options)
        self.question = question


class IncidentField(forms.CharField):
    """Another incident, by its short name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=80, widget=forms.TextInput(attrs={"list": "other-incidents", "dir": "ltr", "autocomplete": "off"}), **options)
        self.reader: Reader | None = None

    def clean(self, value: Any) -> Incident | None:
        """Return the incident, None where none is named."""
        slug = str(super().clean(value) or "").strip()
        if not slug:
            return None
        found = visibility.incidents(self.reader).filter(slug=slug).first() if self.reader else None
        if found is None:
            raise ValidationError(_("There is no such incident."), code="unknown_word")
        return found


class Arrange(ReviewForm):
    """Which reports of a case belong elsewhere: to another incident, to one of their own, or to none."""

    shown_at = {"incident": "to"}

    class How(TextChoices):
        MOVE = "move", _("Move to another incident")
        SPLIT = "split", _("Split off: separate events")
        DETACH = "detach", _("Detach: of no incident")

    reports = forms.ModelMultipleChoiceField(Report.objects.none(), label=_("Claims"), to_field_name="public_id", widget=forms.CheckboxSelectMultiple)
    how = forms.ChoiceField(label=_("What to do"), choices=How.choices, widget=forms.RadioSelect)
    to = IncidentField(label=_("The other incident"), required=False)
    name = forms.CharField(label=_("Working title of the new incident"), required=False, max_length=200)
    note = forms.CharField(label=_("Why"), required=False, max_length=4000)

    def __init__(self, data: Mapping[str, Any] | None = None, *, incident: Incident, reader: Reader, **options: Any) -> None:
        super().__init__(data, prefix="arrange", **options)
        self.fields["to"].reader = reader  # type: ignore[attr-defined]
        self.fields["reports"].queryset = visibility.reports(reader).filter(incident=incident)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Return the values. To move takes a place to move to."""
        values = super().clean() or {}
        if values.get("how") == self.How.MOVE and not values.get("to") and "to" not in self.errors:
            self.add_error("to", ValidationError(_("Say to which incident."), code="required"))
        return values


class Merge(ReviewForm):
    """Into which other incident this one goes, with all that hangs on it."""

    into = IncidentField(label=_("The incident that goes on"))
    note = forms.CharField(label=_("Why"), required=False, max_length=4000)

    def __init__(self, data: Mapping[str, Any] | None = None, *, reader: Reader, **options: Any) -> None:
        super().__init__(data, prefix="merge", **options)
        self.fields["into"].reader = reader  # type: ignore[attr-defined]
