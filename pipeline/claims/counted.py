"""The words around a number in, what it counts out: killed, injured, missing, displaced or detained people, or nothing.

Each pattern in harm.py is shown by the words that asked for it.
"""

import re
from dataclasses import dataclass, replace

from pipeline.claims import harm
from pipeline.claims.numbers import Number, find_numbers
from pipeline.claims.victims import VICTIM_PHRASE, VICTIM_WORD, victim_class
from pipeline.values import Span

FALLEN = ("men", "women", "soldiers", "fighters", "troops", "policemen", "officers", "guards", "commandos", "marines")
MOST_BESIDE = 6  # counts that one verb is said of
REACH_BESIDE = 60  # characters to the next of them
NEAR_NUMBER = 600  # characters: the widest gap in a pattern has 120; all of a long list would be read for every number
NEAR_COUNT = 12  # characters: "a teacher and her two sons"


@dataclass(frozen=True, slots=True)
class Found:
    """A number with what the words around it say; all spans are offsets into the text."""

    number: Number
    metric: str | None
    victim: str | None
    is_part: bool
    is_superseded: bool
    ends: int
    rule: str


def read_one(text: str, clause: Span, number: Number, last: Found | None) -> Found | None:
    """What the words around a number say about it; None when they speak of no harm."""
    before, after = beside(text, clause, number.span)
    phrase = VICTIM_PHRASE.match(after)
    victim = victim_class(phrase) if phrase else None
    if (predicate := harm.ARE_PART.match(after)) and (harm.OF_WHOM.search(before) or harm.AMONG.search(before)):
        victim = who_at(after[predicate.end() :])
    ends = number.span[1] + (phrase.end() if phrase else 0)
    seen = Found(number, None, victim, False, False, ends, "")
    behind = (after, after[ends - number.span[1] :])
    return earlier_value(seen, before, last) or part_of(seen, before, behind, last) or whole(seen, before, behind, last)


def beside(text: str, clause: Span, number: Span) -> tuple[str, str]:
    """The words of a clause before and behind a number, as many as any pattern looks at.

    >>> beside("raids killed 24 civilians", (6, 25), (13, 15))
    ('killed ', ' civilians')
    """
    return text[max(clause[0], number[0] - NEAR_NUMBER) : number[0]], text[
        number[1] : min(clause[1], number[1] + NEAR_NUMBER)
    ]


def earlier_value(seen: Found, before: str, last: Found | None) -> Found | None:
    """A value that the same words withdraw ("up from 13"), or the one that replaces it ("from 13 to 24")."""
    if last and harm.TOLL_FROM.search(before):
        return replace(seen, metric="killed", is_superseded=True, rule="toll_from")
    is_withdrawn = harm.SUPERSEDED.search(before) is not None
    is_withdrawn = is_withdrawn or harm.ROSE_FROM.search(before) is not None
    if last and (is_withdrawn or harm.EARLIER_TOLL.search(before)):
        return replace(seen, metric=last.metric, is_superseded=True, rule="superseded")
    if last and last.rule in ("superseded_before", "toll_from") and harm.REVISED_TO.search(before):
        return replace(seen, metric=last.metric, rule="revised_to")
    is_toll = harm.TOLL_WORD.search(before) or harm.FIRST_GIVEN.search(before)
    if harm.EARLIER_TOLL.search(before) or (is_withdrawn and is_toll):
        return replace(seen, metric="killed", is_superseded=True, rule="superseded_before")
    return None


def part_of(seen: Found, before: str, behind: tuple[str, str], last: Found | None) -> Found | None:
    """A number that counts some of those counted before: "including five minors", "four of them seriously"."""
    after, rest = behind
    if last is None:
        return None
    if share := share_of(before, after, last):
        return replace(seen, metric=share, is_part=True, rule="part_of")
    opens = harm.PART.search(before) is not None
    between = before[max(0, len(before) - max(0, seen.number.span[0] - last.ends)) :]
    goes_on = last.is_part and seen.victim is not None and harm.AND.search(before) is not None
    goes_on = goes_on or (last.is_part and is_listed(seen, before, last))
    goes_on = goes_on and not harm.HAPPENED.search(between)
    state = state_after(rest)
    if goes_on and not opens and state and state != last.metric:
        return None  # "24 killed, including a child, and 27 others were injured"
    if opens or goes_on or (seen.victim and harm.OF_THEM.match(after)):
        return replace(seen, metric=state or last.metric, is_part=True, rule="part_of")
    return None


def whole(seen: Found, before: str, behind: tuple[str, str], last: Found | None) -> Found | None:
    """A number with a metric of its own, or with that of the number it is joined to."""
    after, rest = behind
    has_victim = seen.ends > seen.number.span[1]
    if harm.THEN_DIED.match(after):
        return replace(seen, metric="killed", rule="state")
    metric, rule, who = metric_of(before, after, rest, has_victim)
    aside = harm.ASIDE.match(rest) or harm.BARE_ASIDE.match(rest)
    if metric is None and aside and has_victim:
        metric, rule, who = metric_of(before, after, rest[aside.end() :], has_victim)
    if metric is None and has_victim and (together := said_together(rest)):
        metric, rule = together, "state"
    if metric is None and has_victim and harm.OBJECT_ENDS.match(rest) and (also := harm.ALSO_ACTIVE.search(before)):
        metric, rule = matched(also, harm.ACTIVES), "active"
    if metric is None and last:
        metric, rule = like_last(before, after, last)
    if metric is None and last and harm.AND.search(before):
        between = before[max(0, len(before) - max(0, seen.number.span[0] - last.ends)) :]
        is_near = seen.victim is not None and len(between) < NEAR_COUNT
        is_near = is_near or (last.rule == "active" and harm.AS_WELL.search(before) is not None)
        if is_near or (harm.ELSEWHERE.match(after) and not last.is_superseded):
            metric, rule = last.metric, "joined"
    if metric is None and last and is_listed(seen, before, last):
        metric, rule = last.metric, "joined"
    return replace(seen, metric=metric, victim=seen.victim or who, rule=rule) if metric else None


def is_listed(seen: Found, before: str, last: Found) -> bool:
    """Whether nothing stands between a count and the one before it, in text without commas: "six women five children"."""
    is_beside = (
        seen.number.span[0] > last.ends and not before[len(before) - (seen.number.span[0] - last.ends) :].strip()
    )
    return is_beside and seen.victim is not None and last.victim is not None


def said_together(rest: str) -> str | None:
    """The state that is said of several counts together: "37 soldiers and 101 rebels have been killed"."""
    for _ in range(MOST_BESIDE):
        number = next(find_numbers(rest, 0, min(len(rest), REACH_BESIDE)), None)
        if number is None or not harm.AND.fullmatch(rest, 0, number.span[0]):
            return None
        victims = VICTIM_PHRASE.match(rest, number.span[1])
        if victims is None:
            return None
        rest = rest[victims.end() :]
        if state := state_after(rest):
            return state
    return None


def like_last(before: str, after: str, last: Found) -> tuple[str | None, str]:
    """The metric of a number that counts what was counted before: "70 dead, but others reported 12"."""
    if harm.NEW_TOTAL.search(before) or (harm.NOTHING_BEHIND.match(after) and harm.OTHER_COUNT.search(before)):
        return last.metric, "joined"
    if harm.NOTHING_BEHIND.match(after) and harm.LOSES.search(before):
        return "killed" if last.metric == "killed" else None, "joined"
    return None, ""


def share_of(before: str, after: str, last: Found) -> str | None:
    """The metric of a number that counts some of those counted before: "of the 30 dead, 12 were children"."""
    if (of_them := harm.OF_THEM.match(after)) and (state := state_after(after[of_them.end() :])):
        return state
    if of_them and harm.OF_AGE.match(after[of_them.end() :].lstrip()):
        return last.metric
    if harm.BADLY.match(after) and harm.AND_OF_THEM.search(before):
        return "injured" if last.metric == "injured" else None
    predicate = harm.ARE_PART.match(after)
    whom = after[predicate.end() :] if predicate else ""
    if predicate and harm.OF_WHOM.search(before) and (who_at(whom) or harm.OF_AGE.match(whom)):
        return last.metric
    return None


Reading = tuple[str | None, str, str | None]  # metric, rule, class of victim


def metric_of(before: str, after: str, rest: str, has_victim: bool) -> Reading:
    """Metric, rule and class of victim by the words before and behind a number."""
    active = harm.ACTIVE.search(before)
    if active and harm.DRIVES.search(active.group()) and not harm.LEAVES_HOME.match(rest):
        active = None
    if active and has_victim:
        at_once = state_after(rest) if harm.STATED_AT_ONCE.match(rest) else None
        return (at_once, "state", None) if at_once else (matched(active, harm.ACTIVES), "active", None)
    if (named := by_noun(before, after, rest))[0]:
        return named
    if metric := idiom_of(before, after, rest):
        return metric, "idiom", None
    if harm.LEFT.search(before) and (left := state_after(rest)):
        return left, "left", None
    if active:
        return matched(active, harm.ACTIVES), "active", None
    if not has_victim and (mortal := harm.MORTAL.match(after)):
        rest = after[mortal.end() :]
        has_victim = True
    is_somebody = has_victim or not re.match(r"\s+[a-z]", after) or harm.STATE.match(after) is not None
    is_somebody = is_somebody and (has_victim or not harm.OTHERS_FOLLOW.match(rest))
    state = state_after(rest) if is_somebody else None
    return state, "state" if state else "", None


def by_noun(before: str, after: str, rest: str) -> Reading:
    """The same by a noun: "a death toll of 58", "24 deaths", "among the dead were 6"."""
    if toll := harm.TOLL.search(before):
        metric = state_named(toll["number_of"] or "dead")
        return metric, "toll", who_in(toll["number_who"] or toll["of_whom"] or toll.group())
    among = harm.AMONG.search(before) or harm.HARMED_NUMBER.search(before) or harm.ARE_AMONG.match(rest)
    if among:
        return state_named(among["who"]), "among", None
    if of_harmed := harm.OF_HARMED.match(after):
        return state_named(of_harmed["who"]), "among", who_at(after[of_harmed.end() :])
    if noun := harm.NOUN.match(after):
        behind = VICTIM_PHRASE.match(after[noun.end() :])
        return matched(noun, harm.NOUNS), "noun", who_in(behind.group() if behind else noun["who"] or "")
    return None, "", None


def idiom_of(before: str, after: str, rest: str) -> str | None:
    """The metric of set phrases: "claimed 19 lives", "took 11 sailors hostage", "recovered 17 bodies"."""
    if harm.CLAIMS_LIVES.search(before) and harm.LIVES.match(after):
        return "killed"
    if harm.BODIES.match(after) and (harm.FINDS_BODIES.search(before) or harm.BODIES_FOUND.match(after)):
        return "killed"
    if harm.TO_DEATH.match(rest):
        return "killed"
    if harm.LOSES.search(before) and after[: len(after) - len(rest)].strip().lower().endswith(FALLEN):
        return "killed"
    if harm.TAKES.search(before) and (harm.AWAY.match(rest) or harm.CAPTIVES.search(after[: len(after) - len(rest)])):
        return "detained"
    return None


def state_named(word: str) -> str:
    """The metric that a noun for those harmed names: the victims and casualties of an attack are its dead."""
    return next((name for name, words in harm.STATES.items() if re.fullmatch(words, word.lower())), "killed")


def matched(match: re.Match[str], table: dict[str, str]) -> str:
    """The name of the group that matched."""
    return next(name for name in table if match[name])


def state_after(rest: str) -> str | None:
    """The state that the words behind a victim name: "dead", "were wounded"."""
    if harm.TAKES_OBJECT.match(rest):
        return None
    if within := harm.WITHIN.match(rest):
        rest = rest[within.end() :]
    if who := harm.WHO.match(rest):
        rest = f" {rest[who.end() :]}"
    state = harm.STATE.match(rest)
    if (
        state is None
        or harm.OTHERS_TOLD.search(state.group())
        or (who is None and harm.NEW_SUBJECT.search(state.group()))
    ):
        return None
    return matched(state, harm.STATES)


def who_at(words: str) -> str | None:
    """The class of victim that words begin with: "were children"."""
    found = VICTIM_WORD.match(words)
    return victim_class(found) if found else None


def who_in(words: str) -> str | None:
    """The class of victim that words such as "civilian deaths" name."""
    found = VICTIM_WORD.search(words)
    return victim_class(found) if found else None
