"""Translations are compiled when their words change, and say which file cannot be read."""

import gettext
import os
from pathlib import Path

import pytest

from truce.local import assets
from truce.local.supervisor import Failed

WORDS = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "truce"\nmsgstr "هدنة"\n'


@pytest.fixture
def source(tmp_path: Path) -> Path:
    source = tmp_path / "ar" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(WORDS, encoding="utf-8")
    return source


def test_words_are_compiled_once_and_again_when_they_change(tmp_path: Path, source: Path) -> None:
    target = source.with_suffix(".mo")
    assets.compile_translations(tmp_path)
    with target.open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("truce") == "هدنة"

    os.utime(target, (2_000_000_000, 2_000_000_000))
    source.write_text(WORDS.replace("هدنة", "وقف إطلاق النار"), encoding="utf-8")
    assets.compile_translations(tmp_path)
    assert target.stat().st_mtime == 2_000_000_000, "what is newer than its source is left alone"

    os.utime(source, (2_000_000_001, 2_000_000_001))
    assets.compile_translations(tmp_path)
    with target.open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("truce") == "وقف إطلاق النار"
    assert sorted(path.name for path in source.parent.iterdir()) == ["django.mo", "django.po"]


def test_words_that_cannot_be_read_are_named(tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "ROOT", tmp_path)
    source.write_text(WORDS + 'msgid "unfinished\n', encoding="utf-8")
    with pytest.raises(Failed, match=r"ar/LC_MESSAGES/django\.po cannot be read"):
        assets.compile_translations(tmp_path)


def test_a_digest_follows_names_and_contents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "ROOT", tmp_path)
    (tmp_path / "a.css").write_text("x")
    first = assets.digest_of([tmp_path / "a.css", tmp_path / "absent.css"])
    (tmp_path / "a.css").write_text("y")
    second = assets.digest_of([tmp_path / "a.css"])
    (tmp_path / "a.css").rename(tmp_path / "b.css")
    assert len({first, second, assets.digest_of([tmp_path / "b.css"])}) == 3
