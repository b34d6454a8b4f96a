#!/bin/sh
# What a stranger gets: installs into an empty place and uses only that. Checks names, state and size of the
# libraries, compiles the example programs with pkg-config, shared and static, and runs docs/library.md.
# Usage: installed.sh BUILD, from the top of the tree.
build=$(cd "$1" && pwd)
tree=$(pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
passed=0 failed=0
check() { # NAME COMMAND…: passes when the command ends with 0 and prints nothing
    name=$1; shift
    if said=$("$@" 2>&1) && [ -z "$said" ]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED $name: $said"; fi
}

DESTDIR=$place meson install -C "$build" --no-rebuild --quiet --strip > "$place/log" 2>&1 || cat "$place/log"
libdir=$(dirname "$(find "$place" -name libdmn.a)")
headers=$(dirname "$(find "$place" -name dmn.h)")
export PKG_CONFIG_PATH="$libdir/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$place" LD_LIBRARY_PATH="$libdir"

declared() { sed 's://.*::' "$@" | tr '\n' ' ' | sed 's:/\*[^*]*\*/::g' | grep -oE '(feel|dmn)_[a-z_]+\(' | tr -d '(' | sort -u; }
exported() { nm --defined-only "$@" | awk 'NF == 3 && $2 ~ /[A-Z]/ { print $3 }' | sort; }
same_names() { library=$1 option=$2; shift 2; declared "$@" > "$place/declared"; exported "$option" "$library" | diff "$place/declared" -; }
no_state() { objdump -t "$1" | awk 'NF > 3 && $(NF-2) ~ /^\.(data|bss|tbss|tdata)/ && $(NF-2) !~ /rel\.ro/ && $NF !~ /^(\.|_*bid_)/ { print $NF }'; }
at_most() { n=$(stat -L -c %s "$1"); [ "$n" -le "$2" ] || echo "$n bytes"; }

check 'libfeel.so exports what feel.h declares' same_names "$libdir/libfeel.so" -D "$headers/feel.h"
check 'libdmn.so exports what both headers declare' same_names "$libdir/libdmn.so" -D "$headers/feel.h" "$headers/dmn.h"
check 'libfeel.a has no other global name' same_names "$libdir/libfeel.a" -g "$headers/feel.h"
check 'libdmn.a has no other global name' same_names "$libdir/libdmn.a" -g "$headers/feel.h" "$headers/dmn.h"
check 'no state outside the decimal archive' no_state "$libdir/libdmn.a"
check 'libfeel.so is small' at_most "$libdir/libfeel.so" 3500000
check 'libdmn.so is small' at_most "$libdir/libdmn.so" 3500000
check 'the extension exports its entry point only' sh -c "nm -D --defined-only '$build/yichuang_sqlite.so' | grep -v sqlite3_yichuangsqlite_init; true"

compiles() { echo "#include <yichuang/dmn.h>" > "$place/alone.$1"; shift; "$@" $(pkg-config --cflags libdmn) -Wall -Wextra -Werror -fsyntax-only; }
check 'the headers are plain C11' compiles c ${CC:-cc} -std=c11 -Wpedantic "$place/alone.c"
command -v c++ > /dev/null && check 'and C++' compiles cc c++ "$place/alone.cc"

# In the place, with nothing of the tree but the examples and the documents that name them.
mkdir "$place/work" && cd "$place/work" && ln -s "$tree/examples" examples && ln -s "$build" build
builds() { ${CC:-cc} -Wall -Wextra -Werror "examples/$1.c" $(pkg-config --cflags libdmn) $3 -o "$2"; }
check 'a program links the static library' builds decide decide_static "-L$libdir -Wl,-Bstatic -ldmn -Wl,-Bdynamic $(pkg-config --libs expat libsodium) -lm"
check 'and needs no file of ours to run' sh -c "env -u LD_LIBRARY_PATH ./decide_static examples/loan.dmn charge '{}' | grep -v null; true"

node "$tree/tests/cli/examples.mjs" "$build/yichuang" "$tree/docs/library.md" > "$place/log"; grep -vE '^[0-9]+ passed' "$place/log"
more=$(tail -1 "$place/log")
passed=$((passed + $(echo "$more" | awk '{ print $1 }'))) failed=$((failed + $(echo "$more" | awk '{ print $3 }')))
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
