"""Files to import, and the shared data where it is at hand."""

import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from incidents.models import ImportBatch

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture
def shared() -> Callable[[str], Path]:
    """Return a file of the shared data by its name; skip where it is not at hand."""

    def find(name: str) -> Path:
        path = SHARED / name
        if not path.exists():
            pytest.skip(f"shared data absent: {name}")
        return path

    return find


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Return a file with this content."""

    def write(content: str | bytes, name: str = "file.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


def run(path: Path, format: str = "reports", agreement: str = "river-2020", **options: object) -> tuple[ImportBatch | None, str]:
    """Import a file by the command. Return the newest batch and what was printed."""
    output = StringIO()
    call_command("import_file", str(path), format=format, agreement=agreement, stdout=output, **options)
    return ImportBatch.objects.order_by("pk").last(), output.getvalue()


def show(*lines: str) -> None:
    """Print figures for whoever runs the tests with -s."""
    sys.stdout.write("\n".join(lines) + "\n")
