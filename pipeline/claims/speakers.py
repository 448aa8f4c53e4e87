"""The source of an attribution in, its speakers out: one for "Observatory head Rami Abdel Rahman", two for "X and Y"."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.claims.aliases import Aliases
from pipeline.claims.attributions import Attribution
from pipeline.claims.definitions import Definition
from pipeline.claims.gazetteer import CARRIERS, Actor, Mention
from pipeline.claims.names import TITLES, Named, Names, name_id
from pipeline.claims.offices import find_holders
from pipeline.claims.parse import Parsed, Token
from pipeline.claims.sayers import DOCUMENT
from pipeline.claims.subjects import trimmed
from pipeline.text import words as folded_words
from pipeline.values import Span, Speaker

PRONOUNS = frozenset("he she it they we i you who which that this these those himself herself".split())
PROPER = frozenset(("NNP", "NNPS"))


def read_names(text: str, attributions: Sequence[Attribution], aliases: Aliases) -> Names:
    """The full names among the sources of an article, and those that its text defines."""
    by_last: dict[str, dict[str, tuple[str, Span]]] = {}
    for attribution in attributions:
        for piece in pieces(attribution):
            name = proper_name(attribution.parsed, piece)
            parts = folded_words(name[1]) if name else []
            if name and len(parts) > 1:
                by_last.setdefault(parts[-1], {}).setdefault(name_id(name[1]), (name[1], name[0]))
    return Names(text, {last: tuple(found.values()) for last, found in by_last.items()}, aliases.persons)


def pieces(attribution: Attribution) -> list[range]:
    """The words of each speaker of a source: "the SDF and the Observatory" are two."""
    source, parsed = attribution.source, attribution.parsed
    if source is None:
        return []
    names = trimmed(parsed, source.names)
    joins = [number for number in names if is_join(parsed, names, number)]
    starts = [names.start, *(number + 1 for number in joins)]
    stops = [*joins, names.stop]
    found = [trimmed(parsed, range(start, stop)) for start, stop in zip(starts, stops, strict=True) if stop > start]
    return found if len(found) > 1 and all(is_name(parsed, words) for words in found) else [names]


def is_join(parsed: Parsed, words: range, number: int) -> bool:
    """Whether an "and" joins two speakers, not two words inside one name."""
    token = parsed.tokens[number]
    if token.low not in ("and", "&") or number in (words[0], words[-1]):
        return False
    head = parsed.tokens[token.head]
    above = {head.number, *parsed.ancestors(head.number)} if head.number in words else set()
    return token.head not in words or not any(
        parsed.tokens[found].dep in ("prep", "pobj", "poss", "appos", "amod", "acl", "relcl")
        for found in above & set(words)
    )


def is_name(parsed: Parsed, words: range) -> bool:
    """Whether the words can stand for a speaker alone: they hold a name, or begin like a phrase of their own."""
    first = parsed.tokens[words[0]]
    nouns = [number for number in words if parsed.tokens[number].tag.startswith(("NN", "PRP"))]
    return bool(nouns) and first.tag in ("DT", "NNP", "NNPS", "NNS", "PRP", "JJ", "PRP$", "CD", "NN")


def read_speakers(attribution: Attribution, names: Names, actors: Mapping[str, Actor]) -> list[Speaker]:
    """The speakers of an attribution; pronouns stay unresolved here."""
    return [read_speaker(attribution.parsed, words, names, actors) for words in pieces(attribution)]


def read_speaker(parsed: Parsed, words: range, names: Names, actors: Mapping[str, Actor]) -> Speaker:
    """One speaker: a known actor, a name, an unnamed person or a pronoun."""
    span = parsed.span_of(words)
    tokens = [parsed.tokens[number] for number in words]
    text = spelt(tokens)
    known = [token.mention.actor for token in tokens if token.mention and token.mention.actor]
    people = (token.mention for token in tokens if token.mention and person_of(token) and not is_owner(parsed, token))
    person = next(people, None)
    if person is not None:
        return of_mention(span, person, actors)
    if len(tokens) == 1 and tokens[0].low in PRONOUNS:
        return Speaker(span=span, speaker_id=None, name=text, attribution="pronoun", reason="a pronoun")
    head = head_of(parsed, words)
    if head.mention and (head.mention.actor or head.mention.candidates):
        return of_mention(span, head.mention, actors)
    behind = actor_behind(parsed, tokens, known)
    if name := proper_name(parsed, words):
        return speaking_for(of_name(span, names.find(name[1], name[0][0])), behind)
    if DOCUMENT.match(head.text) and behind is not None and behind.kind not in CARRIERS:
        return replace(of_actor(span, behind, actors), reason=None)
    speaker = Speaker(span=span, speaker_id=None, name=text, attribution="unnamed", reason="the text gives no name")
    return speaking_for(by_office(speaker, names, actors), behind)


def by_office(speaker: Speaker, names: Names, actors: Mapping[str, Actor]) -> Speaker:
    """Who "the foreign secretary" is where the text says it before; nobody where it names two who may be meant."""
    if not speaker.name.lower().startswith("the "):
        return speaker
    holders = find_holders(speaker.name, names.text, speaker.span[0])
    found = {holder.speaker_id: holder for one in holders if (holder := held_by(speaker, one, names.text, actors))}
    if len(found) > 1:
        reason = "ambiguous: the text names more than one who holds this office"
        return replace(speaker, candidates=tuple(sorted(key for key in found if key)), reason=reason)
    return next(iter(found.values()), speaker)


def held_by(speaker: Speaker, office: Definition, text: str, actors: Mapping[str, Actor]) -> Speaker:
    """The speaker as the holder of an office, an actor of the tables or a name."""
    full = text[slice(*office.long)]
    actor = next((actor for actor in actors.values() if full in actor.aliases), None)
    holder = of_actor(speaker.span, actor, actors) if actor else of_name(speaker.span, Named(name_id(full), full))
    return replace(holder, attribution=speaker.attribution, named_at=office.span, named_by=office.rule)


def spelt(tokens: Sequence[Token]) -> str:
    """The words as the text joins them: "the Britain-based monitor", "Syrias army"."""
    gaps = ("" if before.end == token.start else " " for before, token in pairwise(tokens))
    return tokens[0].text + "".join(gap + token.text for gap, token in zip(gaps, tokens[1:], strict=True))


def person_of(token: Token) -> Actor | None:
    """The known person whose name a token is."""
    actor = token.mention.actor if token.mention else None
    return actor if actor and actor.kind == "person" else None


def is_owner(parsed: Parsed, token: Token) -> bool:
    """Whether somebody else speaks: "Assad's forces", with or without the apostrophe."""
    follows = token.number + 1
    return follows < len(parsed.tokens) and parsed.tokens[follows].low in ("'s", "s", "'")


def actor_behind(parsed: Parsed, tokens: Sequence[Token], known: Sequence[Actor]) -> Actor | None:
    """Whom a person speaks for: "SDF spokesman X", "a spokesman for the coalition"; not "a Raqqa activist who fled IS"."""
    for token in tokens:
        if not (token.mention and token.mention.actor):
            continue
        above = parsed.tokens[token.head]
        if token.dep in ("compound", "nmod", "poss", "amod") or (
            token.dep == "pobj" and above.low in ("for", "of", "from", "with", "at", "by")
        ):
            return token.mention.actor
        if token.dep == "appos":
            return token.mention.actor
    return known[0] if len(known) == 1 and len(tokens) <= 4 else None


def of_mention(span: Span, mention: Mention, actors: Mapping[str, Actor]) -> Speaker:
    """A speaker whose name the tables have or the text defines; nobody where it gives the name to several."""
    if mention.actor is None:
        reason = "ambiguous: the text gives this name to more than one"
        return Speaker(
            span=span,
            speaker_id=None,
            name=mention.alias,
            attribution="named",
            candidates=mention.candidates,
            reason=reason,
            named_at=mention.defined,
            named_by=mention.rule,
        )
    return replace(of_actor(span, mention.actor, actors), named_at=mention.defined, named_by=mention.rule)


def of_name(span: Span, named: Named) -> Speaker:
    """A speaker whose name no table has."""
    return Speaker(
        span=span,
        speaker_id=named.key,
        name=named.full,
        attribution="named",
        candidates=named.candidates,
        named_at=named.defined,
        named_by=named.rule,
    )


def of_actor(span: Span, actor: Actor, actors: Mapping[str, Actor]) -> Speaker:
    """A speaker that actors.csv has."""
    speaks_for = actors.get(actor.speaks_for) if actor.speaks_for else None
    party = actor.party or (speaks_for.party if speaks_for else None)
    return Speaker(
        span=span,
        speaker_id=actor.actor_id,
        name=actor.name,
        attribution="named",
        speaks_for_id=actor.speaks_for,
        party=party,
    )


def speaking_for(speaker: Speaker, actor: Actor | None) -> Speaker:
    """The speaker with the actor that it speaks for."""
    return speaker if actor is None else replace(speaker, speaks_for_id=actor.actor_id, party=actor.party)


def head_of(parsed: Parsed, words: range) -> Token:
    """The token that the rest of the words hangs on."""
    inside = [
        number for number in words if parsed.tokens[number].head not in words or parsed.tokens[number].dep == "ROOT"
    ]
    nouns = [number for number in inside if parsed.tokens[number].tag.startswith(("NN", "PRP", "WP"))]
    return parsed.tokens[(nouns or inside or [words[-1]])[0]]


def proper_name(parsed: Parsed, words: range) -> tuple[Span, str] | None:
    """The first run of proper nouns that names the head, titles left out; None if there is none.

    "longtime Democratic pollster Pat Caddell" gives Pat Caddell.
    """
    for run in sorted(proper_runs(parsed, words), key=lambda run: (not is_heading(parsed, words, run), -len(run))):
        kept = [number for number in run if parsed.tokens[number].low.rstrip(".") not in TITLES]
        if kept and is_heading(parsed, words, run):
            span = parsed.span_of(kept)
            name = " ".join(parsed.tokens[number].text for number in range(kept[0], kept[-1] + 1))
            return (span, re.sub(r"\s+", " ", name)) if name.lower() != name else None
    return None


def is_heading(parsed: Parsed, words: range, run: Sequence[int]) -> bool:
    """Whether a run of proper nouns holds the head, or stands in apposition to it ("the director, Jane Doe")."""
    head = head_of(parsed, words).number
    return head in run or any(
        parsed.tokens[number].dep == "appos" and parsed.tokens[number].head == head for number in run
    )


def proper_runs(parsed: Parsed, words: range) -> Iterator[list[int]]:
    """Unbroken runs of proper nouns that no known name is part of."""
    run: list[int] = []
    for number in words:
        token = parsed.tokens[number]
        if token.tag in PROPER and (token.mention is None or token.mention.actor is None):
            run.append(number)
        elif run:
            yield run
            run = []
    if run:
        yield run
