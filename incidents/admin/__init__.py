"""Plain administration of reference data, for administrators. Every change goes through `actions.reference`, and so is recorded.

Reports, published totals, changes, seals and the ledger are not here: nobody edits those.
"""

from incidents.admin import agreements, parties, people, places, profiles

__all__ = ["agreements", "parties", "people", "places", "profiles"]
