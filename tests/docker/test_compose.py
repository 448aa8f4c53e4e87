"""compose.yaml holds what Docker, Postgres, Airflow and claimwire each expect of it. No Docker is needed for that."""

import json
import re
import subprocess
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, ValidationError

from dags.operating.home import Home, options
from pipeline.settings import PREFIX, ROOT, Settings, read_settings
from tests.docker.composing import (
    COMPOSE_FILE,
    EXAMPLE,
    VARIABLE,
    list_dependencies,
    read_compose,
    read_image,
    read_services,
    read_variables,
)
from tests.docker.conftest import UNKNOWN
from tests.e2e.postgres import copy_programs

SCHEMA = Draft7Validator(json.loads((ROOT / "tests/docker/compose-spec.json").read_text()))
SERVICES = read_services()
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "claimwire"}
ENVIRONMENT: dict[str, str] = OURS["scheduler"]["environment"]
STAYING = ("api-server", "dag-processor", "scheduler")
# What differs from `make up`: addresses and folders.
ELSEWHERE = {
    "core.dags_folder",
    "core.execution_api_server_url",
    "core.simple_auth_manager_passwords_file",
    "database.sql_alchemy_conn",
    "logging.base_log_folder",
    "api.host",
    "api.port",
    "api.base_url",
}


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs of the Postgres that the tests run."""
    return copy_programs(tmp_path_factory.mktemp("postgres"))


def list_options() -> dict[str, str]:
    """The variables that set an option of Airflow: section.option and its value; a command's keeps its _cmd."""
    pattern = re.compile(r"AIRFLOW__(\w+?)__(\w+)")
    found = ((pattern.fullmatch(name), value) for name, value in ENVIRONMENT.items())
    return {f"{match[1]}.{match[2]}".lower(): value for match, value in found if match}


def test_it_is_a_compose_file() -> None:
    SCHEMA.validate(read_compose(COMPOSE_FILE.read_text(), read_variables(EXAMPLE.read_text())))


def test_the_schema_would_find_a_misspelt_key() -> None:
    with pytest.raises(ValidationError):
        SCHEMA.validate({"services": {"a": {"image": "b", "stop_grace_perod": "1s"}}})


def test_each_variable_stands_in_the_example_and_each_of_the_example_is_used() -> None:
    text = COMPOSE_FILE.read_text()
    secrets = read_compose(text, {})["secrets"].values()
    used = {found["name"] for found in VARIABLE.finditer(text)} | {secret["environment"] for secret in secrets}

    assert used == set(read_variables(EXAMPLE.read_text()))


def test_each_value_of_an_environment_is_a_text() -> None:
    values = [value for service in SERVICES.values() for value in service.get("environment", {}).values()]

    assert all(isinstance(value, str) for value in values)


def test_each_command_is_one_of_airflow(airflow: dict[str, Any]) -> None:
    commands = [" ".join(OURS[name]["command"][1:]) for name in STAYING]

    assert [airflow["mistakes"][command] for command in commands] == ["", "", ""]


def test_a_flag_that_airflow_does_not_have_would_be_found(airflow: dict[str, Any]) -> None:
    assert "--skip-serve-log-files" in airflow["mistakes"][" ".join(UNKNOWN)]


def test_each_option_is_one_of_airflow(airflow: dict[str, Any]) -> None:
    known = {f"{section}.{option}" for section, options in airflow["options"].items() for option in options}
    named = {name for name in ENVIRONMENT if name.startswith("AIRFLOW_")}

    assert len(list_options()) == len(named)
    assert {option.removesuffix("_cmd") for option in list_options()} <= known


def test_what_comes_from_a_command_is_what_airflow_takes_from_commands(airflow: dict[str, Any]) -> None:
    commands = {option.removesuffix("_cmd") for option in list_options() if option.endswith("_cmd")}

    assert commands <= set(airflow["secret"])


def test_each_option_has_the_value_that_make_up_gives_it(airflow: dict[str, Any]) -> None:
    given = list_options()
    wanted = {
        f"{section}.{option}": value
        for section, values in options(Home(Path("/data/airflow"), 8080)).items()
        for option, value in values.items()
        if option in airflow["options"].get(section, ())
    }

    assert {option: given.get(option) for option in wanted if option not in ELSEWHERE} == {
        option: value for option, value in wanted.items() if option not in ELSEWHERE
    }


def test_each_setting_of_claimwire_is_one() -> None:
    image, _ = read_image()
    own = {name: value for name, value in (image | ENVIRONMENT).items() if name.startswith(PREFIX)}

    assert {name.removeprefix(PREFIX).lower() for name in own} <= {field.name for field in fields(Settings)}
    assert read_settings(own).data == Path("/data")


def test_the_login_is_where_claimwire_looks_for_it() -> None:
    home = Home(Path("/data/airflow"), 8080)

    assert ENVIRONMENT["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"] == str(home.login_file)


def test_ports_are_published_on_the_loopback_address_only() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]

    assert published == ["127.0.0.1:8080:8080"]


def test_no_secret_is_in_an_environment() -> None:
    named = [name for service in SERVICES.values() for name in service.get("environment", {})]
    suspicious = [name for name in named if re.search("PASSWORD|SECRET|KEY|CONN", name)]

    assert all(name.endswith(("_FILE", "_CMD")) for name in suspicious)


def test_each_secret_that_a_service_reads_is_given_to_it() -> None:
    for service in OURS.values():
        assert {"database_password", "jwt_secret", "fernet_key"} <= set(service["secrets"])
    assert all("login_password" in SERVICES[name]["secrets"] for name in ("check", "init"))


def test_all_that_stays_up_is_watched_limited_and_started_again() -> None:
    for name in ("postgres", *STAYING):
        service = SERVICES[name]
        assert service["restart"] == "unless-stopped"
        assert {"healthcheck", "mem_limit", "stop_grace_period", "logging"} <= set(service)


def test_postgres_starts_after_the_secrets_were_checked_and_before_what_asks_it() -> None:
    assert list_dependencies(SERVICES["postgres"]) == {"check": "service_completed_successfully"}
    for name in STAYING:
        wanted = {"postgres": "service_healthy", "init": "service_completed_successfully"}
        assert wanted.items() <= list_dependencies(SERVICES[name]).items()


def test_what_waits_for_health_waits_for_what_has_a_health_check() -> None:
    waited = {
        other
        for service in SERVICES.values()
        for other, wanted in list_dependencies(service).items()
        if wanted == "service_healthy"
    }

    assert all("healthcheck" in SERVICES[name] for name in waited)


def test_the_scheduler_has_time_to_end_a_batch() -> None:
    settings = Settings()

    assert (
        int(SERVICES["scheduler"]["stop_grace_period"].removesuffix("s")) > settings.archive_s + settings.page_timeout_s
    )


def test_health_checks_call_programs_that_are_in_the_image(postgres: Path) -> None:
    _, [entrypoint] = read_image()
    assert {service["healthcheck"]["test"][1] for name, service in OURS.items() if name in STAYING} == {entrypoint}

    assert (postgres / SERVICES["postgres"]["healthcheck"]["test"][1]).exists()


def test_the_database_is_the_version_that_is_tested_with(postgres: Path) -> None:
    said = subprocess.check_output([postgres / "postgres", "--version"], text=True)

    assert SERVICES["postgres"]["image"] == f"postgres:{said.split()[-1]}-bookworm"
