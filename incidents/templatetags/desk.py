"""Small things that templates say often: an icon, a day, a text whose ranges keep their order."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import lucide
from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from incidents.views import dates
from incidents.views.desk.recorded import name_of

register = template.Library()


@register.simple_tag
def icon(name: str, size: int = 18, css: str = "") -> SafeString:
    """Return the icon as inline SVG, hidden from screen readers: the words beside it say the same."""
    return _icon(str(name), size, str(css))


@lru_cache(maxsize=512)
def _icon(name: str, size: int, css: str) -> SafeString:
    attributes = {"class": css} if css else {}
    drawn = lucide._render_icon(name, size, aria_hidden="true", focusable="false", stroke_width="1.75", **attributes)
    return mark_safe(" ".join(drawn.replace(' class=""', "").split()))


@register.filter
def islands(text: str) -> SafeString:
    """Return the text with its isolates as `bdi` elements."""
    escaped = conditional_escape(text)
    return mark_safe(escaped.replace(dates.OPEN, '<bdi dir="ltr">').replace(dates.CLOSE, "</bdi>"))


@register.filter
def listed(parts: Iterable[object]) -> str:
    """Return the parts with the reader's comma between them."""
    return _(", ").join(str(part) for part in parts)


@register.filter
def recorded(record_type: str) -> str:
    """Return what a record of this type is called."""
    return name_of(record_type)


@register.filter
def parted(label: str) -> list[str]:
    """Return what stands before the first colon, and what explains it after."""
    name, _colon, gloss = str(label).partition(": ")
    return [name, gloss]


@register.filter
def grouped(value: int | str) -> str:
    """Return 78,000 of 78000; what is no number stays as it is."""
    return f"{value:,}" if isinstance(value, int) else value


@register.filter
def day(value: date | None) -> str:
    """Return 19 September 2016."""
    return dates.day(value) if value else ""


@register.filter
def short_day(value: date | None) -> str:
    """Return 19 Sep 2016."""
    return dates.day(value, short=True) if value else ""


@register.filter
def moment(value: datetime | None, zone: ZoneInfo) -> SafeString:
    """Return 19 Sep 2016 18:20 on the zone's clocks."""
    return islands(dates.moment(value, zone)) if value else SafeString()


@register.filter
def clock(value: datetime | None, zone: ZoneInfo) -> SafeString:
    """Return 18:20 on the zone's clocks."""
    return islands(dates.clock(value, zone)) if value else SafeString()


@register.filter
def is_web(link: str) -> bool:
    """Return whether a link may be followed: a web address, and not a script or a bare reference."""
    return link.lower().startswith(("https://", "http://")) and not any(character.isspace() for character in link)
