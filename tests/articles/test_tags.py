from lxml.html import fromstring

from pipeline.articles.tags import PUBLISHED, Tags, read_tags


def read(head: str, body: str = "") -> Tags:
    return read_tags(fromstring(f"<html lang='en-GB'><head>{head}</head><body>{body}</body></html>"))


def test_values_come_in_the_order_of_the_names_that_are_asked_for() -> None:
    tags = read("<meta name=date content=2017-06-12><meta property='article:published_time' content=2017-06-11>")

    assert tags.all(PUBLISHED) == ["2017-06-11", "2017-06-12"]


def test_a_marked_time_is_taken_from_among_the_times_of_teasers() -> None:
    tags = read("", "<time datetime=2017-06-01>a</time><time class=publish-date datetime=2017-06-11>b</time>")

    assert (tags.times, tags.lone_time) == (("2017-06-11",), None)


def test_the_only_time_of_a_page_is_told_apart_from_a_marked_one() -> None:
    tags = read("", "<time datetime=2017-06-11>b</time>")

    assert (tags.times, tags.lone_time) == ((), "2017-06-11")


def test_of_several_unmarked_times_none_is_taken() -> None:
    tags = read("", "<time datetime=2017-06-11>a</time><time datetime=2017-06-12>b</time>")

    assert (tags.times, tags.lone_time) == ((), None)


def test_microdata_outside_meta_tags_is_read() -> None:
    tags = read("", "<span itemprop=datePublished content=2017-06-11T09:30:00Z>yesterday</span>")

    assert tags.times == ("2017-06-11T09:30:00Z",)


def test_the_heading_is_not_the_name_of_the_site() -> None:
    tags = read("", "<h1>The Wire</h1><h1>Toll of raids <em>rises</em> to 24</h1>")

    assert tags.heading == "Toll of raids rises to 24"


def test_an_inlined_image_is_no_metadata() -> None:
    tags = read(f"<meta property='og:image' content='data:image/png;base64,{'A' * 9000}'>")

    assert tags.meta == ()
