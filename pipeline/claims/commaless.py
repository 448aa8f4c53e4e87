"""A parsed sentence in, the report at its end that no comma sets apart out: "24 people died in Homs state television said".

News texts reach us without their commas. The parse of such a sentence is wrong more often than not, so who speaks is read from
the words before the verb (phrases.py), and the tokens of the speaker are hung on the verb as they should have been.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from pipeline.claims.attributions import Attribution
from pipeline.claims.cues import Cue
from pipeline.claims.extents import trimmed_region, widened
from pipeline.claims.parse import Parsed, Token, tree
from pipeline.claims.phrases import Phrase, find_phrase
from pipeline.claims.scenes import Scene
from pipeline.claims.sentences import HARM
from pipeline.claims.speaking_words import DAYS
from pipeline.claims.subjects import Source
from pipeline.values import Span

FINITE = frozenset(("VBD", "VBZ", "VBP", "MD"))
SURE, DOUBTFUL = "fronted_bare", "fronted_doubtful"
# These report and take no object that could stand before their subject: not "in the attack the group claimed".
PLAIN = frozenset(("say", "report", "add", "state", "tell"))
REPORTS = PLAIN | frozenset(("announce", "claim", "confirm", "declare", "warn", "deny"))
# How a report goes on that has nothing more to report: when, where, by what, on whose word.
TAIL = DAYS | frozenset(
    """on in at late early earlier later yesterday today tonight without citing quoting via through during from by after
    separately meanwhile again afterwards recently this last . " ' ) ( - , ''""".split()
)
# How the sentence goes on behind a report in its middle; with some of these words it still tells who was counted.
GOES_ON = frozenset(
    """as while whilst and but which who whose where including adding although though when after before amid noting
    stressing with""".split()
)
SAME_COUNT = frozenset(("including",))
ADVERBS = frozenset("also later earlier then has have had separately further meanwhile reportedly previously".split())
HEARERS = frozenset("reporters journalists afp reuters ap cnn bbc".split())
ON_WHOSE_WORD = frozenset(("citing", "quoting", "without"))
SHORTEST = 3  # words of content
ANTECEDENT = 3  # tokens in which an article makes the noun before a report its object


def commaless_attributions(scene: Scene, taken: Collection[int]) -> Iterator[Attribution]:
    """The report that ends the sentence; `taken` are verbs that another frame has surely read."""
    parsed = scene.parsed
    finite = [
        token
        for token in parsed.tokens
        if token.tag in FINITE or (token.tag == "VBN" and token.low in scene.cues.verbs)
    ]
    is_last = True
    for token in reversed(finite):
        cue = scene.cues.verbs.get(token.low)
        if cue is None or not cue.frames >= {"clause", "quote"}:
            is_last = is_last and token.tag == "VBN"
            continue
        if token.number not in taken:
            at_end = (closing if is_closing(parsed, token.number, cue) else inverted) if is_last else interrupting
            found = list(at_end(scene, token.number, cue)) or list(interrupting(scene, token.number, cue))
            yield from found
        if token.tag != "VBN":
            return


def is_weak(found: Attribution) -> bool:
    """Whether another frame's reading of a verb gives way: it names nobody, or has only words behind the verb for content.

    In "24 died activists told Reuters on Friday" nothing behind "told" is reported, and Reuters is not told of.
    """
    return found.source is None or found.content[0][0] >= found.cue_span[1]


def before_report(found: Attribution, closing: Sequence[Attribution]) -> Iterator[Attribution]:
    """Another attribution of the sentence, ended where the speaker of the report that closes it begins.

    "It said the toll could rise the network added": what it said ends before the network.
    """
    if not closing or closing[0].source is None:
        yield found
        return
    if found.cue_words[0] == closing[0].cue_words[0]:
        return
    first = closing[0].parsed.span_of(closing[0].source.words)[0]
    end = closing[0].content[0][1]
    if found.source is not None and first <= found.parsed.span_of(found.source.words)[1] <= closing[0].cue_span[1]:
        return  # the parse took the speaker for somebody else's
    if found.rule == "citing" and found.cue_span[0] >= closing[0].cue_span[1]:  # "the group said citing witnesses"
        yield replace(found, content=closing[0].content)
        return
    if found.cue_span[1] > first:
        yield found
        return
    content = tuple((start, end if start < first < stop else stop) for start, stop in found.content)
    is_cut = content != found.content
    words = sum(start <= token.start < end for token in found.parsed.tokens for start, end in content)
    if all(start < stop for start, stop in content) and (words >= SHORTEST or not is_cut):
        yield replace(found, content=content)


def closing(scene: Scene, verb: int, cue: Cue) -> Iterator[Attribution]:
    """The attribution of a verb behind which nothing is reported."""
    parsed = scene.parsed
    last = verb - 1
    while last > 0 and parsed.tokens[last].low in ADVERBS:
        last -= 1
    phrase = find_phrase(parsed, last) if last > 0 else None
    if phrase is None or (cue.lemma not in PLAIN and is_object(parsed, phrase.words.start - 1)):
        return
    rule = SURE if phrase.is_sure and cue.lemma in PLAIN else DOUBTFUL
    yield from attribution(scene, (verb, cue, rule), phrase, phrase.words.start)


def interrupting(scene: Scene, verb: int, cue: Cue) -> Iterator[Attribution]:
    """The report behind which the outlet goes on, or the same count: "24 people died the monitor said as shells fell on Homs".

    Only of harm, by somebody who is surely named, and behind a clause of its own.
    """
    parsed = scene.parsed
    goes_on = any(token.low in GOES_ON for token in parsed.tokens[verb + 1 :])
    if cue.lemma not in PLAIN or not goes_on or not tells_of_harm(scene, parsed.tokens[verb].start):
        return
    follows = behind_day(parsed, verb + 1)
    phrase = find_phrase(parsed, verb - 1) if verb > 1 else None
    stop = phrase.words.start if phrase else 0
    if phrase is None and follows == verb + 1:
        while follows < len(parsed.tokens) and parsed.tokens[follows].low not in TAIL | GOES_ON:
            follows += 1
        plain = replace(
            parsed, tokens=(*parsed.tokens[:verb], parsed.tokens[verb]._replace(tag="FW"), *parsed.tokens[verb + 1 :])
        )
        phrase = find_phrase(plain, follows - 1) if follows > verb + 1 else None
        phrase = phrase if phrase and phrase.words.start == verb + 1 else None
        stop, follows = verb, behind_day(parsed, follows)
    if phrase is None or not phrase.is_sure or follows >= len(parsed.tokens):
        return
    if parsed.tokens[follows].low not in GOES_ON or not any(map(is_harm, parsed.tokens[:stop])):
        return
    for found in attribution(scene, (verb, cue, DOUBTFUL), phrase, stop):
        rest = trimmed_region(parsed, range(follows, len(parsed.tokens)))
        further = (parsed.span_of(rest),) if rest and parsed.tokens[follows].low in SAME_COUNT else ()
        yield replace(found, content=(*found.content, *further))
        added = scene.cues.verbs.get(parsed.tokens[follows].low)
        behind = trimmed_region(parsed, range(follows + 1, len(parsed.tokens)))
        if added and behind and parsed.tokens[follows].tag == "VBG" and "clause" in added.frames:  # "adding that ..."
            yield replace(found, cue=added, cue_words=range(follows, follows + 1), content=(parsed.span_of(behind),))


def tells_of_harm(scene: Scene, end: int) -> bool:
    """Whether the words of the sentence up to an offset name harm: a cheap look."""
    return HARM.search(scene.text[scene.parsed.span[0] : end].lower()) is not None


def behind_day(parsed: Parsed, number: int) -> int:
    """The first word behind "on Sunday"."""
    while number < len(parsed.tokens) and parsed.tokens[number].low in DAYS | {"on", "late", "early"}:
        number += 1
    return number


def attribution(scene: Scene, found: tuple[int, Cue, str], phrase: Phrase, stop: int) -> Iterator[Attribution]:
    """The attribution, if the words up to `stop` can be what was said."""
    verb, cue, rule = found
    content = content_before(scene, stop, verb)
    if content is not None:
        source = Source(phrase.whole, phrase.head, "before_cue" if phrase.head < verb else "after_cue")
        yield Attribution(hang(scene.parsed, verb, phrase), cue, range(verb, verb + 1), source, (content,), rule)


def inverted(scene: Scene, verb: int, cue: Cue) -> Iterator[Attribution]:
    """The speaker behind the verb: "24 people died in Homs said the monitor on Friday"."""
    parsed = scene.parsed
    last = verb
    while last + 1 < len(parsed.tokens) and parsed.tokens[last + 1].low not in TAIL | {"of"}:
        last += 1
    if last == verb or cue.lemma not in PLAIN or not is_closing(parsed, last, cue):
        return
    # The verb is no verb that the phrase could be the object of.
    plain = replace(
        parsed, tokens=(*parsed.tokens[:verb], parsed.tokens[verb]._replace(tag="FW"), *parsed.tokens[verb + 1 :])
    )
    phrase = find_phrase(plain, last)
    if phrase is not None and phrase.words.start == verb + 1:
        yield from attribution(scene, (verb, cue, SURE if phrase.is_sure else DOUBTFUL), phrase, verb)


def is_closing(parsed: Parsed, verb: int, cue: Cue) -> bool:
    """Whether the words behind a verb tell only when, where or on whose word it was said."""
    rest = parsed.tokens[verb + 1 :]
    if cue.lemma == "tell":
        if not rest or not (is_hearer(rest[0]) or (rest[0].low == "the" and len(rest) > 1 and is_hearer(rest[1]))):
            return False
        rest = rest[next((n for n, token in enumerate(rest) if n and not is_hearer(token)), len(rest)) :]
    if not rest:
        return True
    if rest[0].low not in TAIL:
        return False
    citing = any(token.low in ON_WHOSE_WORD for token in rest)
    return citing or not any(token.tag in FINITE or is_harm(token) or token.low == "that" for token in rest)


def is_hearer(token: Token) -> bool:
    """Whether a word can be of the name of whom a report was told to: "told The Daily Wire", "told reporters"."""
    is_known = token.mention is not None and token.mention.actor is not None
    return (
        token.low in HEARERS
        or is_known
        or (token.tag in ("NNP", "NNPS", "DT") and token.text[:1].isupper() and token.low not in DAYS)
    )


def is_harm(token: Token) -> bool:
    """Whether a word tells of harm, so that it may be what is reported: not "in a revised toll"."""
    return token.low not in ("toll", "casualties") and HARM.fullmatch(token.text) is not None


def is_object(parsed: Parsed, before: int) -> bool:
    """Whether the noun before the speaker may be what the verb is about: "in an attack the group claimed"."""
    near = parsed.tokens[max(0, before - ANTECEDENT) : before]
    return parsed.tokens[before].tag in ("NN", "NNS") and any(token.tag in ("DT", "PRP$") for token in near)


def content_before(scene: Scene, stop: int, verb: int) -> Span | None:
    """The words before the speaker, if they are a clause or a quotation."""
    parsed = scene.parsed
    before = parsed.tokens[stop - 1]
    quote, inside = scene.quote_at(before.start), scene.quote_at(parsed.tokens[verb].start)
    first = 0
    if inside is not None:  # a report inside a quotation reports only words of that quotation
        first = next(token.number for token in parsed.tokens if token.start > inside.span[0])
    elif quote is not None:
        first = next(token.number for token in parsed.tokens if token.end > quote.span[0])
        first = 0 if any(token.tag in FINITE for token in parsed.tokens[:first]) else first
    colons = [n for n in range(first, stop) if parsed.tokens[n].text == ":" and tells(scene, parsed.tokens[n:stop])]
    words = trimmed_region(parsed, range(colons[-1] + 1 if colons else first, stop))
    if words is None or len(words) < SHORTEST or not (quote or tells(scene, parsed.tokens[words.start : words.stop])):
        return None
    return widened(scene, parsed.span_of(words), parsed.tokens[verb].start)


def tells(scene: Scene, tokens: tuple[Token, ...]) -> bool:
    """Whether words hold a finite verb that does not report; the model takes "killed" without its comma for a participle."""
    return any(
        not is_plain_report(scene, token)
        and (token.tag in FINITE or (token.tag == "VBN" and HARM.fullmatch(token.text)))
        for token in tokens
    )


def is_plain_report(scene: Scene, token: Token) -> bool:
    """Whether a verb does nothing but report."""
    cue = scene.cues.verbs.get(token.low)
    return cue is not None and cue.lemma in REPORTS


def hang(parsed: Parsed, verb: int, phrase: Phrase) -> Parsed:
    """The parse with the speaker as subject of the verb, and what the model had hung on its words set free."""
    tokens = list(parsed.tokens)
    inside = set(phrase.whole)
    for token in parsed.tokens:
        if token.number < phrase.words.start and token.head in inside:
            before = parsed.tokens[token.number - 1] if token.number else token
            is_ruled = before.tag == "IN" and token.number not in parsed.ancestors(before.number)
            tokens[token.number] = token._replace(
                head=before.number if is_ruled else verb, dep="pobj" if is_ruled else "dep"
            )
    tokens[verb] = tokens[verb]._replace(head=verb, dep="ROOT")
    place(tokens, phrase, verb, "nsubj")
    children, first, last = tree([token.head for token in tokens])
    return replace(parsed, tokens=tuple(tokens), children=children, first=first, last=last)


RELATIONS = {"DT": "det", "JJ": "amod", "CD": "nummod", "POS": "case", "PRP$": "poss", ".": "punct", "HYPH": "punct"}


def place(tokens: list[Token], phrase: Phrase, above: int, relation: str) -> None:
    """Hang a phrase, and what is joined to it, where it belongs."""
    for number in phrase.words:
        token = tokens[number]
        has_s = number + 1 in phrase.words and tokens[number + 1].tag == "POS"
        own = "poss" if has_s else RELATIONS.get(token.tag, "compound")
        head, dep = (above, relation) if number == phrase.head else (phrase.head, own)
        tokens[number] = token._replace(head=head, dep=dep)
    if phrase.link is None or phrase.further is None:
        return
    is_pair = tokens[phrase.link].low in ("and", "&")
    tokens[phrase.link] = tokens[phrase.link]._replace(head=phrase.head, dep="cc" if is_pair else "prep")
    place(tokens, phrase.further, phrase.head if is_pair else phrase.link, "conj" if is_pair else "pobj")
