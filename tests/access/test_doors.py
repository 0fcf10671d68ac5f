"""Who is let in where: every route of the URLconf by every method, for everybody who may ask. What is not listed here fails."""

import sys

import pytest

from tests.access.conftest import World
from tests.access.doors import LET_IN, METHODS, NOT_POSSIBLE, REFUSED, doors, tried

_SIGNED_IN = ("partner", "here", "delayed", "verified", "coarse", "elsewhere", "analyst", "editor", "administrator")
_WORKING = ("elsewhere", "analyst", "editor", "administrator")
# Who is let in. To pages no key opens; the expired, the revoked and the one from another network open nothing at all.
WHO = {
    "anybody": None,
    "reader": (*_SIGNED_IN, "key", "key here", "key reading", "key writing"),
    # Feeds, files and webhooks are a person's: a key that opens a part of what its owner reads has none.
    "follower": (*_SIGNED_IN, "key"),
    "reporter": (*_WORKING, "key writing"),
    "analyst": _WORKING,
    "editor": ("editor", "administrator"),
    "administrator": ("administrator",),
}
# Begins a transaction of its own kind, which it cannot within that of a test: only those are tried who are to be refused.
ALONE = {"page verify-audit"}
DOORS = """
anybody GET json:        schema
anybody GET page:        livez readyz styles
anybody GET page:        invited public public-dashboard public-settled public-file public-settled-file
anybody GET page:        interface interface-noun
anybody POST page:       livez readyz theme invited
anybody PUT page:        livez readyz
anybody PATCH page:      livez readyz
anybody DELETE page:     livez readyz

reader GET json:         agreement-list agreement-detail agreement-tallies agreement-watch tallies-cells tallies-behind tally-methods tally-method
reader GET json:         party-list party-detail affiliation-list affiliation-detail area-list
reader GET json:         area-detail place-list place-detail source-list source-detail
reader GET json:         report-list report-detail incident-list incident-detail incident-comparison incident-comments incident-history review-queue
reader GET json:         response-list response-detail assessment-list assessment-detail declaration-list declaration-detail
reader GET json:         aggregate-claim-list aggregate-claim-detail aggregate-claim-reconciliation aggregate-claim-reconciliation-part
reader GET json:         convoy-list convoy-csv convoy-tallies convoy-detail checkpoint-list coverage-list coverage-detail
reader GET json:         api-evidence-list api-evidence-detail api-evidence-copy api-evidence-original api-snapshot-list api-snapshot-detail
reader GET json:         import-formats import-list import-detail import-rows import-names draft-list draft-detail
reader GET json:         profile term-list term-detail side-list side-detail casualty-claim-list casualty-claim-detail tallies-list tallies-detail
reader GET json:         reconciliation-list reconciliation-detail key-list key-detail
reader POST json:        incident-comments key-list key-rotate key-revoke
follower GET json:       changes export-now export-list export-detail export-file export-sidecar webhook-list webhook-detail webhook-deliveries
follower POST json:      export-list webhook-list webhook-resend webhook-try-out
follower PATCH json:     webhook-detail
follower DELETE json:    webhook-detail
reporter POST json:      duplicates report-duplicates report-list report-bulk response-list api-evidence-list api-evidence-bulk draft-list
reporter PATCH json:     draft-detail
reporter DELETE json:    draft-detail
analyst POST json:       place-list source-list declaration-list coverage-list import-list import-names import-arrange import-commit import-undo
analyst POST json:       aggregate-claim-list aggregate-claim-bulk aggregate-claim-check aggregate-claim-retract aggregate-claim-supersede
analyst POST json:       convoy-list convoy-events convoy-events-bulk convoy-release convoy-confirm-release convoy-withdraw-release
analyst PATCH json:      convoy-detail
editor POST json:        incident-effect incident-take-up incident-let-go incident-assign incident-merge incident-split incident-undo
reporter POST json:      report-supersede report-retract
editor POST json:        report-attach report-detach report-move assessment-list assessment-confirm assessment-move
administrator GET json:  read-list
administrator POST json: party-list affiliation-list area-list agreement-list term-list side-list agreement-roles side-members

reader GET page:         dashboard agreements agreement agreement-dashboard attention reports
reader GET page:         report claims claim claim-reconciliation incidents incident
reader GET page:         convoys convoy convoy-table convoy-map convoy-counts convoys-csv convoy-summary
reader GET page:         coverage places place sources source parties party
reader GET page:         evidence-copy keys tallies tallies-counted tallies-table tallies-chart tallies-opened tallies-opened-table methods method
reader GET page:         map map-marks map-here map-ground map-picture
reader GET page:         sides-compared sides-picture sides-table snapshots snapshot timeline timeline-table timeline-chart daily-picture daily-table
reader GET page:         brief settings shortcuts
reader POST page:        settings end-sessions
reader POST page:        agreement coverage party keys rotate-key revoke-key keep-filter discard-filter
follower GET page:       exports export export-download webhooks webhook
follower POST page:      exports webhooks change-webhook
analyst GET page:        log-report drafts log-claim imports new-import
analyst GET page:        import unresolved-names unresolved-name plan-convoy change-convoy add-convoy-event
analyst GET page:        new-place new-source review case evidence-original
analyst POST page:       log-report duplicates keep-draft discard-draft retract-report
analyst POST page:       restore-report attach-evidence log-response log-claim retract-claim
analyst POST page:       new-import import commit-import undo-import unresolved-name plan-convoy change-convoy add-convoy-event remove-coverage
analyst GET page:        split names bulk
analyst POST page:       split reading drawing bulk undo-bulk
analyst POST page:       new-place new-source answer-question
editor POST page:        decide confirm-decision release-convoy review-plain publish merge-place
editor POST page:        take-up-case let-go-case assign-case say-of-case arrange-case merge-case undo-in-case decide-case confirm-case move-case
administrator GET page:  new-party reads recounts
administrator GET page:  audit invitations
administrator POST page: verify-audit invitations revoke-invitation
administrator POST page: new-party
"""


def expected() -> dict[tuple[str, str], str]:
    """Return who is let in, by route and method."""
    found = {}
    for line in filter(None, DOORS.splitlines()):
        rule, names = line.split(":")
        who, method, surface = rule.split()
        for name in names.split():
            assert (f"{surface} {name}", method) not in found, name
            found[f"{surface} {name}", method] = who
    return found


def test_every_route_is_listed_and_nothing_else_is() -> None:
    assert {door.name for door in doors()} == {name for name, _method in expected()}


@pytest.mark.slow
def test_everybody_is_let_in_where_the_table_says_and_nowhere_else(world: World) -> None:
    table, cells, deviations = expected(), 0, []
    for door in doors():
        for method in METHODS:
            who = table.get((door.name, method))
            for identity in world.identities.values():
                if door.name in ALONE and who and _is_among(who, identity.name, is_page=True):
                    continue
                came = tried(identity, door, method).outcome
                # A method that is not there is refused or said not to be there; both let nobody in.
                closed = {REFUSED} if who else {REFUSED, NOT_POSSIBLE}
                right = {LET_IN} if who and _is_among(who, identity.name, is_page=not door.is_json) else closed
                cells += 1
                if came not in right:
                    deviations.append(f"{identity.name} {method} {door.name}: {came}")
    sys.stdout.write(f"\n{cells:,} cells (identity x route x method), {len(deviations)} deviations\n")
    assert "\n".join(deviations) == ""
    assert cells >= 2_000


def _is_among(who: str, name: str, *, is_page: bool) -> bool:
    named = WHO[who]
    return named is None or (name in named and not (is_page and name.startswith("key")))
