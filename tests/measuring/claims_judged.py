"""War reports in, a hundred casualty claims to judge out; and how right they were found to be, field by field.

`python -m tests.measuring.claims_judged` prints the first hundred for a reader; `again` behind it the second one, which is from
other reports, and `sheet` before the name writes the empty table of it instead, to be filled. For each field the reader writes:

    right    what is there is what the text says
    wrong    what is there is not what the text says
    missed   nothing is there, and the text says it
    none     nothing is there, and the text does not say it

The tables hold no text of the reports. A claim that the rules read otherwise today is told as such: its verdict is old.
"""

import csv
import hashlib
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from pipeline.claims.read import read_claims
from pipeline.keys import canonical
from pipeline.settings import Settings
from pipeline.text import words
from pipeline.values import Claim, DateReading
from tests.measuring.report import Table
from tests.measuring.scores import share
from tests.measuring.site import MEASURING

DRAWN = 100
FIELDS = ("content", "speaker", "modality", "toll", "victims", "occurred", "places", "actors")
CALLED = {
    "content": "what was said",
    "speaker": "who said it",
    "modality": "how sure they were",
    "toll": "how many, and what became of them",
    "victims": "who they were",
    "occurred": "when it happened",
    "places": "where",
    "actors": "who did it, who suffered it",
}


@dataclass(frozen=True, slots=True)
class Draw:
    """A hundred claims.

    seed   decides which; file: the reader's table; called: what the scores are told under
    after  the tables of draws before it: no claim is from a report of theirs, or repeats one that stands there
    """

    seed: str
    file: Path
    called: str
    after: tuple[Path, ...] = ()


VERDICTS_FILE = Path(__file__).with_name("claims_judged.csv")
# A draw before this one was looked at while rules were still written, and thrown away; its seed was not kept.
FIRST = Draw("casualties-2", VERDICTS_FILE, "casualty claims judged by a reader")
AGAIN = Draw(
    "casualties-3",
    VERDICTS_FILE.with_name("claims_judged_again.csv"),
    "a second hundred, of other reports",
    (VERDICTS_FILE,),
)
DRAWS = {"first": FIRST, "again": AGAIN}


@dataclass(frozen=True, slots=True)
class Report:
    """One article of the measuring data."""

    id: str
    text: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Drawn:
    """A claim as the rules read it today. key names its place, reading all that is judged of it."""

    report: Report
    claim: Claim

    @property
    def key(self) -> str:
        """Where it stands: article, content and cue."""
        return digest([self.report.id, self.claim.content, self.claim.cue])

    @property
    def reading(self) -> str:
        """What was judged: another value of any field makes another."""
        return digest(self.fields())

    def fields(self) -> dict[str, str]:
        """What is judged, in words."""
        claim, text = self.claim, self.report.text

        def spelt(spans: tuple[tuple[int, int], ...]) -> str:
            return " ... ".join(text[start:end] for start, end in spans)

        speakers = [f"{one.name} ({one.speaker_id or one.reason})" for one in claim.speakers]
        return {
            "content": spelt(claim.content),
            "speaker": f"{claim.attribution}: {'; '.join(speakers)}" if claim.source else claim.attribution,
            "modality": f"{claim.modality} {spelt(claim.hedges)}".strip(),
            "toll": "; ".join(
                f"[{number}] {one.metric} {one.low}-{one.high} {one.bound}{' cumulative' if one.is_cumulative else ''}"
                f"{f' part of [{one.parent}]' if one.parent is not None else ''}"
                f"{f' was {one.superseded_low}' if one.superseded_low is not None else ''} <{spelt((one.span,))}>"
                for number, one in enumerate(claim.quantities)
            ),
            "victims": "; ".join(
                f"[{n}] {one.victim_class}" for n, one in enumerate(claim.quantities) if one.victim_class
            ),
            "occurred": tell(claim.occurred_on, text),
            "places": "; ".join(f"{one.name} ({one.place_id})" for one in claim.places),
            "actors": "; ".join(f"{one.role}: {one.name} ({one.actor_id})" for one in claim.actors),
        }


def tell(read: DateReading, text: str) -> str:
    """A date in words; empty when there is none."""
    if read.start is None and read.end is None:
        return ""
    where = f" from the sentence before: {text[slice(*read.carried_from)]!r}" if read.carried_from else ""
    return f"{read.start} to {read.end}, {read.precision} <{text[slice(*read.span)] if read.span else ''}> {read.rule}{where}"


def digest(value: object) -> str:
    """A short name for a value."""
    return hashlib.sha256(canonical(value)).hexdigest()[:12]


def read_reports(folder: Path, ids: set[str] | None = None) -> Iterator[Report]:
    """The war reports, or some of them."""
    file = folder / "dedup" / "syria_articles.parquet"
    query = "select id, text, date from read_parquet($1) where lang = 'en' order by id"
    for report_id, text, day in duckdb.connect().execute(query, [str(file)]).fetchall():
        if ids is None or report_id in ids:
            yield Report(report_id, text, datetime.strptime(day, "%m/%d/%Y").replace(tzinfo=UTC))


def read_casualties(report: Report, settings: Settings) -> list[Drawn]:
    """The casualty claims of a report."""
    claims = read_claims(
        report.text,
        published_at=report.published_at,
        revision_id=report.id,
        language_model=settings.language_model,
        seeds=settings.seeds,
    )
    return [Drawn(report, claim) for claim in claims if claim.claim_type == "casualty"]


def draw(folder: Path, settings: Settings, which: Draw = FIRST) -> list[Drawn]:
    """A hundred of all casualty claims, by a digest of seed and place: no order and no count decides."""
    seen = {verdict["article"] for file in which.after for verdict in read_verdicts(file)}
    reports = list(read_reports(folder))
    read_before = [in_words(report.text) for report in reports if report.id in seen]
    found = [one for report in reports if report.id not in seen for one in read_casualties(report, settings)]
    drawn: list[Drawn] = []
    for one in sorted(found, key=lambda one: digest([which.seed, one.key])):
        sentence = in_words(one.report.text[slice(*one.claim.sentence)])
        if len(drawn) < DRAWN and not any(sentence in text for text in read_before):
            drawn.append(one)
    return drawn


def in_words(text: str) -> str:
    """A text in normal form, so that a sentence is found in another report that repeats it."""
    return f" {' '.join(words(text))} "


def read_verdicts(file: Path) -> list[dict[str, str]]:
    """The reader's table."""
    with file.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def score_draws(folder: Path, settings: Settings, draws: Sequence[Draw] = tuple(DRAWS.values())) -> Table:
    """The scores of every draw that a reader has judged."""
    return [row for which in draws if is_judged(which.file) for row in score_judged(folder, settings, which)]


def is_judged(file: Path) -> bool:
    """Whether the table of a draw is there, and filled."""
    return file.is_file() and all(verdict[field] for verdict in read_verdicts(file) for field in FIELDS)


def score_judged(folder: Path, settings: Settings, which: Draw = FIRST) -> Table:
    """A row for each field: of what was read the share that is right, and of what the text says the share that was read."""
    verdicts = read_verdicts(which.file)
    wanted = {verdict["article"] for verdict in verdicts}
    now = {one.key: one.reading for report in read_reports(folder, wanted) for one in read_casualties(report, settings)}
    same = sum(now.get(verdict["key"]) == verdict["reading"] for verdict in verdicts)
    rows: list[tuple[str, ...]] = [(f"{which.called}, read the same today", share(same, len(verdicts)))]
    for field in FIELDS:
        counted = Counter(verdict[field] for verdict in verdicts)
        right, said = counted["right"], counted["right"] + counted["wrong"]
        rows.append((f"  {CALLED[field]}: right", share(right, said)))
        if counted["missed"]:
            rows.append((f"  {CALLED[field]}: read where said", share(said, said + counted["missed"])))
    return rows


def show(drawn: list[Drawn]) -> Iterator[str]:
    """The claims for a reader, one after another, each with the text around it."""
    for number, one in enumerate(drawn, 1):
        report, (start, end) = one.report, one.claim.sentence
        before, after = report.text[max(0, start - 1_500) : start], report.text[end : end + 400]
        yield f"=== {number}  key {one.key}  reading {one.reading}"
        yield f"article {report.id}  published {report.published_at:%A %d %B %Y}"
        yield f"{before}>>>{report.text[start:end]}<<<{after}"
        yield from (f"  {field}: {value}" for field, value in one.fields().items())


def write_sheet(drawn: Sequence[Drawn], file: Path) -> None:
    """The table of a draw without its verdicts; one that is there is not written over, for a reader may have filled it."""
    with file.open("x", newline="", encoding="utf-8") as lines:
        table = csv.DictWriter(lines, ["key", "reading", "article", *FIELDS, "note"], lineterminator="\n")
        table.writeheader()
        table.writerows({"key": one.key, "reading": one.reading, "article": one.report.id} for one in drawn)


def main(asked: Sequence[str], folder: Path = MEASURING) -> None:
    """Print a draw for its reader, or write its empty table."""
    which = DRAWS[asked[-1] if asked else "first"]
    drawn = draw(folder, Settings(), which)
    if "sheet" in asked:
        write_sheet(drawn, which.file)
    else:
        sys.stdout.write("\n".join(show(drawn)) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
