#!/bin/sh
# Replays two years of violations beside the C floor of the shared data, by turns, and prints name=value: the
# best of three each and their ratio. Usage: bench/replay.sh PROGRAM; the data lies in YC_SHARED, else ../shared.
program=${1:-build/yichuang}
shared=${YC_SHARED:-../shared}
pack=packs/demo-prefecture/traffic-first-violation
[ -r "$shared/bench/replay/floor.c" ] || { echo "skipped: $shared/bench/replay is not here"; exit 0; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
gzip -dc "$shared/data/workload/violations-2y.csv.gz" > "$dir/plain.csv"
cc -O2 -o "$dir/floor" "$shared/bench/replay/floor.c"

# member NAME: a number of the report, zero when it is not there
member() { sed -n "s/.*\"$1\":\([0-9.]*\).*/\1/p" "$dir/report"; }
seconds() { date +%s.%N; }
for round in 1 2 3; do
    from=$(seconds)
    "$dir/floor" "$dir/plain.csv" > /dev/null
    to=$(seconds)
    echo "floor $from $to"
    from=$(seconds)
    "$program" replay $pack --csv "$dir/plain.csv" --year 2025 --json > "$dir/report" || exit 1
    to=$(seconds)
    echo "replay $from $to"
done > "$dir/times" || exit 1
awk '{ s = $3 - $2; if (!($1 in best) || s < best[$1]) best[$1] = s }
    END { printf "floor_seconds=%.3f\nreplay_seconds=%.3f\nreplay_over_floor=%.2f\n", best["floor"], best["replay"], best["replay"] / best["floor"] }' "$dir/times"
echo "replay_peak_mb=$(member peak_mb)"
echo "replay_decided=$(member decided)"
