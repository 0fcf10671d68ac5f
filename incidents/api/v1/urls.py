"""Addresses of the first version."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from incidents.api.schema import Schema
from incidents.api.v1.affiliations import Affiliations
from incidents.api.v1.aggregates import AggregateClaims
from incidents.api.v1.agreements import Agreements
from incidents.api.v1.areas import Areas
from incidents.api.v1.arranging import Answered, OfReport, Whole
from incidents.api.v1.assessments import Assessments
from incidents.api.v1.casualty_claims import CasualtyClaims
from incidents.api.v1.cells import BehindCells, Cells, Methods, OneMethod
from incidents.api.v1.changes import Changes
from incidents.api.v1.convoys import Convoys
from incidents.api.v1.coverage import CoverageRows
from incidents.api.v1.declarations import Declarations
from incidents.api.v1.drafts import Drafts
from incidents.api.v1.duplicates import Duplicates
from incidents.api.v1.evidence import Checkpoints, EvidenceItems
from incidents.api.v1.exports import Drawn, Exports
from incidents.api.v1.imports import ImportFormats, ImportNames, ImportRows, Imports
from incidents.api.v1.incidents import Incidents
from incidents.api.v1.keys import Keys
from incidents.api.v1.parties import Parties
from incidents.api.v1.places import Places
from incidents.api.v1.profile import Applies
from incidents.api.v1.reads import Reads
from incidents.api.v1.reconciliation import AllReconciliations, Reconciliations
from incidents.api.v1.reports import Reports
from incidents.api.v1.responses import Responses
from incidents.api.v1.review import Comments, Compared, Happened, Held, Moved, Queue, Weighed
from incidents.api.v1.sides import Sides
from incidents.api.v1.snapshots import Snapshots
from incidents.api.v1.sources import Sources
from incidents.api.v1.tallies import AgreementTallies, AllTallies
from incidents.api.v1.terms import Terms
from incidents.api.v1.watches import WatchedDays
from incidents.api.v1.webhooks import Webhooks

router = SimpleRouter(use_regex_path=False)
router.register("agreements", Agreements, basename="agreement")
router.register("terms", Terms, basename="term")
router.register("sides", Sides, basename="side")
router.register("parties", Parties, basename="party")
router.register("affiliations", Affiliations, basename="affiliation")
router.register("areas", Areas, basename="area")
router.register("places", Places, basename="place")
router.register("sources", Sources, basename="source")
router.register("reads", Reads, basename="read")
router.register("reports", Reports, basename="report")
router.register("casualty-claims", CasualtyClaims, basename="casualty-claim")
router.register("aggregate-claims", AggregateClaims, basename="aggregate-claim")
router.register("reconciliations", AllReconciliations, basename="reconciliation")
router.register("tallies", AllTallies, basename="tallies")
router.register("declarations", Declarations, basename="declaration")
router.register("incidents", Incidents, basename="incident")
router.register("responses", Responses, basename="response")
router.register("assessments", Assessments, basename="assessment")
router.register("convoys", Convoys, basename="convoy")
router.register("evidence", EvidenceItems, basename="api-evidence")
router.register("checkpoints", Checkpoints, basename="checkpoint")
router.register("coverage", CoverageRows, basename="coverage")
router.register("exports", Exports, basename="export")
router.register("webhooks", Webhooks, basename="webhook")
router.register("imports", Imports, basename="import")
router.register("snapshots", Snapshots, basename="api-snapshot")
router.register("keys", Keys, basename="key")
router.register("drafts", Drafts, basename="draft")

urlpatterns = [
    path("agreements/<slug:slug>/tallies/", AgreementTallies.as_view({"get": "retrieve"}), name="agreement-tallies"),
    path("agreements/<slug:slug>/tallies/cells/", Cells.as_view({"get": "retrieve"}), name="tallies-cells"),
    path("agreements/<slug:slug>/tallies/behind/", BehindCells.as_view({"get": "retrieve"}), name="tallies-behind"),
    path("tallies/<slug:slug>/", AgreementTallies.as_view({"get": "retrieve"}), name="tallies-detail"),
    path("profile/", Applies.as_view({"get": "retrieve"}), name="profile"),
    path("tally-methods/", Methods.as_view({"get": "every"}), name="tally-methods"),
    path("tally-methods/<slug:slug>/", OneMethod.as_view({"get": "retrieve"}), name="tally-method"),
    path("agreements/<slug:slug>/watch/", WatchedDays.as_view({"get": "retrieve"}), name="agreement-watch"),
    path("changes/", Changes.as_view({"get": "list"}), name="changes"),
    path("aggregate-claims/<uuid:id>/reconciliation/", Reconciliations.as_view({"get": "retrieve"}), name="aggregate-claim-reconciliation"),
    path(
        "aggregate-claims/<uuid:id>/reconciliation/<slug:part>/",
        Reconciliations.as_view({"get": "part"}),
        name="aggregate-claim-reconciliation-part",
    ),
    path("exports/now/", Drawn.as_view({"get": "list"}), name="export-now"),
    path("duplicates/", Duplicates.as_view({"post": "create"}), name="duplicates"),
    path("review/", Queue.as_view({"get": "retrieve"}), name="review-queue"),
    path("incidents/<uuid:id>/comparison/", Compared.as_view({"get": "retrieve"}), name="incident-comparison"),
    path("incidents/<uuid:id>/effect/", Weighed.as_view({"post": "weigh"}), name="incident-effect"),
    path("incidents/<uuid:id>/take-up/", Held.as_view({"post": "take_up"}), name="incident-take-up"),
    path("incidents/<uuid:id>/let-go/", Held.as_view({"post": "let_go"}), name="incident-let-go"),
    path("incidents/<uuid:id>/assign/", Held.as_view({"post": "assign"}), name="incident-assign"),
    path("incidents/<uuid:id>/comments/", Comments.as_view({"get": "retrieve", "post": "say"}), name="incident-comments"),
    path("incidents/<uuid:id>/history/", Happened.as_view({"get": "retrieve"}), name="incident-history"),
    path("incidents/<uuid:id>/merge/", Whole.as_view({"post": "merge"}), name="incident-merge"),
    path("incidents/<uuid:id>/split/", Whole.as_view({"post": "split"}), name="incident-split"),
    path("incidents/<uuid:id>/undo/", Whole.as_view({"post": "undo"}), name="incident-undo"),
    path("reports/<uuid:id>/attach/", OfReport.as_view({"post": "attach"}), name="report-attach"),
    path("reports/<uuid:id>/detach/", OfReport.as_view({"post": "detach"}), name="report-detach"),
    path("reports/<uuid:id>/move/", OfReport.as_view({"post": "move"}), name="report-move"),
    path("reports/<uuid:id>/duplicates/", Answered.as_view({"post": "answer"}), name="report-duplicates"),
    path("assessments/<uuid:id>/move/", Moved.as_view({"post": "move"}), name="assessment-move"),
    path("import-formats/", ImportFormats.as_view({"get": "retrieve"}), name="import-formats"),
    path("imports/<uuid:id>/rows/", ImportRows.as_view({"get": "list"}), name="import-rows"),
    path("imports/<uuid:id>/names/", ImportNames.as_view({"get": "list", "post": "answer"}), name="import-names"),
    path("schema/", Schema.as_view(), name="schema"),
    path("", include(router.urls)),
]
