# Sourced by the commands beside it: finds Python, makes .venv once, installs what requirements.lock names.
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
VENV="$ROOT/.venv"
PYTHON="$VENV/bin/python"

fail() {
    echo "$*" >&2
    exit 2
}

find_python() {
    local candidate
    for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            "$candidate" -c 'import ensurepip, venv' 2>/dev/null ||
                fail "Python's venv module is missing: install the package $(basename "$(readlink -f "$(command -v "$candidate")")")-venv."
            echo "$candidate"
            return
        fi
    done
    fail "Python 3.11 or newer is missing: install the packages python3 and python3-venv."
}

install() {
    local wanted python
    wanted="$(sha256sum <"$ROOT/requirements.lock")"
    if [ "$(cat "$VENV/installed" 2>/dev/null)" = "$wanted" ] && "$PYTHON" -c '' 2>/dev/null; then
        return
    fi
    if ! "$PYTHON" -m pip --version >/dev/null 2>&1; then
        python="$(find_python)" || exit 2
        echo "making .venv" >&2
        "$python" -m venv --clear "$VENV"
    fi
    echo "installing what requirements.lock names (once)" >&2
    # --no-deps: the lock is complete, and it leaves out matplotlib, which zhplot's font does not need.
    "$PYTHON" -m pip install --quiet --disable-pip-version-check --cache-dir "$VENV/pip-cache" \
        --no-deps --require-hashes --requirement "$ROOT/requirements.lock"
    echo "$ROOT/src" >"$("$PYTHON" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/sellwell.pth"
    echo "$wanted" >"$VENV/installed"
}

# Some tools want a home folder; an empty or missing HOME gets one that is ours.
if [ -z "${HOME:-}" ]; then
    export HOME="$VENV/home"
    mkdir -p "$HOME" 2>/dev/null || true
fi
export PYTHONUTF8=1

if command -v flock >/dev/null; then
    mkdir -p "$ROOT/var"
    exec 9>"$ROOT/var/install.lock"
    flock 9
    install
    flock -u 9
    exec 9>&-
else
    install
fi
mkdir -p "$HOME" 2>/dev/null || true
