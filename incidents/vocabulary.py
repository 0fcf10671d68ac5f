"""The words Truce counts in: enumerations shared by models, rules, imports and API. Codes are stable; labels are translated.

Sources: the violation types follow the headings used by ceasefire monitoring missions, with crosswalks to the ACLED
sub-event types and CAMEO codes to come with the importers; reliability and credibility are the Admiralty scale.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ViolationGroup(TextChoices):
    """The first level of violation types."""

    FIRE = "fire", _("Fire")
    GROUND = "ground", _("Ground")
    HUMANITARIAN = "humanitarian", _("Humanitarian")
    CIVILIANS = "civilians", _("Civilians")
    MONITORING = "monitoring", _("Monitoring")
    AIR_SEA = "air_sea", _("Air or sea space")
    PROPAGANDA = "propaganda", _("Hostile propaganda")
    OTHER = "other", _("Other")


class ViolationType(TextChoices):
    """The second level: what is said to have been done. `group_of` gives the first."""

    AIRSTRIKE = "airstrike", _("Airstrike")
    SHELLING = "shelling", _("Shelling")
    ROCKET = "rocket", _("Rocket fire")
    MORTAR = "mortar", _("Mortar fire")
    SMALL_ARMS = "small_arms", _("Small-arms fire")
    SNIPER = "sniper", _("Sniper fire")
    MINE = "mine", _("IED or mine")
    DRONE = "drone", _("Drone strike")
    CLASH = "clash", _("Armed clash")
    ADVANCE = "advance", _("Advance or gain of territory")
    INCURSION = "incursion", _("Incursion past a line")
    MOVEMENT = "movement", _("Movement of forces or weapons")
    WEAPONS_BEYOND_LINES = "weapons_beyond_lines", _("Withdrawn weapons beyond lines")
    FORTIFICATION = "fortification", _("Fortification")
    AID_BLOCKED = "aid_blocked", _("Aid blocked")
    AID_DELAYED = "aid_delayed", _("Aid delayed")
    SUPPLIES_REMOVED = "supplies_removed", _("Supplies removed")
    CONVOY_ATTACKED = "convoy_attacked", _("Convoy attacked")
    AID_WORKER_HARMED = "aid_worker_harmed", _("Aid worker harmed")
    SIEGE = "siege", _("Siege")
    SERVICE_CUT = "service_cut", _("Service or water cut")
    ATTACK_ON_CIVILIANS = "attack_on_civilians", _("Attack on civilians")
    ATTACK_ON_MEDICAL = "attack_on_medical", _("Attack on medical care")
    ATTACK_ON_SCHOOL = "attack_on_school", _("Attack on a school")
    DISPLACEMENT = "displacement", _("Forced displacement")
    SEXUAL_VIOLENCE = "sexual_violence", _("Sexual violence")
    LOOTING = "looting", _("Looting")
    CHILD_RECRUITMENT = "child_recruitment", _("Recruitment of children")
    ARREST = "arrest", _("Hostage taking or arrest")
    MONITORS_DENIED = "monitors_denied", _("Movement of monitors denied")
    MONITORS_DELAYED = "monitors_delayed", _("Movement of monitors delayed")
    MONITORS_CONDITIONAL = "monitors_conditional", _("Movement of monitors made conditional")
    MONITOR_ATTACKED = "monitor_attacked", _("Monitor attacked")
    DRONE_JAMMED = "drone_jammed", _("Monitoring drone jammed")
    OVERFLIGHT = "overflight", _("Overflight")
    HOSTILE_PROPAGANDA = "hostile_propaganda", _("Hostile propaganda")
    OTHER = "other", _("Other")


TYPES_OF: dict[ViolationGroup, tuple[ViolationType, ...]] = {
    ViolationGroup.FIRE: (
        ViolationType.AIRSTRIKE,
        ViolationType.SHELLING,
        ViolationType.ROCKET,
        ViolationType.MORTAR,
        ViolationType.SMALL_ARMS,
        ViolationType.SNIPER,
        ViolationType.MINE,
        ViolationType.DRONE,
    ),
    ViolationGroup.GROUND: (
        ViolationType.CLASH,
        ViolationType.ADVANCE,
        ViolationType.INCURSION,
        ViolationType.MOVEMENT,
        ViolationType.WEAPONS_BEYOND_LINES,
        ViolationType.FORTIFICATION,
    ),
    ViolationGroup.HUMANITARIAN: (
        ViolationType.AID_BLOCKED,
        ViolationType.AID_DELAYED,
        ViolationType.SUPPLIES_REMOVED,
        ViolationType.CONVOY_ATTACKED,
        ViolationType.AID_WORKER_HARMED,
        ViolationType.SIEGE,
        ViolationType.SERVICE_CUT,
    ),
    ViolationGroup.CIVILIANS: (
        ViolationType.ATTACK_ON_CIVILIANS,
        ViolationType.ATTACK_ON_MEDICAL,
        ViolationType.ATTACK_ON_SCHOOL,
        ViolationType.DISPLACEMENT,
        ViolationType.SEXUAL_VIOLENCE,
        ViolationType.LOOTING,
        ViolationType.CHILD_RECRUITMENT,
        ViolationType.ARREST,
    ),
    ViolationGroup.MONITORING: (
        ViolationType.MONITORS_DENIED,
        ViolationType.MONITORS_DELAYED,
        ViolationType.MONITORS_CONDITIONAL,
        ViolationType.MONITOR_ATTACKED,
        ViolationType.DRONE_JAMMED,
    ),
    ViolationGroup.AIR_SEA: (ViolationType.OVERFLIGHT,),
    ViolationGroup.PROPAGANDA: (ViolationType.HOSTILE_PROPAGANDA,),
    ViolationGroup.OTHER: (ViolationType.OTHER,),
}


# Reports of these tell of a convoy that was hindered.
OBSTRUCTIONS = (
    ViolationType.AID_BLOCKED,
    ViolationType.AID_DELAYED,
    ViolationType.SUPPLIES_REMOVED,
    ViolationType.CONVOY_ATTACKED,
    ViolationType.AID_WORKER_HARMED,
)


def group_of(violation_type: ViolationType) -> ViolationGroup:
    """Return the first-level group that a violation type belongs to."""
    return next(group for group, types in TYPES_OF.items() if violation_type in types)


class TermSubject(TextChoices):
    """What an article of an agreement is about."""

    CESSATION_OF_FIRE = "cessation_of_fire", _("Cessation of fire")
    HUMANITARIAN_ACCESS = "humanitarian_access", _("Humanitarian access")
    NO_TERRITORIAL_GAIN = "no_territorial_gain", _("No territorial gain")
    WITHDRAWAL = "withdrawal", _("Withdrawal of weapons")
    FREEDOM_OF_MOVEMENT = "freedom_of_movement", _("Freedom of movement")
    DETAINEES = "detainees", _("Detainees")
    COORDINATION = "coordination", _("Coordination")


class Unit(TextChoices):
    """What a number counts. Numbers of different units are never added."""

    VIOLATION = "violation", _("violations (as stated)")
    INCIDENT = "incident", _("incidents")
    EXPLOSION = "explosion", _("explosions")
    BURST = "burst", _("bursts")
    SHOT = "shot", _("shots")
    PROJECTILE = "projectile", _("projectiles or trajectories")
    ARREST = "arrest", _("persons arrested")


class Basis(TextChoices):
    """How a published total relates to time."""

    CUMULATIVE = "cumulative", _("cumulative")
    PERIODIC = "periodic", _("for a period")


class Qualifier(TextChoices):
    """How a number was hedged by whoever stated it. "At least" leaves the upper bound open."""

    EXACTLY = "exactly", _("exactly")
    AT_LEAST = "at_least", _("at least")
    MORE_THAN = "more_than", _("more than")
    ABOUT = "about", _("about")
    UP_TO = "up_to", _("up to")


class HarmKind(TextChoices):
    """What befell people."""

    KILLED = "killed", _("Killed")
    WOUNDED = "wounded", _("Wounded")
    MISSING = "missing", _("Missing")
    DETAINED = "detained", _("Detained")


class HarmGroup(TextChoices):
    """Of whom harm is claimed."""

    CIVILIANS = "civilians", _("civilians")
    FIGHTERS = "fighters", _("fighters of a side")
    AID_WORKERS = "aid_workers", _("aid workers")
    CHILDREN = "children", _("children")
    UNKNOWN = "unknown", _("people, not said who")


class PartyKind(TextChoices):
    """What sort of actor or speaker a party is."""

    STATE = "state", _("State")
    ARMED_GROUP = "armed_group", _("Armed group")
    COALITION = "coalition", _("Coalition")
    POLITICAL_BODY = "political_body", _("Political body")
    INTERGOVERNMENTAL = "intergovernmental", _("Intergovernmental body")
    MONITOR = "monitor", _("Monitor")
    AID_ORGANISATION = "aid_organisation", _("Aid organisation")
    MEDIA = "media", _("Media")
    OTHER = "other", pgettext_lazy("kind of party", "Other")


class SourceKind(TextChoices):
    """Where a statement was published or received."""

    BULLETIN = "bulletin", _("Bulletin")
    PRESS = "press", _("Press")
    NGO = "ngo", _("Organisation")
    UN = "un", _("United Nations")
    DATASET = "dataset", _("Data set")
    HOTLINE = "hotline", _("Hotline")
    FIELD_TEAM = "field_team", _("Field team")
    OTHER = "other", pgettext_lazy("kind of source", "Other")


class Role(TextChoices):
    """What a party is to one agreement. Roles do not exclude one another: a guarantor may be on a side."""

    ON_SIDE = "on_side", _("On a side")
    GUARANTOR = "guarantor", _("Guarantor or broker")
    MONITOR = "monitor", pgettext_lazy("role in an agreement", "Monitor")
    HUMANITARIAN = "humanitarian", pgettext_lazy("role in an agreement", "Humanitarian")
    THIRD_PARTY = "third_party", _("Third party")
    EXCLUDED = "excluded", _("Excluded from the truce")


class Stance(TextChoices):
    """What a party declares of the truce."""

    ACCEPTS = "accepts", _("accepts")
    EXTENDS = "extends", _("extends it")
    PROLONG = "prolong", _("wants it prolonged")
    SUSPENDS = "suspends", _("suspends it")
    OVER = "over", _("declares it over")
    MEANINGLESS = "meaningless", _("calls it meaningless")
    FAILED = "failed", _("calls it dead or failed")
    COMPLIES = "complies", _("says it has complied itself")
    BLAMES = "blames", _("blames others for failure")
    DENIES = "denies", _("denies")


class Reliability(TextChoices):
    """How far a source can be relied on (Admiralty scale)."""

    A = "A", _("A - completely reliable")
    B = "B", _("B - usually reliable")
    C = "C", _("C - fairly reliable")
    D = "D", _("D - not usually reliable")
    E = "E", _("E - unreliable")
    F = "F", _("F - cannot be judged")


class Credibility(TextChoices):
    """How far a statement can be believed (Admiralty scale)."""

    CONFIRMED = "1", _("1 - confirmed")
    PROBABLE = "2", _("2 - probably true")
    POSSIBLE = "3", _("3 - possibly true")
    DOUBTFUL = "4", _("4 - doubtful")
    IMPROBABLE = "5", _("5 - improbable")
    UNJUDGED = "6", _("6 - cannot be judged")


class ReportState(TextChoices):
    """Where a report stands. Submitted and current ones are what "logged" counts."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    DUPLICATE = "duplicate", _("Duplicate")
    SUPERSEDED = "superseded", _("Superseded")
    RETRACTED = "retracted", _("Retracted")


class TimePrecision(TextChoices):
    """How exactly a time is known."""

    EXACT = "exact", _("exact")
    HOUR = "hour", _("hour")
    PART_OF_DAY = "part_of_day", _("part of the day")
    DAY = "day", _("day")
    WEEK = "week", _("week")
    MONTH = "month", _("month")
    UNKNOWN = "unknown", _("unknown")


class PlacePrecision(TextChoices):
    """How exactly a place is known; `METRES_OF` gives the radius where there is one."""

    POINT = "point", _("point (100 m)")
    NEIGHBOURHOOD = "neighbourhood", _("neighbourhood (1 km)")
    TOWN = "town", _("town (3 km)")
    DISTRICT = "district", _("district (15 km)")
    GOVERNORATE = "governorate", _("governorate")
    COUNTRY = "country", _("country")


METRES_OF: dict[PlacePrecision, int | None] = {
    PlacePrecision.POINT: 100,
    PlacePrecision.NEIGHBOURHOOD: 1_000,
    PlacePrecision.TOWN: 3_000,
    PlacePrecision.DISTRICT: 15_000,
    PlacePrecision.GOVERNORATE: None,
    PlacePrecision.COUNTRY: None,
}


class Scope(TextChoices):
    """What a key opens, of what its owner may do. `incidents.permissions` says which capabilities each carries."""

    READ = "read", _("read the record")
    EVIDENCE = "evidence", _("read evidence")
    CONVOYS = "convoys", _("read released convoys")
    CHANGES = "changes", _("follow the change feed, webhooks")
    EXPORTS = "exports", _("export")
    INTERNAL = "internal", _("read drafts, protected sources, notes, unreleased convoys")
    WRITE_REPORTS = "write-reports", _("log reports, answers and evidence")
    WRITE_CLAIMS = "write-claims", _("log published totals")
    WRITE_CONVOYS = "write-convoys", _("log convoys and their events")
    WRITE_COVERAGE = "write-coverage", _("log coverage")
    WRITE_REFERENCE = "write-reference", _("log declarations, places and sources")
    REVIEW = "review", _("decide and confirm")
    IMPORT = "import", _("import files")
    ADMINISTER = "administer", _("administer")


class Grid(TextChoices):
    """How coordinates are given: as they are, or at the nearest node of a grid so many degrees wide. Each width divides 90."""

    EXACT = "exact", _("exact")
    KM_1 = "0.01", _("snapped to 0.01° (1 km)")
    KM_5 = "0.05", _("snapped to 0.05° (5 km)")
    KM_11 = "0.1", _("snapped to 0.1° (11 km)")
    KM_28 = "0.25", _("snapped to 0.25° (28 km)")
    KM_55 = "0.5", _("snapped to 0.5° (55 km)")


# How exactly a place is known on a grid, at best: no snapped point lies further than this from where it was.
PRECISION_ON: dict[Grid, PlacePrecision] = {
    Grid.KM_1: PlacePrecision.NEIGHBOURHOOD,
    Grid.KM_5: PlacePrecision.DISTRICT,
    Grid.KM_11: PlacePrecision.DISTRICT,
    Grid.KM_28: PlacePrecision.GOVERNORATE,
    Grid.KM_55: PlacePrecision.GOVERNORATE,
}


class ResponseKind(TextChoices):
    """How the accused answers."""

    DENIES = "denies", _("denies the act")
    BLAMES_ANOTHER = "blames_another", _("blames another")
    ADMITS_DENIES_RESPONSIBILITY = "admits_denies_responsibility", _("admits the act, denies responsibility")
    ADMITS_OTHER_EXPLANATION = "admits_other_explanation", _("admits with another explanation")
    ACCEPTS = "accepts", _("accepts responsibility")
    CLAIMS = "claims", _("claims it")
    OPENS_INQUIRY = "opens_inquiry", _("opens an inquiry")
    REGRETS = "regrets", _("expresses regret")


class Series(TextChoices):
    """The numbers that are never mixed, under the same names everywhere.

    Four of them, what was claimed for single days, and beside verified what else a confirmed assessment can find of an
    event; these bear the names of its occurrence.
    """

    CLAIMED = "claimed", _("Claimed")
    CLAIMED_DAILY = "claimed_daily", _("Claimed for the day")
    LOGGED = "logged", _("Logged")
    INCIDENTS = "incidents", _("Incidents")
    VERIFIED = "verified", _("Verified")
    DISPUTED = "disputed", _("Disputed")
    NOT_VERIFIABLE = "not_verifiable", _("Could not be verified")
    UNFOUNDED = "unfounded", _("Unfounded")
    REFUTED = "refuted", _("Refuted")
    OUTSIDE_TERMS = "outside_terms", _("Outside the terms")


class Located(TextChoices):
    """Whether a report has coordinates, its own or those of the place it names."""

    WITH = "with", _("With coordinates")
    WITHOUT = "without", _("Without coordinates")


class Bucket(TextChoices):
    """Whom a count is held against: a side, a party on no side, or nobody."""

    SIDE = "side", _("On a side")
    NO_SIDE = "no_side", _("On no side")
    NOBODY = "nobody", _("Nobody accused")
    SEVERAL = "several", _("Several, not told apart")


class ClaimFlag(TextChoices):
    """What a reader of a claimed figure must know. Flags travel with the number."""

    GAP = "gap", _("The latest statement does not reach the end of the window.")
    OPEN_WINDOW = "open_window", _("The truce has no end date: the figure is as of its latest statement.")
    OVERLAP = "overlap", _("Statements overlap in time; the overlapping ones were left out.")
    MISSING_DAYS = "missing_days", _("Days inside the window that no statement covers.")
    PAST_WINDOW = "past_window", _("A statement runs past the window and was not used.")
    BEFORE_WINDOW = "before_window", _("A statement begins before the window and was not used.")
    PARTS_DO_NOT_ADD_UP = "parts_do_not_add_up", _("The parts that the claimant printed do not add up to the total.")
    FROM_PARTS = "from_parts", _("Taken from the parts of a statement that accuses several.")
    NOT_SEPARATED = "not_separated", _("The statement accuses several sides and does not say how many each.")
    DECREASING = "decreasing", _("A later cumulative statement is lower than an earlier one.")
    OTHER_START = "other_start", _("A statement does not count from the window's first day, or does not say from which, and was not used.")
    PARTLY_UNKNOWN = "partly_unknown", _("Some of what was added gives no number: the figure is the known part.")
    DAILIES_DO_NOT_ADD_UP = "dailies_do_not_add_up", _("The numbers for single days or periods do not make the cumulative one.")
    OTHER_UNIT = "other_unit", _("The claimant also counts in another unit; units are never added.")
    NOT_CONFIRMED = "not_confirmed", _("The counterpart did not confirm all of it.")
    SUPERSEDED = "superseded", _("The figure was corrected: it takes the place of an earlier statement.")


class ClaimState(TextChoices):
    """Whether a published total still stands."""

    CURRENT = "current", _("Stands")
    SUPERSEDED = "superseded", _("Superseded")
    RETRACTED = "retracted", _("Retracted")


class Share(TextChoices):
    """What becomes of a claim when it is laid beside our records: parts of the claim, then records of ours that are none of it."""

    MATCHED = "matched", _("on record and verified")
    UNVERIFIED = "unverified", _("on record, not verified")
    NOT_ATTRIBUTED = "not_attributed", _("verified, but not attributed to the accused")
    UNFOUNDED = "unfounded", _("on record, unfounded or refuted")
    OUTSIDE_TERMS = "outside_terms", _("happened, but outside the terms of the truce")
    TARGET_EXCLUDED = "target_excluded", _("aimed at somebody whom the truce excludes")
    NOT_YET_LOGGED = "not_yet_logged", _("itemised by the claimant, not yet logged")
    NOT_ITEMISED = "not_itemised", _("not itemised by the claimant")
    DUPLICATE = "duplicate", _("duplicate of another record")
    OUTSIDE_PERIOD = "outside_period", _("outside the period of the claim")
    OUTSIDE_AREA = "outside_area", _("outside the area of the claim")
    OTHER_UNIT = "other_unit", _("counted in another unit")


class Occurrence(TextChoices):
    """What an assessment says of whether it happened as a violation."""

    UNVERIFIED = "unverified", _("unverified")
    UNDER_REVIEW = "under_review", _("under review")
    CORROBORATED = "corroborated", _("corroborated")
    VERIFIED = "verified", _("verified")
    DISPUTED = "disputed", _("disputed")
    NOT_VERIFIABLE = "not_verifiable", _("could not be verified")
    UNFOUNDED = "unfounded", _("unfounded: no credible basis")
    REFUTED = "refuted", _("refuted: shown not to have happened")
    OUTSIDE_TERMS = "outside_terms", _("outside the terms: happened, not a violation")


class Attribution(TextChoices):
    """Whom an assessment holds responsible, to a standard of its own."""

    ATTRIBUTED = "attributed", _("attributed")
    CONTESTED = "contested", _("contested")
    NOT_ESTABLISHED = "not_established", _("not established")


class ScopeAnswer(TextChoices):
    """An answer to one question of scope, always given with its reason."""

    YES = "yes", _("yes")
    NO = "no", _("no")
    CONTESTED = "contested", _("contested")
    UNKNOWN = "unknown", _("unknown")


class HarmGrade(TextChoices):
    """How well harm and its author are established (after Airwars)."""

    CONFIRMED = "confirmed", _("confirmed: the responsible party admits it")
    FAIR = "fair", _("fair: two or more credible sources and a likely actor")
    WEAK = "weak", _("weak: one source")
    CONTESTED = "contested", _("contested: competing claims of responsibility")
    DISCOUNTED = "discounted", _("discounted")


class CoverageKind(TextChoices):
    """How somebody could observe."""

    PRESENCE = "presence", _("presence")
    PATROL = "patrol", _("patrol")
    CAMERA = "camera", _("camera")
    HOTLINE = "hotline", _("hotline")


class Watch(TextChoices):
    """Whether anybody could observe. Silence is not peace: what is not on record is not known."""

    OBSERVED = "observed", _("somebody could observe")
    DENIED = "denied", _("observers were kept out")
    UNKNOWN = "unknown", _("not known whether anybody could observe")


class AffiliationKind(TextChoices):
    """How one party is tied to another for a time."""

    MEMBER = "member", _("member of")
    ARMED_WING = "armed_wing", _("armed wing of")
    ALLIED = "allied", _("allied with")
    SPONSORED = "sponsored", _("led or sponsored by")
    RENAMED = "renamed", _("renamed to")
    MERGED = "merged", _("merged into")
    SPLIT = "split", _("split from")


class ConvoyMode(TextChoices):
    """How an aid movement travels."""

    CROSS_LINE = "cross_line", _("cross-line")
    CROSS_BORDER = "cross_border", _("cross-border")
    AIR_DROP = "air_drop", _("air drop")
    AIR_LIFT = "air_lift", _("air lift")


class DestinationClass(TextChoices):
    """What sort of place an aid movement is for."""

    BESIEGED = "besieged", _("besieged")
    HARD_TO_REACH = "hard_to_reach", _("hard to reach")
    OTHER = "other", pgettext_lazy("class of destination", "other")


class CargoKind(TextChoices):
    """What an aid movement carries."""

    MEDICINE = "medicine", _("medicine")
    SURGICAL = "surgical", _("surgical supplies")
    FOOD = "food", _("food")
    WATER_REPAIR = "water_repair", _("water repair")
    SHELTER = "shelter", _("shelter")
    FUEL = "fuel", _("fuel")
    OTHER = "other", pgettext_lazy("kind of cargo", "other")


class ConvoyStatus(TextChoices):
    """What is reported of a convoy at a point of its way."""

    PLANNED = "planned", _("planned")
    REQUESTED = "requested", _("requested")
    NO_ANSWER = "no_answer", _("no answer")
    APPROVED_IN_PRINCIPLE = "approved_in_principle", _("approved in principle")
    APPROVED = "approved", _("approved")
    APPROVED_WITH_CONDITIONS = "approved_with_conditions", _("approved with conditions")
    DENIED = "denied", _("denied")
    ON_HOLD_INSECURITY = "on_hold_insecurity", _("on hold: insecurity")
    ON_HOLD_ADMINISTRATIVE = "on_hold_administrative", _("on hold: administrative")
    LOADED = "loaded", _("loaded")
    WAITING_AT_BORDER = "waiting_at_border", _("waiting at the border")
    WAITING_AT_CHECKPOINT = "waiting_at_checkpoint", _("waiting at a checkpoint")
    DEPARTED = "departed", _("departed")
    DELAYED = "delayed", _("delayed")
    TURNED_BACK = "turned_back", _("turned back")
    ATTACKED = "attacked", _("attacked")
    LOOTED = "looted", _("looted")
    SUPPLIES_REMOVED = "supplies_removed", _("supplies removed")
    ARRIVED = "arrived", _("arrived")
    UNLOADING = "unloading", _("unloading")
    PARTLY_DELIVERED = "partly_delivered", _("partly delivered")
    DELIVERED = "delivered", _("delivered")
    CANCELLED = "cancelled", _("cancelled")


class Grouping(TextChoices):
    """What a tally may be broken down by."""

    DAY = "day", _("day")
    WEEK = "week", _("week")
    TYPE = "type", _("type of violation")
    AREA = "area", _("place")
    CLAIMANT = "claimant", _("claimant")
    UNIT = "unit", _("unit")


class Periods(TextChoices):
    """Which days a tally looks at: those on which the truce was in force, or all that were ever spoken of."""

    IN_FORCE = "in_force", _("days in force only")
    ALL = "all", _("all days")


class Lookback(TextChoices):
    """Which days the dashboard counts, in the order in which they are offered."""

    TODAY = "today", _("Today")
    WEEK = "week", _("7 days")
    TRUCE = "truce", _("This truce")
    ALL = "all", pgettext_lazy("days", "All")
