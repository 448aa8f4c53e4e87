"""A name as a speaker has it in, the full name that the text gives out: "Doe said" after "Defence Minister Jane Doe left"."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pipeline.claims.definitions import OPENERS, Definition
from pipeline.text import words as folded_words
from pipeline.values import Span

TITLES = frozenset(
    """president mr mrs ms dr gen general sen senator rep representative gov governor col colonel lt maj major capt captain
    secretary minister prime king queen prince sheikh professor prof judge justice mayor sir lord lady pope ambassador
    chancellor vice former chairman spokesman spokeswoman commander brig adm admiral chief director head foreign defense
    defence state attorney congressman congresswoman speaker leader nominee candidate democrat republican sgt sergeant
    lieutenant brigadier deputy interior envoy spokesperson chairwoman reverend rev imam ayatollah princess emir sultan
    premier elect acting senior special miss madam""".split()
)
# A last name may begin with these: "Abdel Rahman", "al-Jaafari", "bin Salman", "Abu Omar" is a name of its own.
PARTICLES = frozenset("abdel abdul abd al el bin ibn ben van von de der den la le du da dos".split())
FIRST = r"(?:[A-Z]\.|(?:[Aa]l|[Ee]l)-[A-Z][\w'-]*|[A-Z][\w'-]*|bin|ibn|van|von|de|der|al|el)"
MOST_FIRST = 3  # words before a last name
# Capitalised before a name without being part of it: "American Jane Doe", "Monday, Doe"; words of titles in title case.
NO_FIRST_NAME = re.compile(
    r"(?:\w+(?:ian|ish|ese)|iraqi|israeli|saudi|american|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:janu|febru)ary|march|"
    r"april|june|july|august|(?:septem|octo|novem|decem)ber|says?|said|team|\w+-(?:elect|led|backed|born|based)|gop|us|un|"
    r"(?-i:[A-Z]{4,}))$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Named:
    """A name with its id.

    full              the name, or the full name that it is short for
    defined, rule     the words that give the full name, and how: last_name | also_known; None for a name that stands alone
    candidates        ids of all that it can be short for, where those are several
    """

    key: str
    full: str
    defined: Span | None = None
    rule: str | None = None
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Names:
    """Full names that an article gives.

    by_last  full names of speakers with their spans by last name: "Caddell" is the Pat Caddell named before
    persons  defined other names, folded: "Jihadi John"
    longer   the longer names by the one that they end like, once looked for: a search for every speaker takes too long
    """

    text: str
    by_last: Mapping[str, tuple[tuple[str, Span], ...]]
    persons: Mapping[tuple[str, ...], tuple[Definition, ...]]
    longer: dict[str, tuple[tuple[str, Span], ...]] = field(default_factory=dict, repr=False, compare=False)

    def find(self, name: str, before: int) -> Named:
        """The name that a speaker at an offset has, with the id of one that actors.csv does not have.

        >>> Names("Defence Minister Jane Doe left. Doe was glad.", {}, {}).find("Doe", 32)
        Named(key='name/jane-doe', full='Jane Doe', defined=(17, 25), rule='last_name', candidates=())
        """
        parts = folded_words(name)
        defined = [one for one in self.persons.get(tuple(parts), ()) if one.span[0] <= before]
        if defined:
            return short_for(name, [(self.text[slice(*one.long)], one.span) for one in defined], "also_known")
        if len(parts) == 1 and (speakers := self.by_last.get(parts[0])):
            return short_for(name, speakers, "last_name")
        if len(parts) == 1 or parts[0] in PARTICLES or "-" in name.split(maxsplit=1)[0]:
            return short_for(name, list(self.before(name, before)), "last_name")
        return Named(name_id(name), name)

    def before(self, name: str, end: int) -> Iterator[tuple[str, Span]]:
        """Longer names that stand before an offset and end like this one."""
        longer = self.longer.get(name)
        if longer is None:
            longer = self.longer[name] = tuple(find_longer(name, self.text))
        yield from longer[: bisect_right(longer, end, key=lambda found: found[1][1])]


def find_longer(name: str, text: str) -> Iterator[tuple[str, Span]]:
    """Longer names of a text that end like this one, with their places.

    >>> list(find_longer("Doe", "Defence Minister Jane Doe left. Doe was glad."))
    [('Jane Doe', (17, 25))]
    """
    own = len(name.split())
    for match in re.finditer(rf"(?<![\w-])(?:{FIRST}\s){{1,{MOST_FIRST}}}{re.escape(name)}(?![\w-])", text):
        words = match.group().split(" ")
        while len(words) > own and not is_first_name(words[0]):
            words = words[1:]
        if len(words) > own and all(map(is_first_name, words[:-own])):
            full = " ".join(words)
            yield full, (match.end() - len(full), match.end())


def is_first_name(word: str) -> bool:
    """Whether a capitalised word before a last name can be part of the name, not its title or a word of the sentence."""
    folded = word.lower().rstrip(".")
    return folded not in TITLES and folded not in OPENERS and not NO_FIRST_NAME.match(word)


def short_for(name: str, found: list[tuple[str, Span]] | tuple[tuple[str, Span], ...], rule: str) -> Named:
    """The name as short for the one full name that was found; with several it stays alone, and they are candidates."""
    ids = {name_id(full) for full, _ in found}
    if len(ids) == 1:
        return Named(name_id(found[0][0]), found[0][0], found[0][1], rule)
    return Named(name_id(name), name, candidates=tuple(sorted(ids)))


def name_id(name: str) -> str:
    """The id of a name that actors.csv does not have.

    >>> name_id("Pat Caddell")
    'name/pat-caddell'
    """
    return "name/" + "-".join(folded_words(name))
