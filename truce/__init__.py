"""The project: settings, addresses, and the processes that run it. The domain lives in `incidents`.

Importing this package alone must stay free of Django: `truce.local` runs on the standard library before anything is installed.
"""
