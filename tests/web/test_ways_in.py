"""Every known way to an address that is not public, from the URL to the refusal: spellings, names, rebinding, redirects.

A server listens on this machine all the while; what counts is that nobody ever asks it.
"""

import asyncio
import socket
from typing import Any

import pytest

from pipeline.settings import Settings
from pipeline.web.answers import Answer, Refusal
from pipeline.web.fetch import FEED, PAGE, Accept, open_fetcher
from pipeline.web.guard import is_public
from tests.badweb import Page, Web, story

QUICK = Settings(spacing_s=0, connect_timeout_s=1, read_timeout_s=1, page_timeout_s=2)
INSIDE = "inside.test"
METADATA = "http://169.254.169.254/latest/meta-data/"
PRIVATE = [
    "127.0.0.1",
    "10.0.0.1",
    "169.254.169.254",
    "::1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "fd00:ec2::254",
    "fe80::1",
]


def redirect(place: str) -> Page:
    return Page(b"", headers={"Location": place}, status=302)


@pytest.fixture
def web(server: Web) -> Web:
    server.pages.clear()
    server.pages.update({f"{INSIDE}/": story(1), "127.0.0.1/": story(2)})
    server.asked.clear()
    return server


def ask(web: Web, url: str, accept: Accept = PAGE) -> Answer | Refusal:
    """What a URL gives; PORT in it is the server's. The hosts a.example and b.example are doors to it."""

    async def main() -> Answer | Refusal:
        doors = dict.fromkeys(("a.example", "b.example"), f"127.0.0.1:{web.port}")
        async with open_fetcher(QUICK, "claimwire/0", doors) as fetch:
            return await fetch(url.replace("PORT", str(web.port)), accept=accept)

    return asyncio.run(main())


def name(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Have the system's name server tell these addresses of INSIDE, one answer after the other. Returns who asked."""
    system = socket.getaddrinfo
    asked: list[str] = []

    def resolve(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
        if host != INSIDE:
            return system(host, port, *rest, **more)
        found = answers[min(len(asked), len(answers) - 1)]
        asked.append(host)
        families = [socket.AF_INET6 if ":" in one else socket.AF_INET for one in found]
        places = [(one, port, 0, 0) if ":" in one else (one, port) for one in found]
        return [(family, socket.SOCK_STREAM, 6, "", place) for family, place in zip(families, places, strict=True)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/", "http://172.16.0.1/", "http://192.168.1.1:8080/", "http://127.0.0.1:PORT/", "http://100.64.0.1/",
        METADATA, "http://168.63.129.16/", "http://[fd00:ec2::254]/", "http://192.0.0.192/", "http://0.0.0.0:PORT/",
        "http://[::1]:PORT/", "http://[::]:PORT/", "http://[fe80::1]/", "http://[fc00::1]/", "http://[::ffff:127.0.0.1]:PORT/",
        "http://[::ffff:169.254.169.254]/", "http://[::ffff:0:127.0.0.1]/", "http://[::127.0.0.1]/",
        "http://[64:ff9b::127.0.0.1]/", "http://[64:ff9b::a9fe:a9fe]/", "http://[64:ff9b:1::7f00:1]/",
        "http://[2002:7f00:1::]/", "http://[2001::7f00:1]/", "http://localhost:PORT/", "http://LOCALHOST.:PORT/",
        "http://reader@127.0.0.1:PORT/", "http://wire.example@127.0.0.1:PORT/",
        "http://①②⑦.⓪.⓪.①:PORT/", "http://017700000001:PORT/", "http://0x7f000001:PORT/", "http://2130706433:PORT/",
        "http://127.1:PORT/", "http://127。0。0。1:PORT/", "https://127.0.0.1:PORT/",
    ],
)  # fmt: skip
@pytest.mark.parametrize("accept", [PAGE, FEED], ids=["page", "feed"])
def test_no_spelling_of_a_private_address_is_asked(web: Web, url: str, accept: Accept) -> None:
    got = ask(web, url, accept)

    assert isinstance(got, Refusal)
    assert got.reason in ("private_address", "bad_url")
    assert not web.asked


@pytest.mark.parametrize("address", PRIVATE)
def test_a_public_name_of_a_private_address_is_refused(web: Web, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    asked = name(monkeypatch, [address])

    got = ask(web, f"http://{INSIDE}:PORT/")

    assert isinstance(got, Refusal)
    assert (got.reason, bool(asked), dict(web.asked)) == ("private_address", True, {})


def test_a_name_with_several_private_addresses_leads_to_none(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    name(monkeypatch, PRIVATE)

    got = ask(web, f"http://{INSIDE}:PORT/")

    assert isinstance(got, Refusal)
    assert (got.reason, dict(web.asked)) == ("private_address", {})


def test_a_name_that_is_private_when_it_is_dialled_is_refused_though_it_was_public_before(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = name(monkeypatch, ["1.1.1.1"], ["127.0.0.1"])
    [first] = socket.getaddrinfo(INSIDE, web.port)  # a check in front of the connection sees this

    got = ask(web, f"http://{INSIDE}:PORT/")

    assert is_public(first[4][0])
    assert isinstance(got, Refusal)
    assert (got.reason, len(asked) > 1, dict(web.asked)) == ("private_address", True, {})


PLACES = ["http://127.0.0.1:PORT/", METADATA, "http://[::ffff:127.0.0.1]:PORT/", "http://[64:ff9b::a9fe:a9fe]/",
          "//127.0.0.1:PORT/", "http://b.example@10.0.0.1/", "http://2130706433:PORT/", f"http://{INSIDE}:PORT/"]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_a_redirect_over_a_second_host_ends_before_a_private_address(
    web: Web, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    name(monkeypatch, ["127.0.0.1"])
    there = place.replace("PORT", str(web.port))
    web.pages.update({"a.example/": redirect("http://b.example/on"), "b.example/on": redirect(there)})

    got = ask(web, "http://a.example/")

    assert isinstance(got, Refusal)
    assert got.reason in ("private_address", "bad_redirect", "bad_url")
    assert {asked.partition("/")[0] for asked in web.asked} == {"a.example", "b.example"}


@pytest.mark.parametrize("place", PLACES)
def test_a_robots_txt_that_leads_to_a_private_address_is_not_followed(
    web: Web, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    name(monkeypatch, ["127.0.0.1"])
    web.pages.update({"a.example/robots.txt": redirect(place.replace("PORT", str(web.port))), "a.example/": story(3)})

    ask(web, "http://a.example/")

    assert {asked.partition("/")[0] for asked in web.asked} == {"a.example"}
