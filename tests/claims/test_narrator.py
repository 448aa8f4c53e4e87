"""The outlet's own claims."""

import pytest

from tests.claims.conftest import ReadText


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("Shelling killed ten people in Raqqa.", ["narrated_toll"]),
        ("The SDF captured the dam.", ["narrated_act"]),
        ("Farmers captured the escaped goat.", []),
        ("Ten people had lunch in Raqqa.", []),
        ("The mayor said that shelling killed ten people.", ["complement:say"]),
    ],
)
def test_the_outlet_claims_tolls_and_acts_of_known_actors(read: ReadText, text: str, rules: list[str]) -> None:
    assert [claim.rule for claim in read(text)] == rules
