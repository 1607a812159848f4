"""Which network addresses anybody may be sent to: public unicast ones, and nothing that leads to another kind.

Decided on the resolved address, after all spellings (`127.1`, `0x7f000001`, `2130706433`, full-width digits) have come
to the same number. `ipaddress.is_global` alone is not enough: Python 3.11 calls multicast, the IPv4-compatible and the
translated forms, and Oracle's metadata server global.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_V4_DENIED: tuple[tuple[str, str], ...] = (
    ("0.0.0.0/8", "this host"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "carrier NAT; Alibaba's metadata server"),
    ("127.0.0.0/8", "loopback"),
    ("168.63.129.16/32", "Azure's host agent, in a public range"),
    ("169.254.0.0/16", "link-local; the metadata servers of most clouds"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "protocol assignments; Oracle's metadata server"),
    ("192.0.2.0/24", "documentation"),
    ("192.88.99.0/24", "6to4 relays"),
    ("192.168.0.0/16", "private"),
    ("198.18.0.0/15", "benchmarks"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved, broadcast"),
)
_V6_UNICAST = IPv6Network("2000::/3")
_V6_DENIED: tuple[tuple[str, str], ...] = (
    ("2001::/23", "protocol assignments: Teredo, benchmarks, ORCHID"),
    ("2001:db8::/32", "documentation"),
    ("3fff::/20", "documentation"),
)
_V6_CARRIERS: tuple[tuple[str, int], ...] = (
    ("::/96", 0),  # IPv4-compatible
    ("::ffff:0:0/96", 0),  # mapped
    ("::ffff:0:0:0/96", 0),  # translated (SIIT)
    ("64:ff9b::/96", 0),  # NAT64: the way out for hosts without IPv4
    ("2002::/16", 80),  # 6to4
)
"""Networks whose addresses carry an IPv4 address, and how many bits stand to its right."""
_ISATAP = {0x00005EFE, 0x02005EFE}

_V4 = tuple(IPv4Network(network) for network, _ in _V4_DENIED)
_V6 = tuple(IPv6Network(network) for network, _ in _V6_DENIED)
_CARRIERS = tuple((IPv6Network(network), right) for network, right in _V6_CARRIERS)


def is_public(address: str | IPv4Address | IPv6Address) -> bool:
    """Whether a resolved address may be connected to; what is no address, or a scoped one (`fe80::1%eth0`), may not."""
    try:
        found = ip_address(address) if isinstance(address, str) else address
    except ValueError:
        return False
    if isinstance(found, IPv4Address):
        return not any(found in network for network in _V4)
    if found.scope_id is not None:
        return False
    number = int(found)
    for network, right in _CARRIERS:
        if found in network:
            return is_public(IPv4Address((number >> right) & 0xFFFF_FFFF))
    if (number >> 32) & 0xFFFF_FFFF in _ISATAP and not is_public(IPv4Address(number & 0xFFFF_FFFF)):
        return False
    return found in _V6_UNICAST and not any(found in network for network in _V6)
