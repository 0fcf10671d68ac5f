"""What everybody is shown without signing in: what a partner is who carries the profile that the deployment names, less names and words.

All that is hidden from whoever carries that profile is hidden here by the same queries. Without a name there is nothing.
"""

from django.conf import settings
from django.db.models import QuerySet

from incidents.models import Agreement, Profile, User
from incidents.queries import visibility


def reader() -> User | None:
    """Return everybody as a reader; None where nothing is opened to everybody, or the profile is not there."""
    profile = Profile.objects.filter(slug=settings.PUBLIC_PROFILE).first() if settings.PUBLIC_PROFILE else None
    if profile is None:
        return None
    # Whatever the profile gives to partners: no source, no words received and no file is for everybody. This object is never stored.
    profile.shows_sources = profile.shows_wording = profile.shows_evidence = False
    return User(role=User.Role.PARTNER, is_active=True, profile=profile)


def agreements(reader: User) -> QuerySet[Agreement]:
    """Return the agreements that are opened to everybody, newest first."""
    return visibility.agreements(reader).order_by("-in_force_from", "id")
