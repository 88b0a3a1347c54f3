# shellcheck shell=bash
# Shared by all recipes: a separate network, the capture of a load, and the check that the capture is complete.
#
# A recipe sets `script`, sources this file, and calls `record NAME LOAD...`. No traffic leaves the machine: the recording
# runs in a network namespace whose loopback carries only this traffic. As root nothing else is needed. Without root the
# kernel must allow user namespaces.

: "${script:?the recipe that sources this sets it}"
root=${script%/scripts/*}
# shellcheck source=scripts/lib/setup.sh
. "$root/scripts/lib/setup.sh"
# shellcheck source=scripts/lib/python.sh
. "$root/scripts/lib/python.sh"

port=8125
work=

# Ends all child processes that still run, in any case.
end_children() {
    local child
    for child in $(jobs -pr); do kill "$child" 2>/dev/null || :; done
    wait
    [ -z "$work" ] || rm -rf "$work"
}

# wait_for SECONDS COMMAND...: repeats the command until it succeeds.
wait_for() {
    local tries=$(($1 * 20))
    shift
    until "$@"; do
        tries=$((tries - 1))
        if [ "$tries" -le 0 ]; then return 1; fi
        sleep 0.05
    done
}

# Installs and builds in the ordinary network, then starts the recipe again in a network of its own.
enter_own_network() {
    if [ -n "${STATSREPLAY_RECORDING:-}" ]; then return 0; fi
    [ "$(uname -s)" = Linux ] || fail 69 "recording needs Linux: its loopback is captured inside a network namespace."
    command -v ip >/dev/null || fail 69 "the command ip is missing. Run: sudo apt-get install -y iproute2"
    ensure_built release
    ensure_python || fail 69 "the clients to record are missing."
    local own=(unshare --net)
    if [ "$(id -u)" -ne 0 ]; then own=(unshare --map-root-user --net); fi
    "${own[@]}" true 2>/dev/null || fail 77 "no permission for a network namespace. Run: sudo $script"
    STATSREPLAY_RECORDING=$binary PATH=$python_folder:$PATH exec "${own[@]}" "$script" "$@"
}

# record NAME LOAD...: captures lo into captures/NAME.pcapng while the command LOAD runs.
#
# A sink receives on the port, so that the client's sends are not refused. The sink and the capture must count the same.
# The new file replaces the old one only if everything matches.
record() {
    local name=$1 capture status=0 sink
    shift
    binary=${STATSREPLAY_RECORDING:?enter_own_network comes first}
    trap end_children EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    export PYTHONDONTWRITEBYTECODE=1
    ip link set lo up
    work=$(mktemp -d)
    python3 "$root/scripts/record/sink.py" "$port" "$work/sink" &
    sink=$!
    wait_for 10 test -e "$work/sink" || fail 70 "the sink on port $port did not start"

    "$binary" capture lo --port "$port" --output "$work/$name.pcapng" --json >"$work/summary.json" &
    capture=$!
    wait_for 10 test -s "$work/$name.pcapng" || fail 70 "the capture did not start"
    sleep 0.2
    "$@" || fail 70 "the load failed: $*"
    # Wait for the datagrams in flight, and for the capture's last block.
    sleep 0.5
    kill -INT "$capture"
    wait "$capture" || status=$?
    [ "$status" -eq 0 ] || fail 70 "the capture ended with exit code $status: $(cat "$work/summary.json")"
    kill -TERM "$sink"
    wait "$sink" || fail 70 "the sink failed"

    "$binary" inspect "$work/$name.pcapng" --json >"$work/inspect.json" || fail 70 "inspect does not accept the recording"
    python3 "$root/scripts/record/verify.py" "$work/summary.json" "$work/sink" "$work/inspect.json" \
        || fail 70 "the recording is not kept"
    mkdir -p "$root/captures"
    mv "$work/$name.pcapng" "$root/captures/$name.pcapng"
    chmod 644 "$root/captures/$name.pcapng"
    "$binary" inspect "$root/captures/$name.pcapng"
    say "recorded captures/$name.pcapng. Its golden files are void now: scripts/record/golden records them."
}
