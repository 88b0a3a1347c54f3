# shellcheck shell=bash
# Times other projects beside ours (scripts/bench --peers). None of their code is kept in this repository.
#
# Source it after setup.sh.

: "${root:?the script that sources this sets it}"

# time_peers CHECKOUT FOLDER: CHECKOUT is a checkout of rigtorp's SPSCQueue, or empty; FOLDER receives the built programs.
time_peers() {
    local checkout=$1 folder=$2/peers
    mkdir -p "$folder"
    printf '\npeers, in the same run\n'
    time_queue "$checkout" "$folder"
    time_zlib
    time_python_clients
    time_go_client "$folder"
}

# The two rings alternate, so that other load on this machine affects both equally.
time_queue() {
    local checkout=$1 folder=$2 compiler
    if [ -z "$checkout" ]; then
        echo "  rigtorp SPSCQueue: not timed; give its checkout: scripts/bench --peers FOLDER"
        return
    fi
    compiler=$(command -v g++ || command -v clang++ || :)
    if [ -z "$compiler" ]; then
        echo "  rigtorp SPSCQueue: not timed; no C++ compiler here"
        return
    fi
    "$compiler" -O3 -march=native -std=c++17 -pthread -I"$checkout/include" -w "$root/scripts/lib/queue-peer.cpp" \
        -o "$folder/queue" || return
    local ours=() theirs=()
    for _ in 1 2 3 4 5 6 7 8 9; do
        ours+=("$("$root/scripts/statsreplay" bench --ring 2000000)")
        theirs+=("$("$folder/queue" 2000000)")
    done
    printf '%s\n' "${ours[@]}" | sort -n >"$folder/ours"
    printf '%s\n' "${theirs[@]}" | sort -n >"$folder/theirs"
    paste "$folder/ours" "$folder/theirs" | awk '
        { ours[NR] = $1; theirs[NR] = $2 }
        END {
            m = int((NR + 1) / 2)
            printf "  elements of 64 bytes between two threads, 9 rounds in turns, M/s: ours %.1f (%.1f ... %.1f), ", ours[m] / 1e6, ours[1] / 1e6, ours[NR] / 1e6
            printf "rigtorp %.1f (%.1f ... %.1f): ", theirs[m] / 1e6, theirs[1] / 1e6, theirs[NR] / 1e6
            printf "%.2f x by the medians, %.2f x by the best; the bar is 1.2 x\n", ours[m] / theirs[m], ours[NR] / theirs[NR]
        }'
}

time_zlib() {
    command -v python3 >/dev/null || { echo "  zlib: not timed; no python3 here"; return; }
    python3 - <<'PYTHON'
import time, zlib
data, empty = bytes(range(256)) * 6, b""
data = data[:1472]
def best(block):
    times = []
    for _ in range(15):
        begin = time.perf_counter_ns()
        for _ in range(20000): zlib.crc32(block)
        times.append((time.perf_counter_ns() - begin) / 20000)
    return sorted(times)[7]
print(f"  zlib {zlib.ZLIB_RUNTIME_VERSION}, CRC-32 of 1472 bytes: {best(data) - best(empty):.0f} ns, the call from Python taken off")
PYTHON
}

time_python_clients() {
    # shellcheck source=scripts/lib/python.sh
    . "$root/scripts/lib/python.sh"
    if ! ensure_python; then
        echo "  PyPI statsd, datadog: not timed; they cannot be installed here"
        return
    fi
    "$python_folder/python3" - <<'PYTHON'
import socket, time
sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sink.bind(("127.0.0.1", 0))
port = sink.getsockname()[1]
def median(call):
    times = []
    for _ in range(9):
        begin = time.thread_time_ns()
        for _ in range(5000): call()
        times.append((time.thread_time_ns() - begin) / 5000)
    return sorted(times)[4]
try:
    import statsd
    client = statsd.StatsClient("127.0.0.1", port)
    print(f"  PyPI statsd, one counter: {median(lambda: client.incr('http.requests')):.0f} ns")
except ImportError:
    print("  PyPI statsd: not installed")
try:
    from datadog.dogstatsd import DogStatsd
    client = DogStatsd("127.0.0.1", port)
    print(f"  PyPI datadog, one counter with a tag: {median(lambda: client.increment('http.requests', tags=['env:prod'])):.0f} ns")
except ImportError:
    print("  PyPI datadog: not installed")
PYTHON
}

time_go_client() {
    if ! command -v go >/dev/null; then
        echo "  datadog-go: not timed; no go here"
        return
    fi
    local folder=$1/go
    mkdir -p "$folder"
    cat >"$folder/client_test.go" <<'GO'
package peers

import (
	"net"
	"testing"

	"github.com/DataDog/datadog-go/v5/statsd"
)

func BenchmarkDatadog(b *testing.B) {
	sink, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer sink.Close()
	client, err := statsd.New(sink.LocalAddr().String())
	if err != nil {
		b.Fatal(err)
	}
	defer client.Close()
	tags := []string{"env:prod"}
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		_ = client.Count("http.requests", 1, tags, 1)
	}
}
GO
    if ! (cd "$folder" && { [ -e go.mod ] || go mod init peers; } && go mod tidy) >"$folder/log" 2>&1; then
        echo "  datadog-go: not timed; it cannot be fetched here (see .build-bench/peers/go/log)"
        return
    fi
    (cd "$folder" && go test -bench Datadog -run '^$' -count 5) | sed -n 's/^BenchmarkDatadog/  datadog-go, aggregated counter:/p'
}
