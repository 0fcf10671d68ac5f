"""The published contract is true: whatever is sent, by whomever, what comes back is what the schema says, and never a failure of ours.

`bin/test tests/api/test_contract.py -m slow -s --examples 200` sends 200 requests of every operation for every role; without the option it is 5.
"""

import logging
import sys
from collections.abc import Iterator

import pytest

from tests.access.conftest import World, world  # noqa: F401 - a fixture
from tests.api import contract

ROLES = ("anonymous", "coarse", "analyst", "editor", "administrator")
# One operation of each sort: a list with every word, one record, numbers, the feed, a file, what is logged, many at once, a step, what is replaced.
QUICK = {
    "GET /api/v1/reports/": "coarse",
    "GET /api/v1/aggregate-claims/{id}/": "coarse",
    "GET /api/v1/agreements/{slug}/tallies/": "coarse",
    "GET /api/v1/changes/": "coarse",
    "GET /api/v1/exports/now/": "analyst",
    "POST /api/v1/reports/": "analyst",
    "POST /api/v1/aggregate-claims/bulk/": "analyst",
    "POST /api/v1/reports/{id}/attach/": "editor",
    "PATCH /api/v1/convoys/{id}/": "analyst",
    "POST /api/v1/parties/": "administrator",
    "GET /api/v1/incidents/{id}/": "anonymous",
}


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Say nothing of the thousands that are refused."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def examples(request: pytest.FixtureRequest) -> int:
    """Return how many requests of each operation are sent."""
    return int(request.config.getoption("--examples"))


def test_some_of_every_sort_answer_as_the_schema_says(world: World) -> None:  # noqa: F811
    there, tried = contract.known(world), contract.Tried()
    sent = {role: contract.sent_by(world.identities[role]) for role in set(QUICK.values())}
    found = [operation for operation in contract.operations() if operation.label in QUICK]
    assert len(found) == len(QUICK)
    for operation in found:
        contract.try_out(operation, sent[QUICK[operation.label]], there, 5, tried)
    assert not tried.failures, tried.told()
    assert tried.requests == 5 * len(QUICK)


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_every_operation_answers_as_the_schema_says(world: World, role: str, examples: int) -> None:  # noqa: F811
    there, tried, headers = contract.known(world), contract.Tried(), contract.sent_by(world.identities[role])
    found = contract.operations()
    for operation in found:
        contract.try_out(operation, headers, there, examples, tried)
    _tell(role, f"{len(found)} operations", tried)
    assert not tried.failures, tried.told()


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_what_follows_from_an_answer_is_as_the_schema_says(world: World, role: str, examples: int) -> None:  # noqa: F811
    tried = contract.Tried()
    contract.walk(contract.sent_by(world.identities[role]), contract.known(world), walks=4 * examples, steps=6, tried=tried)
    _tell(role, f"{4 * examples} walks", tried)
    assert not tried.failures, tried.told()


def _tell(role: str, what: str, tried: contract.Tried) -> None:
    came = ", ".join(f"{status}: {count}" for status, count in sorted(tried.statuses.items()))
    sys.stdout.write(f"\n{role}: {what}, {tried.requests:,} requests, {len(tried.failures)} failures ({came})\n")
