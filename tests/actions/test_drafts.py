"""Drafts: kept while somebody writes, and never overwritten behind anybody's back."""

import pytest

from incidents.actions import drafts
from incidents.errors import StaleRecord
from incidents.models import Change, Draft
from tests.builders import make_agreement, make_user

pytestmark = pytest.mark.django_db


def test_a_draft_keeps_what_was_typed_to_the_letter() -> None:
    typed = {"wording": "  three\u200f  ", "killed_low": "3 or 4?"}
    draft = drafts.begin(agreement=make_agreement(), fields=typed, by=make_user())
    assert Draft.objects.get(pk=draft.pk).fields == typed
    assert not Change.objects.filter(record_id=draft.public_id).exists()


def test_the_later_save_of_an_old_version_is_refused_with_what_differs() -> None:
    first, second = make_user("analyst", "first"), make_user("analyst", "second")
    draft = drafts.begin(agreement=make_agreement(), fields={"wording": "a", "place": "Ford"}, by=first)
    drafts.keep(draft=draft, fields={"wording": "b", "place": "Ford"}, version=1, by=second)
    with pytest.raises(StaleRecord) as stale:
        drafts.keep(draft=draft, fields={"wording": "c", "place": "Ford"}, version=1, by=first)
    assert stale.value.field == "wording"
    stored = Draft.objects.get(pk=draft.pk)
    assert (stored.fields["wording"], stored.version, stored.changed_by) == ("b", 2, second)


def test_saving_the_same_again_is_no_conflict() -> None:
    person = make_user()
    draft = drafts.begin(agreement=make_agreement(), fields={"wording": "a"}, by=person)
    drafts.keep(draft=draft, fields={"wording": "b"}, version=1, by=person)
    assert drafts.keep(draft=draft, fields={"wording": "b"}, version=1, by=person).version == 2


def test_a_discarded_draft_is_gone() -> None:
    draft = drafts.begin(agreement=make_agreement(), fields={}, by=make_user())
    drafts.discard(draft=draft)
    assert not Draft.objects.exists()
