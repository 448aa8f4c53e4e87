#!/usr/bin/env bash
# A command in, the same command out, if the secrets are fit for use; else one sentence and exit code 2.
#
#   entrypoint.sh COMMAND ..           becomes the command
#   entrypoint.sh check COMMAND ..     the same, but looks at all secrets, also those that only `init` is given
#   entrypoint.sh init                 Airflow's database and the login, new or brought up to date
#   entrypoint.sh healthy PART URL     whether the API server at URL says that this part of Airflow is well
#   entrypoint.sh secret NAME          prints a secret; entrypoint.sh database-url USER@HOST:PORT/NAME an address with it
#   entrypoint.sh new-secrets          prints .env.example with new secrets in it; needs no container
#
# Secrets are files, never environment variables, for those show in `docker inspect` and in every child process.
set -euo pipefail
umask 077

readonly secrets=${SECRETS_FOLDER:-/run/secrets}
readonly remedy="set it in docker/.env; 'bash docker/entrypoint.sh new-secrets' prints a whole file with new ones."

# The fewest characters that a secret may have. A key for SHA-512 that is shorter than 64 bytes is weaker than the hash.
declare -rA fewest=([database_password]=20 [jwt_secret]=64 [fernet_key]=44 [login_password]=12)

refuse() {
    printf 'claimwire: %s\n' "$1" >&2
    exit 2
}

# Letters, digits and - _ = only: such a secret can stand in a URL and in JSON as it is.
check() {
    local name value variable
    for name in "$@"; do
        variable=${name^^}
        [[ -r $secrets/$name ]] || refuse "$variable is missing: $remedy"
        value=$(<"$secrets/$name")
        [[ -n $value ]] || refuse "$variable is empty: $remedy"
        [[ $value != change-me ]] || refuse "$variable is still the example's: $remedy"
        [[ $value != *[!A-Za-z0-9_=-]* ]] || refuse "$variable may hold A-Z a-z 0-9 - _ = only: $remedy"
        ((${#value} >= fewest[$name])) || refuse "$variable is shorter than ${fewest[$name]} characters: $remedy"
    done
}

print_secret() {
    check "$1"
    printf '%s' "$(<"$secrets/$1")" # without a line's end: Airflow would take it for a part of the secret
}

print_database_url() {
    local user=${1%%@*} place=${1#*@} password
    password=$(print_secret database_password)
    printf 'postgresql+psycopg2://%s:%s@%s' "$user" "$password" "$place"
}

initialise() {
    local file=${AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE:?}
    airflow db migrate
    mkdir -p "${file%/*}"
    printf '{"claimwire": "%s"}\n' "$(print_secret login_password)" >"$file.new"
    mv "$file.new" "$file" # in one step: an API server that reads it finds the old one or the new one
}

# A part whose API server does not answer counts as not well: nobody can say that it is.
ask_whether_healthy() {
    exec python -c '
import sys
from dags.operating.health import find_unwell
unwell = find_unwell(sys.argv[2])
print("not well:", *unwell) if unwell else print("well")
sys.exit(1 if {sys.argv[1], "api-server"} & set(unwell) else 0)
' "$1" "$2"
}

random_bytes() {
    head -c "$1" /dev/urandom | base64 -w 0 | tr '+/' '-_'
}

print_new_secrets() {
    sed -e "s|^DATABASE_PASSWORD=.*|DATABASE_PASSWORD=$(random_bytes 24)|" \
        -e "s|^JWT_SECRET=.*|JWT_SECRET=$(random_bytes 64)|" \
        -e "s|^FERNET_KEY=.*|FERNET_KEY=$(random_bytes 32)|" \
        -e "s|^LOGIN_PASSWORD=.*|LOGIN_PASSWORD=$(random_bytes 15)|" \
        "$(dirname "${BASH_SOURCE[0]}")/.env.example"
}

case ${1:-} in
'') refuse "Say which command to run, as in: docker compose run --rm scheduler airflow version" ;;
check) check "${!fewest[@]}" && exec "${@:2}" ;;
init) check "${!fewest[@]}" && initialise ;;
healthy) ask_whether_healthy "${@:2}" ;;
secret) print_secret "$2" ;;
database-url) print_database_url "$2" ;;
new-secrets) print_new_secrets ;;
*) check database_password jwt_secret fernet_key && exec "$@" ;;
esac
