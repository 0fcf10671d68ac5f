"""Which way imports point: each layer may import the ones above it, and neighbours leave each other alone."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "incidents"

# From the top down. A layer may import any layer before it.
LAYERS = [
    {"vocabulary", "errors"},
    {"rules"},
    {"models"},
    {"permissions"},
    {"queries"},
    {"actions"},
    {"imports", "exports", "delivery"},
    {"tasks"},
    {"relay", "forms", "demo"},
    {"api", "views", "management", "admin"},
    {"templatetags"},
]
LEVEL = {name: level for level, layer in enumerate(LAYERS) for name in layer}
OUTSIDE = {"__init__", "apps", "migrations", "database_rights"}


def modules() -> Iterator[Path]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.relative_to(PACKAGE).parts[0].removesuffix(".py") not in OUTSIDE:
            yield path


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", list(modules()), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_up(path: Path) -> None:
    here = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    assert here in LEVEL, f"{here} has no layer: say where it stands in LAYERS"
    for name in imported(path):
        first, _, rest = name.partition(".")
        assert first != "truce", f"the domain does not know the project that runs it: {name}"
        there = rest.partition(".")[0]
        if first != "incidents" or there in OUTSIDE or there == here:
            continue
        assert LEVEL[there] < LEVEL[here], f"{here} may not import {name}"


def test_rules_know_no_database_and_no_clock() -> None:
    for path in (PACKAGE / "rules").rglob("*.py"):
        names = set(imported(path))
        assert not {
            name for name in names if name.startswith(("django.db.models.F", "django.conf", "django.db.connection", "django.utils.timezone"))
        }, path
        assert ".now(" not in path.read_text(encoding="utf-8"), path


def test_bootstrap_runs_on_the_standard_library_alone() -> None:
    import sys

    todo, seen = ["truce.local.bootstrap", "truce.local.python"], set()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        path = ROOT / (name.replace(".", "/") + ".py")
        path = path if path.exists() else ROOT / name.replace(".", "/") / "__init__.py"
        if not path.exists():
            continue  # a name inside a module, not a module
        for found in imported(path):
            if found.startswith("truce"):
                todo += [found, found.rpartition(".")[0]]
            else:
                assert found.partition(".")[0] in sys.stdlib_module_names, f"{name} imports {found}"
