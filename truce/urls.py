"""Addresses. Pages carry their language in the path; JSON and probes do not."""

from allauth.account.decorators import secure_admin_login
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

# Whoever administers signs in where everybody does, with the second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# What libraries keep of signing in is no business of these pages: secrets, sessions, tries.
for model in [model for model in admin.site._registry if model._meta.app_label in {"account", "mfa", "usersessions", "axes"}]:
    admin.site.unregister(model)

urlpatterns = [
    path("", include("incidents.api.urls")),
    *i18n_patterns(
        path("", include("incidents.views.urls")),
        path("accounts/", include("incidents.views.account_urls")),
        path("administration/", admin.site.urls),
    ),
]

# Whatever breaks, wherever: 503 while the database does not answer, 500 otherwise; and what could not be read is said to be so.
handler400 = "incidents.views.broken.not_understood"
handler500 = "incidents.views.broken.answer"
