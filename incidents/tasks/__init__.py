"""Tasks: each takes little, calls one action, and may be run twice."""

from incidents.tasks.evidence import check_evidence, draw_copies, make_checkpoint
from incidents.tasks.imports import work_on_import
from incidents.tasks.tallies import post_ledger
from incidents.tasks.webhooks import serve_webhook, serve_webhooks

__all__ = ["check_evidence", "draw_copies", "make_checkpoint", "post_ledger", "serve_webhook", "serve_webhooks", "work_on_import"]
