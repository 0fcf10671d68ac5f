"""Webhooks: being told that there is something new in one's feed. A delivery names records; what they say is read with the key."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from incidents.actions import webhooks as actions
from incidents.api import conditional, idempotency, schema
from incidents.api.endpoints import Endpoint
from incidents.api.fields import Instant, Named, Strict, Text, WholeNumber, Word, YesOrNo
from incidents.api.permissions import Reads, Subscribes
from incidents.api.v1 import records
from incidents.delivery import webhooks as delivering
from incidents.models import Delivery, User, Webhook
from incidents.queries import webhooks


class DeliveryOut(serializers.Serializer[Any]):
    """Some rows of the feed on their way. `state` is `dead` once every attempt has failed; resend it when the receiver is back."""

    id = serializers.UUIDField(source="public_id")
    made_at = Instant(source="created_at")
    is_test = serializers.BooleanField()
    state = Word(Delivery.State)
    attempts = serializers.IntegerField()
    next_at = Instant(allow_null=True)
    last_at = Instant(allow_null=True)
    last_status = serializers.IntegerField(allow_null=True, help_text="Null: no answer came.")
    last_problem = serializers.CharField()
    events = serializers.ListField(child=serializers.DictField())


class WebhookOut(serializers.Serializer[Any]):
    """A subscription."""

    id = serializers.UUIDField(source="public_id")
    url = serializers.HyperlinkedIdentityField(view_name="webhook-detail", lookup_field="public_id", lookup_url_kwarg="id")
    address = serializers.CharField(source="webhook_url")
    is_active = serializers.BooleanField()
    types = serializers.SerializerMethodField()
    agreements = serializers.SerializerMethodField()
    version = serializers.IntegerField()
    made_at = Instant(source="created_at")
    secret = serializers.CharField(allow_null=True, help_text="Shown once, when it is made; null ever after.")

    def get_types(self, webhook: Webhook) -> list[str]:
        return list(webhook.filter.get("types", []))

    def get_agreements(self, webhook: Webhook) -> list[str]:
        return list(webhook.filter.get("agreements", []))

    def to_representation(self, instance: Webhook) -> dict[str, Any]:
        """Return the webhook, its secret only where it was just made."""
        shown = super().to_representation(_Shown(instance))
        return shown | {"secret": instance.secret if self.context.get("is_new") else None}


class _Shown:
    """A webhook whose address does not take the name that every record's own address has."""

    def __init__(self, webhook: Webhook) -> None:
        self._webhook = webhook
        self.webhook_url = webhook.url

    def __getattr__(self, name: str) -> Any:
        return getattr(self._webhook, name)


class WebhookIn(Strict):
    """A webhook to make. Nothing named: of everything in the feed."""

    address = Text(max_length=500, required=True, allow_blank=False, help_text="https, on a public address.")
    types = serializers.ListField(child=Text(max_length=40), required=False, help_text="As `type` in the feed.")
    agreements = serializers.ListField(child=Named(records.agreements), required=False)


class WebhookChange(Strict):
    """Whether it goes on."""

    is_active = YesOrNo()
    version = WholeNumber(allow_null=False, required=False, help_text="As last read, or in If-Match: 409 if it changed since, and nothing is done.")


@extend_schema(tags=["webhooks"])
class Webhooks(ListModelMixin, Endpoint):
    """One's own webhooks; administrators see all."""

    permission_classes = [IsAuthenticated & Reads & Subscribes]
    serializer_class = WebhookOut
    queryset = Webhook.objects.none()
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Any]:
        """Return the webhooks this reader may see."""
        return webhooks.visible(self.request.user).order_by("-id")

    @extend_schema(summary="List webhooks", responses={200: WebhookOut(many=True), **schema.READING})
    def list(self, *args: Any, **kwargs: Any) -> Any:
        """Newest first."""
        return super().list(*args, **kwargs)

    @extend_schema(summary="One webhook", responses={200: WebhookOut, **schema.READING_ONE})
    def retrieve(self, request: Request, id: Any) -> Response:
        """One by its id."""
        return Response(self.get_serializer(self._one(id)).data)

    @extend_schema(summary="Make a webhook", parameters=[schema.KEY], request=WebhookIn, responses={201: WebhookOut, **schema.WRITING})
    def create(self, request: Request) -> HttpResponse:
        """Be told of what changes from now on. The answer holds the secret with which deliveries are signed, this once."""
        return idempotency.once(request, lambda: self._make(request))

    @extend_schema(
        summary="Pause a webhook or let it go on",
        parameters=[schema.KEY, schema.MATCH],
        request=WebhookChange,
        responses={200: WebhookOut, **schema.REPLACING},
    )
    def partial_update(self, request: Request, id: Any) -> HttpResponse:
        """What changes while it pauses is told when it goes on."""
        return idempotency.once(request, lambda: self._change(request, self._one(id)), 200)

    @extend_schema(summary="End a webhook", responses={204: None, **schema.WRITING_ONE})
    def destroy(self, request: Request, id: Any) -> Response:
        """What was not delivered is dropped with it."""
        actions.remove(webhook=self._one(id), by=cast(User, request.user))
        return Response(status=204)

    @extend_schema(summary="Try a webhook", request=None, responses={201: DeliveryOut, **schema.WRITING_ONE})
    @action(detail=True, methods=["post"], url_path="try")
    def try_out(self, request: Request, id: Any) -> Response:
        """Send a delivery that tells of nothing; look at `deliveries/` for what became of it."""
        return Response(DeliveryOut(actions.try_out(webhook=self._one(id))).data, status=201)

    @extend_schema(summary="Deliveries of a webhook", responses={200: DeliveryOut(many=True), **schema.READING_ONE})
    @action(detail=True, methods=["get"])
    def deliveries(self, request: Request, id: Any) -> Response:
        """The last hundred, newest first."""
        return Response(DeliveryOut(webhooks.deliveries(self._one(id))[:100], many=True).data)

    @extend_schema(summary="Send a delivery again", request=None, responses={200: DeliveryOut, **schema.WRITING_ONE})
    @action(detail=True, methods=["post"], url_path="deliveries/<uuid:delivery>/resend")
    def resend(self, request: Request, id: Any, delivery: Any) -> Response:
        """Put it on its way once more, whatever became of it before."""
        found = webhooks.deliveries(self._one(id)).filter(public_id=delivery).first()
        if found is None:
            raise Http404
        return Response(DeliveryOut(actions.resend(delivery=found)).data)

    def _one(self, id: Any) -> Webhook:
        try:
            return webhooks.one(self.request.user, id)
        except Webhook.DoesNotExist:
            raise Http404 from None

    def _change(self, request: Request, webhook: Webhook) -> idempotency.Answer:
        said = WebhookChange(data=request.data)
        said.is_valid(raise_exception=True)
        facts = said.validated_data
        with conditional.replacing(request, facts.pop("version", None)) as version:
            changed = actions.change(webhook=webhook, by=cast(User, request.user), version=version, **facts)
        return dict(self.get_serializer(changed).data), ""

    def _make(self, request: Request) -> idempotency.Answer:
        said = WebhookIn(data=request.data, context=self.get_serializer_context())
        said.is_valid(raise_exception=True)
        facts = said.validated_data
        agreements = [agreement.slug for agreement in facts.get("agreements", [])]
        webhook = delivering.subscribe(by=cast(User, request.user), address=facts["address"], types=facts.get("types", []), agreements=agreements)
        shown = WebhookOut(webhook, context={**self.get_serializer_context(), "is_new": True}).data
        return dict(shown), reverse("webhook-detail", kwargs={"id": webhook.public_id}, request=request)
