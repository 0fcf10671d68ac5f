"""Reading as a partner does: lists of reports of 100 and of 1,000 and the feed beside their peers, page 10,000 beside page 1. Exports: `exports.py`.

    .venv/bin/pip install django-ninja fastapi asyncpg; .venv/bin/python benchmarks/reading.py [--reports 100000] [--rounds 7] [--only lists,...]

It starts throw-away servers as bin/test does, or uses those that DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL name, and works in a
database of its own. Project and peers take turns, round by round, in one process, with the same key, columns and visibility
(`reading_peers.py`); what PostgreSQL makes of the same and hardly anybody touches is the floor (`reading_floor.py`).
Processor time is what decides, the web's and PostgreSQL's together: other work on the machine does not change it.
"""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from benchmarks import processor, throwaway  # noqa: E402
from benchmarks.throwaway import say  # noqa: E402

DATABASE = "truce_benchmark_reading"
DEEP = 10_000


def main() -> None:
    options = _options()
    throwaway.on_servers()
    with throwaway.own_database(DATABASE):
        sys.exit(_measured(options))


def _measured(options: argparse.Namespace) -> int:
    import synthetic
    from django.conf import settings

    settings.ROOT_URLCONF = "reading_peers"
    settings.LANGUAGE_CODE, settings.ALLOWED_HOSTS = "en", ["testserver"]
    synthetic.make(options.reports)
    throwaway.analyze()
    say(f"{options.reports:,} reports made (load {os.getloadavg()[0]:.1f})")
    bench = Bench(options.rounds)
    failed = [name for part in options.only.split(",") for name in getattr(bench, part)()]
    say(f"Not reached: {', '.join(failed)}" if failed else "All goals reached.")
    return 1 if failed else 0


class Bench:
    def __init__(self, rounds: int) -> None:
        from django.test import Client

        from incidents.models import ApiKey, User

        self.rounds, self.client = rounds, Client()
        user = User.objects.create_user("bench", role=User.Role.PARTNER)
        _key, secret = ApiKey.issue(user=user, name="bench")
        ApiKey.objects.update(per_minute=10_000)
        self.key = {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
        self.backends = [throwaway.backend()]

    def get(self, address: str) -> Any:
        answer = self.client.get(address, **self.key)
        assert answer.status_code == 200, answer.content[:500]
        return answer

    def spent(self) -> float:
        """Return the processor seconds of this process and of those of the server that work for it."""
        return process_time() + sum(map(processor.spent, self.backends))

    def in_turns(self, acts: dict[str, Callable[[], Any]], times: int) -> dict[str, tuple[float, float]]:
        """Return the least processor and wall seconds that one call of each took, over rounds of so many calls."""
        least: dict[str, tuple[float, float]] = {}
        for act in acts.values():
            act()
        for _round in range(self.rounds):
            for name, act in acts.items():
                wall, cpu = perf_counter(), self.spent()
                for _time in range(times):
                    act()
                took = ((self.spent() - cpu) / times, (perf_counter() - wall) / times)
                least[name] = min(least.get(name, took), took)
        return least

    def lists(self) -> list[str]:
        """Lists of 100 and of 1,000 against a ModelSerializer's and django-ninja's of the same columns, and against the floor."""
        from reading_floor import Floor

        floor, key, failed = Floor(), self.key["HTTP_AUTHORIZATION"], []
        self.backends.append(floor.backend)
        for limit, times in ((100, 20), (1_000, 3)):
            floor.must_say(self.get(f"/api/v1/reports/?limit={limit}").json()["results"], limit, key)
            addresses = {
                "ours": f"/api/v1/reports/?limit={limit}",
                "DRF ModelSerializer": f"/peer/model-serializer?limit={limit}",
                "django-ninja": f"/peer/ninja?limit={limit}",
                "nothing": "/peer/nothing",
            }
            acts = {name: (lambda address=address: self.get(address)) for name, address in addresses.items()}
            found = self.in_turns(acts | {"json_agg, FastAPI and asyncpg": lambda limit=limit: floor.get(f"/list?limit={limit}", key)}, times)
            ours = found["ours"][0]
            for name, (cpu, wall) in found.items():
                say(f"list of {limit:,}, {name}: {cpu * 1000:.1f} ms of processor, {wall * 1000:.1f} ms in all, {cpu / ours:.2f} times ours")
            failed += [f"list of {limit} against {name}" for name in ("DRF ModelSerializer", "django-ninja") if found[name][0] < 4 * ours]
        self.backends.remove(floor.backend)
        floor.close()
        return failed

    def feed(self) -> list[str]:
        """Pages of the feed of so many reports, against a ModelSerializer's list of as many."""
        failed = []
        for limit, times in ((100, 10), (1_000, 2)):
            addresses = {"the feed": f"/api/v1/changes/?type=report&limit={limit}", "DRF ModelSerializer": f"/peer/model-serializer?limit={limit}"}
            assert len(self.get(addresses["the feed"]).json()["results"]) == limit
            found = self.in_turns({name: (lambda address=address: self.get(address)) for name, address in addresses.items()}, times)
            ours = found["the feed"][0]
            for name, (cpu, wall) in found.items():
                say(f"{limit:,} changes, {name}: {cpu * 1000:.1f} ms of processor, {wall * 1000:.1f} ms in all, {cpu / ours:.2f} times the feed")
            failed += [f"{limit} changes"] if found["DRF ModelSerializer"][0] < ours else []
        return failed

    def pages(self) -> list[str]:
        """Page 10,000 of the list against page 1, of as many rows."""
        from incidents.models import User
        from incidents.queries import cursors, visibility

        seen = visibility.reports(User.objects.get(username="bench")).order_by("-pk")
        limit = seen.count() // DEEP
        if not limit:
            say(f"page {DEEP:,}: there are too few reports")
            return []
        last = seen.values_list("pk", flat=True)[limit * (DEEP - 1) - 1]
        first = f"/api/v1/reports/?limit={limit}"
        deep = f"{first}&cursor={cursors._cursor('n', last)}"
        assert len(self.get(deep).json()["results"]) == limit
        found = self.in_turns({"page 1": lambda: self.get(first), f"page {DEEP:,}": lambda: self.get(deep)}, 50)
        (one, _wall), (other, _other_wall) = found.values()
        for name, (cpu, wall) in found.items():
            say(f"{name}, of {limit} reports: {cpu * 1000:.2f} ms of processor, {wall * 1000:.2f} ms in all, {cpu / one:.2f} times page 1")
        return [f"page {DEEP:,}"] if other > 1.3 * one else []


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--reports", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default="lists,feed,pages")
    return parser.parse_args()


if __name__ == "__main__":
    main()
