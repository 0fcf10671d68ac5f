"""A truce of a year with as many reports as asked, the same in every run, made by PostgreSQL: records, and the ledger that they make.

Twelve parties accuse one another over 400 places: five on each side, two of them changing sides in July, two on none. Four tenths of the
reports fall in few places; three in a hundred span days or have no day; a third state harm, some of it without a number.
"""

from datetime import UTC, date, datetime

# u(i, k): an even number from 0 to 1 for the k-th property of the i-th row.
DRAW = """
CREATE OR REPLACE FUNCTION pg_temp.u(i bigint, k bigint) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (hashint8extended(i, k) & 1073741823) / 1073741824.0 $$
"""

REPORTS = """
WITH made AS (
    SELECT i, CASE WHEN pg_temp.u(i, 1) < 0.02 THEN 'week' WHEN pg_temp.u(i, 1) < 0.03 THEN 'unknown' ELSE 'day' END AS precision,
        date '2016-01-01' + floor(366 * pg_temp.u(i, 2))::int AS day
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) i
)
INSERT INTO incidents_report (public_id, created_at, agreement_id, state, version, claimant_id, spoken_by, accused_party_id, accused_as_worded,
    violation_type, target_as_claimed, stated_count, unit, occurred_on, starts_at, ends_at, time_precision, time_as_worded, place_id,
    place_as_worded, place_precision, source_id, link, wording, summary, credibility, submitted_at, may_be_duplicate)
SELECT gen_random_uuid(), now(), %(agreement)s, CASE WHEN i %% 50 = 0 THEN 'draft' ELSE 'submitted' END, 1,
    (%(parties)s::bigint[])[1 + floor(12 * pg_temp.u(i, 3))::int], '',
    CASE WHEN pg_temp.u(i, 4) < 0.95 THEN (%(parties)s::bigint[])[1 + floor(12 * pg_temp.u(i, 5))::int] END, '',
    (%(types)s::text[])[1 + floor(%(many_types)s * pg_temp.u(i, 6) ^ 2)::int], '',
    CASE WHEN pg_temp.u(i, 7) < 0.2 THEN floor(9 * pg_temp.u(i, 8))::int END, 'violation',
    CASE WHEN precision = 'day' THEN day END,
    CASE WHEN precision <> 'unknown' THEN day::timestamp AT TIME ZONE 'Asia/Damascus' END,
    CASE WHEN precision <> 'unknown' THEN (day + CASE precision WHEN 'week' THEN 7 ELSE 1 END)::timestamp AT TIME ZONE 'Asia/Damascus' END,
    precision, '', (%(places)s::bigint[])[1 + floor(400 * pg_temp.u(i, 9) ^ CASE WHEN i %% 5 < 2 THEN 4 ELSE 1 END)::int], '', '', %(source)s,
    'https://example.org/' || i, 'Shells fell near the village at dawn, several people were hurt, said number ' || i, '', '6', now(), false
FROM made
"""

HARM = """
INSERT INTO incidents_casualtyclaim (report_id, kind, "group", low, best, high, qualifier)
SELECT id, (ARRAY['killed', 'wounded', 'missing', 'detained'])[1 + floor(4 * pg_temp.u(id, 10))::int],
    (ARRAY['civilians', 'fighters', 'unknown'])[1 + floor(3 * pg_temp.u(id, 11))::int],
    CASE WHEN id %% 10 > 0 THEN floor(5 * pg_temp.u(id, 12))::int END, CASE WHEN id %% 10 > 0 THEN 5 + floor(5 * pg_temp.u(id, 13))::int END,
    CASE WHEN id %% 10 > 1 THEN 10 + floor(5 * pg_temp.u(id, 14))::int END, 'exactly'
FROM incidents_report WHERE agreement_id = %(agreement)s AND id > %(after)s AND pg_temp.u(id, 15) < 0.33
"""

POSTINGS = """
INSERT INTO incidents_posting (number, agreement_id, subject, detail, posted_at)
SELECT %(number)s + row_number() OVER (ORDER BY id), agreement_id, 'report:' || public_id, '{}', now()
FROM incidents_report WHERE agreement_id = %(agreement)s AND id > %(after)s AND state = 'submitted'
"""

ENTRIES = """
INSERT INTO incidents_ledgerentry (posting_id, number, agreement_id, series, record_type, {keys}, {amounts})
SELECT posting.id, posting.number, %(agreement)s, 'logged', 'report', {line_keys}, {line_amounts}
FROM ({lines}) line JOIN incidents_posting posting ON posting.subject = line.subject AND posting.agreement_id = %(agreement)s
WHERE posting.number > %(number)s ORDER BY posting.id
"""


def make_agreement(slug: str = "bench") -> int:
    """Return the key of a truce of 2016 with its sides, members, places and a source, made if it is not there."""
    from incidents.models import Agreement, Membership, Party, Place, Side, Source
    from incidents.vocabulary import PartyKind, PlacePrecision, Role, SourceKind

    begins, ends = datetime(2015, 12, 31, 22, tzinfo=UTC), datetime(2016, 12, 31, 22, tzinfo=UTC)
    agreement, is_new = Agreement.objects.get_or_create(
        slug=slug, defaults={"name": "Bench", "timezone": "Asia/Damascus", "in_force_from": begins, "in_force_until": ends}
    )
    for number in range(400):
        Place.objects.get_or_create(slug=f"bench-{number}", defaults={"name": f"Bench {number}", "precision": PlacePrecision.TOWN})
    Source.objects.get_or_create(slug="bench", defaults={"name": "Bench", "kind": SourceKind.PRESS})
    parties = [Party.objects.get_or_create(slug=f"bench-{n}", defaults={"name": f"Party {n}", "kind": PartyKind.STATE})[0] for n in range(12)]
    if is_new:
        sides = [Side.objects.create(agreement=agreement, code=code, position=at, name=f"Side {code}") for at, code in enumerate("AB")]
        for number, party in enumerate(parties[:10]):
            own, other = sides[number % 2], sides[1 - number % 2]
            moves = number in {4, 5}
            until = date(2016, 6, 30) if moves else None
            Membership.objects.create(agreement=agreement, side=own, party=party, role=Role.ON_SIDE, until_on=until)
            if moves:
                Membership.objects.create(agreement=agreement, side=other, party=party, role=Role.ON_SIDE, from_on=date(2016, 7, 1))
    return agreement.pk


def make(reports: int, slug: str = "bench") -> None:
    """Make reports with these numbers under the truce of this name, and post them as a worker would have."""
    from django.db import connection, connections, transaction
    from django.db.models import Max

    from incidents.models import Agreement, LedgerHead, Party, Place, Posting, Report, Source
    from incidents.queries import recounts
    from incidents.queries.rollups import AMOUNTS
    from incidents.vocabulary import ViolationType

    agreement = Agreement.objects.get(pk=make_agreement(slug))
    number = LedgerHead.objects.values_list("number", flat=True).first() or 0
    types = list(ViolationType.values)
    values = {
        "agreement": agreement.pk,
        "first": 1,
        "last": reports,
        "after": Report.objects.aggregate(last=Max("pk"))["last"] or 0,
        "number": number,
        "zone": agreement.timezone,
        "parties": list(Party.objects.filter(slug__startswith="bench-").order_by("pk").values_list("pk", flat=True)),
        "places": list(Place.objects.filter(slug__startswith="bench-").order_by("pk").values_list("pk", flat=True)),
        "source": Source.objects.get(slug="bench").pk,
        "types": types,
        "many_types": len(types),
    }
    entries = ENTRIES.format(
        keys=", ".join(recounts.KEYS),
        amounts=", ".join(AMOUNTS),
        line_keys=", ".join(f"line.{key}" for key in recounts.KEYS),
        line_amounts=", ".join(f"line.{name}" for name in AMOUNTS),
        lines=recounts.lines(),
    )
    for statements in ((REPORTS, HARM), (POSTINGS,), (entries,)):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(DRAW)
            for statement in statements:
                cursor.execute(statement, values)
        with connections["owner"].cursor() as cursor:  # or the next statement is planned for empty tables
            cursor.execute("ANALYZE incidents_report, incidents_posting, incidents_party, incidents_membership, incidents_casualtyclaim")
    last = Posting.objects.aggregate(last=Max("number"))["last"] or 0
    LedgerHead.objects.update_or_create(pk=1, defaults={"number": last})
    with connections["owner"].cursor() as cursor:  # the log goes on from here, as if it had said all this
        cursor.execute(
            "INSERT INTO incidents_sealhead (id, number, hash, sealed_at) VALUES (1, %s, %s, now())"
            " ON CONFLICT (id) DO UPDATE SET number = excluded.number",
            [last, bytes(32)],
        )
