"""What every endpoint shares: only readers are let in, a parameter that is not known is refused, OPTIONS says what can be done."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.metadata import BaseMetadata
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from incidents.api import throttling
from incidents.api.errors import CannotRead
from incidents.api.parsers import printable
from incidents.api.permissions import Reads


class Methods(BaseMetadata):
    """What OPTIONS answers: the methods, which the schema describes."""

    def determine_metadata(self, request: Request, view: APIView) -> dict[str, Any]:
        return {"methods": view.allowed_methods, "schema": request.build_absolute_uri("/api/v1/schema/")}


class Endpoint(GenericViewSet[Any]):
    """A noun. `query_names` are the parameters by which its list, or what else is `narrowed`, is asked for."""

    permission_classes = [IsAuthenticated & Reads]
    metadata_class = Methods
    query_names: tuple[str, ...] = ()
    narrowed: tuple[str, ...] = ("list",)

    def shown(self, rows: list[Any]) -> list[Any]:
        """Return what the list shows of these records: the records themselves, unless an endpoint says otherwise."""
        return rows

    def paginate_queryset(self, queryset: Any) -> Any:
        """Return a page of what the list shows."""
        page = super().paginate_queryset(queryset)
        return None if page is None else self.shown(list(page))

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the answer with what is left of the key's limit."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        throttling.tell(request, answer)
        return answer

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let the request in, or raise. A misspelt parameter would otherwise pass for one that narrows nothing."""
        super().initial(request, *args, **kwargs)
        known = {*self.query_names, *getattr(self.paginator, "query_names", ())} if self.action in self.narrowed else set()
        unknown = [name for name in request.query_params if name not in known]
        if unknown and request.method in {*SAFE_METHODS, "POST"}:
            name = printable(unknown[0])
            raise CannotRead("unknown_parameter", _("There is no parameter “%(name)s” here.") % {"name": name}, name)


@extend_schema(exclude=True)
class Nothing(APIView):
    """Answers for addresses under /api/ that lead nowhere, as for records that are not there."""

    authentication_classes = []
    permission_classes = []

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Say so."""
        raise Http404
