"""The files of facts: each fact says where it stands, and a broken one says on which line."""

from pathlib import Path

import pytest

from incidents.demo.loading import FILES
from incidents.demo.reading import FOLDER, BrokenFact, Fact, read


def with_inner(fact: Fact) -> list[Fact]:
    return [fact, *(deeper for inner in fact.inner.values() for each in inner for deeper in with_inner(each))]


ALL = [fact for name in FILES for each in read(name) for fact in with_inner(each)]


def test_every_file_is_loaded() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_every_fact_names_a_source(name: str) -> None:
    sources = {fact.values["slug"] for fact in ALL if fact.kind == "source"}
    for fact in ALL:
        if fact.file.name != name or fact.kind == "part":
            continue
        if fact.kind == "source":
            assert fact.values["link"].startswith("http"), fact
        else:
            assert fact.values.get("source") in sources, fact


def test_every_source_is_used() -> None:
    used = {fact.values.get("source") for fact in ALL}
    assert {fact.values["slug"] for fact in ALL if fact.kind == "source"} == used - {None}


def test_what_is_named_in_english_is_named_in_arabic() -> None:
    for fact in ALL:
        if fact.kind in {"party", "place", "agreement", "side", "incident"}:
            assert any("\u0600" <= letter <= "\u06ff" for letter in fact.values["name_ar"]), fact


def test_each_claim_has_an_id_of_its_own() -> None:
    ids = [fact.values["id"] for fact in ALL if fact.kind in {"report", "event", "statement"}]
    assert len(ids) == len(set(ids))


def test_quotations_are_short() -> None:
    assert {fact.values["wording"] for fact in ALL if fact.values.get("wording")} == {"meaningless", "clinically dead"}


def test_facts_know_their_lines(tmp_path: Path) -> None:
    (tmp_path / "some.toml").write_text('# first\n\n[[agreement]]\nslug = "a"\n\n  [[agreement.side]]\n  code = "A"\n\n[[agreement]]\nslug = "b"\n')
    first, second = read("some.toml", tmp_path)
    assert (first.line, first.inner["side"][0].line, second.line) == (3, 6, 9)


def test_a_file_that_cannot_be_read_names_the_line(tmp_path: Path) -> None:
    (tmp_path / "some.toml").write_text('[[source]]\nslug = "a"\nname = \n')
    with pytest.raises(BrokenFact, match=r"^some.toml, line 3: "):
        read("some.toml", tmp_path)


def test_an_event_that_cannot_be_read_names_the_line(tmp_path: Path) -> None:
    header, first, *_ = (FOLDER / "ucdp-events.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "ucdp-events.csv").write_text("\n".join([header, first, first.replace("2016-09-12", "12 Sept")]), encoding="utf-8")
    with pytest.raises(BrokenFact, match=r"^ucdp-events.csv, line 3: "):
        read("ucdp-events.csv", tmp_path)
