"""Importing: the batch and its rows, many reports at once by the same rules as one, names that a person resolves, and undoing it all.

Writing many goes through COPY. It applies the very checks of the single actions and records the very same changes; only the number
of statements differs, and a test holds the two against each other.

Modules import one way, in this order: bulk, recording, reporting and places, rows, resolving, batches, undoing.
"""

from incidents.actions.imports.batches import HELD_AFTER, arrange, fail, finish, queue, receive, stage
from incidents.actions.imports.bulk import made
from incidents.actions.imports.places import PlaceStated, put_places
from incidents.actions.imports.recording import facts_of, record_many
from incidents.actions.imports.reporting import Cited, Ready, Submission, reports_ready, retract_many, submit_many
from incidents.actions.imports.resolving import hold, resolve
from incidents.actions.imports.rows import counts, keep_rows, row_of
from incidents.actions.imports.undoing import begin_undo, undo_some

__all__ = [
    "HELD_AFTER",
    "Cited",
    "PlaceStated",
    "Ready",
    "Submission",
    "arrange",
    "begin_undo",
    "counts",
    "facts_of",
    "fail",
    "finish",
    "hold",
    "keep_rows",
    "made",
    "put_places",
    "queue",
    "receive",
    "record_many",
    "reports_ready",
    "resolve",
    "retract_many",
    "row_of",
    "stage",
    "submit_many",
    "undo_some",
]
