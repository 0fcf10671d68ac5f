"""Tasks: each takes little, calls one action, and may be run twice."""

from incidents.tasks.tallies import post_ledger

__all__ = ["post_ledger"]
