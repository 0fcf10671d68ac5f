"""Bringing a reader's feed up to date: what is new for them, what changed, what has left their view."""

from collections.abc import Set
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.utils import timezone

from incidents.models import Feed, SealHead, User
from incidents.queries import feeds
from incidents.queries.feeds import LATEST, NOUNS, Noun

STEP = 20_000


def follow(*, by: User) -> Feed:
    """Return the reader's feed, up to date with the sealed log.

    It is made on the first call, with all that exists for the reader. Readers of one feed take turns, and numbers are given under
    that lock: whoever pages by number misses nothing and is told nothing twice.
    """
    Feed.objects.get_or_create(user=by)
    while True:
        feed, is_done = _step(by)
        if is_done:
            return feed


@transaction.atomic
def _step(by: User) -> tuple[Feed, bool]:
    feed = Feed.objects.select_for_update().get(user=by)
    sealed = SealHead.objects.values_list("number", flat=True).first() or 0
    now = timezone.now()
    is_new = feed.looked_at is None
    up_to = sealed if is_new else min(sealed, feed.followed + STEP)
    news = feeds.news(up_to if is_new else feed.followed, up_to)
    profile = feed.user.profile
    seen_as = f"{profile.pk}:{profile.version}" if profile else ""
    again = not is_new and feed.seen_as != seen_as
    is_time = feed.looked_at is None or feed.looked_at <= now - LATEST
    looks_at_all = again or feed.looked_at is None or news.moves_others or (is_time and feeds.moves_with_time(by, feed.looked_at))
    if is_time or looks_at_all or up_to > feed.followed:
        for noun in NOUNS:
            _tell(feed, noun, news.touched[noun.name], up_to, now, looks_at_all=looks_at_all, again=again)
        feed.followed = up_to
        feed.looked_at = now if is_time or looks_at_all else feed.looked_at
        feed.seen_as = seen_as
        feed.save(update_fields=["number", "followed", "looked_at", "seen_as"])
    return feed, up_to == sealed


def _tell(feed: Feed, noun: Noun, touched: Set[UUID], up_to: int, now: datetime, *, looks_at_all: bool, again: bool) -> None:
    """Move a noun's rows: the touched ones that the reader sees, or all where it is told `again`, to the end, with what is new to them.

    What they no longer see becomes a tombstone.
    """
    if not looks_at_all and not touched:
        return
    seen = _seen(noun, feed.user)
    values: dict[str, Any] = {"feed": feed.pk, "noun": noun.name, "touched": list(touched), "all": looks_at_all, "now": now, "up_to": up_to}
    values["again"] = again
    with connection.cursor() as cursor:
        for statement in (_NEWS, _TOMBSTONES):
            cursor.execute(statement.replace("{seen}", seen), values | {"number": feed.number})
            feed.number += cursor.rowcount


def _seen(noun: Noun, reader: User) -> str:
    """Return the query of what the reader sees of a noun, its values written out."""
    try:
        query = noun.seen(reader).order_by().values("pk", "public_id").query.sql_with_params()
    except EmptyResultSet:
        return "SELECT NULL::bigint AS pk, NULL::uuid AS public_id WHERE false"
    return str(connection.ops.compose_sql(*query)).replace("%", "%%")  # type: ignore[attr-defined]


# A record with a change behind `up_to` waits for it: it would be told now, and once more when the log has come to that change.
_NEWS = """
    INSERT INTO incidents_feedrow (feed_id, record_type, record_id, number, is_there, at)
    SELECT %(feed)s, %(noun)s, public_id, %(number)s + row_number() OVER (ORDER BY pk), true, %(now)s
    FROM (SELECT DISTINCT pk, public_id FROM ({seen}) AS reader (pk, public_id)) AS seen
    WHERE %(again)s OR public_id = ANY(%(touched)s) OR (
        %(all)s
        AND NOT EXISTS (
            SELECT 1 FROM incidents_feedrow told
            WHERE told.feed_id = %(feed)s AND told.record_type = %(noun)s AND told.record_id = public_id AND told.is_there
        )
        AND NOT EXISTS (
            SELECT 1 FROM incidents_change change LEFT JOIN incidents_seal seal ON seal.change_id = change.id
            WHERE change.record_id = public_id AND (seal.number IS NULL OR seal.number > %(up_to)s)
        )
    )
    ON CONFLICT (feed_id, record_type, record_id) DO UPDATE SET number = excluded.number, is_there = true, at = excluded.at
"""
_TOMBSTONES = """
    UPDATE incidents_feedrow told SET number = %(number)s + gone.place, is_there = false, at = %(now)s
    FROM (
        SELECT id, row_number() OVER (ORDER BY number) AS place FROM incidents_feedrow
        WHERE feed_id = %(feed)s AND record_type = %(noun)s AND is_there AND (%(all)s OR record_id = ANY(%(touched)s))
        AND NOT EXISTS (SELECT 1 FROM ({seen}) AS reader (pk, public_id) WHERE reader.public_id = record_id)
    ) AS gone
    WHERE told.id = gone.id
"""
