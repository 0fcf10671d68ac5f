"""Loading the demo: whole or not at all, twice without a change, and never over what people did since."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from incidents.actions import convoys
from incidents.demo import loading, reading
from incidents.demo.loading import Loader
from incidents.demo.reading import BrokenFact
from incidents.models import (
    AggregateClaim,
    Agreement,
    Change,
    Convoy,
    Declaration,
    Party,
    PartyAlias,
    Place,
    PlaceAlias,
    Report,
    Response,
    Source,
    User,
)
from incidents.queries import visibility
from tests.builders import correct_claim, make_user

pytestmark = pytest.mark.django_db

TABLES = [AggregateClaim, Agreement, Change, Declaration, Party, PartyAlias, Place, PlaceAlias, Report, Response, Source]


def load_demo(*options: str) -> str:
    said = StringIO()
    call_command("load_demo", *options, stdout=said)
    return said.getvalue()


def load_facts(folder: Path, text: str) -> None:
    (folder / "some.toml").write_text(text, encoding="utf-8")
    Loader().load(reading.read("some.toml", folder))


def test_loading_twice_changes_nothing_and_says_so() -> None:
    first = load_demo()
    assert " changes in " in first.splitlines()[-1]
    counts = {table: table._default_manager.count() for table in TABLES}
    assert Change.objects.exists()
    second = load_demo()
    assert second.splitlines()[-1] == "Nothing changed: everything was there."
    assert {table: table._default_manager.count() for table in TABLES} == counts


def test_the_other_claims_can_be_left_out_and_added_later() -> None:
    assert "bulletins.toml: left out" in load_demo("--without-other-claims")
    assert not AggregateClaim.objects.filter(external_id__startswith="RC-").exists()
    before = AggregateClaim.objects.count()
    load_demo()
    assert AggregateClaim.objects.count() == before + len(reading.read("bulletins.toml"))


def test_what_people_superseded_stays_superseded() -> None:
    load_demo("--without-other-claims")
    correct_claim(AggregateClaim.objects.get(external_id="OP-2016-09-19"), 260)
    load_demo("--without-other-claims")
    assert list(AggregateClaim.objects.current().filter(claimant__slug="syrian-opposition").values_list("count", flat=True)) == [260]


def test_reference_data_is_brought_back() -> None:
    load_demo()
    Party.objects.filter(slug="russia").update(name="Somebody else")
    assert "parties.toml: 36 facts, 1 changes" in load_demo()
    assert Party.objects.get(slug="russia").name == "Russian Federation"


def test_changes_of_one_file_are_one_operation() -> None:
    load_demo("--without-other-claims")
    operations = Change.objects.filter(record_type="party").values_list("operation_id", flat=True)
    assert len(operations) > 1
    assert len(set(operations)) == 1


def test_convoys_stay_closed_until_the_sample_editors_are_there_and_what_was_withdrawn_stays_so() -> None:
    load_demo("--without-other-claims")
    partner = make_user(User.Role.PARTNER)
    assert not visibility.convoys(partner).exists()
    editor, second = make_user(User.Role.EDITOR, "editor"), make_user(User.Role.EDITOR, "second-editor")
    assert loading.release_convoys(tell=lambda _line: None) == 18
    assert visibility.convoys(partner).count() == 9
    convoy = Convoy.objects.get(external_id="CV-2016-09-19-URM")
    assert (convoy.released_by, convoy.release_confirmed_by) == (editor, second)
    convoys.withdraw_release(convoy=convoy, by=editor, reason="asked for")
    assert load_demo("--without-other-claims").splitlines()[-1] == "Nothing changed: everything was there."
    assert visibility.convoys(partner).count() == 8


SOURCE = '[[source]]\nslug = "gazette"\nname = "Gazette"\nkind = "press"\nlink = "https://gazette.example/"\n\n'


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[[party]]\nslug = "a"\nname = "A"\nname_ar = "ا"\nkind = "state"\nsource = "nowhere"\n', 'there is no source "nowhere"'),
        ('[[party]]\nslug = "a"\nname = "A"\nname_ar = "ا"\nkind = "state"\nsource = "gazette"\ncolour = "red"\n', "none is called colour"),
        ('[[party]]\nslug = "a"\nname = "A"\nname_ar = "ا"\nkind = "tribe"\nsource = "gazette"\n', 'kind "tribe" is none of'),
        ('[[party]]\nslug = "a"\nname = "A"\nkind = "state"\nsource = "gazette"\n', "a party needs name_ar"),
        ('[[party]]\nslug = "a"\nname = 3\nname_ar = "ا"\nkind = "state"\nsource = "gazette"\n', "name is not a str"),
        ('[[rumour]]\nslug = "a"\n', 'no facts of the kind "rumour"'),
        (
            '[[place]]\nslug = "a"\nname = "A"\nname_ar = "ا"\nprecision = "town"\npoint = [91.0, 10.0]\nsource = "gazette"\n',
            "place_latitude_in_range",
        ),
    ],
)
def test_a_broken_fact_names_its_file_and_line_and_nothing_is_loaded(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(BrokenFact, match=f"^some.toml, line 7: .*{complaint}"):
        load_facts(tmp_path, SOURCE + text)
    assert not Source.objects.exists()
    assert not Change.objects.exists()


STATEMENT = """
[[statement]]
id = "X-1"
agreement = "syria-2016-09"
claimant = "syria"
accused = ["B"]
count = 3
{since}
to = 2016-09-14
published = 2016-09-14
source = "sana"
"""


def test_a_fact_that_breaks_a_rule_names_the_field(tmp_path: Path) -> None:
    load_demo("--without-other-claims")
    with pytest.raises(BrokenFact, match="line 2: period_start: "):
        load_facts(tmp_path, STATEMENT.format(since=""))
    with pytest.raises(BrokenFact, match="line 2: period_end: "):
        load_facts(tmp_path, STATEMENT.format(since="since = 2016-09-15"))
    load_facts(tmp_path, STATEMENT.format(since="since = 2016-09-12"))
    assert AggregateClaim.objects.get(external_id="X-1").counted_from == date(2016, 9, 12)


def test_the_command_tells_a_broken_fact_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sources.toml").write_text('[[source]]\nslug = "a"\n', encoding="utf-8")
    monkeypatch.setattr(loading, "read", lambda name: reading.read(name, tmp_path))
    with pytest.raises(CommandError, match=r"^sources.toml, line 1: a source needs name$"):
        load_demo()
