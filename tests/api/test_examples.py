"""The examples of the published schema: each is as its schema says, and as the demo answers."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from django.core.management import call_command

from incidents.api.published import examples
from incidents.demo import examples as demo
from incidents.demo import loading
from incidents.models import User
from tests.api.test_schema import published
from tests.builders import sealed_and_posted


def of(content: dict[str, Any]) -> Any:
    return content["application/json"]["example"]


def test_every_example_is_where_it_belongs_and_as_its_schema_says() -> None:
    closed = json.loads(json.dumps({"components": published()["components"]}))
    for component in closed["components"]["schemas"].values():
        if component.get("type") == "object":
            component["additionalProperties"] = False

    def hold(content: dict[str, Any], label: str) -> None:
        schema = content["application/json"]["schema"] | closed
        wrong = list(jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).iter_errors(of(content)))
        assert not wrong, f"{label}: {wrong[0].message} at {list(wrong[0].absolute_path)}"

    for label, example in examples().items():
        method, path = label.split()
        operation = published()["paths"][path][method.lower()]
        answer = operation["responses"][str(example["status"])]["content"]
        assert of(answer) == example["answer"]
        hold(answer, label)
        if method == "POST":
            hold(operation["requestBody"]["content"], label)
    assert len(examples()) > 50


def test_they_name_no_host_and_nobody() -> None:
    text = json.dumps(examples())
    assert "https://truce.example/api/v1/reports/" in text
    for told in ("127.0.0.1", "localhost", "testserver", "example-"):
        assert told not in text


@pytest.mark.slow
@pytest.mark.django_db
def test_they_are_what_the_demo_answers() -> None:
    call_command("load_demo", verbosity=0)
    for name in ("editor", "second-editor"):
        User.objects.create(username=name, role=User.Role.EDITOR)
    loading.release_convoys(tell=lambda _line: None)
    sealed_and_posted()
    users = User.objects.count()
    drawn = demo.drawn()
    assert set(drawn) == set(examples()), "run: bin/manage draw_examples"
    for label, example in drawn.items():
        assert set(shape(example)) == set(shape(examples()[label])), f"{label} looks different now; run: bin/manage draw_examples"
    assert User.objects.count() == users


def shape(told: Any, at: str = "") -> Iterator[str]:
    """Yield the path of everything in an answer."""
    if isinstance(told, dict):
        for name, value in told.items():
            yield from shape(value, f"{at}.{name}")
    elif isinstance(told, list):
        for value in told:
            yield from shape(value, f"{at}[]")
    else:
        yield at
