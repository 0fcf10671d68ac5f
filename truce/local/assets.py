"""What is made from files of the clone before pages can be served: compiled translations, fonts, collected static files.

Each is made again only when what it is made from has changed.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from truce.local import environment, terminal
from truce.local.bootstrap import ROOT, VENV, file_lock
from truce.local.supervisor import Failed, Supervisor

NPM_WITHIN = 60.0
TRY_NPM_AGAIN_AFTER = 3600.0


def prepare(supervisor: Supervisor, env: Mapping[str, str], log: Path) -> None:
    """Make what is missing or out of date. Two starts in one clone take turns."""
    with file_lock(ROOT / "staticfiles.lock", "another start is preparing static files"):
        compile_translations(ROOT / "incidents" / "locale")
        fetch_fonts(supervisor, log)
        collect_static(supervisor, env, log)


def compile_translations(locale: Path) -> None:
    """Compile every language whose words are newer than what was compiled from them. Raise Failed if a file cannot be read."""
    for source in sorted(locale.glob("*/LC_MESSAGES/django.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        try:
            with source.open("rb") as words:
                catalog = read_po(words, locale=source.parent.parent.name, abort_invalid=True)
        except (PoFileError, ValueError) as error:
            raise Failed(f"{source.relative_to(ROOT)} cannot be read: {error}") from error
        # Under another name first: a process that starts meanwhile reads the old or the new.
        new = target.with_suffix(f".mo.{os.getpid()}")
        with new.open("wb") as compiled:
            write_mo(compiled, catalog)
        new.replace(target)


def fetch_fonts(supervisor: Supervisor, log: Path) -> None:
    """Install the locked fonts where an npm is found. Without one, or if it fails, pages stand on system fonts: one line, no error."""
    lock = digest_of([ROOT / "package-lock.json"])
    stamp = VENV / "truce-fonts"
    if stamp.exists():
        known, outcome = stamp.read_text(encoding="ascii").split()
        is_recent = time.time() - stamp.stat().st_mtime < TRY_NPM_AGAIN_AFTER
        if known == lock and ((outcome == "installed" and (ROOT / "node_modules").is_dir()) or (outcome == "failed" and is_recent)):
            return
    npm = shutil.which("npm")
    if npm is None:
        terminal.say("  No npm on the PATH: pages use system fonts instead of IBM Plex.")
        return
    # Scripts of packages do not run. npm's own checks of its version and of funding would only wait for the network.
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--fetch-retries=1", "--loglevel=error"]
    is_installed = supervisor.try_step("Installing fonts", command, dict(os.environ), ROOT, log, within=NPM_WITHIN)
    if not is_installed:
        terminal.say(f"  Fonts could not be installed by npm (see {log}): pages use system fonts instead of IBM Plex.")
    stamp.write_text(f"{lock} {'installed' if is_installed else 'failed'}", encoding="ascii")


def collect_static(supervisor: Supervisor, env: Mapping[str, str], log: Path) -> None:
    """Collect static files if any of them, ours or a package's, has changed since they were collected."""
    stamp = environment.STATIC_ROOT / ".collected-from"
    sources = digest_of_static()
    if stamp.exists() and stamp.read_text(encoding="ascii") == sources:
        return
    command = [*environment.MANAGE, "collectstatic", "--no-input", "--verbosity", "0"]
    supervisor.run_step("Collecting static files", command, env, ROOT, log)
    stamp.write_text(sources, encoding="ascii")


def digest_of_static() -> str:
    """Return a digest that changes when a static file does. Of packages, the stamps of their locks stand for the files."""
    stamps = [VENV / "truce-fonts", *sorted(VENV.glob("truce-*.sha256")), ROOT / "truce" / "settings.py"]
    return digest_of([*stamps, *sorted(files_below(ROOT / "static")), *sorted(files_below(ROOT / "incidents" / "static"))])


def files_below(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def digest_of(files: list[Path]) -> str:
    """Return a digest of the names and contents of those files that exist."""
    digest = hashlib.sha256()
    for file in files:
        if file.exists():
            digest.update(f"{file.relative_to(ROOT)}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
