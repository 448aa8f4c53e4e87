"""The step `claim`: article revisions in, one `ClaimsExtracted` or `ClaimsFailed` for each out."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.claims.gazetteer import load_gazetteer
from pipeline.claims.parse import load_model
from pipeline.claims.read import Rules, read_by_rules
from pipeline.events import ArticleExtracted, ClaimsExtracted, ClaimsFailed, Pending
from pipeline.settings import SEEDS
from pipeline.values import Claim

MOST_WORDS = 100_000  # a longer text is no article; the longest of 723 war reports has under 10,000
SURE_ENGLISH = 0.6  # py3langid is surer than this of every English article of 100 words; short ones are let through
READ_ANYWAY_WORDS = 12


def extract(
    inputs: Iterable[Pending[ArticleExtracted]], *, producer: str, language_model: str, seeds: Path = SEEDS
) -> Iterator[ClaimsExtracted | ClaimsFailed]:
    """One outcome for each article revision: its claims, possibly none, or why the rules could not read it."""
    # What is wrong with tables or model stops the step; what is wrong with a text only its own outcome.
    rules = Rules(load_gazetteer(seeds), load_model(language_model))
    for pending in inputs:
        article = pending.cause.event
        if reason := unreadable(article):
            yield failed(pending, producer, *reason)
            continue
        try:
            claims = read_by_rules(article.text, rules, article.published_at, article.revision_id)
        except (RecursionError, MemoryError) as error:
            yield failed(
                pending, producer, "too_costly", f"{type(error).__name__} while reading {len(article.text)} characters"
            )
            continue
        except Exception as error:  # noqa: BLE001  # one text that breaks a rule must not hold up all others for ever
            yield failed(pending, producer, "error", f"{type(error).__name__}: {error}")
            continue
        yield extracted(pending, producer, claims)


def unreadable(article: ArticleExtracted) -> tuple[str, str] | None:
    """Reason code and detail if the rules cannot read an article: another language, or no article's length."""
    if article.words > MOST_WORDS or len(article.text) > 20 * MOST_WORDS:
        return "too_long", f"{article.words} words; at most {MOST_WORDS} are read"
    if article.language != "en":
        return "language", f"the rules read en, and this is {article.language or 'in no language that is known'}"
    if article.language_probability < SURE_ENGLISH and article.words > READ_ANYWAY_WORDS:
        return "language", f"en with probability {article.language_probability:.2f} only"
    return None


def extracted(pending: Pending[ArticleExtracted], producer: str, claims: tuple[Claim, ...]) -> ClaimsExtracted:
    """The outcome of an article that was read."""
    article = pending.cause.event
    return ClaimsExtracted(
        event_date=article.event_date,
        occurred_at=article.occurred_at,
        caused_by=pending.cause.event_id,
        producer=producer,
        article_id=article.article_id,
        revision_id=article.revision_id,
        attempt=pending.attempt,
        claims=claims,
    )


def failed(pending: Pending[ArticleExtracted], producer: str, reason: str, detail: str) -> ClaimsFailed:
    """The outcome of an article that was not; it is final, since the same rules would fail again."""
    article = pending.cause.event
    return ClaimsFailed(
        event_date=article.event_date,
        occurred_at=article.occurred_at,
        caused_by=pending.cause.event_id,
        producer=producer,
        article_id=article.article_id,
        revision_id=article.revision_id,
        attempt=pending.attempt,
        reason=reason,
        detail=detail,
    )
