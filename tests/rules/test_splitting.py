"""A digest is cut where its author cut it, and no word of it is lost."""

import pytest

from incidents.rules.recognition.splitting import Digest, split


@pytest.mark.parametrize(
    ("received", "lead", "parts"),
    [
        ("Violations of 19 September:\n- one\n- two\n  goes on\n- three", "Violations of 19 September:", ("- one", "- two\n  goes on", "- three")),
        ("1. one\n2. two", "", ("1. one", "2. two")),
        ("خروقات اليوم:\n١- قصف\n٢- غارة", "خروقات اليوم:", ("١- قصف", "٢- غارة")),
        ("• one\r\n• two", "", ("• one", "• two")),
        ("one\nstill one\n\ntwo", "", ("one\nstill one", "two")),
        ("one\ntwo\nthree", "", ("one", "two", "three")),
        ("Today:\none\ntwo", "Today:", ("one", "two")),
        ("18:20 shelling\n19:40 shelling", "", ("18:20 shelling", "19:40 shelling")),
        ("19.9.2016 shelling\n20.9.2016 shelling", "", ("19.9.2016 shelling", "20.9.2016 shelling")),
        ("only one", "", ("only one",)),
        (" \n ", "", ()),
    ],
)
def test_a_digest_is_cut(received: str, lead: str, parts: tuple[str, ...]) -> None:
    assert split(received) == Digest(lead, parts)
