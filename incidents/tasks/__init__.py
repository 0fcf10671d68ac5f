"""Tasks: each takes little, calls one action, and may be run twice."""

from incidents.tasks.evidence import check_evidence, draw_copies, make_checkpoint
from incidents.tasks.imports import work_on_import
from incidents.tasks.tallies import audit_ledger, fold_ledger, post_ledger, recount_ledger
from incidents.tasks.webhooks import serve_webhook, serve_webhooks

__all__ = [
    "audit_ledger",
    "check_evidence",
    "draw_copies",
    "fold_ledger",
    "make_checkpoint",
    "post_ledger",
    "recount_ledger",
    "serve_webhook",
    "serve_webhooks",
    "work_on_import",
]
