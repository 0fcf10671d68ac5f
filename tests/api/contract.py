"""The published contract, tried: what is sent is made from the schema, as it allows and as it does not, and what comes back is held against it.

All of it happens within the process and one transaction: the application is called as a server would call it, and what a request did is undone.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.access.cast import Identity, _key
from tests.access.conftest import World
from tests.api.test_schema import published

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance, response_schema_conformance]
# Whose records these are, by the noun in the path.
NOUNS = {
    "claim": ("aggregate-claims", "reconciliations"),
    "agreement": ("agreements", "tallies"),
    "coverage": ("coverage",),
    "evidence": ("evidence",),
}
PARTIES = ("claimant", "accused_party", "party", "observer", "operator", "attributed_party", "relayed_by")
DAYS = {"since": "2020-06-01", "period_start": "2020-06-01", "from_on": "2020-06-01", "counted_from": "2020-06-01", "occurred_on": "2020-06-02"}
DAYS |= {"until": "2020-06-04", "period_end": "2020-06-04", "until_on": "2020-06-04", "published_on": "2020-06-05", "declared_on": "2020-06-03"}
Headers = dict[str, str]


@cache
def document() -> Any:
    """Return the schema as schemathesis holds it, closed: a field of an answer that it does not name is a failure."""
    told = json.loads(json.dumps(published()))
    for component in told["components"]["schemas"].values():
        if component.get("type") == "object" and "additionalProperties" not in component:
            component["additionalProperties"] = False
    schema = schemathesis.openapi.from_dict(told)
    schema.app = get_wsgi_application()
    return schema


def operations() -> list[Any]:
    """Return every operation there is."""
    return [found.ok() for found in document().get_all_operations()]


@contextmanager
def undone() -> Iterator[None]:
    """Undo whatever is done within; and let no request close the connection whose transaction that is."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)
        transaction.savepoint_commit(point)  # else the next one would nest in it, thousands deep
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


@dataclass
class Known:
    """What is there: keys by the noun in the path, and values by the name of a field or parameter."""

    keys: dict[str, list[str]]
    values: dict[str, list[Any]]


def known(world: World) -> Known:
    """Return what the world of these tests holds."""
    keys: dict[str, list[str]] = {}
    for thing in world.things.values():
        for noun in NOUNS.get(thing.noun, (f"{thing.noun}s",)):
            keys.setdefault(noun, []).append(str(thing.key))
    keys |= {"parties": ["highlands", "lowlands"], "places": ["embargoed-depot"], "tally-methods": ["logged", "claimed"]}
    values: dict[str, list[Any]] = {name: [day] for name, day in DAYS.items()}
    values |= {name: ["highlands", "lowlands"] for name in PARTIES}
    values |= {"agreement": keys["agreements"], "source": ["gazette"], "place": ["embargoed-depot"], "term": ["1"], "to": ["mill", "ford"]}
    values |= {"incident": [*keys["incidents"], "mill", "ford"], "report": keys["reports"], "version": [1, 2, 3], "If-Match": ['"1"', '"2"']}
    values |= {"side": ["A", "B"], "accused_side": ["A", "B"], "reports": [keys["reports"][:1], keys["reports"][1:3]]}
    return Known(keys, values)


def drawn(operation: Any, there: Known) -> st.SearchStrategy[Any]:
    """Return requests of an operation, as the schema allows and as it does not; many ask for what is there, under names that are there."""
    noun = re.match(r"/api/v1/([\w-]+)/", operation.path)
    keys = there.keys.get(noun[1], []) if noun else []

    @st.composite
    def one(draw: Callable[[Any], Any]) -> Any:
        mode = draw(st.sampled_from([GenerationMode.POSITIVE, GenerationMode.POSITIVE, GenerationMode.NEGATIVE]))
        case = draw(operation.as_strategy(generation_mode=mode))
        if draw(st.integers(0, 3)):
            for name in sorted({"id", "slug"} & set(case.path_parameters or {}) if keys else ()):
                case.path_parameters[name] = draw(st.sampled_from(keys))
            for held in (case.query, case.headers, case.body):
                _name(draw, held, there)
        if hasattr(case.query, "items") and "wait" in case.query:
            case.query["wait"] = "0"  # nothing comes while one waits within a transaction
        return case

    return one()


def _name(draw: Callable[[Any], Any], held: Any, there: Known) -> None:
    """Put what is there where names are asked for, mostly; and say "nothing" less often than a generator does."""
    if isinstance(held, list):
        for one in held:
            _name(draw, one, there)
    elif hasattr(held, "items"):
        for name, value in list(held.items()):
            if name in there.values and not isinstance(value, dict) and draw(st.integers(0, 3)):
                held[name] = draw(st.sampled_from(there.values[name]))
            else:
                _name(draw, value, there)


@dataclass
class Tried:
    """What was sent, and what came of it. A failure is kept once for each operation and kind."""

    requests: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)

    def hold(self, case: Any, answer: Any, headers: Headers) -> None:
        """Count an answer, and hold it against the schema."""
        self.requests += 1
        self.statuses[answer.status_code] += 1
        try:
            case.validate_response(answer, checks=CHECKS, headers=headers)
        except (Failure, FailureGroup) as wrong:
            for one in getattr(wrong, "exceptions", [wrong]):
                sent = f"{one}\n{getattr(one, 'instance_path', '')}\n{case.as_curl_command()[:1_000]}\n{answer.content[:500]!r}"
                self.failures.setdefault(f"{case.operation.label}: {type(one).__name__}, {answer.status_code}", sent)

    def told(self) -> str:
        """Return all that went wrong."""
        return "\n\n".join(f"{name}\n{sent}" for name, sent in self.failures.items())


def sent_by(identity: Identity) -> Headers:
    """Return the headers of somebody who asks with a key of their own, if they are anybody."""
    plain = {"Accept-Encoding": "identity"}
    return plain | {"Authorization": f"Bearer {_key(identity.user)[1]}"} if identity.user else plain


def try_out(operation: Any, headers: Headers, there: Known, examples: int, tried: Tried) -> None:
    """Send so many requests of an operation, the same each time, each undone."""

    @settings(max_examples=examples, derandomize=True, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=drawn(operation, there))
    def each(case: Any) -> None:
        with undone():
            tried.hold(case, case.call(headers=headers), headers)

    each()


def walk(headers: Headers, there: Known, walks: int, steps: int, tried: Tried) -> None:
    """Go from answer to answer by the links that the schema names; each walk is undone at its end."""

    class Walk(document().as_state_machine()):  # type: ignore[misc]
        def setup(self) -> None:
            self.ended = undone()
            self.ended.__enter__()

        def teardown(self) -> None:
            self.ended.__exit__(None, None, None)

        def before_call(self, case: Any) -> None:
            if hasattr(case.query, "items") and "wait" in case.query:
                case.query["wait"] = "0"
            for name in ("query", "headers", "body"):
                _settle(getattr(case, name), there, self)

        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"headers": headers}

        def validate_response(self, response: Any, case: Any, **_said: Any) -> None:
            tried.hold(case, response, headers)

    plain = {"derandomize": True, "database": None, "deadline": None, "phases": [Phase.generate], "suppress_health_check": list(HealthCheck)}
    Walk.run(settings=settings(max_examples=walks, stateful_step_count=steps, **plain))


def _settle(held: Any, there: Known, walk: Any) -> None:
    """Put what is there where names are asked for, in turn."""
    if isinstance(held, list):
        for one in held:
            _settle(one, there, walk)
    elif hasattr(held, "items"):
        for name, value in list(held.items()):
            if name in there.values and not isinstance(value, dict):
                walk.turn = getattr(walk, "turn", 0) + 1
                held[name] = there.values[name][walk.turn % len(there.values[name])]
            else:
                _settle(value, there, walk)
