"""Which addresses may be written to when somebody else chooses them: public ones, never those of the inner network."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# IPv6 addresses that stand for an IPv4 one, which would have to be looked at in its turn.
_TRANSLATED = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))


def is_public(address: Address) -> bool:
    """Return whether the whole world may be meant by this address: not this host, a private network, a link, a group or a translation of one."""
    if isinstance(address, IPv6Address) and (
        address.ipv4_mapped or address.sixtofour or address.teredo or any(address in net for net in _TRANSLATED)
    ):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_loopback or address.is_link_local)


def may_write_to(address: Address, inner: Sequence[Network]) -> bool:
    """Return whether this address may be written to: a public one, or one of the inner networks that the deployment names."""
    return is_public(address) or any(address in network for network in inner)
