# shellcheck shell=bash
# Provides a Python with the clients that tests and recordings use, in a virtual environment inside .build.
#
# Source it after setup.sh.

: "${root:?the script that sources this sets it}"

# ensure_python: sets `python_folder` (to put in front of PATH) and returns 0, or prints the obstacle and returns 1.
# The packages are listed in requirements.txt. The environment is made again when that file changes.
ensure_python() {
    local requirements=$root/scripts/lib/requirements.txt log=$root/.build/python.log
    local folder=$root/.build/python
    python_folder=$folder/bin
    mkdir -p "$root/.build"
    if cmp -s "$requirements" "$folder/requirements.txt" && "$python_folder/python3" -c '' 2>/dev/null; then return 0; fi
    if ! command -v python3 >/dev/null; then
        say "no Python clients: no python3 here"
        return 1
    fi
    say "installing the Python clients that serve as peers"
    rm -rf "$folder"
    if ! python3 -m venv "$folder" </dev/null >"$log" 2>&1; then
        rm -rf "$folder"
        say "no Python clients: python3 cannot make a virtual environment (Debian: apt-get install python3-venv); see .build/python.log"
        return 1
    fi
    if ! "$python_folder/python3" -m pip install --quiet --disable-pip-version-check --retries 1 --timeout 20 \
        --requirement "$requirements" </dev/null >>"$log" 2>&1; then
        rm -rf "$folder"
        say "no Python clients: PyPI cannot be reached; see .build/python.log"
        return 1
    fi
    # Written last, so that an interrupted installation does not count.
    cp "$requirements" "$folder/requirements.txt"
}
