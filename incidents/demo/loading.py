"""Loading the demo through the same actions as everybody else. What is there already is left as it is, so that loading twice changes nothing."""

from collections.abc import Callable, Iterable
from time import monotonic

from django.db import DatabaseError, transaction

from incidents.actions import changes, convoys
from incidents.demo import records, reference
from incidents.demo.known import Known
from incidents.demo.reading import Fact, read
from incidents.errors import RuleBroken
from incidents.models import Change, ChangeKind, Convoy, User
from incidents.permissions import Capability, may

# In the order in which they build on one another.
FILES = (
    "sources.toml",
    "parties.toml",
    "places.toml",
    "affiliations.toml",
    "agreements.toml",
    "areas.toml",
    "declarations.toml",
    "incidents.toml",
    "reports.toml",
    "ucdp-events.csv",
    "convoys.toml",
    "coverage.toml",
    "claims.toml",
    "bulletins.toml",
)
OTHER_CLAIMS = "bulletins.toml"
CONVOYS = "convoys.toml"
SAMPLE_EDITORS = ("editor", "second-editor")
RELEASED_AS = "Demo: long past, and published."

# How each kind of fact is written.
WRITTEN: dict[str, Callable[[Known, Fact], None]] = {
    "source": reference.put_source,
    "party": reference.put_party,
    "place": reference.put_place,
    "agreement": reference.put_agreement,
    "declaration": reference.put_declaration,
    "incident": reference.put_incident,
    "report": records.put_report,
    "event": records.put_report,
    "statement": records.put_statement,
    "affiliation": reference.put_affiliation,
    "area": reference.put_area,
    "convoy": records.put_convoy,
    "coverage": records.put_coverage,
}


def load(*, without_other_claims: bool = False, tell: Callable[[str], None] = print) -> int:
    """Return how many changes were made: none if everything was there. Each file is loaded whole or not at all.

    Raise BrokenFact, naming file and line, for a fact that cannot be loaded. What people did to the demo since (a statement
    superseded, a report retracted) stands; reference data is brought back to what is written here.
    """
    began, made = monotonic(), 0
    loader = Loader()
    for name in FILES:
        if without_other_claims and name == OTHER_CLAIMS:
            tell(f"{name}: left out")
            continue
        facts = read(name)
        new = loader.load(facts)
        made += new
        tell(f"{name}: {len(facts)} facts, {f'{new} changes' if new else 'nothing new'}")
    made += release_convoys(tell=tell)
    tell(f"{made} changes in {monotonic() - began:.1f} s." if made else "Nothing changed: everything was there.")
    return made


def release_convoys(*, tell: Callable[[str], None] = print) -> int:
    """Return how many changes were made to open the demo's convoys to partners; they are long past, and published.

    Two people release a convoy, and the demo invents none: the sample editors do it once they are there, and until then all stays closed.
    What somebody withdrew since stays closed.
    """
    editors = list(User.objects.filter(username__in=SAMPLE_EDITORS).order_by("username"))
    if len(editors) < 2 or not all(may(editor, Capability.RELEASE_CONVOYS) for editor in editors):
        return 0
    closed = Convoy.objects.filter(external_id__in=[fact.values["id"] for fact in read(CONVOYS) if fact.kind == "convoy"], released_by=None)
    released = set(Change.objects.filter(kind=ChangeKind.CONVOY_RELEASED).values_list("record_id", flat=True))
    waiting = [convoy for convoy in closed.order_by("id") if convoy.public_id not in released]
    with transaction.atomic(), changes.operation():
        for convoy in waiting:
            convoys.begin_release(convoy=convoy, by=editors[0], note=RELEASED_AS)
            convoys.confirm_release(convoy=convoy, by=editors[1], note=RELEASED_AS)
    if waiting:
        tell(f"{len(waiting)} convoys of the past opened to partners by the sample editors")
    return 2 * len(waiting)


class Loader:
    """Writes facts, each as its kind is written."""

    def __init__(self) -> None:
        self._known = Known()

    def load(self, facts: Iterable[Fact]) -> int:
        """Return how many changes these facts made, all of them in one transaction and as one operation."""
        with transaction.atomic(), changes.operation() as operation:
            for fact in facts:
                self._load(fact)
            return Change.objects.filter(operation_id=operation).count()

    def _load(self, fact: Fact) -> None:
        if fact.kind not in WRITTEN:
            raise fact.broken(f'there are no facts of the kind "{fact.kind}"')
        try:
            with transaction.atomic():
                WRITTEN[fact.kind](self._known, fact)
        except RuleBroken as error:
            raise fact.broken(f"{error.field}: {error.message}" if error.field else error.message) from error
        except DatabaseError as error:
            raise fact.broken(str(error).splitlines()[0]) from error
        fact.must_be_spent()
