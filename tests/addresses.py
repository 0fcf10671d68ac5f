"""Every address that answers a GET, taken from the URLconf, with what its parameters take. A route that is not named here fails whatever walks.

`PARAMETERS` says of which noun a route's key is, `ASKED` what else is worth asking there; `FILES` are downloads, not pages.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.access.doors import Door
from tests.access.doors import doors as ours
from tests.access.test_doors import WHO
from tests.access.test_doors import expected as table

# Of which noun the key in a route's path is. Routes without a key need no line.
PARAMETERS = {
    "agreement": "agreement-dashboard attention brief agreement public-dashboard public-settled public-file public-settled-file tallies-table"
    " tallies-chart tallies-opened tallies-opened-table daily-picture daily-table",
    "report": "report", "claim": "claim claim-reconciliation", "import": "import", "name": "unresolved-name", "incident": "incident case",
    "convoy": "convoy convoy-summary change-convoy add-convoy-event", "place": "place", "source": "source", "party": "party",
    "export": "export export-download", "webhook": "webhook", "method": "method", "snapshot": "snapshot", "invitation": "invited",
    "evidence": "evidence-original evidence-copy",
}  # fmt: skip
OWN = {"export", "webhook"}
# Without a record or a question these say little or nothing.
ASKED = {
    "agreement-dashboard": ("", "?days=week"),
    "reports": ("?agreement={agreement}", "?agreement={agreement}&view=map"),
    "log-report": ("?agreement={agreement}", "?draft={draft}"),
    "map": ("?agreement={agreement}", "?agreement={agreement}&box=35.9,32.4,41.1,36.6&zoom=7"),
    "split": ("?agreement={agreement}",),
    "claims": ("?agreement={agreement}",),
    "log-claim": ("?agreement={agreement}",),
    "incidents": ("?agreement={agreement}",),
    "coverage": ("?agreement={agreement}",),
    "tallies": ("", "?agreement={agreement}&method=logged&by=type"),
    "tallies-counted": ("?agreement={agreement}",),
    "sides-compared": ("?agreement={agreement}",),
    "sides-picture": ("?agreement={agreement}",),
    "sides-table": ("?agreement={agreement}",),
    "timeline": ("?agreement={agreement}",),
    "tallies-opened": ("?method=logged",),
    "tallies-opened-table": ("?method=logged",),
    "names": ("?of=place&text=ford",),
}
AGAIN = {"import": ("waiting", "undone")}
# Parameters that are no record's key.
FIXED = {"form": "svg", "noun": "reports"}
FILES = (
    "evidence-original", "evidence-copy", "convoys-csv", "export-download", "tallies-table", "tallies-chart", "tallies-opened-table",
    "timeline-table", "timeline-chart", "daily-table", "daily-picture", "sides-table", "sides-picture",
    "map-picture", "public-file", "public-settled-file", "styles",
    "names", "mfa_download_recovery_codes",
)  # fmt: skip
# Parts of pages, fetched by them.
FRAGMENTS = ("tallies-counted", "map-marks", "map-here")
PICTURES = ("tallies-chart", "timeline-chart", "daily-picture", "sides-picture", "map-picture", "public-file", "public-settled-file")
# Probes say one word, the ground of a map is drawn by its page, and what describes the API has its own tests; allauth's JSON and its pages
# for what one does not have lead elsewhere.
NO_PAGES = (
    "livez", "readyz", "map-ground", "interface", "interface-noun", "mfa_login_webauthn",
    "mfa_remove_webauthn", "mfa_edit_webauthn", "account_set_password",
)  # fmt: skip
ACCOUNT = (
    "account_logout", "account_reauthenticate", "account_change_password", "mfa_index", "mfa_reauthenticate", "mfa_activate_totp",
    "mfa_list_webauthn", "mfa_add_webauthn", "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_deactivate_totp",
    "mfa_authenticate", "mfa_reauthenticate_webauthn",
)  # fmt: skip
ENTRANCE = ("account_login", "account_signup", "account_inactive")


@dataclass(frozen=True)
class Address:
    """Where to go, without the language; which route it is; who is let in."""

    route: str
    path: str
    who: str

    def opens_to(self, name: str) -> bool:
        """Return whether somebody of this name is let in."""
        named = WHO[self.who]
        return named is None or name in named

    @property
    def is_file(self) -> bool:
        """Return whether it is a download."""
        return self.route in FILES

    @property
    def is_page(self) -> bool:
        """Return whether it is a page: no download, and no part of one."""
        return self.route not in (*FILES, *FRAGMENTS)


def addresses(keys: Mapping[str, Any], name: str) -> list[Address]:
    """Return every address of a page or file that opens to somebody of this name, with these records' keys in it."""
    return [address for address in _all(keys, name) if address.opens_to(name)]


def _all(keys: Mapping[str, Any], name: str) -> Iterator[Address]:
    nouns = {route: noun for noun, routes in PARAMETERS.items() for route in routes.split()}
    known = table()
    for door in ours():
        route = door.name.removeprefix("page ")
        if door.is_json or route in NO_PAGES or ("page " + route, "GET") not in known:
            continue
        who = known["page " + route, "GET"]
        if not Address(route, "", who).opens_to(name):
            continue
        found = [door.path]
        if "<" in door.path:
            noun = nouns.get(route, "")
            key = f"{noun} of {name}" if noun in OWN else noun
            found = [re.sub(r"<(\w+):(\w+)>", lambda part, one=one: FIXED.get(part[2]) or str(keys["change" if part[2] == "change" else one]),
                            door.path) for one in [key, *AGAIN.get(route, ())]]  # fmt: skip
        for path in found:
            for query in ASKED.get(route, ("",)):
                yield Address(route, _bare(path) + query.format_map(keys), who)
    for door in doors_of_accounts():
        if door.name in ACCOUNT:
            yield Address(door.name, _bare(door.path), "reader")
        elif door.name in ENTRANCE:
            yield Address(door.name, _bare(door.path), "anybody")
        elif door.name not in (*FILES, *NO_PAGES):
            raise LookupError(f"{door.name} is not named: say in tests/addresses.py what it is")


def doors_of_accounts() -> Iterator[Door]:
    """Yield the routes of signing in and of the second factor."""
    (entry,) = (one for one in _entries(get_resolver().url_patterns) if str(one[1].pattern) == "accounts/")
    yield from _below(entry[1].url_patterns, "/xx/accounts/")


def _entries(patterns: list[Any]) -> Iterator[tuple[str, Any]]:
    for entry in patterns:
        yield str(entry.pattern), entry
        if isinstance(entry, URLResolver):
            yield from _entries(entry.url_patterns)


def _below(patterns: list[Any], before: str) -> Iterator[Door]:
    for entry in patterns:
        path = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _below(entry.url_patterns, path)
        elif isinstance(entry, URLPattern) and entry.name:
            yield Door(entry.name, path)


def _bare(path: str) -> str:
    """Return the path after its language, of which the walker chooses one."""
    return re.sub(r"^/[a-z]{2}/", "", path)
