"""A parsed sentence and the word where a speaker ends in, where the speaker begins out: by its words, not by the parse.

Where a comma is lost, the parse joins the speaker to what stands before it ("in Homs state news agency SANA reported"), so
the phrase is read from its last word to its first: a name, a noun that can speak, what may stand before either, an article.
In doubt it is the smaller one.
"""

from dataclasses import dataclass, replace

from pipeline.claims.parse import Parsed, Token
from pipeline.claims.speaking_words import (
    ARTICLES,
    BARE,
    CERTAIN_OWNER,
    DAYS,
    ENDS_A_CLAUSE,
    HYPHENED,
    NOUNS,
    PART_OF,
    PROPER,
    SPEAKING_PRONOUNS,
    article_before,
    goes_before_noun,
    is_name_part,
    is_nationality,
    is_speaking_noun,
    needs_object,
)
from pipeline.claims.victims import VICTIM_WORD

EXPLAINED = frozenset(("monitor", "agency", "outlet", "organisation"))
MOST_WORDS = 14
MOST_PARTS = 3  # "a spokesman for the head of the council"
LONGEST_NAME = 3  # words of a name that no table has, before it may have swallowed a place


# Words behind which a phrase belongs to what was said.
OPENS = frozenset("IN TO DT WDT WP WRB CC MD VB VBG POS PRP$ PDT".split())
NO_END = frozenset((":", ";", "-", "–", "—", "(", "'", "that", "which", "who", "what", "as"))


@dataclass(frozen=True, slots=True)
class Phrase:
    """One speaker.

    words    inclusive token numbers; head: the noun that names the speaker
    link     number of the preposition or "and" that joins `further` to it, the phrase behind it
    is_sure  whether its first word is certain: an article, a known name, a noun that cannot go with the one before it
    """

    words: range
    head: int
    is_sure: bool
    link: int | None = None
    further: "Phrase | None" = None

    @property
    def whole(self) -> range:
        """From its first word to the last of what is joined to it."""
        return range(self.words.start, self.further.whole.stop if self.further else self.words.stop)


def find_phrase(parsed: Parsed, last: int) -> Phrase | None:
    """The speaker that ends with the token `last`, or None if the words name none or where it begins cannot be told."""
    found = named_before(parsed, joined(parsed, chain(parsed, last, MOST_PARTS)))
    if found is None or found.words.start == 0 or len(found.whole) > MOST_WORDS:
        return None
    return found


def chain(parsed: Parsed, last: int, parts: int) -> Phrase | None:
    """A phrase with what is hung on it: "an official | from the forces", "the ministry | in Moscow"."""
    core = one_phrase(parsed, last)
    if core is not None and can_stand(parsed, core):
        return core
    inner = plain_phrase(parsed, last) or core
    if inner is None or parts == 0:
        return None
    link = inner.words.start - 1
    if link < 1 or parsed.tokens[link].low not in PART_OF:
        return None
    outer = chain(parsed, link - 1, parts - 1)
    return None if outer is None or parsed.tokens[outer.head].low in SPEAKING_PRONOUNS else hung(outer, link, inner)


def named_before(parsed: Parsed, phrase: Phrase | None) -> Phrase | None:
    """With the name that the phrase explains: "the Observatory | a Britain-based war monitor"."""
    if phrase is None or phrase.words.start < 3 or parsed.tokens[phrase.words.start].low not in ("a", "an"):
        return phrase
    name = phrase.words.start - 1
    mention = parsed.tokens[name].mention
    if mention is None or mention.actor is None or mention.actor.kind not in EXPLAINED:
        return phrase
    first = name - 1 if parsed.tokens[name - 1].low == "the" else name
    whole = Phrase(range(first, phrase.words.stop), name, phrase.is_sure, phrase.link, phrase.further)
    return whole if can_stand(parsed, whole) else phrase


def hung(outer: Phrase, link: int, inner: Phrase) -> Phrase:
    """The phrase with another behind its last one."""
    if outer.further is not None:
        return replace(outer, further=hung(outer.further, link, inner))
    return replace(outer, link=link, further=inner)


def joined(parsed: Parsed, phrase: Phrase | None) -> Phrase | None:
    """Two speakers where "and" stands before the last one: "opposition activists and the group"."""
    if phrase is None or parsed.tokens[phrase.words.start - 1].low not in ("and", "&"):
        return phrase
    first = chain(parsed, phrase.words.start - 2, MOST_PARTS)
    if first is None or parsed.tokens[first.words.start - 1].low in ("and", "or"):
        return None
    return replace(hung(first, phrase.words.start - 1, phrase), is_sure=first.is_sure and phrase.is_sure)


def can_stand(parsed: Parsed, phrase: Phrase) -> bool:
    """Whether what stands before the phrase can end what was said."""
    if phrase.words.start == 0:
        return False
    before, first = parsed.tokens[phrase.words.start - 1], parsed.tokens[phrase.words.start]
    if before.low in ("and", "&", ",") or before.low in ENDS_A_CLAUSE or VICTIM_WORD.fullmatch(before.low):
        return True  # joined() looks behind an "and"; the model takes "children" before such a phrase for a verb
    if before.tag == "CD":  # "killing 23 the Observatory said": a number ends it, unless it counts the speakers
        is_uncounted = first.low in ARTICLES | SPEAKING_PRONOUNS or parsed.tokens[phrase.head].low in BARE
        return is_uncounted or first.mention is not None
    if before.tag in ("VB", "VBP", "VBG") and first.low in ARTICLES:
        # "after days of fighting the channel", "in Hama countryside the source": nouns that are taken for verbs
        nouns = ("NN", "NNP", "JJ", "NNPS") if before.tag != "VBG" else ("IN", "JJ", "CD", *NOUNS)
        return parsed.tokens[before.number - 1].tag in nouns
    if before.tag in OPENS or before.low in NO_END:
        return False
    return before.tag not in ("VBD", "VBZ", "VBP") or not needs_object(parsed, before)


def one_phrase(parsed: Parsed, last: int) -> Phrase | None:
    """The phrase that ends here, if its noun can speak."""
    tokens = parsed.tokens
    end = tokens[last]
    if end.text == ")":
        return bracketed(parsed, last)
    if end.low in SPEAKING_PRONOUNS:
        return Phrase(range(last, last + 1), last, is_sure=True)
    if end.mention is not None:
        return titled(parsed, last, last) if end.mention.actor else None
    if end.low in DAYS:
        return None
    if end.tag in PROPER and end.text[:1].isupper():
        return named_phrase(parsed, last)
    return noun_phrase_before(parsed, last) if is_speaking_noun(end) else None


def bracketed(parsed: Parsed, last: int) -> Phrase | None:
    """ "the Observatory (SOHR)": the words in brackets belong to the name before them."""
    opening = next((n for n in range(last - 1, max(0, last - 6), -1) if parsed.tokens[n].text == "("), None)
    found = one_phrase(parsed, opening - 1) if opening else None
    return replace(found, words=range(found.words.start, last + 1)) if found else None


def named_phrase(parsed: Parsed, last: int) -> Phrase | None:
    """A run of proper nouns that no table has, with its title: "opposition figure | Jane Doe". A place ends it."""
    first = last
    while first > 0 and is_name_part(parsed.tokens[first - 1]):
        first -= 1
    if first == 0 or parsed.tokens[first].text == "-":
        return None
    if parsed.tokens[first - 1].tag not in ("IN", "TO"):
        found = titled(parsed, first, last)
        return found if last - first <= LONGEST_NAME else replace(found, is_sure=False)
    # "in Tal Rifaat Jane Doe": where the place ends cannot be told; a first and a last name are the smaller phrase.
    return Phrase(range(last - 1, last + 1), last, is_sure=False) if last - first >= LONGEST_NAME else None


def titled(parsed: Parsed, first: int, last: int) -> Phrase:
    """A name with the title before it: "state news agency SANA", "Syrian opposition figure Jane Doe"."""
    article = article_before(parsed, first)
    if article is not None and is_own_article(parsed, article, range(first, last + 1)):
        return Phrase(range(article, last + 1), last, is_sure=True)
    before = parsed.tokens[first - 1]
    if before.text[:1].islower() and is_speaking_noun(before) and before.tag != "NNS":
        title = noun_phrase_before(parsed, before.number)
        if title is not None and can_stand(parsed, title):
            return Phrase(range(title.words.start, last + 1), last, title.is_sure)
    first = owned(parsed, first - 1 if is_nationality(before) else first)
    return Phrase(range(first, last + 1), last, is_sure=True)


def owned(parsed: Parsed, first: int) -> int:
    """Where a phrase begins that may stand behind its owner: "Russia's | defence ministry", "the Observatory's | head"."""
    if first < 2:
        return first
    if CERTAIN_OWNER.search(parsed.tokens[first - 1].text) and parsed.tokens[first - 2].low in ARTICLES:
        return first - 2
    if parsed.tokens[first - 1].tag != "POS" or parsed.tokens[first - 2].mention is None:
        return first
    return first - 3 if first > 2 and parsed.tokens[first - 3].low == "the" else first - 2


def is_own_article(parsed: Parsed, article: int, name: range) -> bool:
    """Whether an article opens the phrase of a name: "the London-based Observatory", not "in the town Jane Doe"."""
    if not can_stand(parsed, Phrase(range(article, name.stop), name[-1], is_sure=True)):
        return False
    between = [parsed.tokens[number] for number in range(article + 1, name.start)]
    has_noun = any(
        token.tag in NOUNS and token.text[:1].islower() and parsed.tokens[token.number + 1].text != "-"
        for token in between
    )
    return not has_noun or is_speaking_noun(between[-1])


def noun_phrase_before(parsed: Parsed, last: int) -> Phrase | None:
    """The phrase of a common noun: from its article if that is its own, else with the few words that surely go with it."""
    article = article_before(parsed, last)
    if article is not None:
        whole = Phrase(range(article, last + 1), last, is_sure=True)
        if can_stand(parsed, whole) or not is_divided(parsed, article, last):
            return whole
    first = last
    while (
        first > 0
        and goes_before(parsed, first - 1, first)
        and not (first < last and is_nationality(parsed.tokens[first]))
    ):
        first -= 1
    is_owned, first = owned(parsed, first) < first, owned(parsed, first)
    words = range(first, last + 1)
    if article is not None and first == article + 1:
        return None  # nothing would be left behind the article
    counted = parsed.tokens[first - 1]
    if counted.tag == "CD" and counted.text.isalpha() and parsed.tokens[first - 2].tag in NOUNS:
        words = range(first - 1, last + 1)  # "in Homs two activists said", not "on December 23 diplomats said"
    is_plain = parsed.tokens[last].tag in ("NNS", "NNPS") or parsed.tokens[last].low in BARE or first < last
    return Phrase(words, last, is_sure=article is None or is_owned) if is_plain else None


def is_divided(parsed: Parsed, article: int, last: int) -> bool:
    """Whether words between an article and a noun may hold two phrases: "in the attack | state television"."""
    inner = parsed.tokens[article + 1 : last]
    return any(token.tag in NOUNS or token.mention for token in inner)


def goes_before(parsed: Parsed, number: int, first: int) -> bool:
    """Whether a word without an article surely belongs to the phrase behind it."""
    token, behind = parsed.tokens[number], parsed.tokens[first]
    before = parsed.tokens[number - 1] if number else None
    if token.low in DAYS or token.low in ARTICLES:
        return False
    if token.mention is not None:
        return token.mention.actor is not None and not stands_alone(before)
    if token.text == "-" or behind.text == "-":
        return True
    if token.low in HYPHENED:
        return before is not None and before.text == "-"
    if token.text[:1].isupper():
        is_medium = token.text.isupper() and len(token.text) > 1  # "SMT correspondent", "Al Mayadeen TV channel"
        return is_nationality(token) or is_medium or (behind.text == "TV" and is_name_part(token))
    return goes_before_noun(token, before)


def stands_alone(before: Token | None) -> bool:
    """Whether a name is a place or an object of the content: "in Aleppo | activists", "bombed ISIS | activists"."""
    if before is None or before.low in ENDS_A_CLAUSE:
        return False
    return before.tag in ("IN", "TO", "VBD", "VBG", "VBN", "CC") or before.low == "the"


def plain_phrase(parsed: Parsed, last: int) -> Phrase | None:
    """Any phrase that can tell which speaker: "the rebel-held area", "Moscow"."""
    end = parsed.tokens[last]
    if end.mention is None and (end.tag not in NOUNS or end.low in DAYS):
        return None
    article = article_before(parsed, last)
    first = article if article is not None else last
    while (
        article is None
        and first > 0
        and (parsed.tokens[first - 1].tag in (*PROPER, "HYPH", "JJ") and not parsed.tokens[first - 1].mention)
    ):
        first -= 1
    return Phrase(range(first, last + 1), last, is_sure=True)
