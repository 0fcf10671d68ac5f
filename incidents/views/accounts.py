"""How people come in: by invitation, with a password and, where their role needs it, a second factor.

What allauth and axes leave to a project stands here: which address asks, what is said, how secrets are kept.
"""

import base64
import time
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from ipaddress import ip_address
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.actions import sessions
from incidents.models import User
from incidents.rules import networks, numerals

JUST_NOW = 300  # seconds
UNKNOWN = "0.0.0.0"
LONGEST_NAME = 150
LIFE_OF_A_CODE = 30 * (2 * settings.MFA_TOTP_TOLERANCE + 1)  # seconds


def address_of(request: HttpRequest) -> str:
    """Return the address that asks, as far as it can be believed; that of nobody where none can."""
    said = request.META
    found = networks.asking(said.get("REMOTE_ADDR", ""), said.get("HTTP_X_FORWARDED_FOR", ""), is_behind_proxy=settings.BEHIND_PROXY)
    try:
        return str(ip_address(found))
    except ValueError:
        return UNKNOWN


def name_tried(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """Return the name whose password was tried, spelled in one way, so that other spellings are no further tries."""
    tried = (credentials or {}).get("username") or request.POST.get("login", "")
    return unicodedata.normalize("NFKC", str(tried)).replace("\0", "").strip().casefold()[:LONGEST_NAME]


def nobody(*_args: Any) -> str:
    """Return what the log calls whoever tried."""
    return "somebody"


def locked(request: HttpRequest, *_args: Any) -> HttpResponse:
    """Say that too many passwords were tried, and until when. The same words for a name that nobody has."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    answer = render(request, "account/locked.html", {"minutes": minutes, "tries": settings.AXES_FAILURE_LIMIT}, status=429)
    answer["Retry-After"] = str(minutes * 60)
    return answer


class InvitedOnly(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Accounts are made by invitation; the sign-up page says that it is closed. Failed passwords are counted by axes alone."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": gettext_lazy("Too many tries. Wait some minutes and try again."),
        "rate_limited": gettext_lazy("Too many tries. Wait some minutes and try again."),
        "username_password_mismatch": gettext_lazy("User name and password do not go together."),
        "incorrect_password": gettext_lazy("This is not the password."),
        "enter_current_password": gettext_lazy("This is not the password that holds now."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: there is no sign-up."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that asks."""
        return address_of(request)

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign in, and note from now on when this session was last seen."""
        super().login(request, user)
        sessions.begin(request.session)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return the dashboard, in the language that the person chose."""
        with translation.override(getattr(request.user, "language", "") or translation.get_language()):
            return str(super().get_login_redirect_url(request))

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Return whether to ask once more before something that matters: not of whoever has just signed in."""
        done = get_authentication_records(context.request, context.request.user)
        return not done or time.time() - max(one["at"] for one in done) > JUST_NOW

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count nothing: a limit by name alone would let anybody lock out anybody."""

    def _rollback_login_failed_rl_usage(self) -> None:
        """Take nothing back, as nothing was counted."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send nothing: no mail is needed to run Truce."""


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """Codes from an app, passkeys and recovery codes. Their secrets lie in the database encrypted, so that a copy of it lets nobody in."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("This code does not open. Wait for the next one, and look whether the clock of the device is right."),
        "cannot_generate_recovery_codes": gettext_lazy("Recovery codes come after an app or a passkey."),
    }

    def encrypt(self, text: str) -> str:
        """Return the secret as it is kept."""
        return _key().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret. Raise InvalidToken where it was kept under another SECRET_KEY."""
        return _key().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: User, type: Any) -> str:
        """Return a name to begin with."""
        return _("Passkey")

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return whom a passkey is for: this host, by name."""
        return {"id": context.request.get_host().rsplit(":", 1)[0], "name": settings.MFA_TOTP_ISSUER}

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send nothing: no mail is needed to run Truce."""


@lru_cache
def _key() -> MultiFernet:
    """Return what encrypts: made from SECRET_KEY, and reading what was kept under earlier ones (SECRET_KEY_FALLBACKS)."""
    texts = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(sha256(b"truce second factors " + str(text).encode()).digest())) for text in texts])


class _AnyDigits:
    """A code may be typed in Arabic digits."""

    def __init__(self, *args: Any, data: Any = None, **kwargs: Any) -> None:
        if data and "code" in data:
            data = {name: numerals.western(data[name]) for name in data}
        super().__init__(*args, data=data, **kwargs)  # type: ignore[call-arg]


class _Once(_AnyDigits):
    """A code opens once: allauth remembers one for half a minute, and takes it for longer where clocks may differ."""

    user: User

    def clean_code(self) -> str:
        """Return the code; an error for one that has opened before."""
        code = str(super().clean_code())  # type: ignore[misc]
        plain = normalize_user_code(code)  # as allauth compares it: "123 456" is no other code than "123456"
        if not cache.add(f"code:{self.user.pk}:{plain}", True, timeout=LIFE_OF_A_CODE):
            raise SecondFactors().validation_error("incorrect_code")
        return code


class FirstCodeForm(_AnyDigits, ActivateTOTPForm):  # type: ignore[misc]
    """The code that shows that an app was set up."""


class CodeForm(_Once, AuthenticateForm):  # type: ignore[misc]
    """The code asked for after the password."""


class CodeAgainForm(_Once, ReauthenticateForm):  # type: ignore[misc]
    """The code asked for before something that matters."""
