"""A number in, feeds out that publish at known instants: what a day of polling is measured against."""

import math
import random
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

MIDNIGHT = datetime(2017, 6, 11, tzinfo=UTC)  # the day that is polled begins
DAY = timedelta(days=1)
BEFORE = timedelta(days=20)  # published before it, so that every listing is full from the start
WINDOWS = (10, 15, 20, 25, 30, 50, 100)  # entries listed: what 50 real feeds list
RHYTHM_S = (600.0, 3 * 86_400.0)  # mean time between two entries: from 144 a day to one in three days
# Minutes of ttl, and how many feeds of a hundred have them; the rest ask for nothing.
TTLS = ((15, 6), (30, 6), (60, 12), (180, 2))
MAX_AGES_S = ((300, 15), (900, 6), (3600, 4))
LIAR = 1  # of fifty; it publishes at least as often as this, or it would have nothing to deny
DENYING_S = 5_400.0
# What feeds of a hundred send of validators: both, only a date, none.
BOTH, DATED, NONE = 50, 22, 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One feed of the day.

    published    the instants of its entries, the oldest first
    listed       how many of the newest it lists
    ttl_minutes  what it asks for in itself, max_age_s: in its headers; 0: nothing
    validators   both | date | none
    is_restless  every body bears the instant at which it was made, so that no two are the same
    is_dated     whether entries bear the instant of their publication
    lies_from    from when on it answers 304 whatever it lists; None: never
    moves_at     from when on it is found elsewhere (301); ends_at: gone (410)
    fails        from when to when it answers 503 with a Retry-After
    """

    number: int
    published: tuple[datetime, ...]
    listed: int
    ttl_minutes: int = 0
    max_age_s: int = 0
    validators: str = "both"
    is_restless: bool = False
    is_dated: bool = True
    lies_from: datetime | None = None
    moves_at: datetime | None = None
    ends_at: datetime | None = None
    fails: tuple[datetime, datetime] | None = None

    @property
    def id(self) -> str:
        """Its id as a source."""
        return f"feed-{self.number}"

    @property
    def host(self) -> str:
        """Its host: each has its own."""
        return f"feed-{self.number}.example"

    def count(self, now: datetime) -> int:
        """How many entries are out."""
        return bisect_right(self.published, now)

    def numbers(self, now: datetime) -> range:
        """The numbers of the entries that it lists."""
        out = self.count(now)
        return range(max(0, out - self.listed), out)

    @property
    def allowed_s(self) -> float:
        """The shortest interval that it allows, or the scheduler: it polls every 15 minutes."""
        return max(900.0, 60.0 * self.ttl_minutes, float(self.max_age_s))

    def is_window_enough(self) -> bool:
        """Whether whoever asks as often as that, at the next tick after it, finds every entry of the day."""
        slack = timedelta(seconds=self.allowed_s + 900)
        end = self.ends_at or MIDNIGHT + 2 * DAY
        gone = [*self.published[self.listed :], *[end] * self.listed]  # when each entry is listed no more
        return not any(
            min(left, end) - came < slack
            for came, left in zip(self.published, gone, strict=False)
            if min(left, end) >= MIDNIGHT and came < end
        )


def make_feeds(count: int, seed: int = 4) -> tuple[Feed, ...]:
    """Feeds of all rhythms; of a hundred a few lie, move, end, or fail for hours."""
    chance = random.Random(seed)  # a measurement, to be repeated
    return tuple(make_feed(number, chance) for number in range(count))


def make_feed(number: int, chance: random.Random) -> Feed:
    """One feed."""
    rhythm_s = math.exp(chance.uniform(*map(math.log, RHYTHM_S)))
    turn = number % 50
    if turn == LIAR:
        rhythm_s = min(rhythm_s, DENYING_S)
    instant = MIDNIGHT + timedelta(hours=chance.uniform(4, 16))
    validators = chance.choices(("both", "date", "none"), (BOTH, DATED, NONE))[0]
    return Feed(
        number=number,
        published=tuple(publish(rhythm_s, chance)),
        listed=chance.choice(WINDOWS),
        ttl_minutes=choose(TTLS, chance),
        max_age_s=choose(MAX_AGES_S, chance),
        validators="both" if turn == LIAR else validators,
        is_restless=turn != LIAR and validators == "none" and chance.random() < 0.5,
        is_dated=chance.random() > 0.08,
        lies_from=instant if turn == LIAR else None,
        moves_at=instant if turn == 2 else None,
        ends_at=instant if turn == 3 else None,
        fails=(instant, instant + timedelta(hours=3)) if turn == 4 else None,
    )


def choose(shares: Sequence[tuple[int, int]], chance: random.Random) -> int:
    """One of several values by their shares of a hundred, or 0."""
    values = [value for value, _ in shares]
    rest = 100 - sum(share for _, share in shares)
    return chance.choices([*values, 0], [*(share for _, share in shares), rest])[0]


def publish(rhythm_s: float, chance: random.Random) -> Iterator[datetime]:
    """Instants of publication: few at night, and one time in ten several within minutes."""
    now, end = MIDNIGHT - max(BEFORE, timedelta(seconds=130 * rhythm_s)), MIDNIGHT + DAY
    while True:
        at_night = 0.25 if now.hour < 6 else 1.25
        batch = chance.choice((3, 5, 8)) if chance.random() < 0.1 else 1
        now += timedelta(seconds=chance.expovariate(at_night / rhythm_s / 1.43))
        for _ in range(batch):
            now += timedelta(seconds=chance.uniform(0, 120) if batch > 1 else 0)
            if now >= end:
                return
            yield now


def write_feed(feed: Feed, now: datetime) -> bytes:
    """The body of the feed."""
    items = [
        f"<item><title>Story {number}</title><guid isPermaLink='false'>{feed.id}-{number}</guid>"
        f"<link>http://{feed.host}/{number}</link>{date_of(feed, number)}</item>"
        for number in reversed(feed.numbers(now))
    ]
    made = f"<lastBuildDate>{format_datetime(now)}</lastBuildDate>" if feed.is_restless else ""
    ttl = f"<ttl>{feed.ttl_minutes}</ttl>" if feed.ttl_minutes else ""
    return f"<rss version='2.0'><channel><title>{feed.id}</title>{made}{ttl}{''.join(items)}</channel></rss>".encode()


def date_of(feed: Feed, number: int) -> str:
    """The date of an entry, if the feed gives one."""
    return f"<pubDate>{format_datetime(feed.published[number])}</pubDate>" if feed.is_dated else ""
