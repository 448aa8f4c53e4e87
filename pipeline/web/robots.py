"""A URL in, whether its host's robots.txt lets us ask for it out: each file is read once a run."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from protego import Protego

from pipeline.web.answers import Refusal, find_retry_after, refuse
from pipeline.web.client import Ask, Exchange

ROBOTS_BYTES = 512_000  # RFC 9309, 2.5: at least 500 KiB are parsed; a longer file counts as far as it was read
ASK = Ask(accept="text/plain, */*;q=0.1", limit_bytes=ROBOTS_BYTES, is_cut_kept=True)
PRODUCT = "claimwire"  # the product token that robots.txt may name
AGENT_LINE = re.compile(r"(?im)^\s*user[ \t]*-?[ \t]*agent[ \t]*[: \t][ \t]*(?P<agent>[^#\n]*).*$")
NO_SUCH_FILE = frozenset({"bad_redirect", "redirect_loop", "too_many_redirects"})  # RFC 9309, 2.3.1.2

Get = Callable[[str, Ask], Awaitable[Exchange | Refusal]]


@dataclass(frozen=True, slots=True)
class Rules:
    """What one robots.txt says to us. `protego` None: nothing is forbidden; `refusal`: everything is, and why."""

    protego: Protego | None = None
    refusal: Refusal | None = None
    crawl_delay_s: float = 0.0


class Robots:
    """The robots.txt files met in one run. `get` asks for one: guarded, spaced, redirects followed."""

    def __init__(self, get: Get, note_delay: Callable[[str, float], None]) -> None:
        self.get = get
        self.note_delay = note_delay
        self.rules: dict[str, Rules] = {}
        self.locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def find_refusal(self, url: str) -> Refusal | None:
        """Why `url` may not be asked for, or None if it may."""
        origin = url[: url.index("/", len("https://"))]  # the form in which it is sent always has a path
        rules = self.rules.get(origin) or await self.read(origin)
        if rules.refusal:
            return replace(rules.refusal, requested_url=url)
        if rules.protego and not rules.protego.can_fetch(url, PRODUCT):
            return refuse(url, "robots", f"{origin}/robots.txt forbids it")
        return None

    async def read(self, origin: str) -> Rules:
        """The rules of an origin. While one caller asks for them, the others wait."""
        async with self.locks[origin]:
            if origin not in self.rules:
                rules = read_rules(await self.get(f"{origin}/robots.txt", ASK))
                if rules.crawl_delay_s:
                    self.note_delay(origin, rules.crawl_delay_s)
                self.rules[origin] = rules
            return self.rules[origin]


def read_rules(got: Exchange | Refusal) -> Rules:
    """What the answer to a request for robots.txt means.

    A file that is not there allows (RFC 9309, 2.3.1.3), but a host that keeps us from its rules (401, 403) keeps us
    from its pages. Where the rules cannot be had now, nobody gave leave.
    """
    if isinstance(got, Refusal):
        if got.reason in NO_SUCH_FILE:
            return Rules()
        return Rules(refusal=replace(got, detail=f"robots.txt: {got.detail}"))
    if 200 <= got.status < 300:
        protego = Protego.parse(for_us(got.content.body.decode("utf-8-sig", "replace")))
        return Rules(protego=protego, crawl_delay_s=protego.crawl_delay(PRODUCT) or 0.0)
    if got.status in (401, 403):
        return Rules(refusal=refuse(got.url, "robots", f"robots.txt is itself forbidden ({got.status})"))
    if 400 <= got.status < 500 and got.status != 429:
        return Rules()
    wait_s = find_retry_after(got.headers)
    return Rules(
        refusal=refuse(got.url, "robots_unreachable", f"robots.txt: status {got.status}", retry_after_s=wait_s)
    )


def for_us(text: str) -> str:
    """The file with every agent but us and `*` under one name.

    The parser gives each rule of a group to each of its agents: 10,000 agents with 10,000 rules would stop the run.

    >>> for_us("User-agent: a\\nUSER AGENT: Claimwire/1 # hi\\nDisallow: /x")
    'User-agent: nobody\\nUser-agent: claimwire\\nDisallow: /x'
    """
    return AGENT_LINE.sub(name_agent, "\n".join(text.splitlines()))


def name_agent(line: re.Match[str]) -> str:
    """One agent line in its short form."""
    agent = line["agent"].strip().lower()
    is_us = agent.partition("/")[0].strip().removesuffix("*") == PRODUCT
    return f"User-agent: {'*' if agent == '*' else PRODUCT if is_us else 'nobody'}"
