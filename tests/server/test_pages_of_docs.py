"""What the pages say of the code is held against the code."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.db.models import TextChoices

from incidents import vocabulary

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = ("install", "scaling", "upgrade", "backup", "threat-model", "domain", "counting")


def page(name: str) -> str:
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


def words() -> list[type[TextChoices]]:
    found = [value for value in vars(vocabulary).values() if isinstance(value, type) and issubclass(value, TextChoices)]
    return [value for value in found if value not in {TextChoices, vocabulary.ClaimFlag, vocabulary.Series, vocabulary.Bucket}]


@pytest.mark.parametrize("choices", words(), ids=lambda choices: choices.__name__)
def test_every_word_of_the_vocabularies_is_explained(choices: type[TextChoices]) -> None:
    told = page("domain")
    assert [word for word in choices.values if f"`{word}`" not in told and word not in "ABCDEF"] == []


def test_every_series_and_flag_is_explained_to_whoever_cites() -> None:
    told = page("counting")
    assert [flag for flag in vocabulary.ClaimFlag.values if f"`{flag}`" not in told] == []
    assert [series for series in ("claimed", "logged", "incidents", "verified") if f"**{series}**" not in told] == []


@pytest.mark.parametrize("name", PAGES)
def test_commands_and_links_lead_somewhere(name: str) -> None:
    text = page(name)
    for command in re.findall(r"manage(?:\.py)? ([a-z_]+)", text):
        assert command in get_commands(), command
    for link in re.findall(r"\]\(([^)#]+\.md)\)", text):
        assert (DOCS / link).exists(), link
