"""The claims of an article in, the same with days and places that a sentence before gives and that they point back to.

A claim that says "the blast", "those killed" or "another five people" and names no day is about what was told just before; one
that says "the city" is about the city named just before. Only such words carry anything over, from at most three sentences
before, and only where these name one day. Day and place are those of one event, the nearest that is told: never the day of one
and the place of another. What happened "elsewhere" or in "another attack" carries nothing. The field keeps the words, their
sentence and the rule.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.claims.article import Article
from pipeline.claims.dates import Anchors, find_expressions, resolve
from pipeline.claims.gazetteer import Place
from pipeline.claims.places import find_places
from pipeline.claims.sentences import HARM, Unit
from pipeline.values import Claim, DateReading, PlaceMention, Span

REACH_SENTENCES = 3  # how far a definite noun reaches back; the sentence between may tell who says so
FARTHEST_SENTENCES = 6
MOST_CLAIMS = 40  # in the sentences that are looked back on
MOST_PLACES = 3  # a sentence that names more is a list of places, and which one is meant is not said
OF_HARM = frozenset(("casualty", "attack", "displacement", "detention"))
HARM_EVENT = (
    r"(?:attacks?|(?:air ?)?strikes?|(?:air )?raids?|blasts?|explosions?|bombings?|bombardments?|shelling|assaults?|offensive|"
    r"operations?|clashes|incidents?|massacres?|ambush|shootings?|crash|(?:car |suicide )?bombs?|bombers?|accident|onslaught|"
    r"barrage|executions?|sinking|collapse|fire|stampede|earthquake|flood|fighting)"
)
# Words that point back, by rule. Each is shown by the sentence that asked for it.
POINTS_BACK = {
    # "The blast also wounded 19 people", "killed in that attack"
    "same_event": r"\b(?:the|this|these|those|both|(?:in|after|by|from|during|of)\s+that)\s+(?:[a-z-]+\s+){0,2}?"
    rf"{HARM_EVENT}\b",  # "said that raids killed ten" points to nothing
    # "Those killed included six women", "put the toll at six", "nine of the dead", "a total of 33 people died"
    "same_toll": r"\b(?:the\s+(?:(?!of\b|in\b)[a-z]+\s+){0,2}?(?:toll|dead|victims|wounded|injured|fatalities|casualties|bodies)|"
    r"those\s+killed|"
    r"the\s+(?:civilians|fighters|soldiers|people|children|militants)\s+(?:were\s+)?(?:killed|died)|of\s+(?:them|those)|"
    r"a\s+total\s+of)\b",
    # "Another five people were killed", "17 others", "two were also wounded"; but "another attack" is another event
    "further": r"\b(?:(?:another|a\s+further|an\s+additional|others?)\b"
    rf"(?!\s+(?:[a-z-]+\s+){{0,2}}?{HARM_EVENT}\b)|(?:was|were)\s+also\b)",
}
APART = re.compile(
    r"\b(?:elsewhere|separately|in\s+a\s+(?:similar|separate))\b", re.IGNORECASE
)  # says that it is another event
POINTERS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in POINTS_BACK.items()}
# "the city", "another district of the town": the place named before
DEFINITE_PLACE = re.compile(
    r"\b(?:the|that|this)\s+(?:[a-z-]+\s+)?(?P<kind>city|town|village|area|neighbou?rhood|district|province|region|suburb|enclave|"
    r"camp|site|scene)(?:'?s)?\b(?!\s+of\s+[A-Z])",
    re.IGNORECASE,
)
PROVINCE = re.compile(r"\b(?:province|governorate|region)$", re.IGNORECASE)
IN_TOWN = frozenset(("city", "any"))
AREA = IN_TOWN | {"quarter", "province"}
KINDS_OF_PLACE = {
    "city": IN_TOWN, "town": IN_TOWN, "village": IN_TOWN, "province": frozenset(("province", "any")), "region": AREA,
    "neighbourhood": AREA - {"province"}, "neighborhood": AREA - {"province"}, "district": AREA - {"province"},
    "suburb": AREA - {"province"}, "camp": AREA - {"province"}, "area": AREA, "enclave": AREA, "site": AREA, "scene": AREA,
}  # fmt: skip
# What a war, a year or all the time since has cost is not what was told before.
BACKGROUND = re.compile(
    r"\b(?:since|war|conflict|uprising|in recent (?:days|weeks|months|years)|so far|every|usually|often|regularly)\b",
    re.IGNORECASE,
)
# They tell who took what: no harm that could be pointed back to.
GROUND = re.compile(r"(?:advanc|captur|seiz|retak|retook|recaptur|liberat|evacuat)", re.IGNORECASE)
NEW_EVENT = re.compile(rf"\b(?:{HARM_EVENT}|shell\w*|bomb\w*|struck|shot|ambush\w*)\b", re.IGNORECASE)
FIGHTING = re.compile(
    r"\b(?:pound\w*|clash\w*|battl\w+|fight\w*|fought|offensive|opened fire|targeted|blew up|blasts?|hit|explo\w+|collided|"
    r"crashed|sank|collapsed)\b"
)
# "On Sunday the monitor said": such a day is the statement's
SAYS = re.compile(r"\b(?:said|says|told|reported|announced|stated|added|according to)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Told:
    """What one sentence tells of when and where harm was done, and all places that it names.

    is_event  whether it tells of an attack, or the like, of its own
    """

    unit: Unit
    days: tuple[DateReading, ...]
    places: tuple[PlaceMention, ...]
    named: tuple[PlaceMention, ...]
    is_event: bool


def carry_over(article: Article, claims: Sequence[Claim]) -> list[Claim]:
    """The claims in their order, each looking back on what those before it tell."""
    carried: list[Claim] = []
    for claim in claims:
        carried.append(with_before(article, claim, carried[-MOST_CLAIMS:]) if is_open(claim) else claim)
    return carried


def is_open(claim: Claim) -> bool:
    """Whether a claim tells of harm without its day or its place."""
    is_harm = claim.claim_type in OF_HARM and claim.modality != "predicted"
    has_day = claim.occurred_on.span is not None or claim.occurred_on.start is not None
    return is_harm and not (has_day and claim.places)


def with_before(article: Article, claim: Claim, carried: Sequence[Claim]) -> Claim:
    """The claim with the day and the places that it points back to."""
    here = article.outline.unit_at(claim.sentence[0])
    words = " ".join(article.text[start:end] for start, end in claim.content)
    if here is None:
        return claim
    rule = next((name for name, pattern in POINTERS.items() if pattern.search(words)), None)
    place = DEFINITE_PLACE.search(words)
    if (rule is None and not place) or BACKGROUND.search(words) or APART.search(article.text, *claim.sentence):
        return claim
    before = units_before(article, here)
    reach = before[0].span[0] if before else 0  # nothing is carried on and on
    told = [tell(article, unit, (carried, reach)) for unit in reversed(before) if not unit.is_noise]
    event = find_event(told) if rule else None
    if place and not claim.places:
        claim = replace(claim, places=places_of_kind(article, told, place["kind"].lower()))
    if rule is None or event is None or not agrees(article, claim, event):
        return claim
    if claim.occurred_on.span is None and claim.occurred_on.start is None:
        claim = replace(claim, occurred_on=carried_day(claim.occurred_on, event, rule))
    if not claim.places and not place:
        claim = replace(claim, places=places_of_event(article, event, rule))
    return claim


def find_event(told: Sequence[Told]) -> Told | None:
    """The nearest sentence that tells when or where harm was done, unless another event is told between."""
    for sentence in told:
        if sentence.days or sentence.places:
            return sentence
        if sentence.is_event:
            return None
    return None


def agrees(article: Article, claim: Claim, event: Told) -> bool:
    """Whether a claim can be about an event: its own day is one of the event's, its own place is no other."""
    own = claim.occurred_on
    if own.start and event.days and all((day.start, day.end) != (own.start, own.end) for day in event.days):
        return False
    pairs = [(here, there) for here in claim.places for there in event.places]
    return not pairs or any(can_be_one(article, here, there) for here, there in pairs)


def can_be_one(article: Article, here: PlaceMention, there: PlaceMention) -> bool:
    """Whether two places are one, or one holds the other; of one that is in no table nobody knows."""
    lines = line_of(article, here.place_id), line_of(article, there.place_id)
    return not all(lines) or lines[0][0] in lines[1] or lines[1][0] in lines[0]


def line_of(article: Article, place_id: str | None) -> list[str]:
    """A place of the table of sure places and all that it lies in; empty if it is in no table."""
    line: list[str] = []
    while place_id and place_id not in line and (known := find_place(article, place_id)):
        line.append(place_id)
        place_id = known.parent
    return line


def units_before(article: Article, here: Unit) -> Sequence[Unit]:
    """The sentences that a claim can point back to: those between that tell nothing of harm or of speech do not count."""
    found: list[Unit] = []
    for unit in reversed(article.outline.units.items[max(0, here.number - FARTHEST_SENTENCES) : here.number]):
        found.insert(0, unit)
        if sum(one.can_attribute or one.can_narrate for one in found) == REACH_SENTENCES:
            break
    return found


def tell(article: Article, unit: Unit, known: tuple[Sequence[Claim], int]) -> Told:
    """What a sentence tells: the days and places of its claims of harm, else those of its own words.

    known  the claims so far, and where the words begin that are near enough
    """
    carried, reach = known
    inside = [claim for claim in carried if claim.sentence[0] < unit.span[1] and unit.span[0] < claim.sentence[1]]
    claims = [claim for claim in inside if claim.claim_type in OF_HARM]
    days = [day for claim in claims for day in days_of(article, claim)]
    is_harm = is_of_harm(article.text, unit.span)
    if not days and is_harm and not SAYS.search(article.text, *unit.span):
        anchors = Anchors(article.published_on, DateReading(), dated_by=article.dated_by)
        found = [resolve(expression, anchors) for expression in find_expressions(article.text, *unit.span)]
        days = [reading for reading in found if reading.start and reading.precision in ("day", "interval", "about")]
    places = tuple(place for claim in claims for place in claim.places)
    named = find_places(article.text, [unit.span], article.mentions)
    words = article.text[slice(*unit.span)]
    return Told(
        unit=unit,
        days=tuple(day for day in days if is_within_reach(day, reach)),
        places=tuple(place for place in places or (named if is_harm else ()) if is_within_reach(place, reach)),
        named=named,
        is_event=NEW_EVENT.search(words) is not None and not any(one.search(words) for one in POINTERS.values()),
    )


def days_of(article: Article, claim: Claim) -> list[DateReading]:
    """The day of a claim, and others that its words name: which of two is meant is not known."""
    own = claim.occurred_on
    if own.start is None or is_period(own):
        return []
    if own.carried_from or own.rule in ("previous_day", "next_day"):
        return [own]
    anchors = Anchors(article.published_on, claim.said_on, dated_by=article.dated_by)
    named = [resolve(one, anchors) for span in claim.content for one in find_expressions(article.text, *span)]
    others = [day for day in named if day.start and day.precision in ("day", "interval", "about")]
    return [own, *(day for day in others if day.span != own.span)]


def is_of_harm(text: str, span: Span) -> bool:
    """Whether a sentence tells of harm or of fighting."""
    words = text[slice(*span)].lower()
    is_harm = any(not GROUND.match(match.group()) for match in HARM.finditer(words))
    return is_harm or FIGHTING.search(words) is not None


def is_period(reading: DateReading) -> bool:
    """Whether a day is only the beginning of a count that goes on, or a month or a year."""
    return reading.end is None or reading.precision in ("month", "year")


def is_within_reach(found: DateReading | PlaceMention, reach: int) -> bool:
    """Whether the words themselves stand near, not only those that point back to them in their turn."""
    return found.span is not None and found.span[0] >= reach


def carried_day(reading: DateReading, event: Told, rule: str) -> DateReading:
    """The day of an event; none, with what they were, where its sentence names two."""
    days = {(day.start, day.end): day for day in event.days}
    if len(days) > 1:
        spans = tuple(sorted(day.span for day in days.values() if day.span))
        return replace(reading, reason="ambiguous: the sentence before names more than one day", candidates=spans)
    for day in days.values():
        return replace(day, rule=f"carried_{rule}", carried_from=day.carried_from or event.unit.span)
    return reading


def places_of_event(article: Article, event: Told, rule: str) -> tuple[PlaceMention, ...]:
    """The places of an event, without those that hold another of them; none where it has a list of them."""
    unique = distinct(event.places)
    narrow = [place for place in unique.values() if not is_wide(article, place, unique)]
    return carry(narrow, event, f"carried_{rule}") if len(narrow) <= MOST_PLACES else ()


def places_of_kind(article: Article, told: Sequence[Told], kind: str) -> tuple[PlaceMention, ...]:
    """The place of a kind ("the city") that the nearest sentence which names any names; none where it names two."""
    for sentence in told:
        narrow = [
            place for place in distinct(sentence.named).values() if kind_of(article, place) in KINDS_OF_PLACE[kind]
        ]
        if narrow:
            return carry(narrow, sentence, "carried_same_place") if len(narrow) == 1 else ()
    return ()


def distinct(places: Sequence[PlaceMention]) -> dict[str, PlaceMention]:
    """Each place once, by its id or its name."""
    return {place.place_id or place.name: place for place in places}


def carry(places: Sequence[PlaceMention], source: Told, rule: str) -> tuple[PlaceMention, ...]:
    """The places with the sentence that they are from, and by which rule."""
    return tuple(replace(place, rule=rule, carried_from=place.carried_from or source.unit.span) for place in places)


def kind_of(article: Article, place: PlaceMention) -> str:
    """country | province | city | quarter by what the table says that it is part of; any where that is not known."""
    known = find_place(article, place.place_id or "")
    above = find_place(article, known.parent or "") if known else None
    if known is None:
        return "any"
    if above is None:
        return "country"
    if PROVINCE.search(known.name):
        return "province"
    return "city" if above.parent is None or PROVINCE.search(above.name) else "quarter"


def is_wide(article: Article, place: PlaceMention, others: dict[str, PlaceMention]) -> bool:
    """Whether a place is a whole country, or holds another of the places."""
    known = article.gazetteer.places.get(place.place_id or "")
    if known is None:
        return False
    parents = {other.parent for one in others if (other := find_place(article, one))}
    return known.parent is None or known.place_id in parents


def find_place(article: Article, place_id: str) -> Place | None:
    """A place of the table of sure places."""
    return article.gazetteer.places.get(place_id)
