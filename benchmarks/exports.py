"""Reports taken away as CSV and as NDJSON, through the API with a partner's key, against psql's COPY of the same columns.

    .venv/bin/python benchmarks/exports.py [--sizes 10000,100000] [--rounds 5]

It starts throw-away servers as bin/test does, or uses those that DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL name, and works in a
database of its own. Reports are made by PostgreSQL, the same in every run (`synthetic.py`). Project and peer take turns, round by round;
psql stays connected, writes a file as we do, and asks for the same columns of the same rows (`PEER`), which is checked before anything is
measured. Processor time is the client's and that of its PostgreSQL process: other work on the machine hardly changes it. Ratios are of
least times within the run. Memory is the most that this process held while it drew, over what it held before.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from benchmarks import processor, throwaway  # noqa: E402
from benchmarks.throwaway import say  # noqa: E402

DATABASE = "truce_benchmark_exports"
SHARE, GROWTH = 0.9, 16 * 1024  # of COPY's rows a second; kB
INSTANTS = {"starts_at", "ends_at", "submitted_at"}

# As one would ask for them by hand. What a partner may not see - drafts, protected sources, convoys before their release - is left out here, too.
PEER = """
SELECT report.public_id AS id, 'R-' || lpad(report.id::text, greatest(4, length(report.id::text)), '0') AS reference,
    agreement.slug AS agreement, state, claimant.slug AS claimant, relay.slug AS relayed_by, accused.slug AS accused_party,
    side.code AS accused_side, accused_as_worded, violation_type, term.number AS term, target_as_claimed, stated_count, unit, occurred_on,
    starts_at, ends_at, time_precision, place.slug AS place, place.name AS place_name, place.name_ar AS place_name_ar, place_as_worded,
    report.latitude, report.longitude, place_precision, CASE WHEN NOT is_protected THEN source.slug END AS source, published_on,
    CASE WHEN NOT is_protected THEN report.link END AS link, CASE WHEN NOT is_protected THEN wording END AS wording, report.summary, credibility,
    (SELECT json_agg(row_to_json(stated)) FROM (
        SELECT kind, "group", low, best, high, qualifier FROM incidents_casualtyclaim WHERE report_id = report.id ORDER BY id) stated) AS harm,
    incident.public_id AS incident, submitted_at, retraction_reason, '{mark}' AS drawn_for
FROM incidents_report report
    JOIN incidents_agreement agreement ON agreement.id = agreement_id
    JOIN incidents_party claimant ON claimant.id = claimant_id
    JOIN incidents_source source ON source.id = source_id
    LEFT JOIN incidents_party relay ON relay.id = relayed_by_id
    LEFT JOIN incidents_party accused ON accused.id = accused_party_id
    LEFT JOIN incidents_side side ON side.id = accused_side_id
    LEFT JOIN incidents_term term ON term.id = term_id
    LEFT JOIN incidents_place place ON place.id = place_id
    LEFT JOIN incidents_incident incident ON incident.id = report.incident_id
WHERE state <> 'draft' AND NOT EXISTS (
    SELECT FROM incidents_convoy convoy WHERE (release_confirmed_by_id IS NULL OR released_at > now()) AND (convoy.id = report.convoy_id
        OR EXISTS (SELECT FROM incidents_convoyevent told WHERE told.convoy_id = convoy.id AND told.report_id = report.id)))
ORDER BY report.id
"""


def main() -> None:
    options = _options()
    throwaway.on_servers()
    with throwaway.own_database(DATABASE):
        sys.exit(_measured(options))


def _measured(options: argparse.Namespace) -> int:
    import synthetic
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]
    failed: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        made = 0
        for size in map(int, options.sizes.split(",")):
            synthetic.make(size - made)
            made = size
            throwaway.analyze()
            with Bench(Path(name), options.rounds) as bench:
                failed += bench.compared(size)
    say(f"Not reached: {', '.join(failed)}" if failed else "All goals reached.")
    return 1 if failed else 0


class Bench:
    """The two, each with one connection that stays."""

    def __init__(self, folder: Path, rounds: int) -> None:
        from django.test import Client

        from incidents.models import ApiKey, User

        self.folder, self.rounds, self.client = folder, rounds, Client()
        user, _is_new = User.objects.get_or_create(username="bench", defaults={"role": User.Role.PARTNER})
        key, secret = ApiKey.issue(user=user, name="bench")
        ApiKey.objects.update(per_minute=10_000)
        self.key, self.mark = {"HTTP_AUTHORIZATION": f"Bearer {secret}"}, f"key:{key.lookup}"
        self.backend = throwaway.backend()

    def __enter__(self) -> "Bench":
        import import_csv

        if import_csv.PSQL is None:
            sys.exit("There is no psql here.")
        names = {"PGDATABASE": "NAME", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGHOST": "HOST", "PGPORT": "PORT"}
        env = os.environ | {name: str(said) for name, said in throwaway.address("default", names).items()} | {"PGTZ": "UTC"}
        command = [import_csv.PSQL, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        self.psql = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.peer_backend = int(self._asked("SELECT pg_backend_pid();"))
        return self

    def __exit__(self, *_error: object) -> None:
        self.psql.stdin.close()  # type: ignore[union-attr]
        self.psql.wait()

    def _asked(self, command: str) -> str:
        """Return what psql says of one command, once it is done."""
        assert self.psql.stdin and self.psql.stdout
        self.psql.stdin.write(f"{command}\n\\echo done\n")
        self.psql.stdin.flush()
        said = []
        while (line := self.psql.stdout.readline()) != "done\n":
            if not line:
                sys.exit("psql ended.")
            said.append(line)
        return "".join(said).strip()

    def ours(self, kind: str, of: str = "reports") -> None:
        answer = self.client.get(f"/api/v1/exports/now/?of={of}&format={kind}", **self.key)  # type: ignore[arg-type]
        assert answer.status_code == 200, answer.content[:500]
        with (self.folder / f"ours.{kind}").open("wb") as file:
            for piece in answer.streaming_content:
                file.write(piece)

    def peer(self, kind: str) -> None:
        query = " ".join(PEER.format(mark=self.mark).split())
        how = "FORMAT csv, HEADER"
        if kind == "ndjson":
            query, how = f"SELECT row_to_json(listed) FROM ({query}) listed", "FORMAT csv, DELIMITER E'\\f', QUOTE E'\\b'"
        self._asked(f"\\copy ({query}) TO '{self.folder / f'peer.{kind}'}' WITH ({how})")

    def compared(self, size: int) -> list[str]:
        """Print what each took for so many reports, and return the goals that were not reached."""
        failed = []
        for kind, read in (("csv", _cells), ("ndjson", _objects)):
            self.ours(kind, of="aggregate-claims")  # there are none: what is loaded once is loaded
            growth = _growth(lambda kind=kind: self.ours(kind))
            self.peer(kind)
            many = _same(read(self.folder / f"ours.{kind}"), read(self.folder / f"peer.{kind}"))
            spent, wall = self._in_turns(kind, max(1, 100_000 // size))
            share, share_of_wall = spent["psql"] / spent["ours"], wall["psql"] / wall["ours"]
            for name in ("ours", "psql"):
                say(f"{kind}, {many:,} rows, {name}: {many / wall[name]:,.0f} rows/s, {spent[name] / many * 1e6:.1f} microseconds of processor a row")
            say(f"{kind}, {many:,} rows: {share:.2f} of psql by processor, {share_of_wall:.2f} by the clock, {growth / 1024:.1f} MB more memory")
            failed += [f"{kind} of {size:,}"] if share < SHARE else []
            failed += [f"memory of {kind} of {size:,}"] if growth > GROWTH else []
        return failed

    def _in_turns(self, kind: str, times: int) -> tuple[dict[str, float], dict[str, float]]:
        """Return the least processor and wall seconds that each took, over rounds of so many: a process's time is told in hundredths."""
        acts: dict[str, tuple[Callable[[str], None], tuple[int, int]]] = {
            "ours": (self.ours, (os.getpid(), self.backend)),
            "psql": (self.peer, (self.psql.pid, self.peer_backend)),
        }
        spent, wall = dict.fromkeys(acts, float("inf")), dict.fromkeys(acts, float("inf"))
        for _round in range(self.rounds):
            for name, (act, processes) in acts.items():
                before, began = sum(map(processor.spent, processes)), perf_counter()
                for _time in range(times):
                    act(kind)
                wall[name] = min(wall[name], (perf_counter() - began) / times)
                spent[name] = min(spent[name], (sum(map(processor.spent, processes)) - before) / times)
        return spent, wall


def _growth(act: Callable[[], None]) -> int:
    """Return by how many kB this process grew at most while it did that."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before = _held("VmRSS")
    act()
    return _held("VmHWM") - before


def _held(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def _cells(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield {name: value for name, value in row.items() if name not in INSTANTS}


def _objects(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield {name: None if value == "" else value for name, value in json.loads(line).items()}


def _same(ours: Iterator[dict[str, Any]], peers: Iterator[dict[str, Any]]) -> int:
    """Return how many rows they are. Both must say the same of each."""
    many = 0
    for one, other in zip(ours, peers, strict=True):
        if one != other:
            sys.exit(f"Not the same: {one} and {other}")
        many += 1
    return many


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


if __name__ == "__main__":
    main()
