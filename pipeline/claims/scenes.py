"""What a frame is looked for in: a parsed sentence among its quotations, and a reporting verb with its source."""

from dataclasses import dataclass

from pipeline.claims.cues import Cue, CueTable
from pipeline.claims.parse import Parsed
from pipeline.claims.quotes import Quote
from pipeline.claims.subjects import Source, is_across_mark


@dataclass(frozen=True, slots=True)
class Scene:
    """What a frame is looked for in: a sentence, the whole text, the quotations that touch the sentence, the cues."""

    parsed: Parsed
    text: str
    quotes: tuple[Quote, ...]
    cues: CueTable

    def quote_at(self, position: int) -> Quote | None:
        """The quotation that holds a character of the text."""
        return next((quote for quote in self.quotes if quote.span[0] <= position < quote.span[1]), None)


@dataclass(frozen=True, slots=True)
class Reporting:
    """A reporting verb, its row in the table, who speaks, and the words between content and content: "X said Sunday"."""

    verb: int
    cue: Cue
    source: Source | None

    def segment(self, parsed: Parsed) -> range:
        """Token numbers from the first word of the source, auxiliaries included, to the verb; or to a source behind it."""
        first = last = self.verb
        for child in parsed.kids(self.verb, "aux", "auxpass", "neg", "advmod", "nsubj", "nsubjpass"):
            is_quoted = is_across_mark(parsed, child, self.verb)
            if child < self.verb and not is_quoted and not parsed.tokens[child].dep.startswith("nsubj"):
                first = min(first, child)
        if self.source and self.source.rule in ("subject", "before_cue", "after_cue"):
            first, last = min(first, self.source.words[0]), max(last, self.source.words[-1])
        return range(first, last + 1)
