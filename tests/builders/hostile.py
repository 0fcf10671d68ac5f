"""Text that would run, turn round or lead away if a page took it for more than text, put into every field that holds a person's words.

Fields are found in the models: a new one is filled without being listed. What is listed is what nobody types.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db.models import CharField, Model, SlugField, TextField
from django.db.models.signals import pre_save

# What the page would call if anything ran; a browser that walks defines it.
CALL = "ran()"
OVERRIDE = "\u202e"
TEXT = f"\"'><script>{CALL}</script><img src=x onerror={CALL}>{{{{7*7}}}}{OVERRIDE}evil"
SHORT = f'"><img src=x onerror={CALL}>{OVERRIDE}'
SHORTEST = f"<svg onload={CALL}>"
LINK = f'javascript:{CALL}//"><img src=x onerror={CALL}>{OVERRIDE}'
# Not of a person's making: words of vocabularies, hashes, names of files in the store, keys of the ledger.
MADE_HERE = {
    "timezone", "language", "encoding", "separator", "stored_as", "file", "media_type", "sha256", "format", "of", "lookup", "secret",
    "secret_hash", "former_hash", "token_hash", "code", "record_type", "subject", "series", "bucket", "measure", "unit", "violation_type",
    "harm_group", "grain", "mode", "controller", "destination_class", "original", "step", "what", "seen_as", "password", "body_hash", "key",
    "mark", "role", "username", "email",
}  # fmt: skip
LINKS = {"link", "source_link", "url"}


def words_of(model: type[Model]) -> Iterator[Any]:
    """Yield the fields of a model that hold what somebody typed."""
    for field in model._meta.get_fields():
        if isinstance(field, (CharField, TextField)) and not isinstance(field, SlugField) and not field.choices and field.name not in MADE_HERE:
            yield field


def payload_for(field: Any) -> str:
    """Return what fits: shorter fields get shorter mischief."""
    text = LINK if field.name in LINKS else TEXT
    most = field.max_length or len(text) + 20
    fitting = [one for one in (text, SHORT, SHORTEST) if len(one) <= most]
    return fitting[0] if fitting else ""


@contextmanager
def everywhere() -> Iterator[None]:
    """Fill whatever is first saved meanwhile, so that what is derived from it and said of it is filled, too."""
    pre_save.connect(_fill)
    try:
        yield
    finally:
        pre_save.disconnect(_fill)
        _sweep()


def _fill(sender: type[Model], instance: Any, **_signal: Any) -> None:
    if sender._meta.app_label != "incidents" or not instance._state.adding:
        return
    for field in words_of(sender):
        if getattr(instance, field.attname) is not None:
            setattr(instance, field.attname, _once(field))


_made = iter(range(1, 1_000_000))


def _once(field: Any) -> str:
    """Return the payload, told from the others where two may not be the same."""
    payload = payload_for(field)
    alike = field.unique or any(field.name in names.fields for names in field.model._meta.total_unique_constraints)
    if not alike:
        return payload
    number = str(next(_made))
    return payload[: (field.max_length or 1000) - len(number)] + number


def _sweep() -> None:
    """Fill what was written in one statement with many others, and so told nobody."""
    for model in apps.get_app_config("incidents").get_models():
        for field in words_of(model):
            lacking = model._default_manager.exclude(**{f"{field.name}__contains": "="}).exclude(**{f"{field.name}": None})
            for row in lacking.values_list("pk", flat=True):
                model._default_manager.filter(pk=row).update(**{field.name: _once(field)})
