"""The predicates of visibility, each taken out in turn: the condition of a query, what is put in place of a value, the delay, the guard."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from types import FunctionType, ModuleType
from typing import Any

from incidents.queries import reduction, visibility, withholding

MODULES: tuple[ModuleType, ...] = (visibility, withholding, reduction)


@dataclass(frozen=True)
class Mutant:
    """A function without one of its predicates."""

    name: str
    of: FunctionType
    without: Any

    @contextmanager
    def alive(self) -> Iterator[None]:
        """Let everybody who calls the function, by whatever name they imported it, call this one."""
        code = self.of.__code__
        self.of.__code__ = self.without
        try:
            yield
        finally:
            self.of.__code__ = code


def mutants() -> Iterator[Mutant]:
    """Yield every function of the three modules, once without each of its predicates."""
    for module in MODULES:
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ != module.__name__:
                continue
            tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
            for number in range(len(list(_predicates(tree)))):
                changed = deepcopy(tree)
                node, instead = list(_predicates(changed))[number]
                text = f"{number}: {ast.unparse(node)}"
                _Swap(node, instead).visit(changed)
                space: dict[str, Any] = {}
                code = compile(ast.fix_missing_locations(changed), f"<{name} without {text}>", "exec")
                exec(code, dict(module.__dict__), space)  # our own code, less a part of it
                yield Mutant(f"{module.__name__.rsplit('.', 1)[-1]}.{name} {text[:110]}", function, space[name].__code__)


def _predicates(tree: ast.AST) -> Iterator[tuple[ast.AST, ast.AST | None]]:
    """Yield each node that keeps something from somebody, with what stands there when nothing is kept."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"filter", "exclude"}:
            whole = node.func.value
            is_manager = isinstance(whole, ast.Attribute) and whole.attr == "objects"
            yield node, ast.Call(ast.Attribute(whole, "all", ast.Load()), [], []) if is_manager else whole
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"_since", "_as_profiled", "reduced", "_of_seen"}:
            yield node, node.args[0 if node.func.id == "reduced" else 1]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "withholding":
            yield node, ast.parse("None" if node.func.attr.startswith("has") else "{}", mode="eval").body
        elif isinstance(node, ast.If) and ast.unparse(node.body[0]).endswith((".none()", "NOWHERE", "return False", "Q(pk__in=[])")):
            yield node, ast.Pass()
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.Dict) and node.value.keys:
            for position in range(len(node.value.keys)):
                kept = [index for index in range(len(node.value.keys)) if index != position]
                yield node, ast.Return(ast.Dict([node.value.keys[index] for index in kept], [node.value.values[index] for index in kept]))


class _Swap(ast.NodeTransformer):
    def __init__(self, node: ast.AST, instead: ast.AST | None) -> None:
        self.node, self.instead = node, instead

    def visit(self, node: ast.AST) -> Any:
        """Return what stands in place of the node, or the node with what is in it visited."""
        return self.instead if node is self.node else self.generic_visit(node)
