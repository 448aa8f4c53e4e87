"""A parsed sentence and a reporting verb in, the words that name who speaks out."""

from dataclasses import dataclass, replace

from pipeline.claims.parse import Parsed

RELATIVE = frozenset(("who", "which", "that", "whom"))
SUBJECTS = ("nsubj", "nsubjpass", "csubj")
# How far a verb without a subject of its own is followed up: "X went on to say", "X was quoted as saying".
MAX_CLIMB = 4
# Participles whose subject is the speaker of the clause before, whatever that clause is about.
FURTHER = frozenset(
    """adding saying noting citing arguing explaining insisting warning stressing emphasizing emphasising claiming
    suggesting stating declaring telling calling describing referring""".split()
)
DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
NOMINAL_TAGS = frozenset(
    "DT NN NNS NNP NNPS JJ JJR JJS CC IN CD POS PRP PRP$ WP WDT , -LRB- -RRB- HYPH `` '' RB TO VBG VBN NFP : FW PDT".split()
)
EDGE = frozenset((",", ";", ":", "-", "–", "—", "(", ")", '"', "'", ".", "''", "``"))


@dataclass(frozen=True, slots=True)
class Source:
    """Who speaks.

    words  inclusive token numbers as a range; head: the token that names the speaker
    named  the words that a relative pronoun stands for ("lawmakers who say"), or None where `words` name the speaker
    rule   subject | agent | relative | shared_subject | modified_noun | before_cue | after_cue | possessive | by | ..
    """

    words: range
    head: int
    rule: str
    named: range | None = None

    @property
    def names(self) -> range:
        """The words that name the speaker."""
        return self.named or self.words


def is_passive(parsed: Parsed, verb: int) -> bool:
    """Whether a verb is in the passive: "is believed", "was reported"."""
    return parsed.tokens[verb].tag == "VBN" and bool(parsed.kids(verb, "auxpass", "nsubjpass"))


def find_source(parsed: Parsed, verb: int) -> Source | None:
    """Who says what `verb` reports, by the parse alone; None when the sentence names nobody."""
    if is_passive(parsed, verb):
        return find_agent(parsed, verb)
    if own := own_subject(parsed, verb):
        return own
    token = parsed.tokens[verb]
    if token.dep in ("acl", "relcl") and token.tag in ("VBG", "VBN"):
        return (
            noun_phrase(parsed, token.head, verb, "modified_noun") if token.tag == "VBG" else find_agent(parsed, verb)
        )
    return shared_subject(parsed, verb)


def find_agent(parsed: Parsed, verb: int) -> Source | None:
    """The by-agent of a passive: "was denied by the army"."""
    for agent in parsed.kids(verb, "agent"):
        for noun in parsed.kids(agent, "pobj"):
            return noun_phrase(parsed, noun, None, "agent")
    return None


def own_subject(parsed: Parsed, verb: int) -> Source | None:
    """The subject that hangs on the verb itself; for "Turkey, which claims" it is Turkey."""
    subjects = [subject for subject in parsed.kids(verb, *SUBJECTS) if not is_across_mark(parsed, subject, verb)]
    if not subjects:
        return None
    before = [subject for subject in subjects if subject < verb]
    subject = before[-1] if before else subjects[0]
    token = parsed.tokens[subject]
    if token.low in RELATIVE and token.tag in ("WDT", "WP", "IN", "DT"):
        clause = clause_of(parsed, verb)
        if clause is not None:
            return standing_for(parsed, subject, noun_phrase(parsed, parsed.tokens[clause].head, clause, "relative"))
    if token.dep == "csubj":
        return None
    return clipped(parsed, noun_phrase(parsed, subject, None, "subject"), verb)


def standing_for(parsed: Parsed, pronoun: int, named: Source) -> Source:
    """A relative pronoun is who speaks, as "he" would be; a known name right before it says so itself: "Turkey, which"."""
    if parsed.tokens[named.head].mention is not None or named.head >= pronoun:
        return named
    return Source(range(pronoun, pronoun + 1), named.head, named.rule, named.words)


def is_across_mark(parsed: Parsed, one: int, other: int) -> bool:
    """Whether one of two words stands inside a quotation and the other outside: the parse joins them, the text does not."""
    between = parsed.tokens[min(one, other) + 1 : max(one, other)]
    return sum(token.text == '"' for token in between) % 2 == 1


def clause_of(parsed: Parsed, verb: int) -> int | None:
    """The relative clause that a verb belongs to."""
    for number in (verb, *parsed.ancestors(verb)):
        if parsed.tokens[number].dep == "relcl":
            return number
        if parsed.tokens[number].dep not in ("conj", "xcomp"):
            return None
    return None


def shared_subject(parsed: Parsed, verb: int) -> Source | None:
    """The subject of the verb above: "X spoke and said", "X left, saying", "X was quoted as saying"."""
    number = reporting_above(parsed, verb) if is_further_report(parsed, verb) else verb
    for _ in range(MAX_CLIMB):
        token = parsed.tokens[number]
        if token.dep not in ("conj", "xcomp", "advcl", "pcomp", "prep", "aux", "dep", "ccomp") or token.head == number:
            return None
        if token.dep == "ccomp" and parsed.tokens[verb].tag not in ("VB", "VBG"):
            return None
        number = token.head
        if token.dep == "prep" and token.low == "as" and (quoted := parsed.kids(number, "dobj")):
            return noun_phrase(parsed, quoted[0], None, "quoted")
        if not parsed.tokens[number].tag.startswith("VB"):
            continue
        if is_passive(parsed, number) and (subjects := parsed.kids(number, "nsubjpass")):
            return noun_phrase(parsed, subjects[0], None, "shared_subject")
        if own := own_subject(parsed, number):
            return replace(own, rule="shared_subject") if own.words[-1] < verb else None
    return None


def is_further_report(parsed: Parsed, verb: int) -> bool:
    """Whether a participle behind a comma goes on reporting: "X said 24 died, adding that ..."."""
    return parsed.tokens[verb].low in FURTHER and verb > 0 and parsed.tokens[verb - 1].text in (",", '"')


def reporting_above(parsed: Parsed, verb: int) -> int:
    """The token below the verb that reports the clause which the parse hangs a further report on."""
    for above in parsed.ancestors(verb):
        if parsed.tokens[above].dep == "ccomp" and parsed.tokens[above].head < above:
            return above
        if parsed.tokens[above].dep not in ("conj", "xcomp", "advcl"):
            return verb
    return verb


def noun_phrase(parsed: Parsed, head: int, without: int | None, rule: str) -> Source:
    """The whole phrase of a noun, up to a clause that is not part of the name."""
    first, last = parsed.first[head], parsed.last[head]
    if without is not None:
        last = min(last, parsed.first[without] - 1)
    words = trimmed(parsed, range(first, max(last, head) + 1))
    return Source(words, head, rule)


def clipped(parsed: Parsed, source: Source, verb: int) -> Source:
    """A subject before its verb must end before it, one behind it must begin behind it."""
    first, last = source.words[0], source.words[-1]
    words = range(first, min(last, verb - 1) + 1) if source.head < verb else range(max(first, verb + 1), last + 1)
    return Source(trimmed(parsed, words), source.head, source.rule)


def without_day(parsed: Parsed, source: Source) -> Source:
    """ "The monitor on Tuesday said": the day is when it was said, and no part of who said it."""
    tokens, words = parsed.tokens, source.words
    is_day = len(words) > 2 and tokens[words[-1]].low in DAYS and tokens[words[-2]].low == "on"
    if is_day and source.head < words[-2]:
        return replace(source, words=range(words.start, words.stop - 2))
    return source


def closed(parsed: Parsed, source: Source | None, verb: int) -> Source | None:
    """A source before its verb keeps the comma that closes its apposition: "Rendell, a former governor, said"."""
    source = without_day(parsed, source) if source else None
    if source is None or not source.words[0] < source.words.stop < verb:
        return source
    inner = [number for number in source.words if parsed.tokens[number].text == parsed.tokens[source.words.stop].text]
    is_pair = bool(inner) and parsed.tokens[source.words.stop].text in (",", "--", "—", "–")
    return replace(source, words=range(source.words.start, source.words.stop + 1)) if is_pair else source


def trimmed(parsed: Parsed, words: range) -> range:
    """Without punctuation at the edges; a closing bracket stays with its opening one."""
    first, last = words[0], words[-1]
    while first < last and parsed.tokens[first].text in EDGE:
        first += 1
    while last > first and parsed.tokens[last].text in EDGE:
        if parsed.tokens[last].text == ")" and any(parsed.tokens[number].text == "(" for number in range(first, last)):
            break
        last -= 1
    return range(first, last + 1)


def nominal_before(parsed: Parsed, verb: int) -> Source | None:
    """The phrase between the last comma or quotation mark and the verb, if it can be a name: ", X and Y said." """
    first = verb
    while first > 0 and parsed.tokens[first - 1].text not in (",", '"', "'", "—", "–", ";", ":"):
        first -= 1
    return nominal(parsed, range(first, verb), "before_cue") if 0 < first < verb else None


def nominal_after(parsed: Parsed, verb: int) -> Source | None:
    """The phrase between the verb and the next comma, full stop or preposition of time: ", reports X." """
    last = verb
    while last + 1 < len(parsed.tokens) and parsed.tokens[last + 1].text not in (",", '"', ".", ";", ":", "—", "–"):
        last += 1
    return nominal(parsed, range(verb + 1, last + 1), "after_cue") if last > verb else None


def nominal(parsed: Parsed, words: range, rule: str) -> Source | None:
    """The source that these words are, or None if they are no plain noun phrase."""
    tokens = [parsed.tokens[number] for number in words]
    if any(token.tag not in NOMINAL_TAGS for token in tokens) or tokens[0].tag in ("IN", "CC", "VBN", "VBG", ","):
        return None
    nouns = [token.number for token in tokens if token.tag.startswith(("NN", "PRP", "WP")) or token.mention]
    if not nouns:
        return None
    last = nouns[-1]
    for number in nouns:
        if parsed.tokens[number + 1].tag in ("IN", ",", "-LRB-", "WDT", "WP", "CC") if number + 1 in words else True:
            last = number
            break
    return Source(trimmed(parsed, words), last, rule)
