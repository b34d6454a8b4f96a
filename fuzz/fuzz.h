/* fuzz: what the targets share. Each target is one LLVMFuzzerTestOneInput and says in its first comment what the bytes
 * are and how long an input may be; `make fuzz` runs it under libFuzzer, `make check` replays fuzz/corpus with
 * replay.c. A target must not keep anything of one input for the next. */
#ifndef YC_FUZZ_H
#define YC_FUZZ_H

#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int64_t FUZZ_NOW = 1795003200000000; /* 2026-11-18T12:00:00Z */

/* The one arena of all inputs, emptied for the next: an arena for each would take longer than most parsers. */
static inline Arena *fuzz_arena(size_t soft_limit) {
    static Arena *a;
    if (!a) a = arena_sized(1 << 15, soft_limit);
    arena_reset(a);
    return a;
}

/* For what is compiled once and the same for every input. */
static inline Arena *fuzz_house(void) {
    static Arena *a;
    if (!a) a = arena_new(0);
    return a;
}

static inline Str fuzz_text(const uint8_t *data, size_t size) {
    return (Str){(const char *)data, size};
}

#endif
