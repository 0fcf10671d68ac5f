"""The demo: facts of real truces, restated with the source of each beside it (`facts/`), and how they are read and loaded.

No happening here is invented and no article is quoted at length. Whoever adds a fact names where it stands.
"""
