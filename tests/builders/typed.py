"""Words put into every field that holds what a person typed.

Fields are found in the models: a new one is filled without being listed. What is listed is what nobody types, and why; `untyped` says where
that list has fallen behind, and `bare` which field no row of holds the words, so that neither goes unseen.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, JSONField, Model, SlugField, TextField, UniqueConstraint
from django.db.models.signals import pre_save

# By why nobody's words stand there. Slugs, and fields that have choices, are told by what they are.
UNTYPED = {
    "one of few words that the form or the API knows": "user.language agreement.timezone importbatch.format importbatch.encoding"
    " importbatch.separator exportjob.of exportjob.format apikey.scopes profile.report_states profile.occurrences webhook.filter",
    "refused but for letters, digits and a few signs, or networks": "user.username user.email apikey.networks",
    "one letter": "side.code",
    "hashes and secrets": "user.password evidence.file evidence.sha256 evidencecopy.original evidencecopy.sha256 exportjob.stored_as"
    " exportjob.sha256 importbatch.sha256 importbatch.stored_as invitation.token_hash apikey.lookup apikey.secret_hash apikey.former_hash"
    " sentrequest.body_hash webhook.secret",
    "sniffed from the file": "evidence.media_type evidencecopy.media_type",
    "whose a reader's state is, by number": "exportjob.mark feed.seen_as",
    "kinds of our records, and numbers of them": "change.record_type feedrow.record_type importrow.record_type readentry.record_type"
    " assessment.report_authors unresolvedname.candidates delivery.events evidencecheck.faults evidencecheck.unclaimed recount.found",
    "keys and sums of the ledger": "convoyentry.controller convoyentry.mode convoyentry.destination_class convoyentry.measure rollup.grain"
    " rollup.series rollup.bucket rollup.unit rollup.measure rollup.harm_group rollup.violation_type posting.subject posting.detail"
    " ledgerentry.series ledgerentry.bucket ledgerentry.violation_type ledgerentry.unit ledgerentry.subject ledgerentry.record_type"
    " ledgerentry.measure ledgerentry.harm_group",
    "numbers alone": "agreementarea.geometry",
    "kept to answer the same request again, and shown on no page": "sentrequest.key sentrequest.answer",
}  # fmt: skip
_UNTYPED = {name for names in UNTYPED.values() for name in names.split()}

Word = Callable[[Any], str]


def typed(kinds: tuple[Any, ...] = (CharField, TextField)) -> Iterator[tuple[type[Model], Any]]:
    """Yield the fields that hold what somebody typed, each with its model."""
    for model in apps.get_app_config("incidents").get_models():
        for field in _told(model, kinds):
            if _name(model, field) not in _UNTYPED:
                yield model, field


def untyped() -> set[str]:
    """Return what is listed and not, or no longer, a field that could hold words."""
    kinds = (CharField, TextField, JSONField, ArrayField)
    models = apps.get_app_config("incidents").get_models()
    return _UNTYPED - {_name(model, field) for model in models for field in _told(model, kinds)}


def bare(is_there: Callable[[str], bool]) -> list[str]:
    """Return the fields, those of JSON and of lists among them, of which no row holds the words."""
    found = []
    for model, field in typed((CharField, TextField, JSONField, ArrayField)):
        values = model._default_manager.exclude(**{field.attname: None}).values_list(field.attname, flat=True)
        if not any(is_there(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)) for value in values):
            found.append(_name(model, field))
    return found


@contextmanager
def everywhere(word: Word) -> Iterator[None]:
    """Fill whatever is first saved meanwhile, so that what is derived from it and said of it is filled, too."""
    numbers = count(1)

    def fill(sender: type[Model], instance: Any, **_signal: Any) -> None:
        if instance._state.adding:
            for model, field in fields:
                if model is sender and getattr(instance, field.attname) is not None:
                    setattr(instance, field.attname, _once(field, word, numbers))

    fields = list(typed())
    pre_save.connect(fill)
    try:
        yield
    finally:
        pre_save.disconnect(fill)
        _sweep(word, numbers)


def _sweep(word: Word, numbers: Iterator[int]) -> None:
    """Fill what was written in one statement with many others, and so told nobody."""
    for model, field in typed():
        lacking = model._default_manager.exclude(**{f"{field.name}__startswith": word(field)[:10]}).exclude(**{f"{field.name}": None})
        for row in lacking.values_list("pk", flat=True):
            model._default_manager.filter(pk=row).update(**{field.name: _once(field, word, numbers)})


def _once(field: Any, word: Word, numbers: Iterator[int]) -> str:
    """Return the word, told from the others where two may not be the same."""
    rules = [rule for rule in field.model._meta.constraints if isinstance(rule, UniqueConstraint)]
    apart = field.unique or any(field.name in rule.fields for rule in rules)
    number = str(next(numbers)) if apart else ""
    return word(field)[: (field.max_length or 1000) - len(number)] + number


def _told(model: type[Model], kinds: tuple[Any, ...]) -> Iterator[Any]:
    for field in model._meta.get_fields():
        if isinstance(field, kinds) and not isinstance(field, SlugField) and not getattr(field, "choices", None):
            yield field


def _name(model: type[Model], field: Any) -> str:
    return f"{model._meta.model_name}.{field.name}"
