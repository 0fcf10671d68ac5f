"""Attaching evidence: a file or a link."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from incidents.errors import RuleBroken
from incidents.forms.values import EvidenceField

MARGIN = 64 * 1024  # what a request holds beside the file
FAR_TOO_LARGE = 8  # times the limit: no more is read then, and the line is cut


class SizeLimit(FileUploadHandler):
    """Keeps a request that is too large off the disk: its file is read past and dropped. Put before the other handlers."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.is_too_large = False

    def handle_raw_input(
        self, input_data: Any, META: dict[str, str], content_length: int, boundary: str, encoding: str | None = None
    ) -> tuple[Any, Any] | None:
        """Note how much there is to come."""
        self.is_too_large = content_length > settings.EVIDENCE_LIMIT + MARGIN
        if content_length > settings.EVIDENCE_LIMIT * FAR_TOO_LARGE:
            raise StopUpload(connection_reset=True)
        return None

    def new_file(self, *args: Any, **options: Any) -> None:
        """Refuse the file if there is too much of it."""
        super().new_file(*args, **options)
        if self.is_too_large:
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass on what came."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the handlers that follow."""


class AttachEvidence(forms.Form):
    """A file, or a link as it came; and what it is."""

    file = forms.FileField(label=_("File"), required=False, widget=forms.FileInput(attrs={"class": "input"}))
    link = EvidenceField(label=_("Or a link"), required=False, max_length=2000, widget=forms.TextInput(attrs={"class": "input", "dir": "auto"}))
    title = forms.CharField(label=_("What it is"), required=False, max_length=200, widget=forms.TextInput(attrs={"class": "input", "dir": "auto"}))

    def __init__(self, *args: Any, is_too_large: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.is_too_large = is_too_large

    def clean(self) -> dict[str, Any]:
        """Return the values: a file or a link, one of the two."""
        values = super().clean() or self.cleaned_data
        if self.is_too_large:
            self.add_error("file", str(_("This file is larger than %(limit)d MB.") % {"limit": settings.EVIDENCE_LIMIT >> 20}))
        elif not self.errors and bool(values.get("file")) == bool(values.get("link")):
            self.add_error("link" if values.get("link") else "file", str(_("Choose a file or give a link: one of the two.")))
        return values

    def add_rule(self, error: RuleBroken) -> None:
        """Show a broken rule at its field."""
        self.add_error(error.field if error.field in self.fields else None, str(error.message))
