#!/usr/bin/env python3
"""Keep a copy of everything a key may see in a SQLite file, in step with Truce: TRUCE=... KEY=... python3 sync.py COPY [--follow]

It needs Python 3.8 and nothing else. Run it again, from a timer or with --follow, and it goes on where it stopped, after any interruption:
what it was told and the place in the feed are kept in one transaction, so nothing is missed and nothing is there twice. Each record is
a row of `records` with its type, its id and its JSON as the list of its type shows it; what the key may no longer see is deleted.

A copy that was made with another reader's key, or from another server, cannot go on; the server then refuses the cursor. Begin a new file.
"""

import argparse
import json
import os
import sqlite3
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

TABLES = """
CREATE TABLE IF NOT EXISTS records (type TEXT NOT NULL, id TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (type, id));
CREATE TABLE IF NOT EXISTS place (one INTEGER PRIMARY KEY CHECK (one = 1), cursor TEXT NOT NULL);
"""
WAIT = 20  # seconds that the server may hold an empty answer back, with --follow
TRIES = 6


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("copy", help="the SQLite file, made if it is not there")
    parser.add_argument("--follow", action="store_true", help="go on until interrupted")
    asked = parser.parse_args()
    copy = sqlite3.connect(asked.copy)
    copy.executescript(TABLES)
    try:
        while True:
            kept, gone, has_more = step(copy, wait=WAIT if asked.follow else 0)
            if kept or gone:
                sys.stdout.write(f"{kept} kept, {gone} removed\n")
            if not has_more and not asked.follow:
                return 0
    except KeyboardInterrupt:
        return 0


def step(copy, wait=0):
    """Take one answer of the feed into the copy. Return how many records were kept, how many removed, and whether there is more."""
    row = copy.execute("SELECT cursor FROM place").fetchone()
    answer = ask({"limit": 1000, "wait": wait, **({"cursor": row[0]} if row else {})})
    gone = [(change["type"], change["id"]) for change in answer["results"] if not change["is_there"]]
    kept = [
        (change["type"], change["id"], json.dumps(change["record"], ensure_ascii=False, sort_keys=True))
        for change in answer["results"]
        if change["is_there"]
    ]
    with copy:  # one transaction: all of it, or none
        copy.executemany("DELETE FROM records WHERE type = ? AND id = ?", gone)
        copy.executemany("INSERT OR REPLACE INTO records VALUES (?, ?, ?)", kept)
        copy.execute("INSERT OR REPLACE INTO place VALUES (1, ?)", (answer["cursor"],))
    return len(kept), len(gone), answer["has_more"]


def ask(params):
    """Return an answer of the feed. A server that is away or busy is asked again, more and more slowly."""
    address = f"{os.environ['TRUCE'].rstrip('/')}/api/v1/changes/?{urllib.parse.urlencode(params)}"
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {os.environ['KEY']}"})
    for attempt in range(TRIES):
        try:
            with urllib.request.urlopen(request, timeout=WAIT + 40) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code not in (429, 502, 503, 504):
                raise SystemExit(f"{error.code}: {error.read().decode(errors='replace')}") from None
            pause = int(error.headers.get("Retry-After") or 2**attempt)
        except OSError as error:
            if attempt == TRIES - 1:
                raise SystemExit(f"no answer: {error}") from None
            pause = 2**attempt
        time.sleep(min(pause, 60))
    raise SystemExit("the server stays busy; run this again later")


if __name__ == "__main__":
    sys.exit(main())
