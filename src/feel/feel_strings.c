/* feel_strings: the string functions but for patterns (Source: DMN 1.5 §10.3.4.3). Positions and
 * lengths count code points, never bytes. */
#include "feel/feel_in.h"

#include <string.h>

/* Byte offset of code point number `index`. In: index <= utf8_count(s). */
static size_t offset_of(Str s, int64_t index) {
    size_t at = 0;
    while (index-- > 0) utf8_next(s, &at);
    return at;
}

/* Dialect camunda cuts a length that is too long; the standard has no value for it. */
static Value substring_of(FeelRun *run, const Value *args, size_t n, bool clamp) {
    Str s = value_text(args[0]);
    int64_t count = (int64_t)utf8_count(s), start, length, rest;
    if (!dec_to_int(dec_round(run->arena, args[1], 0, DEC_DOWN), &start) || start == 0 || start > count ||
        start < -count)
        return feel_domain(run, "the string has no character at this position");
    start = start > 0 ? start - 1 : count + start;
    length = rest = count - start;
    if (n > 2 &&
        (!dec_to_int(dec_round(run->arena, args[2], 0, DEC_DOWN), &length) || length < 1 || (length > rest && !clamp)))
        return feel_domain(run, "the string has not so many characters from there on");
    if (length > rest) length = rest;
    size_t from = offset_of(s, start), to = from + offset_of(str_sub(s, from, s.n), length);
    return value_str(str_sub(s, from, to - from));
}

static Value substring(FeelRun *run, const Value *args, size_t n) {
    return substring_of(run, args, n, false);
}
static Value substring_clamped(FeelRun *run, const Value *args, size_t n) {
    return substring_of(run, args, n, true);
}

static Value string_length(FeelRun *run, const Value *args, size_t n) {
    (void)run, (void)n;
    return value_int((int64_t)utf8_count(value_text(args[0])));
}

static Value upper_case(FeelRun *run, const Value *args, size_t n) {
    return (void)n, value_str(feel_change_case(run->arena, value_text(args[0]), true));
}
static Value lower_case(FeelRun *run, const Value *args, size_t n) {
    return (void)n, value_str(feel_change_case(run->arena, value_text(args[0]), false));
}

static Value substring_before(FeelRun *run, const Value *args, size_t n) {
    (void)run, (void)n;
    Str s = value_text(args[0]);
    ptrdiff_t at = str_find(s, value_text(args[1]));
    return value_str(str_sub(s, 0, at < 0 ? 0 : (size_t)at));
}

static Value substring_after(FeelRun *run, const Value *args, size_t n) {
    (void)run, (void)n;
    Str s = value_text(args[0]), match = value_text(args[1]);
    ptrdiff_t at = str_find(s, match);
    return value_str(at < 0 ? STR("") : str_sub(s, (size_t)at + match.n, s.n));
}

static Value contains(FeelRun *run, const Value *args, size_t n) {
    return (void)run, (void)n, value_bool(str_find(value_text(args[0]), value_text(args[1])) >= 0);
}
static Value starts_with(FeelRun *run, const Value *args, size_t n) {
    return (void)run, (void)n, value_bool(str_starts(value_text(args[0]), value_text(args[1])));
}
static Value ends_with(FeelRun *run, const Value *args, size_t n) {
    return (void)run, (void)n, value_bool(str_ends(value_text(args[0]), value_text(args[1])));
}

static Value string_join(FeelRun *run, const Value *args, size_t n) {
    Buf b = {.a = run->arena};
    bool first = true;
    for (uint32_t i = 0; i < args[0].size; i++) {
        Value item = args[0].u.list[i];
        if (item.kind == VALUE_NULL) continue;
        if (item.kind != VALUE_STRING)
            return feel_because(run, "type", "only strings can be joined", item, value_null());
        if (!first && n > 1 && args[1].kind == VALUE_STRING) buf_add(&b, value_text(args[1]));
        buf_add(&b, value_text(item));
        first = false;
    }
    return b.over || !feel_spend(run, (int64_t)(b.n / 64)) ? feel_exhausted(run) : value_str(buf_str(&b));
}

static Value to_string(FeelRun *run, const Value *args, size_t n) {
    (void)n;
    if (args[0].kind == VALUE_NULL) return args[0];
    return value_str(feel_text(run->arena, args[0], false));
}

static const FeelBuiltin rows[] = {
    {"string", to_string, 1, 1, 0, {{"from", 'a'}}},
    {"substring", substring_clamped, 2, 3, FEEL_EXTRA, {{"string", 's'}, {"start position", 'n'}, {"length", 'n'}}},
    {"substring", substring, 2, 3, 0, {{"string", 's'}, {"start position", 'n'}, {"length", 'n'}}},
    {"string length", string_length, 1, 1, 0, {{"string", 's'}}},
    {"upper case", upper_case, 1, 1, 0, {{"string", 's'}}},
    {"lower case", lower_case, 1, 1, 0, {{"string", 's'}}},
    {"substring before", substring_before, 2, 2, 0, {{"string", 's'}, {"match", 's'}}},
    {"substring after", substring_after, 2, 2, 0, {{"string", 's'}, {"match", 's'}}},
    {"contains", contains, 2, 2, 0, {{"string", 's'}, {"match", 's'}}},
    {"starts with", starts_with, 2, 2, 0, {{"string", 's'}, {"match", 's'}}},
    {"ends with", ends_with, 2, 2, 0, {{"string", 's'}, {"match", 's'}}},
    {"string join", string_join, 1, 2, 0, {{"list", 'l'}, {"delimiter", 'S'}}},
};
const FeelTable feel_table_strings = {rows, COUNT_OF(rows)};
