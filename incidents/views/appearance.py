"""What pages look like: what a person chose for themselves, the theme that a browser chose, and the styles that every page has."""

import hashlib
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from incidents.views import dates

COOKIE = "theme"
THEMES = ("light", "dark", "system")
A_YEAR = 365 * 24 * 3600
COMPONENTS = ("shell", "button", "card", "side", "chip", "table")
ON_EVERY_PAGE = ("tokens", "base", *(f"components/{name}" for name in COMPONENTS))

# One family over several files: a browser fetches only those whose letters stand on the page.
LATIN = (
    "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-200D,U+2010-2065,U+206A-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215"
)
LATIN_EXTENDED = "U+0100-0130,U+0132-0151,U+0154-02BA,U+02BD-02C5,U+02C7-02CC,U+1E00-1E9F,U+1EF2-1EFF,U+20A0-20AB,U+2C60-2C7F,U+A720-A7FF"
CYRILLIC = "U+0301,U+0400-045F,U+0490-0491,U+04B0-04B1,U+2116"
ARABIC = "U+0600-06FF,U+0750-077F,U+FB50-FDFF,U+FE70-FEFC"
FILES = {
    "fonts/ibm-plex-sans/files/ibm-plex-sans-latin": LATIN,
    "fonts/ibm-plex-sans/files/ibm-plex-sans-latin-ext": LATIN_EXTENDED,
    "fonts/ibm-plex-sans/files/ibm-plex-sans-cyrillic": CYRILLIC,
    "fonts/ibm-plex-sans-arabic/files/ibm-plex-sans-arabic-arabic": ARABIC,
}
FACE = (
    '@font-face{{font-family:"Plex";font-style:normal;font-weight:{weight};font-display:swap;'
    'src:url("{address}") format("woff2");unicode-range:{range}}}'
)


class Appearing:
    """Middleware: dates are written with the names of months that the person who asks chose. Looked up when the first is written."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = dates.chosen.set(lambda: str(getattr(request.user, "months", "")))
        try:
            return self.get_response(request)
        finally:
            dates.chosen.reset(token)


def theme_of(request: HttpRequest) -> str:
    """Return the theme this browser chose, otherwise the person, or "system"."""
    for chosen in (request.COOKIES.get(COOKIE, ""), getattr(getattr(request, "user", None), "theme", "")):
        if chosen in THEMES:
            return chosen
    return "system"


def remember(answer: HttpResponse, *, theme: str = "", language: str = "") -> None:
    """Let this browser keep what was chosen, for pages that are opened before anybody has signed in."""
    for name, value in ((COOKIE, theme), (settings.LANGUAGE_COOKIE_NAME, language)):
        if value:
            answer.set_cookie(name, value, max_age=A_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=True)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the chosen theme in a cookie and return to the page it was chosen on."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    answer = HttpResponseRedirect(back)
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        remember(answer, theme=chosen)
    return answer


@require_safe
@cache_control(public=True, max_age=A_YEAR, immutable=True)
@gzip_page
def styles(request: HttpRequest) -> HttpResponse:
    """Return what every page's style sheets say, in one answer: on a slow line each address costs a turn before anything is seen.

    It is no static file, since the faces of fonts are named only where npm has put them. Its address tells one content from another.
    """
    return HttpResponse(_styles(), content_type="text/css")


@lru_cache
def styles_version() -> str:
    """Return what tells this content of the common style sheet from any other."""
    return hashlib.sha256(_styles().encode()).hexdigest()[:12]


@lru_cache
def _styles() -> str:
    found = [finders.find(f"css/{name}.css") for name in ON_EVERY_PAGE]
    return "\n".join([_faces(), *(_plain(Path(str(path)).read_text(encoding="utf-8")) for path in found if path)])


def _plain(css: str) -> str:
    """Return what a style sheet says without its comments and the room between its words: a tenth of what every page waits for."""
    bare = re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL))
    return re.sub(r" ?([{};,]) ?", r"\1", bare).replace(";}", "}").strip()


@lru_cache
def _faces() -> str:
    faces = []
    for name, letters in FILES.items():
        for weight in (400, 600):
            path = f"{name}-{weight}-normal.woff2"
            if found := address(path):
                faces.append(FACE.format(weight=weight, address=found, range=letters))
    return "\n".join(faces)


def address(path: str) -> str:
    """Return where a static file is served, or "" where it is not."""
    try:
        address = static(path)
    except ValueError:  # not among the collected files
        return ""
    return address if finders.find(path) else ""
