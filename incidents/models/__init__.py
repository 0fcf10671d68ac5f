"""What Truce remembers: one module per noun."""

from incidents.models.accounts import AgreementRole, User
from incidents.models.affiliations import Affiliation
from incidents.models.aggregates import Accused, AggregateClaim, AggregateClaimHarm, AggregateClaimPart
from incidents.models.agreements import Agreement, Declaration, Membership, Side, Term
from incidents.models.areas import AgreementArea
from incidents.models.assessments import Assessment
from incidents.models.cases import Case, Comment, NotTheSame
from incidents.models.casualties import CasualtyClaim
from incidents.models.changes import Change, ChangeKind, ChangePayload, Seal, SealHead, Unsealed
from incidents.models.checkpoints import LogCheckpoint
from incidents.models.convoy_tallies import ConvoyEntry, ConvoyLedgerHead
from incidents.models.convoys import CargoLine, Checkpoint, Convoy, ConvoyEvent, PlannedStep
from incidents.models.coverage import Coverage
from incidents.models.drafts import Draft
from incidents.models.evidence import Evidence, EvidenceCheck, EvidenceCopy
from incidents.models.exports import ExportJob
from incidents.models.feeds import Feed, FeedRow
from incidents.models.imports import Citation, ImportBatch, ImportRow, UnresolvedName
from incidents.models.incidents import Incident
from incidents.models.invitations import Invitation
from incidents.models.keys import ApiKey, KeyBucket, SentRequest
from incidents.models.parties import Party, PartyAlias
from incidents.models.places import Place, PlaceAlias
from incidents.models.profiles import Profile
from incidents.models.reads import ReadEntry
from incidents.models.reports import Report
from incidents.models.responses import Response
from incidents.models.rollups import FoldedWindow, FoldHead, Grain, Recount, Rollup
from incidents.models.saved_filters import SavedFilter
from incidents.models.snapshots import Snapshot
from incidents.models.sources import Source
from incidents.models.tallies import LedgerEntry, LedgerHead, Posting
from incidents.models.webhooks import Delivery, Webhook

__all__ = [
    "Accused",
    "Affiliation",
    "AggregateClaim",
    "AggregateClaimHarm",
    "AggregateClaimPart",
    "Agreement",
    "AgreementArea",
    "AgreementRole",
    "ApiKey",
    "Assessment",
    "CargoLine",
    "Case",
    "CasualtyClaim",
    "Change",
    "ChangeKind",
    "ChangePayload",
    "Checkpoint",
    "Citation",
    "Comment",
    "Convoy",
    "ConvoyEntry",
    "ConvoyEvent",
    "ConvoyLedgerHead",
    "Coverage",
    "Declaration",
    "Delivery",
    "Draft",
    "Evidence",
    "EvidenceCheck",
    "EvidenceCopy",
    "ExportJob",
    "Feed",
    "FeedRow",
    "FoldHead",
    "FoldedWindow",
    "Grain",
    "ImportBatch",
    "ImportRow",
    "Incident",
    "Invitation",
    "KeyBucket",
    "LedgerEntry",
    "LedgerHead",
    "LogCheckpoint",
    "Membership",
    "NotTheSame",
    "Party",
    "PartyAlias",
    "Place",
    "PlaceAlias",
    "PlannedStep",
    "Posting",
    "Profile",
    "ReadEntry",
    "Recount",
    "Report",
    "Response",
    "Rollup",
    "SavedFilter",
    "Seal",
    "SealHead",
    "SentRequest",
    "Side",
    "Snapshot",
    "Source",
    "Term",
    "UnresolvedName",
    "Unsealed",
    "User",
    "Webhook",
]
