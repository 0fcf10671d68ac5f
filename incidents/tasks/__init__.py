"""Tasks: each takes little, calls one action, and may be run twice."""

from incidents.tasks.evidence import check_evidence, draw_copies, make_checkpoint
from incidents.tasks.exports import draw_export, expire_exports
from incidents.tasks.imports import work_on_import
from incidents.tasks.tallies import audit_ledger, fold_ledger, post_ledger, recount_ledger
from incidents.tasks.webhooks import serve_webhook

__all__ = [
    "audit_ledger",
    "check_evidence",
    "draw_copies",
    "draw_export",
    "expire_exports",
    "fold_ledger",
    "make_checkpoint",
    "post_ledger",
    "recount_ledger",
    "serve_webhook",
    "work_on_import",
]
