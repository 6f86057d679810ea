"""Proxied: which client a connection is for. Its own address; or, behind a proxy that the settings name, the one that
the proxy says in `X-Forwarded-For`.

Whoever calls can write that header, so it counts on a connection from such a proxy alone, and of what it holds only the
last entry that no such proxy made: that one is written by a proxy of ours, all before it may be anybody's.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_HEADER = b"x-forwarded-for"


class Proxies:
    """The proxies in front of a server, by address."""

    def __init__(self, networks: Sequence[Network] = ()) -> None:
        self._networks = tuple(networks)

    def client(self, peer: str, headers: Iterable[tuple[bytes, bytes]]) -> str | None:
        """The client for whom the connection of `peer` is at this request; None: as far as it can be told, itself."""
        if not self._ours(_address(peer)):
            return None
        said = b",".join(value for name, value in headers if name.lower() == _HEADER).decode("latin-1")
        for one in reversed(said.split(",")):
            found = _address(one)
            if found is None:
                return None  # whatever this proxy means by it: the connection stays the proxy's own
            if not self._ours(found):
                return network(str(found))
        return None

    def _ours(self, address: ipaddress.IPv4Address | ipaddress.IPv6Address | None) -> bool:
        return address is not None and any(address in one for one in self._networks)


def network(address: str | None) -> str:
    """The address of a client, or the network of it that one client has to itself: in IPv6, a /64."""
    found = _address(address or "")
    if found is None or isinstance(found, ipaddress.IPv4Address):
        return str(found or address or "")
    return str(ipaddress.IPv6Network((int(found) >> 64 << 64, 64)))


def _address(said: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address in a text, without zone and brackets; an IPv4 one that is written as IPv6 is the IPv4 one."""
    try:
        found = ipaddress.ip_address(said.strip().strip("[]").partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
