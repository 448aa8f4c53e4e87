"""The text that was read off a page and the one that its JSON-LD states in, the one to keep out.

Layouts that part a long story by pictures and boxes lose whole sections to an extractor, while JSON-LD has the story whole.
But JSON-LD may hold a summary, the story twice, or another story. So it is taken only where it is plainly the same text
and plainly more of it: on 69 publishers' pages that is one, of which less than half had been read.
"""

import html
import re

from pipeline.text import words

SHINGLE_WORDS = 5
MORE = 1.5  # times the words that were read
SAME_SHARE = 0.9  # of what was read is in it
ONCE_SHARE = 0.9  # of it is not said twice
TAG = re.compile(r"<[^<>]{1,2000}>")
PARAGRAPH_END = re.compile(r"</p\s*>|<br\s*/?>", re.IGNORECASE)


def choose_text(read: str, stated: str | None) -> str:
    """The stated text where it is the same and has much more of it, else the text that was read.

    >>> choose_text("Raids killed 24.", "A summary."), choose_text("Raids killed 24.", None)
    ('Raids killed 24.', 'Raids killed 24.')
    """
    if stated is None or len(stated) < MORE * len(read):
        return read
    whole = to_paragraphs(stated)
    has_paragraphs = "\n" in whole
    ours, theirs = shingles(read), shingles(whole)
    if not ours or not has_paragraphs or len(theirs) < MORE * len(ours):
        return read
    is_same = sum(one in theirs for one in ours) >= SAME_SHARE * len(ours)
    return whole if is_same and len(theirs) >= ONCE_SHARE * (len(words(whole)) - SHINGLE_WORDS + 1) else read


def to_paragraphs(stated: str) -> str:
    """Text with the markup and the blank lines taken out, a paragraph a line.

    >>> to_paragraphs("&lt;p&gt;Raids <b>killed</b> 24.</p>\\n\\n<p>So it said.")
    'Raids killed 24.\\nSo it said.'
    """
    shown = TAG.sub("", PARAGRAPH_END.sub("\n", html.unescape(stated)))
    return "\n".join(filter(None, (" ".join(line.split()) for line in shown.splitlines())))


def shingles(text: str) -> set[tuple[str, ...]]:
    """Every run of SHINGLE_WORDS words, once."""
    found = words(text)
    return {tuple(found[start : start + SHINGLE_WORDS]) for start in range(len(found) - SHINGLE_WORDS + 1)}
