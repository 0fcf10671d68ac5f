"""What every endpoint shares: only readers are let in, a parameter that is not known is refused, OPTIONS says what can be done."""

import copy
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from django.http import Http404, QueryDict
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.metadata import BaseMetadata
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from incidents.api import conditional, shaping, throttling
from incidents.api.errors import CannotRead
from incidents.api.parsers import printable
from incidents.api.permissions import Reads
from incidents.api.rendering import Renderer
from incidents.api.shaping import Shape
from incidents.queries.filters import Filter

SHAPED = frozenset({"list", "retrieve"})


class Methods(BaseMetadata):
    """What OPTIONS answers: the methods, which the schema describes."""

    def determine_metadata(self, request: Request, view: APIView) -> dict[str, Any]:
        return {"methods": view.allowed_methods, "schema": request.build_absolute_uri("/api/v1/schema/")}


class Endpoint(GenericViewSet[Any]):
    """A noun. `asked_by` holds the words that narrow its list, or what else is `narrowed`; `query_names` are what it is asked by besides.

    `expands` says which fields can be opened, and the endpoint in whose list what they name is shown whole.
    """

    permission_classes = [IsAuthenticated & Reads]
    metadata_class = Methods
    asked_by: type[Filter] = Filter
    query_names: tuple[str, ...] = ()
    narrowed: tuple[str, ...] = ("list",)
    expands: Mapping[str, str] = {}

    @property
    def is_shaped(self) -> bool:
        """Return whether the answer is records of a list, or one of them, whose fields may be asked for by name."""
        return self.action in SHAPED and self.pagination_class is not None

    @cached_property
    def shape(self) -> Shape:
        """Return which fields are asked for, and what of them is to be opened."""
        if not self.is_shaped or not any(name in self.request.query_params for name in shaping.NAMES):
            return Shape()
        whole: Any = super().get_serializer()
        return shaping.asked(self.request.query_params, whole.fields, self.expands)

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """Return the serializer without the fields that are not asked for: they are not even read."""
        made = super().get_serializer(*args, **kwargs)
        if self.request is not None and self.shape.fields is not None:
            one: Any = getattr(made, "child", made)
            for name in one.fields.keys() - self.shape.fields:
                one.fields.pop(name)
        return made

    @cached_property
    def named(self) -> dict[Any, Any]:
        """Return the records that the rows of this request name, as they were looked up."""
        return {}

    def get_serializer_context(self) -> dict[str, Any]:
        """Return what serializers are told beside the record."""
        return {**super().get_serializer_context(), "named": self.named}

    def reshaped(self, rows: list[Any]) -> list[Any]:
        """Return the records, as they were serialized, in the shape asked for. Each name that is opened takes one bounded query."""
        shown = [self.shape.of(row) for row in rows]
        for path in self.shape.expand:
            held = list(shaping.holders(shown, path))
            ids = {shaping.id_of(holder[name]) for holder, name in held}
            found = records(self.request, import_string(f"incidents.api.v1.{self.expands[path]}"), ids) if ids else {}
            for holder, name in held:
                holder[name] = found.get(shaping.id_of(holder[name]), holder[name])
        return shown

    def get_paginated_response(self, data: Any) -> Any:
        """Return the page, its records in the shape asked for."""
        return super().get_paginated_response(self.reshaped(list(data)))

    def asked_filter(self) -> Any:
        """Return the filter that is asked for. Raise RuleBroken, naming the field, for what cannot be read."""
        return self.asked_by.parse(self.request.query_params)

    def shown(self, rows: list[Any]) -> list[Any]:
        """Return what the list shows of these records: the records themselves, unless an endpoint says otherwise."""
        return rows

    def told(self, ids: Iterable[Any]) -> dict[str, Any]:
        """Return these records of the list, by id."""
        found = self.shown(list(self.get_queryset().filter(public_id__in=list(ids))))
        return {str(record["id"]): record for record in self.get_serializer(found, many=True).data}

    def texts(self, ids: Iterable[Any]) -> dict[str, str]:
        """Return the same, each spelt as JSON."""
        return {key: Renderer().render(record).decode() for key, record in self.told(ids).items()}

    def paginate_queryset(self, queryset: Any) -> Any:
        """Return a page of what the list shows."""
        page = super().paginate_queryset(queryset)
        return None if page is None else self.shown(list(page))

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the answer in the shape asked for, with its tag and what is left of the key's limit."""
        if self.action == "retrieve" and self.is_shaped and isinstance(getattr(response, "data", None), dict) and response.status_code == 200:
            response.data = self.reshaped([response.data])[0]
        answer = super().finalize_response(request, response, *args, **kwargs)
        throttling.tell(request, answer)
        conditional.answered(request, answer)
        return answer

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let the request in, or raise. A misspelt parameter would otherwise pass for one that narrows nothing."""
        super().initial(request, *args, **kwargs)
        known = {*self.asked_by.names(), *self.query_names, *getattr(self.paginator, "query_names", ())} if self.action in self.narrowed else set()
        known |= set(shaping.NAMES) if self.is_shaped else set()
        unknown = [name for name in request.query_params if name not in known]
        if unknown and request.method in {*SAFE_METHODS, "POST"}:
            name = printable(unknown[0])
            raise CannotRead("unknown_parameter", _("There is no parameter “%(name)s” here.") % {"name": name}, name)
        self.shape  # noqa: B018 - a name that is not known is refused before anything is read


def records(request: Request, endpoint: type[Endpoint], ids: Iterable[Any]) -> dict[str, Any]:
    """Return the records by id, as the unfiltered list of an endpoint shows them to whoever asks; those they may not see are not among them."""
    return _unfiltered(request, endpoint).told(ids)


def texts(request: Request, endpoint: type[Endpoint], ids: Iterable[Any]) -> dict[str, str]:
    """Return the same, each spelt as JSON."""
    return _unfiltered(request, endpoint).texts(ids)


def _unfiltered(request: Request, endpoint: type[Endpoint]) -> Endpoint:
    bare = copy.copy(request._request)
    bare.GET = QueryDict()
    view = endpoint()
    view.request, view.args, view.kwargs, view.format_kwarg, view.action = Request(bare), (), {}, None, "list"
    view.request.user, view.request.auth = request.user, request.auth
    return view


@extend_schema(exclude=True)
class Nothing(APIView):
    """Answers for addresses under /api/ that lead nowhere, as for records that are not there."""

    authentication_classes = []
    permission_classes = []

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Say so."""
        raise Http404
