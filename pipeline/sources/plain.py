"""Markup in, plain text out: titles and summaries as a person would read them. Linear in the length of its input."""

import html
import re

# A tag, a comment, a declaration, what is left of CDATA. Only names that HTML has: "vector<int>" and "5 < 6" are text.
TAG = re.compile(
    r"""<!\[CDATA\[|\]\]>|<(?:(?P<end>/?)(?P<name>a|abbr|acronym|address|article|aside|audio|b|bdi|bdo|big|blink
    |blockquote|br|button|center|cite|code|dd|del|dfn|div|dl|dt|em|embed|figcaption|figure|font|footer|form|h[1-6]|header|hr|i|iframe|img|input|ins
    |kbd|label|li|link|main|mark|marquee|meta|nav|nobr|noscript|object|ol|p|param|picture|pre|q|s|samp|script|section
    |small|source|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|template|tfoot|th|thead|time|title|tr|tt|u
    |ul|var|video|wbr)(?=[\s/>])[^<>]*|!--[^<>]*|!doctype[^<>]*)(?:>|$)""",
    re.IGNORECASE | re.VERBOSE,
)
INLINE = re.compile(
    r"""a|abbr|acronym|b|bdi|bdo|big|cite|code|del|dfn|em|font|i|ins|kbd|mark|nobr|q|s|samp|small|span|strike|strong|sub
    |sup|time|tt|u|var|wbr""",
    re.VERBOSE,
)
UNSEEN = frozenset({"script", "style", "template"})  # what they hold is not for readers
ROUNDS = 3  # feeds escape up to twice: &amp;lt;b&amp;gt;
RAW_TIMES = 20  # markup takes up to so many times the room of the text in it


def plain_text(raw: str, limit: int) -> str:
    """The text that `raw` shows: tags gone, entities resolved, white space folded, at most `limit` characters.

    >>> plain_text("<b>Raqqa:</b> toll &amp;gt; 24<br>SOHR&#8217;s\\n head", 100)
    'Raqqa: toll > 24 SOHR’s head'
    """
    shown = raw[: limit * RAW_TIMES]
    for _ in range(ROUNDS):
        before, shown = shown, html.unescape(strip_tags(shown))
        if shown == before:
            break
    return " ".join(strip_tags(shown).split())[:limit].rstrip()


def strip_tags(markup: str) -> str:
    """The text between the tags; a tag that begins a block leaves a space, one inside a line nothing.

    >>> strip_tags("<p>A<i>lep</i>po</p><style>p {}</style>5 < 6")
    ' Aleppo  5 < 6'
    """
    pieces: list[str] = []
    end, unseen = 0, None
    for tag in TAG.finditer(markup):
        name = (tag["name"] or "").lower()
        if unseen is None:
            pieces.append(markup[end : tag.start()])
            pieces.append("" if INLINE.fullmatch(name) else " ")
            unseen = name if name in UNSEEN and not tag["end"] else None
        elif name == unseen and tag["end"]:
            unseen = None
        end = tag.end()
    if unseen is None:
        pieces.append(markup[end:])
    return "".join(pieces)
