"""The Celery app and its beat schedule. Tasks live in `incidents.tasks`, found by name."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "truce.settings")

app = Celery("truce")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["incidents"])

# Sweeps: what a broken broker forgot is found again by looking at PostgreSQL.
app.conf.beat_schedule = {
    "post what is sealed and not yet in the ledger": {"task": "incidents.tasks.tallies.post_ledger", "schedule": 30.0},
    "fold what is posted and not yet in the roll-ups": {"task": "incidents.tasks.tallies.fold_ledger", "schedule": 30.0},
    "draw copies of images that came as evidence": {"task": "incidents.tasks.evidence.draw_copies", "schedule": 10.0},
    # Daily or hourly, and caught up with after a night switched off: they look whether a day, or an hour, has passed.
    "check evidence": {"task": "incidents.tasks.evidence.check_evidence", "schedule": 600.0},
    "recount the ledger": {"task": "incidents.tasks.tallies.audit_ledger", "schedule": 300.0},
    "remove exports that were kept long enough": {"task": "incidents.tasks.exports.expire_exports", "schedule": 600.0},
    "make a checkpoint": {"task": "incidents.tasks.evidence.make_checkpoint", "schedule": 600.0},
}
