"""People who sign in, and what they are to Truce."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """A person, or a partner's machine, known by a name. What each role may do is decided in `incidents.permissions`."""

    class Role(models.TextChoices):
        ANALYST = "analyst", _("Analyst")
        EDITOR = "editor", _("Editor")
        PARTNER = "partner", _("Partner")
        ADMINISTRATOR = "administrator", _("Administrator")

    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.PARTNER)
