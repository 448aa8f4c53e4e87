"""Quotations that go on behind an attributed one."""

from tests.claims.conftest import ReadText


def test_a_quotation_over_several_paragraphs_is_one_content(read: ReadText) -> None:
    text = '"We saw it from the roof," the mayor said. "It came from the north.\n\n"Then the bridge fell."'

    (claim,) = read(text)

    assert [text[start:end] for start, end in claim.content] == [
        '"We saw it from the roof,"',
        '"It came from the north.',
        '"Then the bridge fell."',
    ]


def test_a_quotation_in_the_next_paragraph_after_a_closed_one_belongs_to_nobody(read: ReadText) -> None:
    text = '"We saw it from the roof," the mayor said.\n\n"Then the bridge fell."'

    (claim,) = read(text)

    assert len(claim.content) == 1
