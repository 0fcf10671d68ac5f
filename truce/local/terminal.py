"""What a person at the terminal sees: one line per event, and progress on everything that takes over a second."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

QUIET_FOR = 1.0
SAY_AGAIN_EVERY = 10.0
WIDTH = 100


def say(line: str = "") -> None:
    """Print one line at once, even where output is a pipe."""
    write(f"{line}\n")


def write(words: str) -> None:
    """Put words on the terminal. One that cannot show a letter gets an escape instead of an exception."""
    if sys.stdout is None:
        return
    encoding = sys.stdout.encoding or "ascii"
    try:
        sys.stdout.write(words.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
    except OSError:  # the reader (`bin/up | head`) or the terminal has gone; what runs must not end for it
        sys.stdout = None


def event(line: str) -> None:
    """Print one line with the time of day in front."""
    say(f"{time.strftime('%H:%M:%S')}  {line}")


def short(path: Path) -> str:
    """Return a path as it is easiest to read: from where the person stands, if it is below."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


class Progress:
    """One step under way. `tick` is called often, and speaks only when there is something to say."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.started = time.monotonic()
        self.said_at = 0.0
        self.is_terminal = bool(sys.stdout and sys.stdout.isatty())

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def tick(self, detail: str = "") -> None:
        """Show that the step goes on: on a terminal in place, elsewhere as a line now and then."""
        if self.seconds < QUIET_FOR:
            return
        if self.is_terminal and self.seconds - self.said_at >= 0.2:
            self.said_at = self.seconds
            write(f"\r\x1b[K  {self.label} ... {self.seconds:.0f} s  {detail}"[:WIDTH])
        elif not self.is_terminal and (not self.said_at or self.seconds - self.said_at >= SAY_AGAIN_EVERY):
            self.said_at = self.seconds
            say(f"  {self.label} ... {self.seconds:.0f} s  {detail}".rstrip())

    def clear(self) -> None:
        """Take the line in place away again."""
        if self.is_terminal and self.said_at:
            write("\r\x1b[K")


@contextmanager
def step(label: str) -> Iterator[Progress]:
    """Time a step, and say when it is done and how long it took. One that fails says nothing here: whoever catches it does."""
    progress = Progress(label)
    try:
        yield progress
    finally:
        progress.clear()
    say(f"  {label}: {progress.seconds:.1f} s")
