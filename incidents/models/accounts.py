"""People who sign in, and what they are to Truce: one role, and another on single agreements where it is granted."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from incidents.models.base import Facts, Record

if TYPE_CHECKING:
    from incidents.models.keys import ApiKey


class Theme(models.TextChoices):
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")
    SYSTEM = "system", _("As the system")


class Digits(models.TextChoices):
    """The digits of Arabic pages."""

    WESTERN = "western", "0 1 2 3"
    ARABIC = "arabic", "٠ ١ ٢ ٣"


class Months(models.TextChoices):
    """The names of months on Arabic pages."""

    LEVANTINE = "levantine", _("Levantine: Ayloul")
    INTERNATIONAL = "international", _("International: Sebtember")


class Density(models.TextChoices):
    COMFORTABLE = "comfortable", _("Comfortable")
    COMPACT = "compact", _("Compact")


class People(UserManager["User"]):
    """Accounts by name."""

    use_in_migrations = False

    def create_superuser(self, username: str, email: str | None = None, password: str | None = None, **facts: Any) -> "User":
        """Return the first administrator, as `manage.py createsuperuser` makes one: Django's flag alone opens nothing here."""
        return super().create_superuser(username, email, password, **{"role": User.Role.ADMINISTRATOR, **facts})


class User(AbstractUser):
    """A person, or a partner's machine, known by a name. What each role may do is decided in `incidents.permissions`."""

    class Role(models.TextChoices):
        ANALYST = "analyst", _("Analyst")
        EDITOR = "editor", _("Editor")
        PARTNER = "partner", _("Partner")
        ADMINISTRATOR = "administrator", _("Administrator")
        NONE = "none", _("No role")

    objects: ClassVar[People] = People()

    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.PARTNER)
    profile = models.ForeignKey(
        "Profile", models.PROTECT, null=True, blank=True, related_name="carriers", verbose_name=_("visibility profile"),
        help_text=_("For partners: what they are given of the record. None: all but drafts, protected sources and unreleased convoys."),
    )  # fmt: skip
    # How pages look for this person; "" leaves it to the browser or the deployment. Kept by `actions.preferences`.
    language = models.CharField(_("language"), max_length=5, blank=True, default="")
    theme = models.CharField(_("theme"), max_length=10, choices=Theme.choices, blank=True, default="")
    digits = models.CharField(_("digits in Arabic"), max_length=10, choices=Digits.choices, default=Digits.WESTERN)
    months = models.CharField(_("months in Arabic"), max_length=15, choices=Months.choices, blank=True, default="")
    density = models.CharField(_("density"), max_length=15, choices=Density.choices, default=Density.COMFORTABLE)
    has_shortcuts = models.BooleanField(_("single-key shortcuts"), default=True)

    # Told by `actions.roles`, so that whoever has one role everywhere, as most have, is asked about no other.
    has_grants = models.BooleanField(default=False, editable=False)

    # The key by which a request came, which may open less than its owner may do; set where the request is let in.
    key: "ApiKey | None" = None

    @cached_property
    def granted(self) -> dict[int, str]:
        """Return the role on each agreement where another than the person's own was granted, by the agreement's key."""
        return dict(self.agreement_roles.values_list("agreement", "role")) if self.has_grants else {}


# Administrators administer all of Truce: nobody is one of a single agreement.
GRANTED = [role for role in User.Role if role != User.Role.ADMINISTRATOR]


class AgreementRole(Record):
    """What somebody is under one agreement, instead of what they are elsewhere. No role: the agreement does not exist for them."""

    user = models.ForeignKey(User, models.CASCADE, related_name="agreement_roles", verbose_name=_("person"))
    agreement = models.ForeignKey("Agreement", models.CASCADE, related_name="roles", verbose_name=_("agreement"))
    role = models.CharField(_("role"), max_length=20, choices=[(role.value, role.label) for role in GRANTED])

    class Meta:
        verbose_name = _("role on an agreement")
        verbose_name_plural = _("roles on agreements")
        constraints = [
            models.UniqueConstraint(fields=["user", "agreement"], name="one_role_an_agreement"),
            models.CheckConstraint(condition=models.Q(role__in=[role.value for role in GRANTED]), name="agreement_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user.get_username()}: {self.get_role_display()}, {self.agreement}"

    def facts(self) -> Facts:
        """Return what the change log keeps: who is what, where."""
        return {"user": self.user.get_username(), "agreement": self.agreement.slug, "role": self.role}
