"""Roles on single agreements: granted and taken back by an administrator, each with a change that says who did."""

from django.db import transaction
from django.utils.translation import gettext as _

from incidents.actions import changes
from incidents.errors import RuleBroken
from incidents.models import Agreement, AgreementRole, ChangeKind, Profile, User
from incidents.permissions import may_do_more_than_read


@transaction.atomic
def grant(*, user: User, agreement: Agreement, role: str, by: User | None, note: str = "") -> AgreementRole:
    """Return what this person is under this agreement from now on, instead of what they are elsewhere. Saying it twice changes nothing.

    Raise RuleBroken for what their visibility profile would take away again, so that nothing is granted in vain.
    """
    person = User.objects.select_for_update().get(pk=user.pk)
    must_fit_profile(person, agreement, role)
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


def must_fit_profile(user: User, agreement: Agreement, role: str, profile: Profile | None = None) -> None:
    """Raise RuleBroken if the profile, that which this person carries if no other is named, would leave nothing, or not all, of the role."""
    profile = profile or user.profile
    if profile is None or role == User.Role.NONE:
        return
    _must_only_read(role)
    if profile.named is not None and agreement.pk not in profile.named:
        raise RuleBroken("not_in_profile", _("The visibility profile that this person carries does not open this agreement."), "agreement")


def must_fit_own(user: User, role: str, profile: Profile) -> None:
    """Raise RuleBroken if a profile would take away from this person's own role, or from one granted to them."""
    _must_only_read(role)
    for granted in AgreementRole.objects.filter(user=user).select_related("agreement"):
        must_fit_profile(user, granted.agreement, granted.role, profile)


def _must_only_read(role: str) -> None:
    if may_do_more_than_read(role):
        why = _("This person carries a visibility profile, and with one they only read. Give them an account without.")
        raise RuleBroken("reads_only", why, "role")


def _tell(*people: User) -> None:
    """Keep on the person whether any other role was granted; whoever is at hand as that person is told, too."""
    has_grants = AgreementRole.objects.filter(user=people[0]).exists()
    User.objects.filter(pk=people[0].pk).update(has_grants=has_grants)
    for person in people:
        person.has_grants = has_grants
        person.__dict__.pop("granted", None)
