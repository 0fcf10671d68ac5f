"""Asking `incidents.permissions`, which alone decides, on behalf of an endpoint."""

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from incidents.permissions import Capability, may_somewhere


class Reads(BasePermission):
    """May read."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return may_somewhere(request.user, Capability.READ)


class LogsReports(BasePermission):
    """May log reports; asked only of requests that write."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.method in SAFE_METHODS or may_somewhere(request.user, Capability.LOG_REPORTS)


class LogsAggregateClaims(BasePermission):
    """May log published totals; asked only of requests that write."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.method in SAFE_METHODS or may_somewhere(request.user, Capability.LOG_AGGREGATE_CLAIMS)


class LogsConvoys(BasePermission):
    """May enter convoys and what is reported of them; asked only of requests that write."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.method in SAFE_METHODS or may_somewhere(request.user, Capability.LOG_CONVOYS)


class Follows(BasePermission):
    """May follow the change feed."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return may_somewhere(request.user, Capability.FOLLOW_CHANGES)


class TakesAway(BasePermission):
    """May take rows away as files."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return may_somewhere(request.user, Capability.EXPORT)


class Subscribes(BasePermission):
    """May have webhooks."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return may_somewhere(request.user, Capability.SUBSCRIBE)


class Imports(BasePermission):
    """May import; asked only of requests that write: of those who may not, no import is seen."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.method in SAFE_METHODS or may_somewhere(request.user, Capability.IMPORT)


class LogsCoverage(BasePermission):
    """May log coverage; asked only of requests that write."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.method in SAFE_METHODS or may_somewhere(request.user, Capability.LOG_COVERAGE)


class Assesses(BasePermission):
    """May decide and confirm; asked only of requests that write."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.method in SAFE_METHODS or may_somewhere(request.user, Capability.ASSESS)


class LogsDeclarations(BasePermission):
    """May log what parties declare; asked only of requests that write."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.method in SAFE_METHODS or may_somewhere(request.user, Capability.LOG_DECLARATIONS)


class AddsPlaces(BasePermission):
    """May add to the gazetteer; asked only of requests that write."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.method in SAFE_METHODS or may_somewhere(request.user, Capability.ADD_PLACES)


class AddsSources(BasePermission):
    """May add sources; asked only of requests that write."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.method in SAFE_METHODS or may_somewhere(request.user, Capability.ADD_SOURCES)


class Administers(BasePermission):
    """May administer; asked only of requests that write."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.method in SAFE_METHODS or may_somewhere(request.user, Capability.ADMINISTER)


class IsAdministrator(BasePermission):
    """May administer; asked of reading too."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return may_somewhere(request.user, Capability.ADMINISTER)
