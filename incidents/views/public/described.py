"""The published schema in the shape that a page of it needs: operations, their parameters, bodies and answers, and the fields of each schema."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import slugify
from drf_spectacular.generators import SchemaGenerator

Json = Any
METHODS = ("get", "post", "put", "patch", "delete")
REFERENCE = "#/components/schemas/"


@dataclass(frozen=True)
class Part:
    """A piece of a type or of a description: what it says, the schema that it leads to, if any, and whether it is a name of the interface."""

    text: str
    schema: str = ""
    is_name: bool = False


@dataclass(frozen=True)
class Row:
    """A parameter, or a field."""

    name: str
    kind: list[Part]
    is_required: bool
    said: list[Part]
    where: str = ""
    allowed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Content:
    """What is sent or answered in one form."""

    media_type: str
    kind: list[Part]
    example: str


@dataclass(frozen=True)
class Answer:
    """An answer that is no refusal."""

    status: str
    said: list[Part]
    contents: list[Content]


@dataclass(frozen=True)
class Operation:
    """What can be asked."""

    tag: str
    method: str
    path: str
    summary: str
    said: list[Part]
    parameters: list[Row]
    bodies: list[Content]
    answers: list[Answer]
    refusals: list[int]
    named: frozenset[str]

    @property
    def anchor(self) -> str:
        """Return where it stands on its page."""
        return slugify(f"{self.method} {self.path.removeprefix('/api/v1/').replace('/', ' ')}")


@dataclass(frozen=True)
class Component:
    """A schema with a name."""

    name: str
    kind: list[Part]
    said: list[Part]
    rows: list[Row]
    allowed: list[str]


def published() -> dict[str, Json]:
    """Return the schema, as it is published, in the language in use."""
    schema: dict[str, Json] = json.loads(json.dumps(SchemaGenerator().get_schema(request=None, public=True), default=str))  # type: ignore[no-untyped-call]
    return schema


def operations(schema: dict[str, Json]) -> Iterator[Operation]:
    """Yield every operation, by path."""
    for path, methods in sorted(schema["paths"].items()):
        for method in METHODS:
            if method in methods:
                yield _operation(path, method, methods[method])


def components(schema: dict[str, Json], asked: Iterable[Operation]) -> list[Component]:
    """Return each schema that these operations name, and those that they name in turn."""
    every = schema["components"]["schemas"]
    todo, seen = sorted(set().union(*(operation.named for operation in asked))), set[str]()
    while todo:
        name = todo.pop()
        if name in every and name not in seen:
            seen.add(name)
            todo += _named(every[name])
    return [_component(name, every[name]) for name in sorted(seen)]


def _operation(path: str, method: str, told: Json) -> Operation:
    bodies = told.get("requestBody", {}).get("content", {})
    answers = {status: answer for status, answer in told["responses"].items() if status < "400"}
    return Operation(
        tag=(told.get("tags") or [""])[0],
        method=method.upper(),
        path=path,
        summary=told.get("summary", ""),
        said=_said(told.get("description", "")),
        parameters=[_parameter(one) for one in told.get("parameters", [])],
        bodies=[_content(name, one) for name, one in bodies.items()],
        answers=[
            Answer(status, _said(one.get("description", "")), [_content(name, content) for name, content in one.get("content", {}).items()])
            for status, one in sorted(answers.items())
        ],
        refusals=sorted(int(status) for status in told["responses"] if status >= "400"),
        named=frozenset(_named([bodies, answers])),
    )


def _parameter(told: Json) -> Row:
    schema = told.get("schema", {})
    return Row(told["name"], _kind(schema), bool(told.get("required")), _said(told.get("description", "")), told["in"], _allowed(schema))


def _content(media_type: str, told: Json) -> Content:
    example = json.dumps(told["example"], ensure_ascii=False, indent=2) if "example" in told else ""
    return Content(media_type, _kind(told.get("schema", {})), example)


def _component(name: str, told: Json) -> Component:
    required = set(told.get("required", []))
    rows = [
        Row(field_name, _kind(one), field_name in required, _said(one.get("description", "")), "", _allowed(one))
        for field_name, one in told.get("properties", {}).items()
    ]
    return Component(name, _kind(told), _said(told.get("description", "")), rows, _allowed(told))


def _allowed(schema: Json) -> list[str]:
    """Return the values that it may have, where they are listed; null is said by the type."""
    return [str(value) for value in schema.get("enum", []) if value is not None]


def _kind(schema: Json) -> list[Part]:
    """Return the type in the words of JSON: array of ReportOut, string (date) | null."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(REFERENCE)
        return [Part(name, name)]
    for joined in ("allOf", "oneOf", "anyOf"):
        if joined in schema:
            return _between([_kind(one) for one in schema[joined]])
    kinds = schema.get("type", "any")
    return _between([_plain(kind, schema) for kind in ([kinds] if isinstance(kinds, str) else kinds)])


def _plain(kind: str, schema: Json) -> list[Part]:
    if kind == "array":
        return [Part("array of "), *_kind(schema.get("items", {}))]
    if "format" in schema and kind != "null":
        return [Part(f"{kind} ({schema['format']})")]
    return [Part(kind)]


def _between(kinds: list[list[Part]]) -> list[Part]:
    found = list(kinds[0]) if kinds else []
    for kind in kinds[1:]:
        found += [Part(" | "), *kind]
    return found


def _said(text: str) -> list[Part]:
    """Return a description in pieces; those between backticks are names, and are marked as such."""
    pieces = re.split(r"`([^`]+)`", text.replace("\n* ", "\n").strip().removeprefix("* "))
    return [Part(piece, is_name=bool(turn % 2)) for turn, piece in enumerate(pieces) if piece]


def _named(told: Json) -> list[str]:
    """Return the schemas that are named anywhere in it."""
    return re.findall(rf'"{REFERENCE}([^"]+)"', json.dumps(told))
