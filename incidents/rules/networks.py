"""Address ranges in CIDR notation, read strictly: a range with bits beyond its prefix is a mistake, not a wider or a narrower range."""

import re
from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address, ip_network

from django.utils.translation import gettext as _

from incidents.errors import RuleBroken

MOST = 50

# Digits as machines write them; Python reads others, too.
_PLAIN = re.compile(r"[0-9a-fA-F:.]+(/[0-9]{1,3})?")


def parse(text: str, field: str) -> list[str]:
    """Return the ranges written in a text, one a line or between commas, as they are kept. A bare address is a range of one."""
    words = [word for word in re.split(r"[,\s]+", text) if word]
    if len(words) > MOST:
        raise RuleBroken("too_many", _("More than %(most)d ranges are not kept.") % {"most": MOST}, field)
    return list(dict.fromkeys(_range(word, field) for word in words))


def _range(word: str, field: str) -> str:
    try:
        if not _PLAIN.fullmatch(word):
            raise ValueError
        network = ip_network(word, strict=True)
    except ValueError:
        said = _("“%(word)s” is no address range such as 192.0.2.0/24 or 2001:db8::/32.") % {"word": word}
        raise RuleBroken("no_address_range", said, field) from None
    if network.prefixlen == 0:
        raise RuleBroken("no_address_range", _("“%(word)s” is every address there is: leave it empty for that.") % {"word": word}, field)
    return str(network)


def holds(ranges: Iterable[str], address: str) -> bool:
    """Return whether the address lies in one of the ranges; no range at all holds every address, and what is no address lies in none."""
    kept = [ip_network(one) for one in ranges]
    if not kept:
        return True
    try:
        at = ip_address(address)
    except ValueError:
        return False
    if isinstance(at, IPv6Address) and at.ipv4_mapped:
        at = at.ipv4_mapped
    return any(at in network for network in kept)


def asking(remote: str, forwarded: str, *, is_behind_proxy: bool) -> str:
    """Return the address that asks: behind a proxy the one that the proxy itself saw, the last in its list; what stands before is hearsay."""
    return forwarded.rsplit(",", 1)[-1].strip() if is_behind_proxy else remote
