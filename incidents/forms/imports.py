"""Sending a file, saying which of its columns is which, resolving a name, undoing an import."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from incidents.imports import registry
from incidents.imports.base import Format
from incidents.imports.receiving import LARGEST
from incidents.imports.resolve import Resolver
from incidents.models import Agreement, ImportBatch, Party, Place, Source, UnresolvedName
from incidents.vocabulary import PartyKind, PlacePrecision, SourceKind

CREATE, NONE, OTHER = "create", "none", "other"
MODELS: dict[str, type[Party] | type[Place] | type[Source]] = {"party": Party, "place": Place, "source": Source}
KINDS: dict[str, Any] = {"party": PartyKind, "place": PlacePrecision, "source": SourceKind}


def _dressed(form: forms.Form) -> None:
    for field in form.fields.values():
        look = "textarea" if isinstance(field.widget, forms.Textarea) else "select" if isinstance(field.widget, forms.Select) else "input"
        if not isinstance(field.widget, forms.RadioSelect | forms.CheckboxInput):
            field.widget.attrs["class"] = look


class Upload(forms.Form):
    """A file, and what cannot be told from it."""

    file = forms.FileField(label=_("File (CSV or XLSX)"))
    format = forms.ChoiceField(label=_("Format"))
    agreement = forms.ModelChoiceField(Agreement.objects.none(), label=_("Agreement"), required=False, to_field_name="slug")
    encoding = forms.ChoiceField(label=_("Encoding"), required=False)
    separator = forms.ChoiceField(label=_("Separator"), required=False)
    sheet = forms.CharField(label=_("Sheet"), required=False, max_length=100)

    ENCODINGS = (
        *("utf-8", "utf-16", "utf-16-le", "utf-16-be"),
        *("windows-1256", "windows-1252", "windows-1250", "windows-1254", "iso-8859-6", "iso-8859-1"),
    )

    def __init__(self, *args: Any, agreements: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["agreement"].queryset = agreements  # type: ignore[attr-defined]
        self.fields["format"].choices = [(one.name, one.label) for one in registry.formats().values()]  # type: ignore[attr-defined]
        told = _("as the file shows")
        self.fields["encoding"].choices = [("", told), *((name, name) for name in self.ENCODINGS)]  # type: ignore[attr-defined]
        self.fields["separator"].choices = [  # type: ignore[attr-defined]
            ("", told),
            ("comma", _("comma")),
            ("semicolon", _("semicolon")),
            ("tab", _("tab")),
            ("pipe", _("pipe")),
        ]
        _dressed(self)

    def clean_file(self) -> Any:
        """Return the file, unless it is too large for a page."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise ValidationError(_("A file of more than 32 MB is imported by the command import_file."), code="too_large")
        return file

    def clean(self) -> dict[str, Any]:
        """Return the values, with an agreement where the format needs one."""
        values = super().clean() or {}
        if values.get("format") and registry.named(values["format"]).needs_agreement and not values.get("agreement"):
            self.add_error("agreement", ValidationError(_("Say under which agreement."), code="required"))
        return values


class Columns(forms.Form):
    """Which of the file's columns is which of ours, a value for those it lacks, and what the format may do."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, batch: ImportBatch, format: Format, **options: Any) -> None:
        super().__init__(data, **options)
        self.batch, self.format = batch, format
        headers = [("", _("not in the file")), *((name, name) for name in batch.header)]
        self.columns = list(format.columns())
        for column in self.columns:
            chosen = batch.mapping.get(column.name, {})
            self.fields[f"column-{column.name}"] = forms.ChoiceField(
                label=str(column.label), choices=headers, required=False, initial=chosen.get("header", ""), disabled=format.is_fixed
            )
            if not format.is_fixed:
                self.fields[f"value-{column.name}"] = forms.CharField(
                    label=_("%(column)s, for every row") % {"column": column.label}, required=False, max_length=300, initial=chosen.get("value", "")
                )
        for name, (label, default) in format.options.items():
            self.fields[f"option-{name}"] = forms.BooleanField(label=str(label), required=False, initial=batch.options.get(name, default))
        _dressed(self)

    @property
    def rows(self) -> Iterable[dict[str, Any]]:
        """Yield each of our columns with its choice of header and its fixed value."""
        for column in self.columns:
            fixed = f"value-{column.name}"
            yield {"column": column, "choice": self[f"column-{column.name}"], "value": self[fixed] if fixed in self.fields else None}

    @property
    def choices(self) -> list[Any]:
        """Return the options of the format."""
        return [self[f"option-{name}"] for name in self.format.options]

    def clean(self) -> dict[str, Any]:
        """Return the values, unless a column that every row needs is missing."""
        values = super().clean() or {}
        for column in self.columns:
            if column.is_required and not (values.get(f"column-{column.name}") or values.get(f"value-{column.name}")):
                self.add_error(f"column-{column.name}", ValidationError(_("The format needs this column."), code="required"))
        return values

    def mapping(self) -> dict[str, dict[str, str]]:
        """Return the mapping as a batch keeps it. A column of the file comes before a fixed value."""
        found = {}
        for column in self.columns:
            if header := self.cleaned_data.get(f"column-{column.name}"):
                found[column.name] = {"header": header}
            elif value := self.cleaned_data.get(f"value-{column.name}"):
                found[column.name] = {"value": value}
        return found

    def options(self) -> dict[str, Any]:
        """Return what the format was told, beside what was said of the file."""
        chosen = {name: bool(self.cleaned_data.get(f"option-{name}")) for name in self.format.options}
        return {name: value for name, value in self.batch.options.items() if name == "said"} | chosen


class Resolve(forms.Form):
    """What a name is: one of the candidates, another on record, a new record, or none of ours."""

    choice = forms.CharField(label=_("It is"), max_length=40)
    other = forms.CharField(label=_("Another on record, by its exact name, slug or p-code"), required=False, max_length=300)
    new_name = forms.CharField(label=_("Name of the new record"), required=False, max_length=200)
    new_kind = forms.ChoiceField(label=_("Its kind"), required=False)
    as_alias = forms.BooleanField(label=_("Keep this spelling for the next import"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, name: UnresolvedName, **options: Any) -> None:
        super().__init__(data, **options)
        self.name = name
        self.fields["new_kind"].choices = [("", ""), *KINDS[name.kind].choices]  # type: ignore[attr-defined]
        self.fields["new_name"].initial = name.name[:200]
        _dressed(self)

    def clean(self) -> dict[str, Any]:
        """Return the values with `record`: the one chosen, a new one not yet saved, or None."""
        values = super().clean() or {}
        values["record"] = self._chosen(values)
        return values

    def _chosen(self, values: dict[str, Any]) -> Party | Place | Source | None:
        model, choice = MODELS[self.name.kind], values.get("choice", "")
        if choice == NONE:
            return None
        if choice == CREATE:
            return self._new(values)
        if choice == OTHER:
            return self._other(values.get("other", ""))
        known = {candidate["id"] for candidate in self.name.candidates}
        record = model._default_manager.filter(public_id=choice).first() if choice in known else None
        if record is None:
            self.add_error("choice", ValidationError(_("Choose what it is."), code="required"))
        return record

    def _other(self, name: str) -> Party | Place | Source | None:
        found: list[Party | Place | Source] = Resolver(ImportBatch(), None).every(self.name.kind, name)
        if len(found) == 1:
            return found[0]
        told = _("Several bear this name: write the slug or p-code.") if found else _("Nothing on record has exactly this name.")
        self.add_error("other", ValidationError(told, code="not_one"))
        return None

    def _new(self, values: dict[str, Any]) -> Party | Place | Source | None:
        name, kind = values.get("new_name", ""), values.get("new_kind", "")
        for field, value in (("new_name", name), ("new_kind", kind)):
            if not value:
                self.add_error(field, ValidationError(_("A new record needs this."), code="required"))
        if not name or not kind:
            return None
        return drafted(self.name, name, kind)


def drafted(one: UnresolvedName, name: str, kind: str) -> Party | Place | Source:
    """Return a new record for an unresolved name, not yet saved, under a slug of its own. `kind` is how exactly a place is known."""
    model = MODELS[one.kind]
    slug = slugify(name)[:70] or f"{one.kind}-{one.pk}"
    if model._default_manager.filter(slug=slug).exists():
        slug = f"{slug}-{one.pk}"
    if model is Place:
        return Place(slug=slug, name=name, precision=kind)
    return Party(slug=slug, name=name, kind=kind) if model is Party else Source(slug=slug, name=name, kind=kind)


class Undo(forms.Form):
    """Why an import is undone."""

    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2, "class": "textarea", "dir": "auto"}))
