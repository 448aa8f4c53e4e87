"""robots.txt: what it forbids, and what it means when it cannot be had."""

import asyncio
import time

import pytest

from pipeline.packing import content_of
from pipeline.web.answers import Refusal, refuse
from pipeline.web.client import Ask, Exchange
from pipeline.web.robots import ASK, Robots, for_us


def exchange(body: str, status: int = 200, **headers: str) -> Exchange:
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Exchange("http://a.example/robots.txt", status, "", pairs, content_of(body.encode()), False, 0.0)


def ask(got: Exchange | Refusal, *urls: str) -> tuple[list[Refusal | None], list[str], dict[str, float]]:
    """Why the URLs are refused, given what the request for robots.txt came to; and who was asked and what was noted."""
    asked: list[str] = []
    delays: dict[str, float] = {}

    async def get(url: str, how: Ask) -> Exchange | Refusal:
        assert how is ASK
        asked.append(url)
        await asyncio.sleep(0)
        return got

    async def main() -> list[Refusal | None]:
        robots = Robots(get, delays.__setitem__)
        return list(await asyncio.gather(*(robots.find_refusal(url) for url in urls)))

    return asyncio.run(main()), asked, delays


def reason(got: Exchange | Refusal, url: str = "http://a.example/news/raqqa") -> str | None:
    [refusal], _, _ = ask(got, url)
    return refusal.reason if refusal else None


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("", None),
        ("User-agent: *\nDisallow: /news/", "robots"),
        ("\ufeffUser-agent: *\nDisallow: /news/", "robots"),
        ("User-agent: *\nDisallow: /*/raqqa$", "robots"),
        ("User-agent: *\nDisallow: /news/\nAllow: /news/raqqa", None),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Claimwire/2.0\nDisallow: /sport/", None),
        ("User-agent: *\nDisallow:\n\nuseragent: CLAIMWIRE # us\nDisallow: /", "robots"),
        ("User-agent: claim\nDisallow: /", None),
        ("User-agent: other\nUser-agent: *\nDisallow: /", "robots"),
        ("User-agent: *\nUser-agent: other\nDisallow: /", "robots"),
        ("User-agent: other\nDisallow: /", None),
        ("<html>no robots here", None),
    ],
)
def test_the_rules_for_us_or_for_all_hold(rules: str, expected: str | None) -> None:
    assert reason(exchange(rules)) == expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [(404, None), (410, None), (400, None), (401, "robots"), (403, "robots"), (429, "robots_unreachable"),
     (500, "robots_unreachable"), (503, "robots_unreachable"), (304, "robots_unreachable")],
)  # fmt: skip
def test_a_missing_file_allows_and_one_that_cannot_be_had_now_does_not(status: int, expected: str | None) -> None:
    assert reason(exchange("User-agent: *\nDisallow: /", status)) == expected


@pytest.mark.parametrize("why", ["timeout", "dns", "connect", "private_address"])
def test_a_host_that_cannot_be_asked_is_refused_for_that_reason(why: str) -> None:
    assert reason(refuse("http://a.example/robots.txt", why, "")) == why


@pytest.mark.parametrize("why", ["redirect_loop", "too_many_redirects", "bad_redirect"])
def test_redirects_that_lead_to_no_file_allow(why: str) -> None:
    assert reason(refuse("http://a.example/robots.txt", why, "")) is None


def test_one_file_is_asked_for_once_however_many_pages_wait() -> None:
    urls = [f"http://a.example/{number}" for number in range(20)] + ["http://b.example/", "http://a.example:81/"]

    _, asked, _ = ask(exchange(""), *urls)

    assert sorted(asked) == [
        "http://a.example/robots.txt",
        "http://a.example:81/robots.txt",
        "http://b.example/robots.txt",
    ]


def test_a_refusal_names_the_page_that_was_asked_for() -> None:
    [first, second], _, _ = ask(exchange("", 500, Retry_After="60"), "http://a.example/1", "http://a.example/2")

    assert first is not None
    assert second is not None
    assert [first.requested_url, second.requested_url] == ["http://a.example/1", "http://a.example/2"]
    assert (first.is_transient, first.retry_after_s) == (True, 60.0)


def test_a_crawl_delay_is_noted() -> None:
    _, _, delays = ask(exchange("User-agent: *\nCrawl-delay: 7"), "http://a.example/1")

    assert delays == {"http://a.example": 7.0}


def test_ten_thousand_agents_with_ten_thousand_rules_do_not_stop_the_run() -> None:
    agents = "".join(f"User-agent: a{number}\nuser  agent b{number}\n" for number in range(6_000))
    rules = "".join(f"Disallow: /{number}\n" for number in range(10_000))
    began = time.process_time()

    assert reason(exchange(agents + rules + "\nUser-agent: *\nDisallow: /news")) == "robots"
    assert time.process_time() - began < 2
    assert for_us(agents).count("nobody") == 12_000
