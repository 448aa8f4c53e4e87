"""A distribution and its extras in, the installed distributions that it does not need out, one a line.

The lock also holds what only development needs. The image installs all of it, so that every hash is checked, and then
takes these away again: python unneeded.py claimwire postgres
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import distributions, requires

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

Requires = Callable[[str], list[str] | None]


def find_needed(name: str, extras: Iterable[str], requires: Requires = requires) -> set[str]:
    """The distribution, and all that it needs here, directly or not.

    >>> tree = {"a": ["b[fast]>=1", 'c; extra == "test"'], "b": ['d; extra == "fast"', 'e; python_version < "3"'], "d": []}
    >>> sorted(find_needed("a", [], tree.get))
    ['a', 'b', 'd']
    """
    open_ends = [(name, extra) for extra in ("", *extras)]
    seen = set()
    while open_ends:
        if (end := open_ends.pop()) not in seen:
            seen.add(end)
            open_ends.extend(find_next(requires(end[0]) or [], end[1]))
    return {name for name, _ in seen}


def find_next(requirements: Iterable[str], extra: str) -> Iterator[tuple[str, str]]:
    """What one distribution with one extra (or "") asks for: names, each with "" and with every extra that is asked for."""
    for requirement in map(Requirement, requirements):
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            for wanted in ("", *requirement.extras):
                yield canonicalize_name(requirement.name), wanted


def main(name: str, *extras: str) -> None:
    """Print what is not needed."""
    installed = {canonicalize_name(found.name) for found in distributions()}
    needed = find_needed(name, extras)
    if "psycopg2-binary" not in needed & installed:
        sys.exit(
            "The database's driver is not installed: requirements.lock lacks the extra `postgres`; run `make lock`."
        )
    sys.stdout.writelines(f"{name}\n" for name in sorted(installed - needed))


if __name__ == "__main__":
    main(*sys.argv[1:])
