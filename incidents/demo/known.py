"""What facts refer to, by slug, letter or number."""

import re
from typing import Any, TypeVar

from django.db import models

from incidents.demo.reading import Fact
from incidents.models import Agreement, Incident, Party, Place, Side, Source, Term

_SIDE = re.compile(r"[A-Z]")
M = TypeVar("M", Source, Party, Place, Agreement, Incident)


class Known:
    """Looks each record up once. Raise BrokenFact, naming file and line, for what is not there."""

    def __init__(self) -> None:
        self._known: dict[tuple[type[models.Model], str], Any] = {}

    def keep(self, slug: str, record: models.Model) -> None:
        """Remember a record by its slug."""
        self._known[type(record), slug] = record

    def find(self, model: type[M], fact: Fact, slug: str) -> M:
        """Return the record of this slug."""
        if (model, slug) not in self._known:
            record = model._default_manager.filter(slug=slug).first()
            if record is None:
                raise fact.broken(f'there is no {model._meta.verbose_name} "{slug}"')
            self.keep(slug, record)
        found: M = self._known[model, slug]
        return found

    def find_or_none(self, model: type[M], fact: Fact, name: str) -> M | None:
        """Return the record that a field of the fact names, None where it names none."""
        slug = fact.text(name)
        return self.find(model, fact, slug) if slug else None

    def source_of(self, fact: Fact) -> Source:
        """Return the source that every fact has."""
        return self.find(Source, fact, fact.text("source", None))

    def culprit(self, fact: Fact, agreement: Agreement, name: str) -> Party | Side:
        """Return whom a fact accuses: a side by its letter, or a party by its slug."""
        return self.side(fact, agreement, name) if _SIDE.fullmatch(name) else self.find(Party, fact, name)

    def side(self, fact: Fact, agreement: Agreement, code: str) -> Side:
        """Return the side of this letter."""
        side = agreement.sides.filter(code=code).first()
        if side is None:
            raise fact.broken(f'{agreement.slug} has no side "{code}"')
        return side

    def term(self, fact: Fact, agreement: Agreement) -> Term | None:
        """Return the article whose number the fact gives, None where it gives none."""
        number = fact.text("term")
        term = agreement.terms.filter(number=number).first() if number else None
        if number and term is None:
            raise fact.broken(f'{agreement.slug} has no term "{number}"')
        return term
