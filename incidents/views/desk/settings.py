"""One's own settings: how pages look, how one signs in, and where one is signed in."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incidents.actions import preferences, sessions
from incidents.forms.preferences import Preferences
from incidents.permissions import Capability
from incidents.queries import second_factors
from incidents.rules import browsers
from incidents.views import appearance, dates
from incidents.views.access import DeskRequest, only


@require_http_methods(["GET", "HEAD", "POST"])
@only(Capability.READ)
def show(request: DeskRequest) -> HttpResponseBase:
    """Show the settings, or keep what was chosen and show them as they look then."""
    asked = request.POST if request.method == "POST" else None
    form = Preferences(asked, user=request.user, theme=appearance.theme_of(request))
    if asked is not None and form.is_valid():
        kept = preferences.keep(user=request.user, **form.cleaned_data)
        with translation.override(kept.language or translation.get_language()):
            messages.success(request, _("Your settings are kept."))
            answer = redirect("settings")
        appearance.remember(answer, theme=kept.theme, language=kept.language)
        return answer
    context = {
        "form": form,
        "sessions": [(one, browsers.called(one.user_agent)) for one in sessions.of(request.user)],
        "here": request.session.session_key,
        "has_second_factor": second_factors.has(request.user),
        "needs_second_factor": second_factors.is_needed(request.user),
        "zone": dates.UTC_ZONE,
    }
    return render(request, "desk/settings/show.html", context, status=422 if form.errors else 200)


@require_POST
@only(Capability.READ)
def end_sessions(request: DeskRequest) -> HttpResponseBase:
    """End one session of one's own, or all but this one."""
    others = [one for one in sessions.of(request.user) if one.session_key != request.session.session_key]
    asked = request.POST.get("session", "")
    ended = sessions.end(user=request.user, keys=[one.pk for one in others if asked in {"others", str(one.pk)}])
    said = ngettext("%(number)d session has ended.", "%(number)d sessions have ended.", ended) % {"number": ended}
    messages.success(request, said)
    return redirect("settings")


@require_safe
@only(Capability.READ)
def shortcuts(request: DeskRequest) -> HttpResponseBase:
    """List the keys that run commands, and where they are switched off."""
    return render(request, "desk/settings/shortcuts.html")
