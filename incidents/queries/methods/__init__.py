"""How numbers are counted: registered definitions, each a module with a name, a sentence and an address. Adding one is adding a module."""

from incidents.queries.methods.base import Method
from incidents.queries.methods.registry import methods, named

__all__ = ["Method", "methods", "named"]
