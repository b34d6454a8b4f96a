/* dmn/area: a set of classes of a column written as FEEL unary tests, as a person would write the cell.
 * Only for reading: it is never parsed back. */
#include "dmn/complex_in.h"

enum { MOST_TESTS = 12 }; /* of one kind that are written out; people do not read more */

static void add_test(Buf *b, Str test) {
    if (b->n > 0) buf_c(b, ", ");
    buf_add(b, test);
}

static Str literal(const Buf *b, Value v) { return feel_text(b->a, v, true); }

/* The next class from c on that has a value, within the slice. */
static size_t next_live(const Axis *axis, const Slice *s, size_t c) {
    while (c < s->first + s->n && !dmn_set_has(axis->live, c)) c++;
    return c;
}

/* A run of classes, from and to included: odd ones are points, even ones lie between. */
static void write_run(Buf *b, const Slice *s, size_t from, size_t to) {
    size_t lo = from - s->first, hi = to - s->first, last = s->n - 1;
    if (lo == hi && lo % 2 == 1) {
        add_test(b, literal(b, s->points[lo / 2]));
        return;
    }
    Str low = lo > 0 ? literal(b, s->points[(lo - 1) / 2]) : STR(""), high = hi < last ? literal(b, s->points[hi / 2]) : STR("");
    if (lo == 0 && hi == last) add_test(b, STR("any"));
    else if (lo == 0) add_test(b, str_printf(b->a, "%s " STR_FMT, hi % 2 ? "<=" : "<", STR_ARG(high)));
    else if (hi == last) add_test(b, str_printf(b->a, "%s " STR_FMT, lo % 2 ? ">=" : ">", STR_ARG(low)));
    else add_test(b, str_printf(b->a, "%c" STR_FMT ".." STR_FMT "%c", lo % 2 ? '[' : '(', STR_ARG(low), STR_ARG(high), hi % 2 ? ']' : ')'));
}

static void write_ordered(Buf *b, const Axis *axis, const Slice *s, const Bits *set) {
    size_t written = 0;
    for (size_t c = next_live(axis, s, s->first); c < s->first + s->n; c = next_live(axis, s, c + 1)) {
        if (!dmn_set_has(set, c)) continue;
        if (written++ == MOST_TESTS) {
            add_test(b, STR("..."));
            return;
        }
        size_t to = c;
        for (size_t next = next_live(axis, s, c + 1); next < s->first + s->n && dmn_set_has(set, next); next = next_live(axis, s, next + 1))
            to = next;
        write_run(b, s, c, to);
        c = to;
    }
}

static void write_texts(Buf *b, const Axis *axis, const Slice *s, const Bits *set) {
    size_t other = s->first + s->n - 1;
    bool all_but = dmn_set_has(set, other);
    Buf list = {.a = b->a};
    size_t written = 0;
    for (size_t c = s->first; c < other; c++) {
        if (!dmn_set_has(axis->live, c) || dmn_set_has(set, c) == all_but) continue;
        if (written++ < MOST_TESTS) add_test(&list, literal(b, axis->values[c]));
    }
    if (written > MOST_TESTS) add_test(&list, STR("..."));
    if (all_but) add_test(b, list.n > 0 ? str_printf(b->a, "not(" STR_FMT ")", STR_ARG(buf_str(&list))) : STR("any text"));
    else if (list.n > 0) add_test(b, buf_str(&list));
}

Str dmn_area(Arena *a, const Axis *axis, const Bits *set) {
    Buf b = {.a = a};
    if (dmn_set_within(axis->live, set, axis->words)) return STR("-");
    for (uint8_t kind = VALUE_NULL; kind <= VALUE_MONTHS; kind++) {
        const Slice *s = &axis->slices[kind];
        bool each = kind == VALUE_NULL || kind == VALUE_BOOL;
        for (size_t c = s->first; each && c < s->first + s->n; c++)
            if (dmn_set_has(set, c)) add_test(&b, literal(&b, axis->values[c]));
        if (s->n > 0 && kind == VALUE_STRING) write_texts(&b, axis, s, set);
        if (s->n > 0 && dmn_is_ordered(kind)) write_ordered(&b, axis, s, set);
    }
    return buf_str(&b);
}
