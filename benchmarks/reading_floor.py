"""The floor of `reading.py`: FastAPI and asyncpg pass on the text that PostgreSQL makes of the same reports and columns.

The query is written by hand for a partner without a profile, the key is looked up and held against its hash: no limits, no language, no
filters, no pages, nobody else. It is called within the process, as its server would call it.
"""

import asyncio
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlsplit

import asyncpg
from fastapi import FastAPI, HTTPException, Request, Response

from benchmarks import throwaway

KEY = """SELECT secret_hash, role FROM incidents_apikey key JOIN incidents_user reader ON reader.id = user_id
    WHERE lookup = $1 AND revoked_at IS NULL AND expires_at > now() AND reader.is_active"""


def _named(alias: str, *more: str) -> str:
    pairs = ", ".join(f"'{name}', {alias}.{name}" for name in ("slug", "name", *(more or ("name_ar",))))
    return f"CASE WHEN {alias}.id IS NOT NULL THEN json_build_object('id', {alias}.public_id, {pairs}) END"


def _local(instant: str) -> str:
    """Return an instant on the agreement's clocks; the offset is Damascus's in summer and winter."""
    local = f"({instant} AT TIME ZONE agreement.timezone)"
    return f"to_char({local}, 'YYYY-MM-DD\"T\"HH24:MI:SS') || '+' || to_char({local} - ({instant} AT TIME ZONE 'UTC'), 'HH24:MI')"


LIST = f"""
SELECT coalesce(json_agg(listed), '[]')::text FROM (
    SELECT report.public_id AS id, 'R-' || lpad(report.id::text, greatest(4, length(report.id::text)), '0') AS reference,
        {_named("agreement")} AS agreement, state, report.version, {_named("claimant")} AS claimant, report.spoken_by,
        {_named("relay")} AS relayed_by, {_named("accused")} AS accused_party,
        CASE WHEN side.id IS NOT NULL THEN json_build_object('id', side.public_id, 'code', code, 'name', side.name, 'name_ar', side.name_ar) END
            AS accused_side, accused_as_worded, violation_type,
        CASE WHEN term.id IS NOT NULL THEN json_build_object('number', number, 'subject', nullif(subject, '')) END AS term,
        target_as_claimed, stated_count, unit, occurred_on, {_local("starts_at")} AS starts_at, {_local("ends_at")} AS ends_at,
        time_precision, time_as_worded, agreement.timezone,
        CASE WHEN place.id IS NOT NULL THEN json_build_object('id', place.public_id, 'slug', place.slug, 'name', place.name,
            'name_ar', place.name_ar, 'latitude', place.latitude::float8, 'longitude', place.longitude::float8, 'precision',
            nullif(place.precision, '')) END AS place,
        place_as_worded, report.latitude::float8, report.longitude::float8, nullif(place_precision, '') AS place_precision,
        {_named("source", "kind", "reliability")} AS source, published_on, report.link, wording, report.summary, credibility,
        {_named("incident")} AS incident,
        (SELECT coalesce(json_agg(json_build_object('kind', kind, 'group', "group", 'low', low, 'best', best, 'high', high,
            'qualifier', qualifier) ORDER BY id), '[]') FROM incidents_casualtyclaim WHERE report_id = report.id) AS harm,
        retraction_reason, report.external_id
    FROM (SELECT * FROM incidents_report report WHERE state <> 'draft' AND NOT EXISTS (
            SELECT FROM incidents_convoy convoy WHERE (release_confirmed_by_id IS NULL OR released_at > now()) AND (convoy.id = report.convoy_id
                OR EXISTS (SELECT FROM incidents_convoyevent told WHERE told.convoy_id = convoy.id AND told.report_id = report.id)))
        ORDER BY id DESC LIMIT $1) report
    JOIN incidents_agreement agreement ON agreement.id = agreement_id
    JOIN incidents_party claimant ON claimant.id = claimant_id
    JOIN incidents_source source ON source.id = source_id AND NOT is_protected
    LEFT JOIN incidents_party relay ON relay.id = relayed_by_id
    LEFT JOIN incidents_party accused ON accused.id = accused_party_id
    LEFT JOIN incidents_side side ON side.id = accused_side_id
    LEFT JOIN incidents_term term ON term.id = term_id
    LEFT JOIN incidents_place place ON place.id = place_id
    LEFT JOIN incidents_incident incident ON incident.id = report.incident_id
    ORDER BY report.id DESC
) listed
"""


class Floor:
    """The application, with one connection that stays."""

    def __init__(self) -> None:
        names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "database": "NAME"}
        self.loop = asyncio.new_event_loop()
        self.connection = self.loop.run_until_complete(asyncpg.connect(**throwaway.address("default", names), ssl=False))
        self.backend: int = self.connection.get_server_pid()
        self.app = FastAPI(openapi_url=None)
        self.app.get("/list")(self._list)

    async def _list(self, request: Request, limit: int) -> Response:
        scheme, _space, text = request.headers.get("authorization", "").partition(" ")
        _truce, _mark, rest = text.partition("_")
        lookup, _mark, secret = rest.partition("_")
        key = await self.connection.fetchrow(KEY, lookup)
        hashed = hashlib.sha256(secret.encode()).hexdigest()
        if scheme != "Bearer" or key is None or not hmac.compare_digest(key["secret_hash"], hashed):
            raise HTTPException(401)
        results = await self.connection.fetchval(LIST, limit)
        return Response(f'{{"results":{results}}}', media_type="application/json")

    def get(self, address: str, key: str) -> Any:
        """Return the body of the answer."""
        said: list[Any] = []
        parts = urlsplit(address)
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http", "path": parts.path,
            "raw_path": parts.path.encode(), "query_string": parts.query.encode(), "root_path": "", "client": ("127.0.0.1", 1),
            "server": ("testserver", 80), "headers": [(b"authorization", key.encode())],
        }  # fmt: skip

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            said.append(message)

        self.loop.run_until_complete(self.app(scope, receive, send))
        assert said[0]["status"] == 200, said
        return b"".join(message.get("body", b"") for message in said[1:])

    def must_say(self, theirs: list[dict[str, Any]], limit: int, key: str) -> None:
        """Hold what it says against what ours says, field by field of those that it has."""
        for one, other in zip(json.loads(self.get(f"/list?limit={limit}", key))["results"], theirs, strict=True):
            assert one == {name: other[name] for name in one}, (one, other)

    def close(self) -> None:
        self.loop.run_until_complete(self.connection.close())
        self.loop.close()
