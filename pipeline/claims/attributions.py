"""Who reports what: the shape that every frame gives."""

from dataclasses import dataclass

from pipeline.claims.cues import Cue
from pipeline.claims.parse import Parsed
from pipeline.claims.subjects import Source
from pipeline.values import Span


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who reports what, by one frame.

    cue_words  inclusive token numbers; content: spans into the text, in order; is_denied: "did not confirm that ..."
    """

    parsed: Parsed
    cue: Cue
    cue_words: range
    source: Source | None
    content: tuple[Span, ...]
    rule: str
    is_denied: bool = False

    @property
    def cue_span(self) -> Span:
        """Offsets of the reporting words."""
        return self.parsed.span_of(self.cue_words)
