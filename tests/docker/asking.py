"""Commands for Airflow on standard input, what Airflow makes of them and which options it knows on standard output.

A process of its own, so that no test's Airflow is set up by another's: AIRFLOW_HOME is the caller's to choose.
"""

import json
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr
from io import StringIO

from airflow.cli.cli_parser import get_parser
from airflow.configuration import conf


def find_mistake(command: Sequence[str]) -> str:
    """What Airflow's own parser has against the words after `airflow`, or ""."""
    said = StringIO()
    try:
        with redirect_stderr(said):
            get_parser().parse_args(command)
    except SystemExit:
        return said.getvalue() or "it ends at once"
    return ""


def main() -> None:
    """Answer with one JSON document."""
    options = {section: list(description["options"]) for section, description in conf.configuration_description.items()}
    answer = {
        "mistakes": [find_mistake(command) for command in json.load(sys.stdin)],
        "options": options,
        "secret": sorted(f"{section}.{option}" for section, option in conf.sensitive_config_values),
    }
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
