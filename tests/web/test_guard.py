"""The guard lets global unicast through and nothing else, on the address that is dialled."""

import asyncio
import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.web.guard import Door, DoorResolver, PrivateAddress, is_public, open_socket, read_door

REFUSED = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1",
    "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
    "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "168.63.129.16",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:1.1.1.1", "::7f00:1", "64:ff9b::a00:1", "64:ff9b::101:101", "64:ff9b:1::1",
    "100::1", "2001::1", "2001:db8::1", "2002:a00:1::", "2002:101:101::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254",
    "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "fd20:ce::254", "100.100.100.200", "192.0.0.192", "192.0.0.9",
    "", "localhost", "1.1.1", "1.1.1.1:80",
]  # fmt: skip


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_of_no_public_host_gets_no_socket(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET

    with pytest.raises(PrivateAddress, match="no public address"):
        open_socket((family, socket.SOCK_STREAM, 6, "", (address, 80)))


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450::1"]
)
def test_a_public_address_gets_a_socket(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET

    with open_socket((family, socket.SOCK_STREAM, 6, "", (address, 80))) as made:
        assert made.family == family


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_is_refused_whatever_it_is(address: ipaddress.IPv4Address) -> None:
    for prefix in ("::ffff:0:0", "64:ff9b::", "::"):
        assert not is_public(str(ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) + int(address))))


def test_only_the_resolver_makes_doors() -> None:
    async def resolve() -> str:
        resolver = DoorResolver({"wire.example": "127.0.0.1:8080"})
        [found] = await resolver.resolve("wire.example", 80)
        assert found["port"] == 8080
        return found["host"]

    door = asyncio.run(resolve())

    open_socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", (door, 8080))).close()
    with pytest.raises(PrivateAddress):
        open_socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", (str(door) + "", 8080)))
    assert isinstance(door, Door)


@pytest.mark.parametrize(
    "address", ["10.0.0.1:80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "localhost:80"]
)
def test_a_door_is_a_port_on_this_machine(address: str) -> None:
    with pytest.raises(ValueError, match="as the door of wire"):
        read_door("wire.example", address)
