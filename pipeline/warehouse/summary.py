"""A published warehouse in, what it holds in a dozen lines out: what `make run` ends with."""

from dataclasses import dataclass
from datetime import date

from pipeline.settings import Settings
from pipeline.warehouse.warehouse import query

COUNTS = """
select
    (select sum(entries) from pipeline_accounting)::bigint as entries,
    (select sum(pages) from pipeline_accounting)::bigint as pages,
    (select count(*) from articles) as articles,
    (select count(*) from articles where not is_earliest_in_family) as copies,
    (select count(*) from claims where is_latest_revision and not is_narrator) as claims,
"""
# The same words in twenty reprints are one text: families count texts, articles count prints.
REVISED = """
select
    coalesce(any_value(speaker), 'not known') as who,
    superseded_low,
    claimed_low,
    metric,
    null as since_on,
    count(distinct article_id) as articles,
    count(distinct family_id) as texts,
    first(evidence order by published_at, claim_id) as words,
    first(outlet order by published_at, claim_id) as outlet,
from toll_claims
where superseded_low is not null and is_latest_revision and not is_narrator
group by speaker_id, superseded_low, claimed_low, metric
order by articles desc, claimed_low desc, who
"""
CUMULATIVE = """
select
    coalesce(any_value(speaker), 'not known') as who,
    null as superseded_low,
    claimed_low,
    metric,
    since_on,
    count(distinct article_id) as articles,
    count(distinct family_id) as texts,
    first(evidence order by published_at, claim_id) as words,
    first(outlet order by published_at, claim_id) as outlet,
from toll_claims
where is_cumulative and since_on is not null and is_latest_revision and not is_narrator
group by coalesce(speaks_for_id, speaker_id), claimed_low, metric, since_on
order by articles desc, claimed_low desc, who
"""

UNREACHED = "select source_id, last_reason from source_health where last_outcome = 'failed' order by source_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Toll:
    """A toll that replaced an earlier one, or that counts from a day on, and how widely it stands in print.

    words, outlet  as the earliest article has it
    texts          of these articles that are no copies of one another
    """

    who: str
    superseded: int | None
    claimed: int
    metric: str
    since: date | None
    articles: int
    texts: int
    words: str
    outlet: str


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts by name, the tolls that moved or that count a period, and the sources whose last poll failed, with the reason."""

    counts: dict[str, int]
    tolls: tuple[Toll, ...]
    unreached: dict[str, str]


def find_summary(settings: Settings) -> Summary:
    """What the published warehouse holds. Raises QueryError when there is none."""
    counted = query(settings, COUNTS)
    rows = [*query(settings, REVISED).rows, *query(settings, CUMULATIVE).rows]
    names = Toll.__slots__
    return Summary(
        counts=dict(zip(counted.columns, counted.rows[0], strict=True)),
        tolls=tuple(Toll(**dict(zip(names, row, strict=True))) for row in rows),
        unreached=dict(query(settings, UNREACHED).rows),
    )
