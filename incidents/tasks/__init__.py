"""Tasks: each takes little, calls one action, and may be run twice."""

from incidents.tasks.imports import work_on_import
from incidents.tasks.tallies import post_ledger

__all__ = ["post_ledger", "work_on_import"]
