"""Hostile bodies: each is refused with 400 and a name for what is wrong; none is an error of ours."""

import contextlib
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from incidents.api.errors import CannotRead
from incidents.api.parsers import read
from incidents.models import Report

ADDRESS = "/api/v1/reports/"


def refusal(raw: bytes) -> tuple[str, str]:
    with pytest.raises(CannotRead) as caught:
        read(raw)
    return caught.value.detail.code, caught.value.field  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("raw", "code", "field"),
    [
        (b"", "not_json", ""),
        (b"{", "not_json", ""),
        (b'{"a": }', "not_json", ""),
        (b"\xef\xbb\xbf{}", "not_json", ""),
        (b'{"a": "\xff"}', "not_utf8", ""),
        (b'{"a": "\xed\xa0\x80"}', "not_utf8", ""),
        (b'{"a": 1, "a": 2}', "said_twice", "a"),
        (b'{"b": {"\\ud800": 1, "\\ud800": 2}}', "said_twice", "\\ud800"),
        (b'{"wording": "a\\u0000b"}', "not_text", "wording"),
        (b'{"wording": "\\ud800"}', "not_text", "wording"),
        (b'{"harm": [{"kind": "\\udfff"}]}', "not_text", "harm.0.kind"),
        (b'{"a\\u0000": 1}', "not_text", "a\\u0000"),
        (b'{"a": NaN}', "not_a_number", ""),
        (b'{"a": -Infinity}', "not_a_number", ""),
        (b'{"a": 1e999}', "too_large", ""),
        (b'{"a": ' + b"9" * 5000 + b"}", "too_large", ""),
        (b'{"a": 0.' + b"9" * 5000 + b"}", "too_large", ""),
        (b"[" * 100_000, "too_deep", ""),
        (b'{"a":' * 100_000, "too_deep", ""),
        (b"[" * 33 + b"]" * 33, "too_deep", ""),
    ],
)
def test_what_cannot_be_read_for_certain_is_refused(raw: bytes, code: str, field: str) -> None:
    assert refusal(raw) == (code, field)


def test_the_line_is_named() -> None:
    with pytest.raises(CannotRead, match="Line 3, column 7"):
        read(b'{\n"a": 1,\n"b": [,]\n}')
    with pytest.raises(CannotRead, match="Line 2"):
        read(b'{\n"a": "\xff"}')


def test_characters_of_every_script_and_brackets_in_text_pass() -> None:
    value = {"wording": "قصف \u200f🜁 \x01 \uffff " + "[" * 100 + '\\"{', "n": [-1, 0.5, None, True]}
    assert read(json.dumps(value).encode()) == value
    assert read(json.dumps(value, ensure_ascii=False).encode()) == value


def test_nesting_that_somebody_may_write_passes() -> None:
    assert read(b"[" * 32 + b"]" * 32)


@pytest.mark.parametrize("raw", [b'"' * 2_000_000, b'"' + b'\\"' * 1_000_000, b'"' + b"\\" * 1_999_999, b"{" * 2_000_000, b"\x00" * 2_000_000])
def test_a_large_hostile_body_is_refused_quickly(raw: bytes) -> None:
    started = time.process_time()
    refusal(raw)
    assert time.process_time() - started < 2


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
        lambda inner: st.lists(inner) | st.dictionaries(st.text("abc"), inner),
    )
)
def test_what_is_plain_is_read_as_it_was_meant(value: Any) -> None:
    assert read(json.dumps(value).encode()) == value


@given(st.binary())
def test_bytes_are_read_or_refused(raw: bytes) -> None:
    with contextlib.suppress(CannotRead):
        read(raw)


@pytest.mark.parametrize("raw", [b'{"wording": "\\u0000"}', b'{"\\ud800": 1}', b"[" * 100_000, b'{"a": NaN}', b'{"a": 1, "a": 2}', b"\xff", b"{"])
def test_over_http_it_is_a_problem_and_nothing_is_kept(analyst: APIClient, raw: bytes) -> None:
    answer = analyst.post(ADDRESS, raw, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert not Report.objects.exists()


@pytest.mark.parametrize("raw", [b"[]", b'"text"', b"17", b"null", b"[{}]"])
def test_json_that_is_no_object_is_refused(analyst: APIClient, raw: bytes) -> None:
    answer = analyst.post(ADDRESS, raw, content_type="application/json")
    assert answer.status_code == 422, answer.content


def test_other_media_are_refused(analyst: APIClient) -> None:
    assert analyst.post(ADDRESS, b"<x/>", content_type="application/xml").status_code == 415
    assert analyst.post(ADDRESS, {"a": 1}, format="multipart").status_code == 415
    assert analyst.get(ADDRESS, headers={"Accept": "text/html"}).status_code == 406


def test_a_body_without_end_is_refused(analyst: APIClient, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = analyst.post(ADDRESS, b'{"wording": "' + b"x" * 2000 + b'"}', content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
