"""Sealing: giving changes their number and hash, in commit order."""

from django.db import connection

BATCH = 500


def seal(limit: int = BATCH) -> int:
    """Return how many changes were sealed, `limit` at most. The database function locks the head, so sealers take turns."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT truce_seal(%s)", [limit])
        row = cursor.fetchone()
    return int(row[0])
