"""The data set from which the demo's facts were restated, where it lies beside the repository."""

import csv
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data"


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of one file; skip the test where it is missing."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"shared data absent: {name}")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
