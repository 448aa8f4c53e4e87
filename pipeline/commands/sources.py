"""Three commands of `claimwire sources`: find feeds and add them, take a list over from another reader, give one away."""

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.commands.endings import MISUSED
from pipeline.commands.terminal import errors, fail, out, write
from pipeline.settings import SettingsError, read_settings

if TYPE_CHECKING:
    from pipeline.commands.discovering import Found
    from pipeline.sources.registry import Source

AsJson = Annotated[bool, typer.Option("--json", help="For programs: one JSON document.")]
IsDry = Annotated[bool, typer.Option("--dry-run", help="Say what would be added, and add nothing.")]
FIELDS = ("id", "kind", "name", "outlet", "url")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(add)
    app.command("import")(import_opml)
    app.command()(export)


def add(
    url: Annotated[str, typer.Argument(help="The address of a site, of a feed or of a sitemap.")],
    takes_all: Annotated[bool, typer.Option("--all", help="Add all that are found.")] = False,
    chosen: Annotated[
        list[int] | None, typer.Option("--choose", metavar="N", help="Add this one; again for more.")
    ] = None,
    is_dry: IsDry = False,
    as_json: AsJson = False,
) -> None:
    """Find the feeds of a site, show them, and add one to the sources file."""
    from pipeline.clock import utc_now  # noqa: PLC0415  # brings the network: `--help` should not wait for it
    from pipeline.commands import discovering  # noqa: PLC0415  # as above
    from pipeline.sources import writing  # noqa: PLC0415  # as above
    from pipeline.sources.registry import read_sources  # noqa: PLC0415  # as above

    if takes_all and chosen:
        raise SettingsError("--all and --choose say two things: give one of them.")
    settings = read_settings()
    sources = read_sources(settings.sources)  # before anybody is asked: a mistake in the file would be in vain
    if same := writing.find_source(url, sources):
        if as_json:
            tell_json([], {}, [])
        errors.print(f"Nothing to add: {url} is in {settings.sources.name} already, as {same.id}.", soft_wrap=True)
        return
    if not as_json:  # up to a minute, where feeds have to be looked for
        errors.print(f"Asking the site, a request every {settings.spacing_s:g} s.", style="dim")
    found = discovering.discover(url, settings, utc_now())
    known = {one.url: source.id for one in found if (source := writing.find_source(one.url, sources))}
    if not as_json:
        show_found(found, known)
    picked = pick(found, chosen or [], takes_all=takes_all or len(found) == 1)
    wanted = [writing.Wanted(url=one.url, kind=one.kind, name=one.title, site=one.site) for one in picked]
    new = writing.place_sources(wanted, sources) if is_dry else writing.add_sources(settings.sources, wanted)
    if as_json:
        tell_json(found, known, new)
    elif picked:
        tell_added([source for source, _ in new], settings.sources, is_dry=is_dry)
    if not picked:
        verb = "would be" if is_dry else "was"
        fail(f"Nothing {verb} added: say which with --choose N, or --all.", MISUSED)


def pick(found: Sequence["Found"], chosen: Sequence[int], *, takes_all: bool) -> list["Found"]:
    """Those that the user chose. Raises SettingsError on a number that is none of the list."""
    if wrong := [number for number in chosen if not 1 <= number <= len(found)]:
        raise SettingsError(f"--choose {wrong[0]} is none of the list: choose from 1 to {len(found)}.")
    if chosen:
        return [found[number - 1] for number in dict.fromkeys(chosen)]
    return list(found) if takes_all else []


def show_found(found: Sequence["Found"], known: dict[str, str]) -> None:
    """A numbered line for each, and its address below."""
    for number, one in enumerate(found, start=1):
        size = f"index of {one.sitemaps} sitemaps or more" if one.entries is None else f"{one.entries} entries"
        newest = f", newest {one.newest_at:%Y-%m-%d %H:%M} UTC" if one.newest_at else ", no dates"
        out.print(f"{number}. {one.title or '(no title)'}: {one.kind}, {size}{newest}", markup=False, soft_wrap=True)
        is_known = f" (in the file already: {known[one.url]})" if one.url in known else ""
        out.print(f"   {one.url}{is_known}", markup=False, soft_wrap=True)


def tell_json(found: Sequence["Found"], known: dict[str, str], new: Sequence[tuple["Source", str | None]]) -> None:
    """What was found and what was added, for programs."""
    told = [to_fields(one, known.get(one.url)) for one in found]
    write(json.dumps({"found": told, "added": [to_table(source) for source, _ in new]}, ensure_ascii=False) + "\n")


def to_fields(one: "Found", source_id: str | None) -> dict[str, Any]:
    """One that was found, as programs read it."""
    newest = one.newest_at.isoformat().replace("+00:00", "Z") if one.newest_at else None
    same = {"url": one.url, "kind": one.kind, "title": one.title, "entries": one.entries, "newest_at": newest}
    return same | {"known_as": source_id}


def to_table(source: "Source") -> dict[str, Any]:
    """A source that was added, as programs read it."""
    return {name: getattr(source, name) for name in FIELDS}


def tell_added(new: Sequence["Source"], file: Path, *, is_dry: bool) -> None:
    """What was added, and what is left to do."""
    if not new:
        out.print(f"Nothing to add: {file.name} has it already.", markup=False, soft_wrap=True)
        return
    verb = "Would add" if is_dry else "Added"
    for source in new:
        out.print(f"{verb} {source.id} ({source.name}, of {source.outlet}) to {file}.", markup=False, soft_wrap=True)
    if not is_dry:
        out.print(
            "Polled by runs with CLAIMWIRE_LIVE=1; see that the outlet is written as in its other feeds.",
            soft_wrap=True,
        )


def import_opml(
    file: Annotated[str, typer.Argument(metavar="FILE.opml", help="A list of feeds, as readers export it.")],
    is_dry: IsDry = False,
    as_json: AsJson = False,
) -> None:
    """Add the feeds of an OPML file to the sources file; those it has are left out and counted."""
    from pipeline.own.given import read_bytes  # noqa: PLC0415  # as above
    from pipeline.sources import opml, writing  # noqa: PLC0415  # as above
    from pipeline.sources.registry import read_sources  # noqa: PLC0415  # as above

    settings = read_settings()
    sources = read_sources(settings.sources)
    if file == "-":
        raise SettingsError("An OPML list is read from a file: give its name, or /dev/stdin for standard input.")
    outlines = opml.read_opml(read_bytes(file, "give the file that the other reader has exported"), file)
    feeds = outlines.feeds
    new = writing.place_sources(feeds, sources) if is_dry else writing.add_sources(settings.sources, feeds)
    counts = {"added": len(new), "known": len(feeds) - len(new), "unusable": outlines.unusable}
    if as_json:
        write(json.dumps(counts | {"sources": [to_table(source) for source, _ in new]}, ensure_ascii=False) + "\n")
        return
    verb = "would be added" if is_dry else "added"
    out.print(
        f"{file}: {counts['added']} {verb} to {settings.sources.name}, {counts['known']} known or listed twice, "
        f"{counts['unusable']} without a usable address.",
        markup=False,
        soft_wrap=True,
    )


def export(
    file: Annotated[Path | None, typer.Argument(help="Where to write; without it, the terminal.")] = None,
    as_opml: Annotated[bool, typer.Option("--opml", help="OPML 2.0, which it is in any case.")] = True,  # noqa: ARG001  # says what is meant
    is_forced: Annotated[bool, typer.Option("--force", help="Replace the file, if there is one.")] = False,
) -> None:
    """Write the sources as OPML, for other readers; folders and the bundled world are left out."""
    from pipeline.sources.opml import list_shared, write_opml  # noqa: PLC0415  # as above
    from pipeline.sources.registry import read_sources  # noqa: PLC0415  # as above

    settings = read_settings()
    sources = read_sources(settings.sources)
    document = write_opml(sources)
    if file is None:
        write(document.decode())
        return
    try:
        check_target(file, settings.sources, is_forced=is_forced)
        write_whole(Path(os.path.realpath(file)), document)  # a link stays one
    except OSError as error:
        raise SettingsError(
            f"{file} cannot be written ({error.strerror}); name a file in a folder that can be."
        ) from None
    errors.print(f"{file}: {len(list(list_shared(sources)))} sources.", markup=False, soft_wrap=True)


def check_target(file: Path, sources: Path, *, is_forced: bool) -> None:
    """Raise SettingsError unless a file may be written: never the sources file, another only if that is asked for."""
    if not file.exists():
        return
    if file.samefile(sources):
        raise SettingsError(f"{file} is the sources file itself: name another file.")
    if not file.is_file():
        raise SettingsError(f"{file} is no file that can be replaced: name a file, such as sources.opml.")
    if not is_forced:
        raise SettingsError(f"{file} is there already: name another file, or replace it with --force.")


def write_whole(file: Path, document: bytes) -> None:
    """Write a file, or leave it as it was. Raises OSError."""
    unfinished = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        unfinished.write_bytes(document)
        unfinished.replace(file)
    finally:
        with suppress(OSError):
            unfinished.unlink()
