"""The small program between the supervisor and each process it starts; it becomes that process.

    python -I -S shim.py PARENT DEATH_SIGNAL UID GID COMMAND...      (UID and GID may be `-`: stay who we are)

A program of its own rather than a `preexec_fn`: that would run Python between fork and exec.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, death_signal, uid, gid, *command = sys.argv[1:]
    if uid != "-":
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))
    if sys.platform == "linux":
        # After the change of user: the kernel forgets the parent-death signal when credentials change.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != int(parent):
            sys.exit("the supervisor ended before its child began")
    # Python ignores SIGPIPE, and a shell's `&` ignores SIGINT and SIGQUIT; both would be inherited by what we become.
    for number in (signal.SIGPIPE, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    os.execv(command[0], command)


main()
