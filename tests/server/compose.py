"""docker-compose.yml and Dockerfile as data, and their services as processes of this machine."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent
GIVEN = {"BASE_URL": "https://truce.example.org"}  # what a person puts into .env; all else has a default


def compose(given: Mapping[str, str] = GIVEN) -> dict[str, Any]:
    """Return the file with its variables filled in, as the engine does."""
    facts: dict[str, Any] = _filled(yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8")), given)
    return facts


def _filled(value: Any, given: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(inner, given) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, given) for inner in value]
    if not isinstance(value, str):
        return value

    def fill(match: re.Match[str]) -> str:
        if match["escaped"]:
            return "$"
        if match["name"] in given:
            return given[match["name"]]
        assert match["how"] == ":-", f"{match['name']} has no default: {match['rest']}"
        return match["rest"]

    return re.sub(r"(?P<escaped>\$\$)|\$\{(?P<name>\w+)(?P<how>:[-?])(?P<rest>[^}]*)\}", fill, value)


def ours(facts: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the services that run our image."""
    return {name: service for name, service in facts["services"].items() if str(service["image"]).startswith("truce:")}


# --- The image


def instructions() -> list[tuple[str, str]]:
    """Return the Dockerfile's instructions, lines joined, comments left out."""
    text = "\n".join(line for line in (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("#"))
    lines = [line for line in re.sub(r"\\\n\s*", "", text).splitlines() if line.strip()]
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


def last_stage() -> list[tuple[str, str]]:
    """Return the instructions of the stage that is kept."""
    found = instructions()
    start = max(index for index, (word, _) in enumerate(found) if word == "FROM")
    return found[start:]


def is_sent(path: str) -> bool:
    """Return whether .dockerignore lets this file into the build; the last line that matches decides."""
    sent = True
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.strip().removeprefix("!").rstrip("/")
        if not pattern or pattern.startswith("#"):
            continue
        parts = path.split("/")
        tails = ["/".join(parts[: count + 1]) for count in range(len(parts))]
        wanted = pattern.removeprefix("**/")
        if any(fnmatch(tail, wanted) or (pattern.startswith("**/") and fnmatch(tail.rsplit("/", 1)[-1], wanted)) for tail in tails):
            sent = line.strip().startswith("!")
    return sent


def files_of_repository() -> list[str]:
    """Return what a build would find here: what is committed or about to be."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True).stdout
    return [name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


def build(folder: Path) -> Path:
    """Put into a folder what the image's working folder holds: its COPY lines, then its own commands."""
    sent = [name for name in files_of_repository() if is_sent(name)]
    for word, rest in last_stage():
        if word == "COPY" and not rest.startswith("--from"):
            source, target = rest.split()
            names = [name for name in sent if name == source or name.startswith(f"{source}/")]
            assert names, f"COPY {source} finds nothing that .dockerignore lets through"
            for name in names:
                to = folder / target / (name.removeprefix(f"{source}/") if name != source else source)
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, to)
        elif word == "RUN" and "manage.py" in rest:
            done = subprocess.run(["sh", "-c", rest], cwd=folder, env=image_environment(), capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
    return folder


def image_environment() -> dict[str, str]:
    """Return the image's ENV, its programs being those of this environment."""
    words = " ".join(rest for word, rest in last_stage() if word == "ENV").split()
    found = dict(word.split("=", 1) for word in words)
    return found | {"PATH": f"{PROGRAMS}:{os.defpath}"}


# --- Services as processes


@dataclass(frozen=True)
class Place:
    """Where on this machine what the file names is: text to put in place of text, everywhere in a service."""

    image: Path
    instead: Mapping[str, str]
    logs: Path

    def mapped(self, value: str) -> str:
        for text, here in self.instead.items():
            value = value.replace(text, here)
        return value

    def environment(self, service: Mapping[str, Any]) -> dict[str, str]:
        """Return a service's environment, and nothing of ours."""
        own = {name: self.mapped(str(value)) for name, value in service.get("environment", {}).items()}
        return image_environment() | own | {"HOSTNAME": os.uname().nodename, "HOME": str(self.logs)}

    def command(self, words: list[str]) -> list[str]:
        """Return a command, its program found in the environment as a container would find it."""
        words = [self.mapped(str(word)) for word in words]
        return [shutil.which(words[0], path=image_environment()["PATH"]) or words[0], *words[1:]]

    def run(self, service: Mapping[str, Any], words: list[str] | None = None) -> "subprocess.CompletedProcess[str]":
        """Return how a service's command, or another one in its place, ended."""
        command = self.command(words or service["command"])
        return subprocess.run(command, cwd=self.image, env=self.environment(service), capture_output=True, text=True, timeout=120, check=False)

    def is_healthy(self, service: Mapping[str, Any]) -> bool:
        """Return whether a service's own health check says so."""
        kind, *words = service["healthcheck"]["test"]
        return self.run(service, ["sh", "-c", *words] if kind == "CMD-SHELL" else words).returncode == 0

    @contextmanager
    def running(self, services: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, "subprocess.Popen[bytes]"]]:
        """Run services while the block does. What each says is in a log of its name."""
        started: dict[str, subprocess.Popen[bytes]] = {}
        try:
            for name, service in services.items():
                with self.log(name).open("wb") as output:
                    started[name] = subprocess.Popen(
                        self.command(service["command"]), cwd=self.image, env=self.environment(service), stdout=output, stderr=output
                    )
            yield started
        finally:
            for process in started.values():
                process.terminate()
            for process in started.values():
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"
