"""What Truce remembers: one module per noun."""

from incidents.models.accounts import User
from incidents.models.aggregates import Accused, AggregateClaim, AggregateClaimHarm, AggregateClaimPart
from incidents.models.agreements import Agreement, Declaration, Membership, Side, Term
from incidents.models.casualties import CasualtyClaim
from incidents.models.changes import Change, ChangeKind, ChangePayload, Seal, SealHead, Unsealed
from incidents.models.incidents import Incident
from incidents.models.keys import ApiKey, SentRequest
from incidents.models.parties import Party, PartyAlias
from incidents.models.places import Place, PlaceAlias
from incidents.models.reports import Report
from incidents.models.responses import Response
from incidents.models.sources import Source
from incidents.models.tallies import LedgerEntry, LedgerHead, Posting

__all__ = [
    "Accused",
    "AggregateClaim",
    "AggregateClaimHarm",
    "AggregateClaimPart",
    "Agreement",
    "ApiKey",
    "CasualtyClaim",
    "Change",
    "ChangeKind",
    "ChangePayload",
    "Declaration",
    "Incident",
    "LedgerEntry",
    "LedgerHead",
    "Membership",
    "Party",
    "PartyAlias",
    "Place",
    "PlaceAlias",
    "Posting",
    "Report",
    "Response",
    "Seal",
    "SealHead",
    "SentRequest",
    "Side",
    "Source",
    "Term",
    "Unsealed",
    "User",
]
