"""
Which addresses are on the open internet. A list of our own: what Python calls global depends on its version.

The networks are those of IANA's registries of special-purpose addresses (iana-ipv4-special-registry and
iana-ipv6-special-registry, as of RFC 9780 of 2025), also those that are globally reachable but hold no files; what the
two leave to other registries (multicast, unicast that is not allocated); and addresses of services of clouds.
"""

from __future__ import annotations

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_CLOSED_4 = (
    "0.0.0.0/8",  # this network
    "10.0.0.0/8",  # private
    "100.64.0.0/10",  # shared, behind a carrier's NAT; some clouds keep their metadata in it
    "127.0.0.0/8",  # loopback
    "168.63.129.16/32",  # Azure's host
    "169.254.0.0/16",  # link-local: the metadata of most clouds
    "172.16.0.0/12",  # private
    "192.0.0.0/24",  # protocol assignments: DS-Lite, PCP and TURN anycast, Oracle's metadata
    "192.0.2.0/24",  # documentation
    "192.31.196.0/24",  # AS112
    "192.52.193.0/24",  # AMT relays
    "192.88.99.0/24",  # 6to4 relays
    "192.168.0.0/16",  # private
    "192.175.48.0/24",  # AS112
    "198.18.0.0/15",  # benchmarks
    "198.51.100.0/24",  # documentation
    "203.0.113.0/24",  # documentation
    "224.0.0.0/4",  # multicast
    "240.0.0.0/4",  # reserved, and broadcast
)
# Of version 6 only 2000::/3 is allocated; these are the parts of it that are not for everybody.
_OPEN_6 = ipaddress.IPv6Network("2000::/3")
_CLOSED_6 = (
    "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID, AMT, drones
    "2001:db8::/32",  # documentation
    "2002::/16",  # 6to4: leads to an address of version 4 by relays that nobody knows
    "2620:4f:8000::/48",  # AS112
    "3fff::/20",  # documentation
)
_TO_4 = ipaddress.IPv6Network("64:ff9b::/96")  # the last 32 bits are an address of version 4
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")
_NETWORKS_4 = tuple(ipaddress.IPv4Network(one) for one in _CLOSED_4)
_NETWORKS_6 = tuple(ipaddress.IPv6Network(one) for one in _CLOSED_6)
_LOW_32 = 0xFFFF_FFFF


def is_public(address: Address) -> bool:
    """Whether an address is on the open internet; one of version 6 that holds one of version 4 is judged by that."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _NETWORKS_4)
    if address.scope_id is not None:
        return False
    if address in _MAPPED or address in _TO_4:
        return is_public(ipaddress.IPv4Address(int(address) & _LOW_32))
    return address in _OPEN_6 and not any(address in network for network in _NETWORKS_6)
