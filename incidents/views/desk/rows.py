"""Reports as rows of a table."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from incidents.models import CasualtyClaim, Report
from incidents.models.casualties import StatedHarm
from incidents.queries.sides import Camps
from incidents.rules import ranges
from incidents.views import dates
from incidents.views.desk import accused
from incidents.vocabulary import HarmGroup, HarmKind, Qualifier, ReportState, ViolationGroup, ViolationType, group_of

ICONS = {
    ViolationType.AIRSTRIKE: "plane",
    ViolationType.SHELLING: "bomb",
    ViolationType.ROCKET: "rocket",
    ViolationType.MORTAR: "bomb",
    ViolationType.SMALL_ARMS: "crosshair",
    ViolationType.SNIPER: "crosshair",
    ViolationType.DRONE: "drone",
    ViolationType.AID_BLOCKED: "circle-x",
    ViolationType.AID_DELAYED: "hourglass",
    ViolationType.SUPPLIES_REMOVED: "package-x",
    ViolationType.CONVOY_ATTACKED: "truck",
    ViolationType.AID_WORKER_HARMED: "ambulance",
    ViolationType.SERVICE_CUT: "droplet",
    ViolationType.ATTACK_ON_MEDICAL: "hospital",
    ViolationType.ATTACK_ON_SCHOOL: "school",
    ViolationType.ARREST: "lock",
    ViolationType.DISPLACEMENT: "footprints",
}
ICONS_OF_GROUPS = {
    ViolationGroup.FIRE: "target",
    ViolationGroup.GROUND: "swords",
    ViolationGroup.HUMANITARIAN: "hand",
    ViolationGroup.CIVILIANS: "users",
    ViolationGroup.MONITORING: "eye",
    ViolationGroup.AIR_SEA: "plane",
    ViolationGroup.PROPAGANDA: "radio",
    ViolationGroup.OTHER: "circle-dot",
}
# What a state is called on a chip, its look and its icon.
STATES = {
    ReportState.DRAFT: (_("Draft"), "outline", "circle-dashed"),
    ReportState.SUBMITTED: (_("Logged"), "plain", "check"),
    ReportState.DUPLICATE: (_("Duplicate"), "outline", "copy"),
    ReportState.SUPERSEDED: (_("Superseded"), "outline", "replace"),
    ReportState.RETRACTED: (_("Retracted"), "danger", "undo-2"),
}


@dataclass(frozen=True)
class Harmed:
    """A number of people as stated, and of whom; no group where the report does not say."""

    text: str
    group: str
    is_plain: bool


@dataclass(frozen=True)
class Row:
    """One report, ready to be shown."""

    report: Report
    address: str
    when: str
    place: str
    other_name: str
    icon: str
    accused: accused.Accused
    killed: list[Harmed]
    wounded: list[Harmed]
    state: str | Promise
    look: str
    state_icon: str
    stands: bool

    @property
    def type(self) -> str | Promise:
        """Return what is said to have happened. Django's own display reads all types there are, in each row."""
        return ViolationType(self.report.violation_type).label


def of(reports: Iterable[Report], camps: Camps | dict[int, Camps]) -> list[Row]:
    """Return the reports as rows. `camps` says who stood where: of their one agreement, or by the key of each."""
    return [row(report, camps[report.agreement_id] if isinstance(camps, dict) else camps) for report in reports]


def row(report: Report, camps: Camps) -> Row:
    """Return one report as a row."""
    state, look, state_icon = STATES[ReportState(report.state)]
    place, other_name = names_of_place(report)
    return Row(
        report=report,
        address=reverse("report", args=[report.public_id]),
        when=dates.when(report),
        place=place,
        other_name=other_name,
        icon=icon_of(report.violation_type),
        accused=accused.of_report(report, camps),
        killed=harmed(report.casualty_claims.all(), HarmKind.KILLED),
        wounded=harmed(report.casualty_claims.all(), HarmKind.WOUNDED),
        state=state,
        look=look,
        state_icon=state_icon,
        stands=report.state in {ReportState.SUBMITTED, ReportState.DRAFT},
    )


def icon_of(violation_type: str) -> str:
    """Return the name of the icon for a type of violation."""
    known = ViolationType(violation_type)
    return ICONS.get(known) or ICONS_OF_GROUPS[group_of(known)]


def names_of_place(report: Report) -> tuple[str, str]:
    """Return the place's name in the reader's language and its name in the other; failing a place, the words of the report."""
    if report.place is None:
        return report.place_as_worded, ""
    if (get_language() or "").startswith("ar") and report.place.name_ar:
        return report.place.name_ar, report.place.name
    return report.place.name, report.place.name_ar


def harmed(claims: Iterable[StatedHarm | CasualtyClaim], kind: HarmKind) -> list[Harmed]:
    """Return what is stated of one kind of harm, one entry per group: groups overlap (children are civilians) and are not added up."""
    return [
        Harmed(stated(claim), "" if claim.group == HarmGroup.UNKNOWN else str(HarmGroup(claim.group).label), Qualifier(claim.qualifier) in PLAIN)
        for claim in claims
        if claim.kind == kind
    ]


PLAIN = {Qualifier.EXACTLY, Qualifier.AT_LEAST}


def stated(harm: StatedHarm) -> str:
    """Return the number as stated: 14, 62+, 14-20, about 20, or an em dash where none is given."""
    count = ranges.Range(harm.low, harm.best, harm.high, Qualifier(harm.qualifier))
    return ranges.plain(count) if count.is_known else "—"


def harm_of(claims: Iterable[StatedHarm]) -> list[tuple[str | Promise, list[Harmed]]]:
    """Return the kinds of harm that are stated, each with what is stated of it."""
    stated_harm = list(claims)
    return [(kind.label, found) for kind in HarmKind if (found := harmed(stated_harm, kind))]
