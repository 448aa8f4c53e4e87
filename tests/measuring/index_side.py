"""A number of articles in, what an index of them costs out, as JSON: one size of `tests.measuring.index_growth`.

The keys of made articles go straight into the index, without a ledger: what is measured is the index.
"""

import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import duckdb

from pipeline.comparison import kept
from pipeline.comparison.blocks import Keyed
from pipeline.comparison.fingerprints import Keys
from pipeline.comparison.index import KINDS, Index, open_index
from pipeline.comparison.searching import PAIRS_AT_MOST
from pipeline.comparison.statements import INSERT
from pipeline.keys import hash_key
from tests.measuring.copies_named import read_edited
from tests.measuring.made_articles import make_keys, read_corpus
from tests.measuring.site import MEASURING

MEMORY_BYTES = 3 << 30
NEW = 5_000
INSERTED = 1_000  # as the step `compare` takes them in
STEP = 5  # other events of an article stand in the ledger too


def fill(index: Index, articles: Iterator[tuple[Keys, Keys]]) -> int:
    """Put the keys of articles into the index; return how many they were."""
    filled = 0
    while chunk := list(islice(articles, INSERTED)):
        keyed = [Keyed(STEP * number, *keys) for number, keys in enumerate(chunk, filled + 1)]
        with index.transaction():
            index.rows(INSERT, {"revisions": json.dumps([name(one.position) for one in keyed])})
            kept.add(index.rows, keyed)
        filled += len(chunk)
    return filled


def name(position: int) -> dict[str, str | int]:
    """An article as INSERT takes it, its ids as long as real ones."""
    revision_id, article_id = hash_key("revision", str(position)), hash_key("article", str(position))
    return {"position": position, "revision_id": revision_id, "article_id": article_id}


def ask(index: Index, last: int) -> dict[str, float]:
    """What looking up the last NEW articles costs, in CPU and wall seconds, and how many candidates there are."""
    positions = [STEP * number for number in range(last - NEW + 1, last + 1)]
    costs: dict[str, float] = {}
    for kind in KINDS:
        began, cpu = time.monotonic(), time.process_time()
        pairs = index.find_candidates(kind, positions, PAIRS_AT_MOST)
        costs |= {f"{kind}_cpu_s": time.process_time() - cpu, f"{kind}_wall_s": time.monotonic() - began}
        costs[f"{kind}_pairs"] = len(pairs)
    return costs


def peak_bytes() -> int:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


def main(articles: int) -> None:
    """Fill an index with so many articles and NEW more, close it, and ask about the new ones on one core within 3 GB."""
    texts = [one.text for one in read_edited(MEASURING / "dedup" / "edited_articles_dev.parquet") if one.kind == "base"]
    with tempfile.TemporaryDirectory(prefix="claimwire-index-") as folder:
        path = Path(folder) / "index.duckdb"
        with open_index(path, lambda _: []) as index:
            filled = fill(index, make_keys(read_corpus(texts), articles + NEW))
        size = path.stat().st_size
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        with open_index(path, lambda _: []) as index:
            index.rows("set threads = 1")
            costs = ask(index, filled)
    costs |= {"articles": articles, "bytes_per_article": size / filled, "peak_bytes": peak_bytes()}
    json.dump(costs, sys.stdout)


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]))
    except duckdb.OutOfMemoryException as error:
        sys.exit(f"{error}")
