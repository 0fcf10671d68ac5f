"""Addresses for machines: the probes, the versions of the API, and an answer in JSON where there is nothing."""

from django.urls import include, path, re_path

from incidents.api import health
from incidents.api.endpoints import Nothing

urlpatterns = [
    path("livez", health.live, name="livez"),
    path("readyz", health.ready, name="readyz"),
    path("api/v1/", include("incidents.api.v1.urls")),
    re_path(r"^api/(?:[\s\S]*/)?$", Nothing.as_view()),
]
