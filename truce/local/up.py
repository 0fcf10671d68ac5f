"""`bin/up`: everything, under one supervisor."""

import argparse
import hashlib
import os
import signal
import sys
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from truce.local import assets, environment, ports, processes, services, terminal
from truce.local.bootstrap import ROOT, CannotPrepare
from truce.local.datafolder import BadFolder, DataFolder, Occupied, State
from truce.local.environment import BadCombination
from truce.local.postgres import unprivileged
from truce.local.supervisor import Failed, Part, Stopped, Supervisor

DEFAULT_FOLDER = ROOT / ".truce"
EXPECTED = (Failed, BadFolder, BadCombination, CannotPrepare, ports.PortTaken)


def arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/up", description="Start Truce: database, broker, web, relay, worker and beat. Ctrl-C ends all of it.")
    parser.add_argument("action", nargs="?", choices=["start", "wipe"], default="start", help="wipe: delete the data folder, after asking")
    parser.add_argument("--port", type=port_number, metavar="N", help=f"where pages are served (else the first free port from {ports.DEFAULT} on)")
    parser.add_argument("--data", type=Path, default=DEFAULT_FOLDER, metavar="FOLDER", help="where everything is kept (else .truce in the clone)")
    parser.add_argument("--no-demo", action="store_true", help="start empty, without the demo and its sample sign-ins")
    parser.add_argument("--yes", action="store_true", help="with wipe: do not ask")
    return parser.parse_args(argv)


def port_number(text: str) -> int:
    """Return the port, or raise what argparse reports."""
    if not (text.isascii() and text.isdigit() and int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port number")
    return int(text)


def main(argv: list[str]) -> int:
    options = arguments(argv)
    folder = DataFolder(options.data)
    try:
        if options.action == "wipe":
            return wipe(folder, options.yes)
        folder.acquire()
    except Occupied:
        terminal.say(already_running(folder))
        return 1
    except BadFolder as error:
        terminal.say(str(error))
        return 1
    try:
        return run(folder, options.port, options.no_demo)
    finally:
        folder.release()


def run(folder: DataFolder, port: int | None, no_demo: bool) -> int:
    """Start everything, keep it running until asked to stop, end it. Return the exit status."""
    state = State(processes.this_process(), "", {})

    def write_down(running: dict[str, processes.Recorded]) -> None:
        state.processes = running
        folder.write_state(state)

    try:
        ended = services.end_leftovers(folder)
        if ended:
            terminal.event(f"ended {ended} processes that an earlier start had left running")
        with ports.listen(port) as listener, Supervisor(write_down) as supervisor:
            state.base_url = ports.address(listener)
            folder.write_state(state)
            try:
                state.env = environment.ours(state.base_url, services.start(folder, supervisor) | {"FILES_ROOT": str(folder.path / "files")})
                folder.write_state(state)
                start_ours(folder, supervisor, state, listener.fileno(), no_demo)
                supervisor.watch()
            except Stopped:
                pass
            terminal.event("stopping")
        return 0
    except EXPECTED as error:
        terminal.say(f"\nTruce did not start. {error}")
        return 1
    finally:
        folder.forget_state()


def start_ours(folder: DataFolder, supervisor: Supervisor, state: State, listener: int, no_demo: bool) -> None:
    """Migrate, load the demo, start our own processes, and say where they are."""
    env = environment.complete(state.env)
    assets.prepare(supervisor, env, folder.log("assets"))
    manage = environment.MANAGE
    steps = folder.log("steps")
    supervisor.run_step("Migrating", [*manage, "migrate", "--no-input", "--verbosity", "1"], env, ROOT, steps)
    if not no_demo and not is_demo_loaded(folder, env):
        supervisor.run_step("Loading the demo", [*manage, "load_demo"], env, ROOT, steps)
        folder.demo_loaded.write_text(which_database(env), encoding="ascii")
    sign_ins = ""
    if not no_demo:
        credentials = ["--file", str(folder.credentials), "--base-url", state.base_url]
        sign_ins = supervisor.run_step("Sample sign-ins", [*manage, "demo_credentials", *credentials], env, ROOT, steps, keep_output=True)
    supervisor.start(*our_parts(folder, env, state.base_url, listener))
    terminal.say(f"\nTruce is running at {state.base_url}\n")
    if sign_ins:
        terminal.say(f"{sign_ins}\n")
    terminal.say(f"Data and logs are in {terminal.short(folder.path)}. Ctrl-C ends it.")


def is_demo_loaded(folder: DataFolder, env: dict[str, str]) -> bool:
    """Return whether the demo was loaded into this very database; loading it again would change nothing, only take time."""
    return folder.demo_loaded.exists() and folder.demo_loaded.read_text(encoding="ascii") == which_database(env)


def which_database(env: dict[str, str]) -> str:
    return hashlib.sha256(env.get("DATABASE_URL", env.get("DATABASE_URL_FILE", "")).encode()).hexdigest()


def our_parts(folder: DataFolder, env: dict[str, str], base_url: str, listener: int) -> list[Part]:
    """Return our own processes, in the order they start."""
    python = sys.executable
    shared_memory = Path("/dev/shm")
    heartbeat = shared_memory if os.access(shared_memory, os.W_OK) else folder.logs
    beat = folder.path / "beat"
    beat.mkdir(mode=0o700, exist_ok=True)
    web = [python, "-m", "gunicorn", "truce.wsgi:application", "--bind", f"fd://{listener}", "--workers", "2", "--worker-class", "gthread"]
    # The heartbeat file must not lie on a disk: a slow one stops the worker. Gunicorn's control socket has one well-known
    # name per user, which two clones would fight for.
    web += ["--threads", "4", "--worker-tmp-dir", str(heartbeat), "--graceful-timeout", "3", "--no-control-socket"]
    celery = [python, "-m", "celery", "--app", "truce"]
    worker = [*celery, "worker", "--concurrency", "1", "--hostname", "truce@localhost", "--loglevel", "INFO"]
    # There is one worker and nobody watches its heartbeat: talking to others would only load the broker.
    alone = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    # Beat would leave a pid file in the working folder, stale after a kill; the data folder's lock already keeps it single.
    schedule = ["--schedule", str(beat / "schedule"), "--pidfile=", "--loglevel", "INFO"]

    return [
        Part("web", web, env, ROOT, folder.log("web"), ready=lambda: answers(base_url), death_signal=signal.SIGQUIT, pass_fds=[listener]),
        Part("relay", [*environment.MANAGE, "relay"], env, ROOT, folder.log("relay")),
        Part(
            "worker",
            [*worker, *alone],
            env,
            ROOT,
            folder.log("worker"),
            ready_word=b" ready.",
            hurry_signal=signal.SIGQUIT,
            death_signal=signal.SIGQUIT,
        ),
        Part("beat", [*celery, "beat", *schedule], env, ROOT, folder.log("beat"), ready_word=b"beat: Starting"),
    ]


def answers(base_url: str) -> bool:
    """Return whether the web process serves. Connecting is no sign of it: the socket is ours, and callers queue until it does."""
    # Not urllib: it would ask the proxy that the environment names for our own machine.
    connection = HTTPConnection(base_url.removeprefix("http://"), timeout=1)
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status < 500
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def already_running(folder: DataFolder) -> str:
    """Return what to tell somebody who starts a second Truce on the folder of a running one."""
    state = folder.read_state()
    if state is None or not state.base_url:
        return f"Truce is already starting from {terminal.short(folder.path)}. To run a second one, give it a folder of its own: --data FOLDER."
    return (
        f"Truce is already running from {terminal.short(folder.path)}: {state.base_url} (process {state.supervisor.pid}).\n"
        f"End it with Ctrl-C where it runs, or `kill {state.supervisor.pid}`. To run a second one, give it a folder of its own: --data FOLDER."
    )


def wipe(folder: DataFolder, is_sure: bool) -> int:
    """Delete the data folder. Refuse while Truce runs from it, and ask first."""
    if not folder.path.exists():
        terminal.say(f"There is nothing at {terminal.short(folder.path)}.")
        return 0
    if not (folder.path / "lock").exists():
        terminal.say(f"{terminal.short(folder.path)} is not a data folder of Truce; nothing was deleted.")
        return 1
    folder.acquire()
    try:
        if not is_sure and not agrees(f"Delete {terminal.short(folder.path)} with its database, secrets and logs? Type yes: "):
            terminal.say("Nothing was deleted.")
            return 1
        services.end_leftovers(folder)
        folder.remove(unprivileged())
    finally:
        folder.release()
    terminal.say(f"Deleted {terminal.short(folder.path)}.")
    return 0


def agrees(question: str) -> bool:
    """Return whether the person typed yes. No answer (no terminal, end of input) is a no."""
    try:
        return input(question).strip().lower() == "yes"
    except EOFError:
        return False


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
