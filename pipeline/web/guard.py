"""An address about to be dialled in, a socket or a refusal out: nothing but public hosts is ever asked.

The check stands where the socket is made, on the address that is really dialled. So it meets literal addresses, names
that resolve to private ones, and names that resolve anew between a check and the connection. The one exception is a
*door*: a host of the bundled world or of a test that the caller mapped to a port on this machine.
"""

import errno
import ipaddress
import socket
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

REFUSED = "refused by the guard"

# Global by the registry, or by an older table of this Python, yet a way to other addresses or to no host.
NOT_A_PUBLIC_HOST = tuple(
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",  # protocol assignments; a cloud's metadata too (192.0.0.192)
        "192.88.99.0/24",  # 6to4 relays
        "168.63.129.16/32",  # a cloud's metadata, on a public address
        "2001::/23",  # Teredo and other tunnels
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address in an IPv6 one
        "3fff::/20",  # documentation
    )
)
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")  # so neither ::ffff:0:0/96 (mapped) nor 64:ff9b::/96 (NAT64)


class PrivateAddress(OSError):
    """The address is not one of a public host."""

    def __init__(self, address: str) -> None:
        super().__init__(errno.EACCES, f"{REFUSED}: {address} is no public address")


class Door(str):
    """The address of a door. Only `DoorResolver` makes one, so no URL and no name server can pass for it."""

    __slots__ = ()


@lru_cache(maxsize=4096)
def is_public(address: str) -> bool:
    """Whether `address` is global unicast, with no other address inside it.

    >>> [is_public(address) for address in ("1.1.1.1", "127.0.0.1", "169.254.169.254", "::ffff:1.1.1.1", "100.64.0.1")]
    [True, False, False, False, False]
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if not parsed.is_global or parsed.is_multicast or parsed.is_reserved:
        return False
    if parsed.version == 6 and parsed not in GLOBAL_UNICAST:
        return False
    return not any(parsed in network for network in NOT_A_PUBLIC_HOST)


def open_socket(address_info: tuple[Any, ...]) -> socket.socket:
    """A socket for the address that is dialled next. Raises PrivateAddress if that is neither public nor a door."""
    family, kind, protocol, _, address = address_info
    if not isinstance(address[0], Door) and not is_public(address[0]):
        raise PrivateAddress(str(address[0]))
    return socket.socket(family, kind, protocol)


class DoorResolver(AbstractResolver):
    """The system's resolver, but a host with a door is at its door, whatever port the URL names."""

    def __init__(self, doors: Mapping[str, str]) -> None:
        self.doors = {host: read_door(host, address) for host, address in doors.items()}
        self.system = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of the host, or of its door."""
        door = self.doors.get(host)
        if door is None:
            return await self.system.resolve(host, port, family)
        address = ResolveResult(hostname=host, host=door[0], port=door[1], family=socket.AF_INET, proto=0, flags=0)
        return [address]

    async def close(self) -> None:
        """Nothing is kept open."""


def read_door(host: str, address: str) -> tuple[Door, int]:
    """The address and the port of a door.

    >>> read_door("wire.example", "127.0.0.1:8080")
    ('127.0.0.1', 8080)

    Raises ValueError unless it is on this machine.
    """
    name, _, port = address.rpartition(":")
    if name != "127.0.0.1" or not port.isdigit() or not 0 < int(port) < 1 << 16:
        raise ValueError(f"expected 127.0.0.1:PORT as the door of {host}, got {address!r}")
    return Door(name), int(port)
