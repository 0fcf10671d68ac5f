"""Webhooks: making one, and looking at what became of its deliveries."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incidents.actions import webhooks as action
from incidents.delivery import webhooks as delivering
from incidents.errors import RuleBroken
from incidents.forms.webhooks import MakeWebhook
from incidents.models import Delivery, Webhook
from incidents.permissions import Capability
from incidents.queries import feeds, webhooks
from incidents.views import dates
from incidents.views.access import DeskRequest, only

SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@only(Capability.SUBSCRIBE)
def index(request: DeskRequest) -> HttpResponseBase:
    """List the reader's webhooks; a form below makes one, and then shows its secret, this once."""
    form = MakeWebhook(request.POST or None, reader=request.user)
    made = None
    if request.method == "POST" and form.is_valid():
        try:
            made = delivering.subscribe(by=request.user, **form.cleaned_data)
        except RuleBroken as error:
            form.add_rule(error)
        else:
            form = MakeWebhook(reader=request.user)
    found = [(webhook, _names(webhook)) for webhook in webhooks.visible(request.user).order_by("-id")[:SHOWN]]
    context = {"found": found, "form": form, "made": made}
    answer = render(request, "desk/webhooks/list.html", context, status=422 if form.errors else 200)
    answer["Cache-Control"] = "no-store"
    return answer


@require_safe
@only(Capability.SUBSCRIBE)
def show(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Show one webhook with its last deliveries."""
    webhook = _one(request, public_id)
    deliveries = webhooks.deliveries(webhook)[:SHOWN]
    context = {"webhook": webhook, "names": _names(webhook), "deliveries": deliveries, "zone": dates.UTC_ZONE}
    return render(request, "desk/webhooks/show.html", context)


@require_POST
@only(Capability.SUBSCRIBE)
def change(request: DeskRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Try, pause, go on with or end a webhook, or send one of its deliveries again."""
    webhook = _one(request, public_id)
    match request.POST.get("do"):
        case "try":
            action.try_out(webhook=webhook)
            messages.success(request, _("A trial is on its way."))
        case "pause" | "go-on" as word:
            action.change(webhook=webhook, by=request.user, is_active=word == "go-on")
            messages.success(request, _("The webhook goes on.") if word == "go-on" else _("The webhook is paused: what changes waits."))
        case "end":
            action.remove(webhook=webhook, by=request.user)
            messages.success(request, _("The webhook is ended."))
            return redirect("webhooks")
        case "resend":
            action.resend(delivery=_delivery(webhook, request.POST.get("delivery", "")))
            messages.success(request, _("It is on its way again."))
        case _:
            return HttpResponse(status=400)
    return redirect("webhook", public_id)


def _one(request: DeskRequest, public_id: uuid.UUID) -> Webhook:
    try:
        return webhooks.one(request.user, public_id)
    except Webhook.DoesNotExist as error:
        raise Http404 from error


def _delivery(webhook: Webhook, said: str) -> Delivery:
    try:
        return webhooks.deliveries(webhook).get(public_id=uuid.UUID(said))
    except (ValueError, Delivery.DoesNotExist) as error:
        raise Http404 from error


def _names(webhook: Webhook) -> list[str]:
    """Return what the webhook is narrowed to, in the reader's language."""
    types = [str(feeds.BY_NAME[name].label) for name in webhook.filter.get("types", []) if name in feeds.BY_NAME]
    return [*types, *webhook.filter.get("agreements", [])]
