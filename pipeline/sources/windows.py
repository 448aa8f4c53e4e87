"""A page or a sitemap and some days in, whether it may belong to them out: how an archive is asked for days of the past."""

import re
from calendar import monthrange
from datetime import UTC, date, datetime

from pipeline.sources.dates import midnight
from pipeline.sources.listing import Listed, ListedSitemap

Days = tuple[date, date]  # first and last, both included
NEVER = datetime.max.replace(tzinfo=UTC)
# 2017/06/11, 2017-06, 20170611, sitemap-2017.xml, ?yyyy=2017&mm=06&dd=11. Two digits each: 2017/6 may be anything.
DATED = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)"
    r"(?:(?:[/_.-]?|&m+=|&month=)(?P<month>0[1-9]|1[0-2])(?:(?:[/_.-]?|&d+=|&day=)(?P<day>0[1-9]|[12]\d|3[01]))?)?(?!\d)"
)


def find_days(url: str) -> Days | None:
    """The days that an address names, the last of several dates in it; None when it names none.

    >>> find_days("https://wire.example/sitemaps/2017-02.xml.gz")
    (datetime.date(2017, 2, 1), datetime.date(2017, 2, 28))
    >>> find_days("https://wire.example/story-20171234567") is None
    True
    """
    found = max(DATED.finditer(url), key=lambda one: (len(one[0]), one.start()), default=None)
    if found is None:
        return None
    year, month, day = int(found["year"]), found["month"], found["day"]
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    days = monthrange(year, int(month))[1]
    if day is None:
        return date(year, int(month), 1), date(year, int(month), days)
    return (date(year, int(month), int(day)),) * 2 if int(day) <= days else None


def find_named_day(url: str) -> datetime | None:
    """The beginning of the day that an address names, None when it names none, or only a month or a year.

    >>> find_named_day("https://wire.example/2017/06/11/raids"), find_named_day("https://wire.example/2017/06/raids")
    (datetime.datetime(2017, 6, 11, 0, 0, tzinfo=datetime.timezone.utc), None)
    """
    named = find_days(url)
    return midnight(named[0]) if named and named[0] == named[1] else None


def is_within(page: Listed, window: Days) -> bool:
    """Whether a page may be of these days: by its date of publication, its address, its last change; else nobody knows."""
    if page.published_at:
        return window[0] <= page.published_at.date() <= window[1]
    if named := find_days(page.url or ""):
        return is_overlap(named, window)
    return page.updated_at is None or page.updated_at.date() >= window[0]


def distance(page: Listed, window: Days) -> tuple[int, float]:
    """What puts one page that may be of these days before another: it tells one of them, or changed soon after; newest first.

    >>> pages = [Listed(url="/c"), Listed(url="/b", updated_at=midnight(date(2019, 1, 1))), Listed(url="/2017/06/11/a")]
    >>> [page.url for page in sorted(pages, key=lambda page: distance(page, (date(2017, 6, 8), date(2017, 6, 13))))]
    ['/2017/06/11/a', '/b', '/c']
    """
    named = find_days(page.url or "")
    told = page.published_at or (midnight(named[1]) if named else page.updated_at)
    if told is None:
        return date.max.toordinal(), 0.0
    return max((told.date() - window[1]).days, 0), -told.timestamp()


def may_hold(sitemap: ListedSitemap, window: Days) -> bool:
    """Whether a sitemap may list pages of these days: its address names them, or none and it has changed since."""
    if named := find_days(sitemap.url):
        return is_overlap(named, window)
    return sitemap.modified_at is None or sitemap.modified_at.date() >= window[0]


def closeness(sitemap: ListedSitemap) -> tuple[bool, int, datetime, str]:
    """What puts one sitemap that may hold a window before another: it names days, few of them, and changed soon after."""
    named = find_days(sitemap.url)
    days = (named[1] - named[0]).days if named else 0
    return named is None, days, sitemap.modified_at or NEVER, sitemap.url


def is_overlap(one: Days, other: Days) -> bool:
    """Whether two ranges of days have one in common."""
    return one[0] <= other[1] and other[0] <= one[1]
