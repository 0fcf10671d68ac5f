"""The published schema, once it is made: what may not be said besides, where one answer leads to the next, and what the demo answers."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from incidents.api.fields import Strict

# Of /api/v1/reports/{id}/attach/: the noun's list, the name of its key, what comes below.
_ONE = re.compile(r"(?P<list>/api/v1/[\w-]+/)\{(?P<key>id|slug)\}/(?P<below>[\w/-]*)")


def whole(result: dict[str, Any], **_said: Any) -> dict[str, Any]:
    """Return the schema with what its maker does not write."""
    _close(result["components"]["schemas"])
    for path in list(result["paths"]):
        if found := _ONE.fullmatch(path):
            _link(result["paths"], path, found)
    for label, example in examples().items():
        _show(result["paths"], label, example)
    return result


@cache
def examples() -> dict[str, Any]:
    """Return what `draw_examples` kept of the demo's answers, by method and path."""
    kept: dict[str, Any] = json.loads((Path(__file__).parent / "examples.json").read_text(encoding="utf-8"))
    return kept


def _show(paths: dict[str, Any], label: str, example: dict[str, Any]) -> None:
    """Put an example where it belongs; one of an operation that is no more goes nowhere."""
    method, _space, path = label.partition(" ")
    operation = paths.get(path, {}).get(method.lower(), {})
    answer = operation.get("responses", {}).get(str(example["status"]), {}).get("content", {})
    if "application/json" in answer:
        answer["application/json"]["example"] = example["answer"]
    body = operation.get("requestBody", {}).get("content", {})
    if "sent" in example and "application/json" in body:
        body["application/json"]["example"] = example["sent"]


def _close(components: dict[str, Any]) -> None:
    """Say of every body that is read strictly that it may hold nothing else."""
    for strict in _below(Strict):
        for name in (strict.__name__, f"Patched{strict.__name__}"):
            if components.get(name, {}).get("type") == "object":
                components[name]["additionalProperties"] = False


def _below(base: type[Any]) -> Iterator[type[Any]]:
    for cls in base.__subclasses__():
        yield cls
        yield from _below(cls)


def _link(paths: dict[str, Any], path: str, found: re.Match[str]) -> None:
    """Say in the answers that name a record by its key what can be asked of it: made just now, or the first of a list."""
    key, before = found["key"], paths.get(found["list"], {})
    for method, said, pointer in (("post", "201", key), ("get", "200", f"results/0/{key}")):
        answer = before.get(method, {}).get("responses", {}).get(said, {})
        if _has(answer, method):
            for operation in paths[path].values():
                told = {"operationId": operation["operationId"], "parameters": {key: f"$response.body#/{pointer}"}}
                answer.setdefault("links", {})[operation["operationId"]] = told


def _has(answer: dict[str, Any], method: str) -> bool:
    """Return whether the answer is JSON that holds a record, or a page of them."""
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    name = schema.get("$ref", "").rpartition("/")[2]
    return bool(name) and (method == "post" or name.startswith("Paginated"))
