"""How long a process has worked, as Linux tells it: other work on the machine hardly changes it."""

import os
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def spent(process: int) -> float:
    """Return the processor seconds that all threads of a process have had, in hundredths."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def scheduled(process: int) -> int:
    """Return the nanoseconds that the first thread of a process has had: for one of PostgreSQL's, which has no other. 0 where it is not known."""
    told = Path(f"/proc/{process}/schedstat")
    return int(told.read_text().split()[0]) if told.exists() else 0
