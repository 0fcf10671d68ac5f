"""Addresses of the desk."""

from django.urls import path

from incidents.views import appearance
from incidents.views.desk import agreements, claims, dashboard, imports, reports

urlpatterns = [
    path("", dashboard.start, name="dashboard"),
    path("agreements/", agreements.index, name="agreements"),
    path("agreements/<slug:slug>/", dashboard.show, name="agreement-dashboard"),
    path("agreements/<slug:slug>/attention/", dashboard.attention, name="attention"),
    path("agreements/<slug:slug>/terms/", agreements.show, name="agreement"),
    path("reports/", reports.index, name="reports"),
    path("reports/new/", reports.log, name="log-report"),
    path("reports/<uuid:public_id>/", reports.show, name="report"),
    path("reports/<uuid:public_id>/retract/", reports.retract, name="retract-report"),
    path("claims/", claims.index, name="claims"),
    path("claims/<uuid:public_id>/", claims.show, name="claim"),
    path("imports/", imports.index, name="imports"),
    path("imports/new/", imports.new, name="new-import"),
    path("imports/names/", imports.names, name="unresolved-names"),
    path("imports/names/<int:key>/", imports.name, name="unresolved-name"),
    path("imports/<uuid:public_id>/", imports.show, name="import"),
    path("imports/<uuid:public_id>/commit/", imports.commit, name="commit-import"),
    path("imports/<uuid:public_id>/undo/", imports.undo, name="undo-import"),
    path("theme/", appearance.theme, name="theme"),
    path("fonts.css", appearance.fonts, name="fonts"),
]
