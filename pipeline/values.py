"""What events carry: spans and what is read at them. Plain values, in the order in which the steps make them."""

from dataclasses import dataclass
from datetime import date, datetime

Span = tuple[int, int]  # half-open [start, end) character offsets into a named text


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRef:
    """Where the archive keeps some bytes.

    file    name of the WARC file in the archive folder
    offset  byte offset of the record's gzip member
    sha256  hex digest of the body
    """

    file: str
    offset: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A time of which a source has listed nothing that was seen: what came and went in it is not known."""

    from_at: datetime
    until_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PolledSitemap:
    """A sitemap of an index that was asked with it: how it went (reason None: well), what it listed, where its body is."""

    url: str
    reason: str | None = None
    entries: int = 0
    body: RecordRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Skips:
    """When a source asks not to be polled (UTC): hours from 0 to 23, days from 1 (Monday) to 7."""

    hours: tuple[int, ...] = ()
    days: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PollState:
    """What one poll hands on to the next. With the url, etag, last_modified and digest of the event: all that is known.

    moved_to          where the source said by 301 or 308 that it is from now on, and was found; None: at its own url
    window            the entries of the last reading, 8 characters of the key of each; entries: how many there were
    half_at           half of those entries are younger; None: they have no dates
    confirmed_at      the last poll that succeeded; listed_at: the last of them that brought a body
    ttl_s             how long the listing asks to be left alone (ttl, sy:updatePeriod); 0: it does not ask
    skips             when the listing asks not to be polled (skipHours, skipDays), or None
    interval_s        seconds between polls as the rhythm wants it, before what the source asks for
    not_modified      304s in a row; failures: failures in a row, and polls that lack a sitemap of a window that is past
    audits_with_news  bodies in a row that brought new entries when they were asked for in spite of 304s, and only then
    is_304_trusted    False once a 304 was found to be a lie
    days              of a sitemap, the window that it was read for
    """

    moved_to: str | None = None
    window: str = ""
    entries: int = 0
    half_at: datetime | None = None
    confirmed_at: datetime | None = None
    listed_at: datetime | None = None
    ttl_s: int = 0
    skips: Skips | None = None
    interval_s: float = 0.0
    not_modified: int = 0
    failures: int = 0
    audits_with_news: int = 0
    is_304_trusted: bool = True
    days: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """Who is named for what belongs to an entry, often its picture, and as what (media:credit: photographer, producer ..)."""

    name: str
    role: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A picture, sound or film of an entry; medium is image | audio | video | document | executable where it is said."""

    url: str
    content_type: str | None = None
    medium: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One value that a page or a feed offers for a field of its metadata.

    name       title | authors | published_at | modified_at | language | outlet | canonical_url | section
                | access (paid | metered | free: hints of a paywall)
    value      the value, times as RFC 3339
    origin     where it stands: json-ld | meta | entry | html | url | document | text (of the article itself)
    precision  exact | minute | day, for times; None for the rest
    """

    name: str
    value: str
    origin: str
    precision: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSentence:
    """A sentence of a revision that holds words, and how many."""

    span: Span
    words: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedSentence:
    """Two sentences with much the same words.

    here, there       spans into the texts of this revision and of the other one
    score             share of equal word 2-grams (Jaccard), numbers, weekdays and months masked, 0 to 1
    is_digits_equal   whether both hold the same numbers: a copy if so, else a revision
    """

    here: Span
    there: Span
    score: float
    is_digits_equal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredPair:
    """How much text this revision shares with another. Measurements only: what they are called is SQL.

    coverage_here   share of this text's distinct word 3-grams that the other also has; coverage_there the other way round
    words_*         words of each text in normal form; shared_words: words inside shared 3-grams, in the text that has fewer
    is_exact        equal normal form
    """

    other_article_id: str
    other_revision_id: str
    coverage_here: float
    coverage_there: float
    words_here: int
    words_there: int
    shared_words: int
    is_exact: bool
    sentences: tuple[SharedSentence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Who said it.

    span           the words that name the speaker
    speaker_id     id in seeds/actors.csv or a key made from the name; None when unresolved: then `reason` says why
    name           canonical name, or the words
    attribution    named | pronoun | unnamed
    speaks_for_id  whom a person speaks for (Abdel Rahman: the Observatory), or None
    party          the side of the conflict that the speaker is, or None
    candidates     ids that an ambiguous pronoun or short name could stand for
    named_at       the words of the text that give the short name its meaning, or None: "the Tigris Relief Board (TRB)"
    named_by       the rule that read them: acronym | foreign_acronym | also_known | hereafter | stands_for | initials |
                   last_name | office | nominal ("the monitoring group")
    """

    span: Span
    speaker_id: str | None
    name: str
    attribution: str
    speaks_for_id: str | None = None
    party: str | None = None
    candidates: tuple[str, ...] = ()
    reason: str | None = None
    named_at: Span | None = None
    named_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Via:
    """Who carried the words: an agency, an outlet or a medium ("reports Efe news", "videos ... cited")."""

    span: Span
    kind: str
    actor_id: str | None
    name: str
    cue: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DateReading:
    """A date as the text gives it.

    start, end   inclusive days; equal for one day, both None when unresolved; end None alone: open
    precision    day | month | year | interval | about | unknown
    span         the expression, or None when the text has none
    anchor       published_at | page_stamp | said_on | None: what a relative expression was counted from
    rule         name of the rule that fired; reason says why it is unresolved
    carried_from the sentence before that the words stand in, where the claim only points back to them; rule: carried_..
    candidates   the expressions that it may be, where there is more than one
    """

    start: date | None = None
    end: date | None = None
    precision: str = "unknown"
    span: Span | None = None
    anchor: str | None = None
    rule: str | None = None
    reason: str | None = None
    carried_from: Span | None = None
    candidates: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A count of people that a claim states.

    metric            killed | injured | missing | displaced | detained
    low, high         the range it allows; high None: no upper end ("at least 12")
    bound             exact | at_least | at_most | about | more_than | less_than | range | dozens | ..
    is_cumulative     counts a period, not one event; since and until are its ends
    victim_class      civilian | combatant | child | woman | people | ..
    parent            number of the quantity that this one is a part of ("including five minors"), or None
    superseded_low    the earlier value that the same words withdraw ("up from 13"), with its span
    """

    metric: str
    low: int
    high: int | None
    bound: str
    span: Span
    is_cumulative: bool = False
    since: DateReading | None = None
    until: DateReading | None = None
    victim_class: str | None = None
    parent: int | None = None
    superseded_low: int | None = None
    superseded_high: int | None = None
    superseded_span: Span | None = None
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceMention:
    """A place that a claim names. place_id is None for a name that seeds/places.csv does not have.

    carried_from, rule  as of a DateReading: the sentence before that names it, and the rule; None for the claim's own words
    """

    span: Span
    place_id: str | None
    name: str
    carried_from: Span | None = None
    rule: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorRole:
    """Who did it or suffered it: role is perpetrator | victim | agent | patient. Absent when the sentence names none.

    named_at, named_by  as of a Speaker: what the text's own short name means
    """

    role: str
    span: Span
    actor_id: str | None
    name: str
    named_at: Span | None = None
    named_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What somebody says happened, with verbatim evidence: every span is into the article's text.

    content, cue   spans of what was said and of the reporting words (more than one when interrupted)
    source         spans of the words that name the speakers, all of them together
    attribution    named | pronoun | unnamed | joint | narrator
    claim_type     casualty | attack | territorial | displacement | detention | stance | assessment | other
    modality       asserted | believed | possible | predicted | denied | presupposed; hedges are its words
    cue_class      neutral | distancing | assertive | denying; None without a cue
    confidence     A | B | C (pipeline/claims/tiers.py); rule names the frame that fired and its cue
    """

    claim_id: str
    content: tuple[Span, ...]
    cue: tuple[Span, ...]
    source: tuple[Span, ...]
    sentence: Span
    attribution: str
    claim_type: str
    modality: str
    hedges: tuple[Span, ...] = ()
    cue_class: str | None
    speakers: tuple[Speaker, ...]
    via: tuple[Via, ...] = ()
    said_on: DateReading
    occurred_on: DateReading
    quantities: tuple[Quantity, ...] = ()
    places: tuple[PlaceMention, ...] = ()
    actors: tuple[ActorRole, ...] = ()
    confidence: str
    rule: str
