"""Beside every zero over JSON: on which days anybody could observe."""

from rest_framework.test import APIClient

from tests.api.test_schema import check
from tests.builders import make_agreement, make_claim, make_party, make_source, sealed_and_posted


def test_tallies_say_who_could_observe(analyst: APIClient, partner: APIClient) -> None:
    make_claim(254)
    sealed_and_posted()
    address = "/api/v1/agreements/river-2020/tallies/"
    said = partner.get(address).json()["coverage"]
    assert {name: said[name] for name in ("first", "last", "observed", "denied", "unknown")} == {
        "first": "2020-06-01", "last": "2020-06-07", "observed": 0, "denied": 0, "unknown": 7
    }  # fmt: skip
    make_party("Monitor"), make_source(), make_agreement()
    facts = {"agreement": "river-2020", "observer": "monitor", "kind": "patrol", "place_as_worded": "ford", "source": "gazette"}
    for row in ({"from_on": "2020-06-02", "until_on": "2020-06-03"}, {"from_on": "2020-06-03", "is_denied": True, "until_on": "2020-06-04"}):
        assert analyst.post("/api/v1/coverage/", facts | row, format="json").status_code == 201
    answer = partner.get(address)
    check("/api/v1/agreements/{slug}/tallies/", "get", answer)
    said = answer.json()["coverage"]
    assert (said["observed"], said["denied"], said["unknown"]) == (2, 1, 4)
    assert len(partner.get(said["url"]).json()["results"]) == 2
