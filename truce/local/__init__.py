"""What stands behind `bin/up`, `bin/test` and `bin/manage`: the environment, embedded servers, and the supervisor of every process.

python       finds a Python that is new enough (runs on old ones, so it is written for them)
bootstrap    makes `.venv`, installs the locked packages, hands over to its Python (standard library only)
terminal     one line per event, progress on what takes over a second
datafolder   the data folder: its lock, secrets, state and logs
processes    starting, finding and ending processes; `shim` is the small program between us and each of them
postgres     the embedded PostgreSQL                      valkey    the embedded Valkey
services     starts the two, or uses those the caller brought; ends what a killed supervisor left running
environment  the variables every child is given           ports     the address of the web process
assets       translations, fonts and static files
supervisor   starts in order, restarts what crashes, stops in reverse
up  test  manage    the three commands                    skips     why `bin/test --all` fails on a skipped test
"""
