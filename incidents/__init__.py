"""Truce's domain: what was agreed, what is said to have happened, who says it, and what we make of it.

Where things are - the same noun in every layer, so guess the path and be right:

    vocabulary · errors                            words
    rules/                                         decide: plain values in, plain values out
    models/                                        remember
    permissions                                    may I?
    queries/                                       look
    actions/                                       change: one public function per verb
    relay · tasks/                                 later: hand over, and do in a worker
    forms/, api/, views/, management/, admin       speak

Each line may import the lines above it; neighbours leave each other alone (`tests/test_imports.py` holds this).
"""
