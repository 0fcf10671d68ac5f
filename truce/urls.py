"""Addresses. Pages carry their language in the path; JSON and probes do not."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("incidents.api.urls")),
    *i18n_patterns(
        path("", include("incidents.views.urls")),
        path("accounts/", include("allauth.urls")),
        path("administration/", admin.site.urls),
    ),
]

# Whatever breaks, wherever: 503 while the database does not answer, 500 otherwise.
handler500 = "incidents.views.broken.answer"
