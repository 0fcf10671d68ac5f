"""Addresses of the desk."""

from django.urls import path

from incidents.views import appearance
from incidents.views.desk import agreements, claims, convoys, coverage, dashboard, evidence, imports, incidents, reports

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
    path("reports/<uuid:public_id>/evidence/", evidence.attach, name="attach-evidence"),
    path("evidence/<uuid:public_id>/original/", evidence.original, name="evidence-original"),
    path("evidence/<uuid:public_id>/copy/", evidence.copy, name="evidence-copy"),
    path("claims/", claims.index, name="claims"),
    path("claims/<uuid:public_id>/", claims.show, name="claim"),
    path("imports/", imports.index, name="imports"),
    path("imports/new/", imports.new, name="new-import"),
    path("imports/names/", imports.names, name="unresolved-names"),
    path("imports/names/<int:key>/", imports.name, name="unresolved-name"),
    path("imports/<uuid:public_id>/", imports.show, name="import"),
    path("imports/<uuid:public_id>/commit/", imports.commit, name="commit-import"),
    path("imports/<uuid:public_id>/undo/", imports.undo, name="undo-import"),
    path("incidents/", incidents.index, name="incidents"),
    path("incidents/<uuid:public_id>/", incidents.show, name="incident"),
    path("incidents/<uuid:public_id>/responses/", incidents.respond, name="log-response"),
    path("incidents/<uuid:public_id>/<slug:slug>/decide/", incidents.decide, name="decide"),
    path("incidents/<uuid:public_id>/<slug:slug>/confirm/", incidents.confirm, name="confirm-decision"),
    path("convoys/", convoys.index, name="convoys"),
    path("convoys/new/", convoys.plan, name="plan-convoy"),
    path("convoys/<uuid:public_id>/", convoys.show, name="convoy"),
    path("convoys/<uuid:public_id>/events/", convoys.add_event, name="add-convoy-event"),
    path("convoys/<uuid:public_id>/release/", convoys.release, name="release-convoy"),
    path("coverage/", coverage.index, name="coverage"),
    path("coverage/<uuid:public_id>/remove/", coverage.remove, name="remove-coverage"),
    path("theme/", appearance.theme, name="theme"),
    path("fonts.css", appearance.fonts, name="fonts"),
]
