"""What the pages of administration share: who may open them, and that whatever is saved or removed is recorded."""

from typing import Any, cast

from django.contrib import admin, messages
from django.db import IntegrityError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.translation import gettext as _

from incidents.actions import changes, reference
from incidents.models import ChangeKind, Declaration, Party, Place, User
from incidents.models.base import Record
from incidents.permissions import Capability, may


class Administrators:
    """Open to whoever may administer; Django's own permissions are not asked."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may(request.user, Capability.ADMINISTER)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, Capability.ADMINISTER)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, Capability.ADMINISTER)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, Capability.ADMINISTER)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, Capability.ADMINISTER)


class Rows(Administrators, admin.TabularInline):  # type: ignore[type-arg]
    """Records that hang on the one being edited."""

    extra = 0


class ReferenceAdmin(Administrators, admin.ModelAdmin):  # type: ignore[type-arg]
    """Reference data, saved and removed through the actions. Its tables of names are recorded with the record that they belong to."""

    def changeform_view(self, request: HttpRequest, *args: Any, **options: Any) -> Any:
        """Return the page. What only the database can refuse (a party on two sides at once) is told instead of saved; nothing is kept of it."""
        try:
            return super().changeform_view(request, *args, **options)
        except IntegrityError as error:
            messages.error(request, _("Nothing was saved, because it contradicts what is there: %(why)s") % {"why": _constraint(error)})
            return HttpResponseRedirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        reference.save(obj, by=by(request))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        reference.remove(obj, by=by(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for record in queryset:
            self.delete_model(request, record)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if not issubclass(formset.model, Record):
            self._save_names(request, form.instance, formset)
            return
        rows = formset.save(commit=False)
        for row in formset.deleted_objects:
            reference.remove(row, by=by(request))
        before = {row.pk: _blamed(row) for row in rows}
        for row in rows:
            reference.save(row, by=by(request))
        formset.save_m2m()
        for row in rows:
            self._record_list(request, row, "blamed", before.get(row.pk, []), _blamed(row))

    def _save_names(self, request: HttpRequest, record: Any, formset: Any) -> None:
        before = _names(record)
        formset.save()
        self._record_list(request, record, "aliases", before, _names(record))

    def _record_list(self, request: HttpRequest, record: Any, name: str, before: list[str], after: list[str]) -> None:
        if before != after:
            changes.record(
                by=by(request),
                kind=ChangeKind.REFERENCE_CHANGED,
                record=record,
                agreement=getattr(record, "agreement", None),
                before={name: before},
                after={name: after},
            )


def _constraint(error: IntegrityError) -> str:
    """Return the name of the constraint that was broken; they read as sentences."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
    return str(name).replace("_", " ")


def by(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _blamed(row: Model) -> list[str]:
    """Return whom a declaration blames; a record's own columns are recorded by the action that saves it."""
    if not isinstance(row, Declaration) or not row.pk:
        return []
    return list(row.blamed.order_by("slug").values_list("slug", flat=True))


def _names(record: Party | Place) -> list[str]:
    return [f"{alias.name} ({alias.language})" if alias.language else alias.name for alias in record.aliases.order_by("id")]


def signed_in(request: HttpRequest) -> User:
    """Return who is signed in: nobody else opens these pages."""
    return cast(User, request.user)
