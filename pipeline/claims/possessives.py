"""A text without apostrophes in, the known names out that an "s" without its apostrophe hides: "Syrias Hama province"."""

import re
from collections.abc import Iterator

from pipeline.claims.gazetteer import Gazetteer, Mention, mention_of
from pipeline.claims.located import Located, locate
from pipeline.values import Span

APOSTROPHE = re.compile(r"\w's\b|s' \w")
OWNER = re.compile(r"(?<!\w)[A-Z]\w{2,}[^\Ws]s(?= (?P<next>\w+))")
EARLIER_WORD = re.compile(r"[\w'.]+[ -]$")
MOST_WORDS = 5
# What is owned is a noun or a name, or stands before one. Behind these words the "s" is a plural's or a verb's.
NO_NOUN = frozenset(
    """a about above across after against ago all along also although amid an and any are around as at be because been before
    behind being below beneath beside between but by came can could did do does down during each either fight for fought from
    get go had has have he her here him his how if in into is it its just killed later less like live made may might more most
    much must near no nor not of off on once only or our out outside over own said say says seized she should since so some
    still such than that the their them then there these they this those though through till to took too toward towards under
    until up upon us very was we went were what when where whether which while who whom whose why will with within without
    would yet you your""".split()
)


def find_possessives(text: str, taken: Located[Mention], gazetteer: Gazetteer) -> Iterator[Mention]:
    """Known names before a lost apostrophe; none in a text that writes its apostrophes, or where the longer word is a name.

    >>> from pipeline.claims.gazetteer import load_gazetteer
    >>> from pipeline.claims.located import locate
    >>> from pipeline.settings import SEEDS
    >>> nobody = locate([], lambda mention: mention.span)
    >>> [found.alias for found in find_possessives("Syrias Hama province fell.", nobody, load_gazetteer(SEEDS))]
    ['Syria']
    """
    if APOSTROPHE.search(text):
        return
    whole = [found for found in bare_aliases(text, gazetteer) if not is_met(found.span, taken)]
    yield from whole
    met = locate(whole, lambda mention: mention.span)
    for owner in OWNER.finditer(text):
        if owner["next"].lower() in NO_NOUN or is_met(owner.span(), taken) or is_met(owner.span(), met):
            continue
        if span := longest_alias(text, owner.span(), gazetteer):
            found = mention_of(span, text[slice(*span)], gazetteer)
            if not is_family(text, found):
                yield found


def bare_aliases(text: str, gazetteer: Gazetteer) -> Iterator[Mention]:
    """Names that hold an apostrophe themselves: "Russias defence ministry", "Peoples Protection Units"."""
    for alias in (alias for alias in gazetteer.actor_aliases if "'" in alias):
        bare = alias.replace("'", "")
        for found in re.finditer(rf"(?<![\w-]){re.escape(bare)}(?![\w-])", text) if bare in text else ():
            yield Mention(found.span(), bare, gazetteer.actor_aliases[alias], gazetteer.place_aliases.get(alias))


def is_met(span: Span, names: Located[Mention]) -> bool:
    """Whether a known name stands there already."""
    return any(name.span[0] < span[1] and span[0] < name.span[1] for name in names.near(*span))


def longest_alias(text: str, word: Span, gazetteer: Gazetteer) -> Span | None:
    """The longest alias that ends one letter before the end of a word: "Islamic State" in "the Islamic States fighters"."""
    start, longest = word[0], None
    for _ in range(MOST_WORDS):
        alias = text[start : word[1] - 1]
        if alias in gazetteer.actor_aliases or alias in gazetteer.place_aliases:
            longest = (start, word[1] - 1)
        earlier = EARLIER_WORD.search(text, max(0, start - 40), start)
        if earlier is None:
            break
        start = earlier.start()
    return longest


def is_family(text: str, mention: Mention) -> bool:
    """Whether the "s" makes several of one person: "the Assads"."""
    before = text[max(0, mention.span[0] - 4) : mention.span[0]].lower()
    return mention.actor is not None and mention.actor.kind == "person" and before.endswith("the ")
