"""Beside every zero over JSON: on which days anybody could observe."""

from rest_framework.test import APIClient

from tests.api.test_schema import check
from tests.builders import make_agreement, make_claim, make_party, make_place, make_source, sealed_and_posted


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
    before = partner.get(address).json()
    assert before["coverage"] == said, "what is not sealed and counted is not known yet"
    sealed_and_posted()
    assert partner.get(address, {"change": before["change"]}).json()["coverage"] == said
    answer = partner.get(address)
    check("/api/v1/agreements/{slug}/tallies/", "get", answer)
    said = answer.json()["coverage"]
    assert (said["observed"], said["denied"], said["unknown"]) == (2, 1, 4)
    assert len(partner.get(said["url"]).json()["results"]) == 2


def test_each_day_says_whether_anybody_could_observe(analyst: APIClient, partner: APIClient) -> None:
    make_agreement(), make_party("Monitor"), make_source()
    province = make_place("Province")
    make_place("Ford", parent=province), make_place("Mill")
    facts = {"agreement": "river-2020", "observer": "monitor", "kind": "patrol", "place": "ford", "source": "gazette"}
    assert analyst.post("/api/v1/coverage/", facts | {"from_on": "2020-06-02", "until_on": "2020-06-02"}, format="json").status_code == 201
    address = "/api/v1/agreements/river-2020/watch/"
    for area, watch in (("", "observed"), ("province", "observed"), ("mill", "unknown")):
        answer = partner.get(address, {"since": "2020-06-02", "until": "2020-06-02", **({"area": area} if area else {})})
        check("/api/v1/agreements/{slug}/watch/", "get", answer)
        assert [(row["day"], row["watch"]) for row in answer.json()["days"]] == [("2020-06-02", watch)]
    assert len(partner.get(address).json()["days"]) == 7
    future = partner.get(address, {"since": "2199-01-01"}).json()
    assert (future["first"], future["days"]) == (None, [])
    for asked in ({"area": "atlantis"}, {"since": "today"}, {"aera": "ford"}):
        assert partner.get(address, asked).status_code == 400
    assert partner.get("/api/v1/agreements/none/watch/").status_code == 404
