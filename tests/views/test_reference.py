"""The page of the interface: open to everybody, in both languages, whole, and in step with the schema."""

import re

import pytest
from django.test import Client
from django.utils.html import escape

from incidents.views.public import reference
from tests.api.test_schema import published


@pytest.fixture
def groups() -> dict[str, list[reference.described.Operation]]:
    return reference._groups("en")


def test_every_operation_and_every_schema_is_on_it(groups: dict[str, list[reference.described.Operation]]) -> None:
    told = published()
    every = {(method.upper(), path) for path, methods in told["paths"].items() for method in methods}
    assert {(one.method, one.path) for found in groups.values() for one in found} == every
    assert set(groups) == set(reference.NOUNS), "every noun has a name in both languages"
    schema = reference._schema("en")
    for found in groups.values():
        names = {component.name for component in reference.described.components(schema, found)}
        led_to = {part.schema for one in found for content in one.bodies for part in content.kind if part.schema}
        assert led_to <= names
        assert len({one.anchor for one in found}) == len(found)
    assert {status for found in groups.values() for one in found for status in one.refusals} <= set(reference.REFUSALS)


@pytest.mark.parametrize("language", ["en", pytest.param("ar", marks=pytest.mark.slow)])
def test_it_is_read_without_signing_in_and_without_script(client: Client, language: str) -> None:
    start = client.get(f"/{language}/interface/")
    page = client.get(f"/{language}/interface/reports/")
    assert (start.status_code, page.status_code) == (200, 200)
    text = page.content.decode()
    for operation in reference._groups("en")["reports"]:
        assert f'id="{operation.anchor}"' in text
        assert f'href="/{language}/interface/reports/#{operation.anchor}"' in start.content.decode()
    assert escape('"reference":') in text, "the example is there"
    for wrong in ("<script", "<style", " style=", "http://", "//cdn"):
        assert wrong not in re.sub(r'<pre.*?</pre>|<p class="on-paper".*?</p>', "", text, flags=re.DOTALL)
    anchors = set(re.findall(r'href="#([^"]+)"', text))
    assert anchors <= set(re.findall(r' id="([^"]+)"', text)), "no link leads nowhere"


def test_a_noun_that_is_not_there_is_not_found(client: Client) -> None:
    assert client.get("/en/interface/absent/").status_code == 404
