"""Whether anybody could observe, in words that stand beside a zero."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incidents.rules.watching import Watched
from incidents.vocabulary import Watch


def sentence(found: Watched) -> str:
    """Return one sentence on the days; empty where there are none."""
    total = len(found.days)
    if not total:
        return ""
    match found.whole:
        case Watch.UNKNOWN:
            return _("Nobody's coverage is on record for these days: a zero says nothing yet.")
        case Watch.OBSERVED:
            return _("Somebody could observe on each of these days, somewhere.")
        case Watch.DENIED:
            return _("Observers were kept out on each of these days.")
    observed, denied, unknown = (found.count(watch) for watch in Watch)
    said = ngettext("Of %(count)d day:", "Of %(count)d days:", total) % {"count": total}
    parts = [
        _("observed somewhere on %(count)d") % {"count": observed} if observed else "",
        _("kept out on %(count)d") % {"count": denied} if denied else "",
    ]
    parts.append(_("not known for %(count)d") % {"count": unknown} if unknown else "")
    return f"{said} {'; '.join(part for part in parts if part)}."
