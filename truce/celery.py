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
}
