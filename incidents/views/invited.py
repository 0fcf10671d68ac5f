"""Where an invitation leads: an account of one's own, made once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from incidents.actions import invitations
from incidents.errors import RuleBroken
from incidents.forms.invitations import Join


@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: HttpRequest, token: str) -> HttpResponse:
    """Make an account of an invitation, and lead to the sign-in page. A link that opens nothing says no more than that."""
    invitation = invitations.opened_by(token)
    if invitation is None:
        return render(request, "account/invited.html", {"is_closed": True}, status=404)
    form = Join(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            invitations.take(invitation=invitation, username=form.cleaned_data["username"], password=form.cleaned_data["password"])
        except RuleBroken as error:
            form.add_rule(error)
        else:
            messages.success(request, _("Your account is made. Sign in with it."))
            return redirect("account_login")
    role = invitation.get_role_display()
    return render(request, "account/invited.html", {"form": form, "role": role, "token": token}, status=422 if form.errors else 200)
