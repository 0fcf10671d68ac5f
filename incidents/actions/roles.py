"""Roles on single agreements: granted and taken back by an administrator, each with a change that says who did."""

from django.db import transaction

from incidents.actions import changes
from incidents.models import Agreement, AgreementRole, ChangeKind, User


@transaction.atomic
def grant(*, user: User, agreement: Agreement, role: str, by: User | None, note: str = "") -> AgreementRole:
    """Return what this person is under this agreement from now on, instead of what they are elsewhere. Saying it twice changes nothing."""
    person = User.objects.select_for_update().get(pk=user.pk)
    granted = AgreementRole.objects.filter(user=person, agreement=agreement).first() or AgreementRole(user=person, agreement=agreement)
    before = granted.facts() if granted.pk else None
    granted.role = role
    if before == granted.facts():
        return granted
    granted.save()
    changes.record(by=by, kind=ChangeKind.ROLE_GRANTED, record=granted, agreement=agreement, before=before, after=granted.facts(), note=note)
    _tell(person, user)
    return granted


@transaction.atomic
def take_back(*, granted: AgreementRole, by: User | None, note: str = "") -> None:
    """Let the person's own role hold under this agreement again."""
    person = User.objects.select_for_update().get(pk=granted.user_id)
    granted = AgreementRole.objects.select_related("agreement", "user").get(pk=granted.pk)
    changes.record(by=by, kind=ChangeKind.ROLE_TAKEN, record=granted, agreement=granted.agreement, before=granted.facts(), note=note)
    granted.delete()
    _tell(person)


def _tell(*people: User) -> None:
    """Keep on the person whether any other role was granted; whoever is at hand as that person is told, too."""
    has_grants = AgreementRole.objects.filter(user=people[0]).exists()
    User.objects.filter(pk=people[0].pk).update(has_grants=has_grants)
    for person in people:
        person.has_grants = has_grants
        person.__dict__.pop("granted", None)
