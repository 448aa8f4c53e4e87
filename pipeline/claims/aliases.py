"""A text and the known names in it in, the names with those that the text itself defines out: "the Tigris Board (TB)".

An alias holds in its text only, from its definition on. It is the known actor where one of its two names is known, else an
actor of the text's own. An alias that a text gives to several is nobody: it keeps them as candidates.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.claims.definitions import BODY, Definition, find_definitions
from pipeline.claims.gazetteer import Actor, Gazetteer, Mention, by_first_word, find_aliases
from pipeline.claims.initials import find_initials
from pipeline.claims.located import Located, locate
from pipeline.text import words as folded_words
from pipeline.values import Span

# What letters stand for is mostly a body; these are things, and things do not speak.
THING = re.compile(
    r"\b(?:acts?|treaty|agreements?|accords?|bill|laws?|resolution|air ?(?:field|port|base)|operation|plan|programs?|"
    r"programmes?|project|index|systems?|missiles?|time|convention|war|rights|partnership|deal|syndrome|disease|virus|zones?|"
    r"area|devices?|vehicles?|weapons?|strait|sea|river|valley|city|province|day|award|prize|amendment|aircraft|test)$",
    re.IGNORECASE,
)
BY_LETTERS = frozenset(("acronym", "foreign_acronym", "initials"))
# Before the known name in a long form: "al-Qaeda-linked Nusra Front", "Kurdish People's Protection Units".
ATTRIBUTE = re.compile(r"(?:(?:[\w'-]+-[\w'-]+|\w+(?:ian|ish|ese|[rq]i|eli|tani|meni|ern|can))\s)*$", re.IGNORECASE)
# In brackets behind a body: who took the picture, where it is, or a time. Not read from seeds/agencies.csv, for an edit of
# that table reads no text again.
NO_BODY = frozenset(
    """AFP ANSA DPA EFE EPA IANS PTI RIA SANA TASS UPI ABC BBC CBC CBS CNN ITV NBC NPR PBS NSW UAE UK USA GMT UTC EST EDT CET
    BST""".split()
)
ALIKE = 4  # letters by which words of two spellings are compared: Syria, Syrian


@dataclass(frozen=True, slots=True)
class Aliases:
    """What a text calls things.

    mentions  known and defined names in order, without overlaps; actors: those of the text's own, by id
    persons   defined names of what is no body, folded, with their definitions: two of one name are ambiguous
    """

    mentions: tuple[Mention, ...]
    actors: Mapping[str, Actor]
    persons: Mapping[tuple[str, ...], tuple[Definition, ...]]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a definition makes its names mean."""

    definition: Definition
    known: Mention | None
    actor: Actor | None

    @property
    def key(self) -> str:
        """The id that its names have."""
        place = self.known.place if self.known else None
        return self.actor.actor_id if self.actor else place.place_id if place else ""


def find_local(text: str, known: tuple[Mention, ...], gazetteer: Gazetteer) -> Aliases:
    """The known names of a normalised text and those that it defines.

    >>> from pipeline.claims.gazetteer import load_gazetteer
    >>> from pipeline.settings import SEEDS
    >>> found = find_local("The Tigris Relief Board (TRB) left. TRB staff said so.", (), load_gazetteer(SEEDS))
    >>> [(mention.alias, mention.actor.actor_id) for mention in found.mentions][1:]
    [('TRB', 'name/tigris-relief-board'), ('TRB', 'name/tigris-relief-board')]
    """
    defined = list(find_definitions(text))
    shorts = {text[slice(*one.short)] for one in defined}
    near = locate(known, lambda mention: mention.span)
    defined = [one for one in defined if not names_another(text, one, near, gazetteer)]
    tables = (shorts, gazetteer.actor_aliases, gazetteer.place_aliases)
    defined += find_initials(text, lambda letters: any(letters in names for names in tables))
    if not defined:
        return Aliases(known, {}, {})
    meanings = [meaning_of(text, one, near) for one in defined]
    by_name = named(text, [meaning for meaning in meanings if meaning.key])
    local = [
        mention
        for span in find_aliases(text, by_first_word(set(by_name)))
        if (mention := mention_at(text, span, by_name, near)) and not is_inside_longer(span, near)
    ]
    taken = locate(local, lambda mention: mention.span)
    kept = [mention for mention in known if not overlaps(mention.span, taken)]
    own = {meaning.actor.actor_id: meaning.actor for meaning in meanings if meaning.actor and not meaning.known}
    persons = persons_of(text, [meaning.definition for meaning in meanings if not meaning.key])
    return Aliases(tuple(sorted([*kept, *local], key=lambda mention: mention.span)), own, persons)


def names_another(text: str, definition: Definition, near: Located[Mention], gazetteer: Gazetteer) -> bool:
    """Whether the short form is somebody else's name: "the Syrian Democratic Forces (AFP)" is a picture's credit.

    Letters that are not in the long form say nothing about a known name; words never rename one of the tables.
    """
    long, short = (text[slice(*span)] for span in (definition.long, definition.short))
    table = next((found for found in near.starting(*definition.short) if found.span == definition.short), None)
    known = ending(text, definition.long, near)
    if definition.rule == "foreign_acronym":
        actor = known.actor if known else table.actor if table and table.actor and is_like(long, table.actor) else None
        if actor is not None:
            return short not in actor.aliases
        is_taken = short in gazetteer.actor_aliases or short in gazetteer.place_aliases
        return known is not None or is_taken or short in NO_BODY
    if definition.rule in BY_LETTERS or definition.rule == "hereafter" or table is None or known is None:
        return False
    return (table.actor, table.place) != (known.actor, known.place)


def meaning_of(text: str, definition: Definition, near: Located[Mention]) -> Meaning:
    """The known name that a definition is about, or a body of the text's own, or neither."""
    long, short = (text[slice(*span)] for span in (definition.long, definition.short))
    if known := ending(text, definition.long, near):
        return Meaning(definition, known, known.actor)
    known = next((found for found in near.starting(*definition.short) if found.span == definition.short), None)
    if known and known.actor and (definition.rule not in BY_LETTERS or is_like(long, known.actor)):
        return Meaning(definition, known, known.actor)
    is_body = bool(BODY.search(long)) or definition.rule in BY_LETTERS
    if not is_body or THING.search(long) or (" " not in long and definition.rule not in BY_LETTERS):
        return Meaning(definition, None, None)
    actor = Actor(f"name/{'-'.join(folded_words(long))}", long, "organisation", (long, short), None, None, None, None)
    return Meaning(definition, None, actor)


def ending(text: str, long: Span, near: Located[Mention]) -> Mention | None:
    """The known name that a long form is, but for adjectives before it."""
    for found in near.near(*long):
        if found.span[1] == long[1] and (found.span[0] <= long[0] or ATTRIBUTE.fullmatch(text, long[0], found.span[0])):
            return found
    return None


def is_like(long: str, actor: Actor) -> bool:
    """Whether a long form is another spelling of a known actor's name.

    >>> syrians = Actor("sdf", "SDF", "armed_group", ("Syrian Democratic Forces",), None, None, None, None)
    >>> is_like("Syria Democratic Forces", syrians), is_like("Social Democratic Front", syrians)
    (True, False)
    """
    ours = {word[:ALIKE] for word in folded_words(long) if len(word) >= ALIKE}
    others = [{word[:ALIKE] for word in folded_words(alias) if len(word) >= ALIKE} for alias in actor.aliases]
    return any(2 * len(ours & theirs) > len(ours | theirs) for theirs in others)


def named(text: str, meanings: Sequence[Meaning]) -> dict[str, list[Meaning]]:
    """The meanings of each name."""
    by_name: dict[str, list[Meaning]] = {}
    for meaning in meanings:
        for span in (meaning.definition.short, meaning.definition.long):
            by_name.setdefault(text[slice(*span)], []).append(meaning)
    return by_name


def mention_at(
    text: str, span: Span, by_name: Mapping[str, Sequence[Meaning]], near: Located[Mention]
) -> Mention | None:
    """The mention of a defined name; None where it stands before its definition, or where the tables say the same."""
    name = text[slice(*span)]
    held = [meaning for meaning in by_name[name] if meaning.definition.span[0] <= span[0]]
    own = [one for one in held if one.definition.span[0] <= span[0] < one.definition.span[1]]
    held = own or held
    if not held:
        return None
    table = next((found for found in near.starting(*span) if found.span == span), None)
    is_spelt = any(is_spelt_out(text, one.definition) for one in held)
    other = table.actor if table and not (own and is_spelt) else None
    if other and (not is_spelt or any(found.actor == other and found.alias != name for found in near.items)):
        keys = {other.actor_id, *(meaning.key for meaning in held)}
    else:
        keys = {meaning.key for meaning in held}
    if keys == {other.actor_id if other else None}:
        return None
    first = held[0]
    evidence = Mention(span, name, None, None, defined=first.definition.span, rule=first.definition.rule)
    if len(keys) > 1:
        return replace(evidence, candidates=tuple(sorted(keys)))
    return replace(evidence, actor=first.actor, place=first.known.place if first.known else None)


def is_spelt_out(text: str, definition: Definition) -> bool:
    """Whether every letter of a short form begins a word of the long one: only then it can take a known name's place.

    >>> text = "Free Shepherds Association (FSA)"
    >>> is_spelt_out(text, Definition((28, 31), (0, 26), (0, 32), "acronym"))
    True
    """
    words = text[slice(*definition.long)].split()
    return text[slice(*definition.short)] == "".join(word[0] for word in words if word[0].isupper())


def is_inside_longer(span: Span, near: Located[Mention]) -> bool:
    """Whether a known name that is longer stands there."""
    return any(
        found.span[0] <= span[0] and span[1] <= found.span[1] and found.span != span for found in near.near(*span)
    )


def overlaps(span: Span, others: Located[Mention]) -> bool:
    """Whether one of the others stands there."""
    return any(found.span[0] < span[1] and span[0] < found.span[1] for found in others.near(*span))


def persons_of(text: str, definitions: Sequence[Definition]) -> dict[tuple[str, ...], tuple[Definition, ...]]:
    """Other names of what is no body, by their folded words."""
    found: dict[tuple[str, ...], tuple[Definition, ...]] = {}
    for one in definitions:
        key = tuple(folded_words(text[slice(*one.short)]))
        found[key] = (*found.get(key, ()), one)
    return found
