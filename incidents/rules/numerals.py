"""Whole numbers and digits as people type them, in Western, Arabic or Persian digits."""

import re

from django.utils.translation import gettext_lazy as _

from incidents.errors import RuleBroken

LARGEST = 2_147_483_647

_WESTERN = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "0123456789" * 2)
_WHOLE = re.compile(r"[0-9]+")
_NEGATIVE = re.compile(r"[-\u2212][0-9]+")


def western(text: str) -> str:
    """Return the text with Arabic and Persian digits written as 0-9. Other characters are left as they are."""
    return text.translate(_WESTERN)


def parse_count(text: str, field: str) -> int | None:
    """Return the number that was typed, or None for an empty text: not stated is not zero.

    Only digits pass. `int()` alone would also take "1_000" and "+5", and "1,000" or "1.000" is a different number in different countries.
    """
    digits = western(text.strip())
    if not digits:
        return None
    if _NEGATIVE.fullmatch(digits):
        raise RuleBroken("negative", _("A count cannot be negative."), field)
    if not _WHOLE.fullmatch(digits):
        raise RuleBroken("not_a_number", _("Write a whole number in digits, without separators."), field)
    if len(digits.lstrip("0")) > len(str(LARGEST)) or int(digits) > LARGEST:
        raise RuleBroken("too_large", _("This number is too large."), field)
    return int(digits)
