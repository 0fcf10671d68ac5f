"""Duplicate candidates while typing: SQL time at 100,000 and 1,000,000 reports, and how often the right one is among the first five.

    .venv/bin/python benchmarks/duplicates.py [--sizes 100000,1000000] [--dense] [--ucdp FILE]

It starts throw-away servers as bin/test does, or uses those that DATABASE_URL and DATABASE_OWNER_URL name, and works in a database of its
own. The reports are made by SQL, the same in every run: a thousand a day over 2,000 places, four tenths of them in few towns, as exact and
as vague as reports are. With --dense the larger sets fill the days of the smallest one instead of more days. The pairs are made from real
events (UCDP GED), each moved within its stated precision; without the file they are left out.

The goal is held against the time on the server's processor where that is known (Linux), so that other work on the machine does not decide;
what was waited for is told beside it.
"""

import argparse
import csv
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from benchmarks import processor, throwaway  # noqa: E402
from benchmarks.throwaway import say  # noqa: E402

UCDP = ROOT.parent / "shared" / "data" / "ucdp-ged-syria-2016.csv"
DATABASE = "truce_benchmark_duplicates"
A_DAY = 1_000
GOAL_MS, GOAL_RATIO, GOAL_RECALL = 5.0, 2.0, 0.95
DAY = timedelta(days=1)

# u(i, k): an even number from 0 to 1 for the k-th property of the i-th row, the same in every run.
MAKE = """
CREATE FUNCTION pg_temp.u(i bigint, k bigint) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
    SELECT (hashint8extended(i, k) & 1073741823) / 1073741824.0 $$;

CREATE FUNCTION pg_temp.words(i bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT string_agg((string_to_array('shells fell on the town and killed civilians warplanes struck positions near front line clashes
        continued around village rebels regime forces convoy aid trucks market hospital wounded artillery mortar fire sniper at dawn north
        south eastern outskirts despite truce activists said monitors reported house field camp road bridge', ' '))
        [1 + floor(pg_temp.u(i, 100 + n) * 60)::int], ' ') FROM generate_series(1, 12 + i % 9) n $$;

INSERT INTO incidents_place (public_id, created_at, slug, name, name_ar, pcode, latitude, longitude, precision)
    SELECT gen_random_uuid(), now(), 'bench-' || i, 'Bench ' || i, '', '', 32.5 + 4.7 * pg_temp.u(i, 1), 35.8 + 6.2 * pg_temp.u(i, 2),
        (ARRAY['town', 'town', 'town', 'neighbourhood', 'district'])[1 + floor(5 * pg_temp.u(i, 3))::int]
    FROM generate_series(1, 2000) i;
INSERT INTO incidents_source (public_id, created_at, slug, name, kind, link, reliability, is_protected)
    SELECT gen_random_uuid(), now(), 'bench-' || i, 'Bench ' || i, 'press', '', 'F', i % 10 = 0 FROM generate_series(1, 50) i;
"""

REPORTS = """
WITH made AS (
    SELECT i, (ARRAY['exact', 'exact', 'exact', 'hour', 'day', 'day', 'day', 'day', 'day', 'week'])[1 + floor(10 * u(i, 11))::int] AS t,
        (ARRAY['point', 'point', 'point', 'neighbourhood', 'town', 'town', 'town', 'town', 'district', 'governorate'])
            [1 + floor(10 * u(i, 12))::int] AS w,
        timestamptz '2016-01-01 00:00+02' + i / %(a_day)s::float8 * interval '1 day' AS at,
        -- Four tenths of all in 40 towns, the rest anywhere.
        (SELECT min(id) FROM incidents_place WHERE slug LIKE 'bench-%%')
            + CASE WHEN u(i, 13) < 0.4 THEN floor(40 * u(i, 14) ^ 2) ELSE floor(2000 * u(i, 14)) END::int AS place
    FROM generate_series(%(first)s, %(last)s) i
)
INSERT INTO incidents_report (public_id, created_at, agreement_id, state, version, claimant_id, spoken_by, accused_as_worded, violation_type,
    target_as_claimed, unit, occurred_on, starts_at, ends_at, time_precision, time_as_worded, place_id, place_as_worded, latitude, longitude,
    place_precision, source_id, link, wording, summary, credibility, submitted_at, may_be_duplicate)
SELECT gen_random_uuid(), now(), %(agreement)s, CASE WHEN i %% 50 = 0 THEN 'draft' ELSE 'submitted' END, 1, %(claimant)s, '', '',
    (ARRAY['airstrike', 'airstrike', 'shelling', 'shelling', 'shelling', 'small_arms', 'clash', 'aid_blocked'])[1 + floor(8 * u(i, 15))::int],
    '', 'violation', CASE WHEN t <> 'week' THEN (at AT TIME ZONE 'Asia/Damascus')::date END,
    CASE t WHEN 'exact' THEN at WHEN 'hour' THEN date_trunc('hour', at) ELSE date_trunc('day', at, 'Asia/Damascus') END,
    CASE t WHEN 'exact' THEN at WHEN 'hour' THEN date_trunc('hour', at) + interval '1 hour'
        ELSE date_trunc('day', at, 'Asia/Damascus') + CASE t WHEN 'week' THEN interval '7 days' ELSE interval '1 day' END END,
    t, '', place.id, '',
    CASE WHEN u(i, 16) < 0.7 THEN place.latitude + (u(i, 17) - 0.5) * 0.03 END,
    CASE WHEN u(i, 16) < 0.7 THEN place.longitude + (u(i, 18) - 0.5) * 0.03 END,
    w, (SELECT min(id) FROM incidents_source WHERE slug LIKE 'bench-%%') + floor(50 * u(i, 19))::int,
    CASE WHEN u(i, 20) < 0.6 THEN 'https://example.org/story/' || i WHEN u(i, 20) < 0.9 THEN 'https://example.org/bulletin/' || at::date ELSE '' END,
    words(i), '', '6', now(), false
FROM made JOIN incidents_place place ON place.id = made.place
"""


def main() -> None:
    options = _options()
    throwaway.on_servers()
    with throwaway.own_database(DATABASE):
        sys.exit(_measured(options))


def make_ground() -> None:
    """Make the places and sources that synthetic reports name, and the functions that vary them, for this connection."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(MAKE)


def make_reports(first: int, last: int, a_day: float = A_DAY) -> None:
    """Make the synthetic reports of these numbers, so many a day from 1 January 2016 on."""
    from django.db import connection

    from incidents.models import Agreement, Party

    agreement = Agreement.objects.get_or_create(
        slug="bench", defaults={"name": "Bench", "timezone": "Asia/Damascus", "in_force_from": datetime(2016, 1, 1, tzinfo=UTC)}
    )[0]
    claimant = Party.objects.get_or_create(slug="bench", defaults={"name": "Bench", "kind": "monitor"})[0]
    statement = (
        REPORTS.replace(" u(", " pg_temp.u(")
        .replace(" * u(", " * pg_temp.u(")
        .replace("(u(", "(pg_temp.u(")
        .replace("words(i),", "pg_temp.words(i),")
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, {"first": first, "last": last, "a_day": a_day, "agreement": agreement.pk, "claimant": claimant.pk})


def drafts_like(reports: Sequence[Any], random: Random, *, with_wording: bool = True) -> Iterator[tuple[Any, Any]]:
    """Yield each report with a draft that another source might give of it: moved within its precision of place and time, and reworded."""
    from incidents.queries.duplicates import Draft
    from incidents.vocabulary import METRES_OF, PlacePrecision, TimePrecision

    for report in reports:
        latitude, longitude = report.latitude, report.longitude
        if latitude is None and report.place:
            latitude, longitude = report.place.latitude, report.place.longitude
        precision = report.place_precision or (report.place.precision if report.place else "")
        if latitude is not None:
            km = (METRES_OF[PlacePrecision(precision)] or 0) / 1000 * math.sqrt(random.random())
            bearing = random.random() * 2 * math.pi
            latitude = float(latitude) + km * math.cos(bearing) / 111.2
            longitude = float(longitude) + km * math.sin(bearing) / 111.2 / math.cos(math.radians(latitude))
        starts_at, ends_at, exactness = report.starts_at, report.ends_at, report.time_precision
        if exactness != TimePrecision.EXACT and random.random() < 0.5:
            # The other source knows the hour, or the day where this one names a week.
            length = timedelta(hours=1) if ends_at - starts_at <= DAY else DAY
            starts_at += random.randrange(max(1, int((ends_at - starts_at) / length))) * length
            ends_at, exactness = starts_at + length, TimePrecision.HOUR if length < DAY else TimePrecision.DAY
        elif exactness == TimePrecision.EXACT:
            starts_at = ends_at = starts_at + timedelta(minutes=random.randint(-20, 20))
        yield (
            report,
            Draft(
                agreement=report.agreement,
                violation_type=report.violation_type if random.random() < 0.8 else random.choice(["airstrike", "shelling", "clash"]),
                starts_at=starts_at,
                ends_at=ends_at,
                time_precision=exactness,
                latitude=latitude,
                longitude=longitude,
                place=report.place,
                place_precision=precision,
                link=report.link if random.random() < 0.2 else "",
                wording=reworded(report.wording, random) if with_wording else "",
            ),
        )


def reworded(wording: str, random: Random) -> str:
    """Return the text with three words of ten left out and the others in order."""
    return " ".join(word for word in wording.split() if random.random() < 0.7)


def recall(reader: Any, pairs: Sequence[tuple[Any, Any]]) -> float:
    """Return the share of the pairs whose report is among the first five candidates of its draft."""
    from incidents.queries import duplicates

    return sum(report.pk in {found.report.pk for found in duplicates.candidates(reader, draft)} for report, draft in pairs) / len(pairs)


def times(reader: Any, drafts: Sequence[Any], repeats: int = 3) -> tuple[list[float], list[float], list[float]]:
    """Return the milliseconds that each draft's candidates took in SQL, in SQL on the server's processor, and in all.

    Each is asked some times and the quickest counted, so that other work on the machine is not. Processor time is known on Linux only.
    """
    from django.db import connection

    from incidents.queries import duplicates

    backend = throwaway.backend()
    in_sql, on_processor, in_all = [], [], []
    for draft in drafts:
        measured = []
        for _ in range(repeats):
            spent = [0.0]

            def timed(execute: Callable[..., Any], *call: Any, spent: list[float] = spent) -> Any:
                began = perf_counter()
                try:
                    return execute(*call)
                finally:
                    spent[0] += perf_counter() - began

            ran, began = processor.scheduled(backend), perf_counter()
            with connection.execute_wrapper(timed):
                duplicates.candidates(reader, draft)
            measured.append((spent[0] * 1000, (processor.scheduled(backend) - ran) / 1e6, (perf_counter() - began) * 1000))
        for kept, values in zip((in_sql, on_processor, in_all), zip(*measured, strict=True), strict=True):
            kept.append(min(values))
    return in_sql, on_processor, in_all


def _floor() -> list[float]:
    """Return the milliseconds that a query without any work takes: what the machine is busy with besides."""
    from django.db import connection

    waited = []
    with connection.cursor() as cursor:
        for _ in range(500):
            began = perf_counter()
            cursor.execute("SELECT 1")
            waited.append((perf_counter() - began) * 1000)
    return waited


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def load_ucdp(path: Path) -> list[Any]:
    """Return the real events of the file as reports, each as exact as UCDP states it (codebook 19.1, where_prec and date_prec)."""
    from incidents.models import Agreement, Party, Report, Source
    from incidents.vocabulary import PlacePrecision, TimePrecision

    agreement, claimant, source = Agreement.objects.get(slug="bench"), Party.objects.get(slug="bench"), Source.objects.get(slug="bench-1")
    exactly = {"1": PlacePrecision.TOWN, "2": PlacePrecision.DISTRICT, "3": PlacePrecision.DISTRICT, "6": PlacePrecision.COUNTRY}
    made = []
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            first, last = date.fromisoformat(row["date_start"][:10]), date.fromisoformat(row["date_end"][:10])
            is_a_day = first == last
            text = row["source_headline"].casefold()
            kind = "airstrike" if "air" in text or "warplane" in text else "shelling" if "shell" in text else "clash"
            made.append(
                Report(
                    agreement=agreement,
                    claimant=claimant,
                    source=source,
                    violation_type=kind if row["type_of_violence"] != "3" else "attack_on_civilians",
                    occurred_on=first if is_a_day else None,
                    starts_at=datetime.combine(first, time(), agreement.zone),
                    ends_at=datetime.combine(last + DAY, time(), agreement.zone),
                    time_precision=TimePrecision.DAY if is_a_day else TimePrecision.WEEK if (last - first).days < 8 else TimePrecision.MONTH,
                    latitude=row["latitude"],
                    longitude=row["longitude"],
                    place_precision=exactly.get(row["where_prec"], PlacePrecision.GOVERNORATE),
                    wording=row["source_headline"],
                    submitted_at=datetime(2020, 1, 10, tzinfo=UTC),
                )
            )
    return Report.objects.bulk_create(made, batch_size=1000)


def _measured(options: argparse.Namespace) -> int:
    from incidents.models import Report, User

    reader = User.objects.create_user("bench", role=User.Role.ANALYST)
    make_ground()
    sizes = [int(size) for size in options.sizes.split(",")]
    a_day = A_DAY * (sizes[-1] / sizes[0] if options.dense else 1)
    p95: dict[int, float] = {}
    done, failed = 0, []
    for size in sizes:
        began = perf_counter()
        make_reports(done + 1, size, a_day if done else A_DAY)
        throwaway.analyze()
        done = size
        say(f"{size:,} reports made in {perf_counter() - began:.0f} s")
        random = Random(5)
        chosen = [random.randrange(size) for _ in range(options.drafts)]
        first = Report.objects.order_by("pk").values_list("pk", flat=True)[0]
        reports = list(Report.objects.select_related("agreement", "place").filter(pk__in=[first + at for at in chosen], state="submitted"))
        drafts = [draft for _report, draft in drafts_like(reports, random)]
        times(reader, drafts[:100], repeats=1)
        in_sql, on_processor, in_all = times(reader, drafts)
        p95[size] = percentile(on_processor if any(on_processor) else in_sql, 0.95)
        say(f"  {len(drafts)} drafts, each the quickest of three, in ms (a bare SELECT 1 meanwhile: p95 {percentile(_floor(), 0.95):.2f})")
        for name, values in (("SQL, on the server's processor", on_processor), ("SQL, as waited for", in_sql), ("with Python", in_all)):
            say(f"    {name}: median {percentile(values, 0.5):.2f}, p95 {percentile(values, 0.95):.2f}, most {max(values):.2f}")
        if p95[size] > GOAL_MS:
            failed.append(f"p95 at {size:,}")
    if len(sizes) > 1:
        ratio = p95[sizes[-1]] / p95[sizes[0]]
        say(f"p95 at {sizes[-1]:,} / p95 at {sizes[0]:,}: {ratio:.2f} (goal <= {GOAL_RATIO})")
        failed += ["ratio"] if ratio > GOAL_RATIO else []
    if not options.ucdp.is_file():
        say("No file of real events: recall not measured.")
    else:
        failed += _recalled(reader, options)
    say(f"Not reached: {', '.join(failed)}" if failed else "All goals reached.")
    return 1 if failed else 0


def _recalled(reader: Any, options: argparse.Namespace) -> list[str]:
    from incidents.models import Report

    beside = Report.objects.count()
    pairs = {}
    reports = load_ucdp(options.ucdp)
    throwaway.analyze()
    failed = []
    for among in (f"among {beside:,} synthetic ones", "alone"):
        if among == "alone":
            # Out of the way, not out of the database: what does not stand is no candidate.
            Report.objects.exclude(pk__in=[report.pk for report in reports]).update(state="duplicate")
            throwaway.analyze()
        for with_wording in (True, False):
            random = Random(11)
            chosen = random.sample(reports, min(options.pairs, len(reports)))
            pairs = list(drafts_like(chosen, random, with_wording=with_wording))
            share = recall(reader, pairs)
            said = "reworded" if with_wording else "no wording"
            say(f"recall in the first five, {len(pairs)} pairs from {len(reports):,} real events {among}, {said}: {share:.3f}")
            if among == "alone" and with_wording and share < GOAL_RECALL:
                failed.append("recall")
    return failed


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", default="100000,1000000", help="how many reports, smallest first")
    parser.add_argument("--dense", action="store_true", help="fill the days of the smallest set instead of more days")
    parser.add_argument("--drafts", type=int, default=1000, help="how many drafts are timed")
    parser.add_argument("--pairs", type=int, default=2000, help="how many pairs are made from real events")
    parser.add_argument("--ucdp", type=Path, default=UCDP, help="the UCDP file for Syria 2016")
    return parser.parse_args()


if __name__ == "__main__":
    main()
