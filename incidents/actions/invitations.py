"""Inviting people: an administrator makes a link, whoever has it makes an account of it, once."""

import unicodedata
from collections.abc import Iterable
from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.actions import changes, roles
from incidents.errors import RuleBroken
from incidents.models import Agreement, ChangeKind, Invitation, User
from incidents.models.invitations import fresh_token, hashed
from incidents.permissions import Capability, may

LONGEST = timedelta(days=14)


@transaction.atomic
def make(*, whom: str, role: str, agreements: Iterable[Agreement], by: User, days: int = 7) -> tuple[Invitation, str]:
    """Return an invitation and the secret part of its link, which is shown once. Agreements: the role holds on these alone; none, everywhere."""
    named = list(agreements)
    if not may(by, Capability.ADMINISTER):
        raise PermissionDenied
    if not whom.strip():
        raise RuleBroken("required", _("Say for whom it is."), "whom")
    if role not in User.Role.values or role == User.Role.NONE:
        raise RuleBroken("unknown_word", _("“%(word)s” is not known here.") % {"word": role}, "role")
    if role == User.Role.ADMINISTRATOR and named:
        raise RuleBroken("everywhere", _("Administrators administer all of Truce: nobody is one of single agreements."), "agreements")
    if not 1 <= days <= LONGEST.days:
        raise RuleBroken("out_of_range", _("This is a number from %(least)d to %(most)d.") % {"least": 1, "most": LONGEST.days}, "days")
    token, now = fresh_token(), timezone.now()
    held = {"role": role, "is_every_agreement": not named, "expires_at": now + timedelta(days=days)}
    made = Invitation.objects.create(whom=whom.strip(), invited_by=by, token_hash=hashed(token), **held)
    made.agreements.set(named)
    changes.record(by=by, kind=ChangeKind.INVITATION_MADE, record=made, after=made.facts())
    return made, token


def opened_by(token: str) -> Invitation | None:
    """Return the invitation that this link opens, or None: unknown, used, taken back and expired are alike. It ends with its maker's office."""
    found = Invitation.objects.select_related("invited_by").filter(token_hash=hashed(token)).first()
    return found if found and _is_open(found) else None


def _is_open(invitation: Invitation) -> bool:
    return invitation.is_open(timezone.now()) and may(invitation.invited_by, Capability.ADMINISTER)


@transaction.atomic
def take(*, invitation: Invitation, username: str, password: str) -> User:
    """Return the account that was made of the invitation. Raise RuleBroken for a name that is taken, or a password that is too easy."""
    invitation = Invitation.objects.select_for_update(of=("self",)).select_related("invited_by").get(pk=invitation.pk)
    if not _is_open(invitation):
        raise RuleBroken("not_current", _("This invitation opens nothing any more."))
    named = list(invitation.agreements.all())
    username = User.normalize_username(username)  # no second spelling of a name that looks like another's
    if len({unicodedata.name(letter, "").partition(" ")[0] for letter in username if letter.isalpha()}) > 1:
        raise RuleBroken("unfit", _("Write a name in letters of one script: those of two make names that look like others'."), "username")
    person = User(username=username, role=invitation.role if invitation.is_every_agreement else User.Role.NONE)
    person.is_staff = may(person, Capability.ADMINISTER)
    field = "username"
    try:
        User.username_validator(username)
        field = "password"
        validate_password(password, person)
    except ValidationError as error:
        raise RuleBroken("unfit", " ".join(error.messages), field) from error
    person.set_password(password)
    try:
        with transaction.atomic():
            if User.objects.filter(username__iexact=username).exists():
                raise IntegrityError
            person.save()
    except IntegrityError:
        raise RuleBroken("taken", _("Somebody else has this name here."), "username") from None
    for agreement in named:
        roles.grant(user=person, agreement=agreement, role=invitation.role, by=invitation.invited_by)
    before = invitation.facts()
    invitation.taken_at, invitation.taken_by = timezone.now(), person
    invitation.save(update_fields=["taken_at", "taken_by"])
    changes.record(by=None, kind=ChangeKind.INVITATION_TAKEN, record=invitation, before=before, after=invitation.facts())
    return person


@transaction.atomic
def revoke(*, invitation: Invitation, by: User) -> Invitation:
    """Return the invitation, whose link opens nothing from now on. One that was taken stays so."""
    if not may(by, Capability.ADMINISTER):
        raise PermissionDenied
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.taken_at is None and invitation.revoked_at is None:
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        changes.record(by=by, kind=ChangeKind.INVITATION_REVOKED, record=invitation, before=invitation.facts(), note="")
    return invitation
