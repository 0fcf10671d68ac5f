"""Setting up codes (TOTP) for an account without its owner at a screen: for the demo, and for whoever lost everything."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from cryptography.fernet import InvalidToken
from django.db import transaction

from incidents.models import User


def secret_of(user: User) -> str:
    """Return the secret that this account's codes are made from; "" where it has none that can be read."""
    found = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    try:
        return str(get_adapter().decrypt(found.data["secret"])) if found else ""
    except InvalidToken:
        return ""


@transaction.atomic
def set_up(user: User) -> str:
    """Return a new secret for this account; what it had before opens nothing any more."""
    take_away(user)
    secret = str(auth.generate_totp_secret())
    auth.TOTP.activate(user, secret)
    return secret


def take_away(user: User) -> int:
    """Return how many second factors were taken from this account. Whoever needs one sets it up at the next sign-in."""
    return int(Authenticator.objects.filter(user=user).delete()[0])


def code(secret: str, counter: int) -> str:
    """Return the code of one half minute."""
    return str(auth.format_hotp_value(auth.hotp_value(secret, counter)))
