"""What every page shows around its own matter: agreement, places to go, language, theme."""

from dataclasses import dataclass
from functools import cached_property

from babel import Locale
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils import timezone
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from incidents.models import Agreement
from incidents.permissions import Capability, may, may_somewhere
from incidents.queries import dashboard, queue, reports
from incidents.queries.filters import ReportFilter
from incidents.views import appearance, current, dates

RAIL_CAP = 10_000
# Which entry of the rail a page belongs to.
PAGES = {
    "agreement-dashboard": "dashboard",
    "attention": "dashboard",
    "brief": "dashboard",
    "tallies": "tallies",
    "tallies-opened": "tallies",
    "methods": "tallies",
    "recounts": "tallies",
    "sides-compared": "tallies",
    "snapshots": "tallies",
    "snapshot": "tallies",
    "method": "tallies",
    "timeline": "timeline",
    "map": "map",
    "reports": "reports",
    "report": "reports",
    "log-report": "reports",
    "bulk": "reports",
    "split": "reports",
    "drafts": "reports",
    "retract-report": "reports",
    "restore-report": "reports",
    "attach-evidence": "reports",
    "review": "review",
    "review-plain": "review",
    "case": "review",
    "claims": "claims",
    "claim": "claims",
    "claim-reconciliation": "claims",
    "log-claim": "claims",
    "imports": "imports",
    "new-import": "imports",
    "import": "imports",
    "unresolved-names": "imports",
    "unresolved-name": "imports",
    "incidents": "incidents",
    "incident": "incidents",
    "log-response": "incidents",
    "decide": "incidents",
    "confirm-decision": "incidents",
    "convoys": "convoys",
    "convoy": "convoys",
    "plan-convoy": "convoys",
    "add-convoy-event": "convoys",
    "change-convoy": "convoys",
    "convoy-summary": "convoys",
    "convoy-table": "convoys",
    "convoy-map": "convoys",
    "convoy-counts": "convoys",
    "coverage": "coverage",
    "agreements": "agreements",
    "agreement": "agreements",
    "places": "places",
    "place": "places",
    "new-place": "places",
    "sources": "sources",
    "source": "sources",
    "new-source": "sources",
    "parties": "parties",
    "party": "parties",
    "new-party": "parties",
    "reads": "reads",
    "audit": "audit",
    "invitations": "invitations",
    "exports": "exports",
    "export": "exports",
    "keys": "keys",
    "rotate-key": "keys",
    "webhooks": "webhooks",
    "webhook": "webhooks",
}
# Pages that belong to no agreement, and tell times on no agreement's clocks.
IN_UTC = {"audit", "reads", "invitations", "exports", "export", "keys", "rotate-key", "webhooks", "webhook", "imports", "settings", "recounts"}


@dataclass(frozen=True)
class Entry:
    """A place to go to, and the keys that lead there one after the other."""

    name: str
    label: str | Promise
    icon: str
    address: str
    count: str = ""
    is_filled: bool = False
    keys: str = ""


@dataclass(frozen=True)
class Group:
    """Places to go to, under one heading."""

    label: str | Promise
    entries: list[Entry]


@dataclass(frozen=True)
class Language:
    """A language that this page can be read in."""

    code: str
    name: str
    address: str


class Desk:
    """The frame of a page. Everything is read when a template first asks for it, so a page without a frame reads nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def is_open(self) -> bool:
        """Return whether the reader may read at all."""
        return may_somewhere(self._request.user, Capability.READ)

    @cached_property
    def agreements(self) -> list[Agreement]:
        return current.agreements(self._request) if self.is_open else []

    @cached_property
    def agreement(self) -> Agreement | None:
        return current.agreement(self._request) if self.is_open else None

    @cached_property
    def administers(self) -> bool:
        return may(self._request.user, Capability.ADMINISTER)

    @cached_property
    def can_log(self) -> bool:
        return may_somewhere(self._request.user, Capability.LOG_REPORTS)

    @cached_property
    def groups(self) -> list[Group]:
        """Return the rail: only what leads somewhere."""
        if not self.agreement:
            return [self._reference()] if self.is_open else []
        slug = self.agreement.slug
        asked = f"?agreement={slug}"
        logged, is_all = reports.count(self._request.user, ReportFilter(agreement=slug), cap=RAIL_CAP)
        said = dashboard.number_of_statements(self._request.user, self.agreement)
        return [
            Group(
                pgettext_lazy("group of pages", "Monitor"),
                [
                    Entry("dashboard", _("Dashboard"), "layout-dashboard", reverse("agreement-dashboard", args=[slug]), keys="KeyG KeyD"),
                    Entry("tallies", _("Tallies"), "chart-bar", reverse("tallies") + asked),
                    Entry("map", _("Map"), "map", reverse("map") + asked, keys="KeyG KeyM"),
                    Entry("timeline", _("Timeline"), "chart-gantt", reverse("timeline") + asked),
                ],
            ),
            Group(
                pgettext_lazy("group of pages", "Work"),
                [
                    Entry("reports", _("Reports"), "list", reverse("reports") + asked, f"{logged}" if is_all else f"{logged}+", keys="KeyG KeyR"),
                    Entry("incidents", _("Incidents"), "layers", reverse("incidents") + asked),
                    *self._review(),
                    Entry("claims", _("Claims"), "megaphone", reverse("claims") + asked, f"{said}", keys="KeyG KeyC"),
                    Entry("convoys", _("Convoys"), "truck", reverse("convoys"), keys="KeyG KeyV"),
                    Entry("coverage", _("Coverage"), "eye", reverse("coverage") + asked),
                    *self._imports(),
                ],
            ),
            self._reference(),
            Group(pgettext_lazy("group of pages", "Share"), self._share()),
        ]

    def _imports(self) -> list[Entry]:
        return [Entry("imports", _("Imports"), "file-up", reverse("imports"))] if may_somewhere(self._request.user, Capability.IMPORT) else []

    def _share(self) -> list[Entry]:
        """Return what leads outside."""
        found = [Entry("exports", _("Exports"), "download", reverse("exports")), Entry("keys", _("Keys"), "key-round", reverse("keys"))]
        if may_somewhere(self._request.user, Capability.SUBSCRIBE):
            found.append(Entry("webhooks", _("Webhooks"), "webhook", reverse("webhooks")))
        found.append(Entry("interface", _("Interface"), "code", reverse("interface")))
        return found

    def _reference(self) -> Group:
        """Return the way to what records refer to; for administrators also to who looked at what, and to administration itself."""
        entries = [
            Entry("places", _("Places"), "map-pin", reverse("places")),
            Entry("sources", _("Sources"), "book-open", reverse("sources")),
            Entry("parties", _("Parties"), "users", reverse("parties")),
            Entry("agreements", _("Agreements"), "scale", reverse("agreements")),
        ]
        if self.administers:
            entries.append(Entry("invitations", _("Invitations"), "user-plus", reverse("invitations")))
            entries.append(Entry("audit", _("Audit"), "scroll-text", reverse("audit")))
            entries.append(Entry("reads", _("Read log"), "file-clock", reverse("reads")))
            entries.append(Entry("administration", _("Administration"), "settings", reverse("admin:index")))
        return Group(pgettext_lazy("group of pages", "Reference"), entries)

    def _review(self) -> list[Entry]:
        """Return the way to the review queue, for those who may see what is not decided yet."""
        if not may_somewhere(self._request.user, Capability.READ_INTERNAL_NOTES):
            return []
        waiting = queue.number(self._request.user)
        count = f"{waiting}" if waiting < queue.MOST else f"{queue.MOST}+"
        return [Entry("review", _("Review queue"), "split", reverse("review"), count if waiting else "", is_filled=True, keys="KeyG KeyQ")]

    @cached_property
    def here(self) -> str:
        """Return the name of the rail's entry that this page belongs to."""
        match = self._request.resolver_match
        return PAGES.get(match.url_name or "", "") if match else ""

    @cached_property
    def languages(self) -> list[Language]:
        """Return the other languages, each with this same page in it."""
        # Slashes in front would make it the address of another host.
        here = "/" + self._request.get_full_path().lstrip("/")
        return [
            Language(code, str(Locale.parse(code).display_name), translate_url(here, code))
            for code, _name in settings.LANGUAGES
            if code != get_language()
        ]

    @cached_property
    def theme(self) -> str:
        return appearance.theme_of(self._request)

    @cached_property
    def themes(self) -> list[tuple[str, str | Promise, str]]:
        return [("light", _("Light"), "sun"), ("dark", _("Dark"), "moon"), ("system", _("As the system"), "monitor")]

    @cached_property
    def is_compact(self) -> bool:
        return getattr(self._request.user, "density", "") == "compact"

    @cached_property
    def has_shortcuts(self) -> bool:
        return bool(getattr(self._request.user, "has_shortcuts", True))

    @cached_property
    def styles(self) -> str:
        """Return what tells this content of the common style sheet from any other."""
        return appearance.styles_version()

    @cached_property
    def is_demonstration(self) -> bool:
        return self.is_open and dashboard.is_demonstration()

    @cached_property
    def is_tried_out(self) -> bool:
        """Return whether this is the demo, before anybody has signed in: how to sign in may then be said."""
        return dashboard.is_demonstration()

    @property
    def now(self) -> str:
        """Return when this page was made, as it stands at the foot of its print. Universal time: sheets of several agreements lie together."""
        return dates.moment(timezone.now(), dates.UTC_ZONE)

    @cached_property
    def times(self) -> str:
        """Return the zone that times are shown in."""
        match = self._request.resolver_match
        if match and match.url_name in IN_UTC:
            return dates.isolated("UTC")
        return dates.zone_name(self.agreement.timezone, self.agreement.in_force_from) if self.agreement else ""


def desk(request: HttpRequest) -> dict[str, object]:
    """Return the frame for templates."""
    return {"desk": SimpleLazyObject(lambda: Desk(request))}
