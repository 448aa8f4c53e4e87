"""The reader of Docker's files is doctested where it stands; here is what it must not pass over."""

import pytest

from tests.docker.composing import order_services, read_compose, read_image


def test_an_empty_variable_takes_the_default() -> None:
    assert read_compose('a: "${A:-1}"', {"A": ""}) == {"a": "1"}


def test_services_in_a_circle_are_refused() -> None:
    depends = {"depends_on": {"a": {"condition": "service_started"}}}

    with pytest.raises(AssertionError):
        order_services({"a": depends})


def test_the_image_is_the_last_stage() -> None:
    environment, entrypoint = read_image()

    assert "UV_NO_CACHE" not in environment
    assert entrypoint
