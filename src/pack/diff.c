/* Two versions of a service beside each other: file by file, the lines that differ. It compares text as it stands and
 * must never say that files are alike when a byte differs. */
#include "pack/pack_in.h"

enum { LINES_MAX = 5000, CELLS_MAX = 1 << 20, TEXT_MAX = 2000 };

typedef struct Lines { /* a file cut at its line ends */
    Str *at;  /* n lines, each with its own end, so that a missing last one shows */
    size_t n; /* of them */
} Lines;
typedef struct Diff { /* one comparison under construction */
    Arena *a;         /* of what is given back */
    Lines was, is;    /* of the file at hand */
    ValueBuild lines; /* of the file at hand */
    size_t told;      /* lines given in all */
    int64_t more;     /* lines of the file at hand left out */
} Diff;

static Lines cut(Str text, Arena *a) {
    size_t n = text.n > 0;
    for (size_t i = 0; i + 1 < text.n; i++) n += text.p[i] == '\n';
    Lines out = {NEW_ARRAY(a, Str, n + 1), 0};
    for (size_t from = 0, i = 0; i < text.n; i++) {
        if (text.p[i] != '\n' && i + 1 < text.n) continue;
        out.at[out.n++] = str_sub(text, from, i + 1 - from);
        from = i + 1;
    }
    return out;
}

static void tell(Diff *d, const char *sign, const Lines *side, size_t i) {
    if (d->told == LINES_MAX) {
        d->more++;
        return;
    }
    ValueBuild b = {.a = d->a};
    Str line = side->at[i];
    build_c(&b, "sign", value_c(sign));
    build_c(&b, "line", value_int((int64_t)i + 1));
    build_c(&b, "text", value_str(str_copy(d->a, str_head(str_ends(line, STR("\n")) ? str_sub(line, 0, line.n - 1) : line, TEXT_MAX))));
    build_item(&d->lines, build_ctx(&b));
    d->told++;
}

static void tell_all(Diff *d, size_t from, size_t was_end, size_t is_end) {
    for (size_t i = from; i < was_end; i++) tell(d, "-", &d->was, i);
    for (size_t k = from; k < is_end; k++) tell(d, "+", &d->is, k);
}

/* The longest run of lines in common, from the end backwards, then walked from the start. In: n * m ≤ CELLS_MAX,
 * so that the shorter side has at most 1,024 lines. */
static void tell_common(Diff *d, size_t from, size_t n, size_t m, Arena *scratch) {
    uint16_t *best = NEW_ARRAY(scratch, uint16_t, (n + 1) * (m + 1));
    size_t row = m + 1, i = 0, k = 0;
    for (size_t x = n; x-- > 0;)
        for (size_t y = m; y-- > 0;) {
            uint16_t down = best[(x + 1) * row + y], right = best[x * row + y + 1];
            bool same = str_eq(d->was.at[from + x], d->is.at[from + y]);
            best[x * row + y] = same ? (uint16_t)(best[(x + 1) * row + y + 1] + 1) : down > right ? down : right;
        }
    while (i < n || k < m) {
        bool same = i < n && k < m && str_eq(d->was.at[from + i], d->is.at[from + k]);
        if (same) i++, k++;
        else if (i < n && (k == m || best[(i + 1) * row + k] >= best[i * row + k + 1])) tell(d, "-", &d->was, from + i++);
        else tell(d, "+", &d->is, from + k++);
    }
}

/* Cost: lines that differ of one text times those of the other; past CELLS_MAX the whole stretch is told as replaced. */
static void compare(Diff *d, Str was, Str is, Arena *scratch) {
    d->was = cut(was, scratch);
    d->is = cut(is, scratch);
    size_t from = 0, n = d->was.n, m = d->is.n;
    while (from < n && from < m && str_eq(d->was.at[from], d->is.at[from])) from++;
    while (n > from && m > from && str_eq(d->was.at[n - 1], d->is.at[m - 1])) n--, m--;
    if ((n - from + 1) * (m - from + 1) > CELLS_MAX) tell_all(d, from, n, m);
    else tell_common(d, from, n - from, m - from, scratch);
}

static void add_file(Diff *d, ValueBuild *out, Str file, const char *change, Str was, Str is) {
    ValueBuild b = {.a = d->a};
    Arena *scratch = arena_new(0);
    d->lines = (ValueBuild){.a = d->a};
    d->more = 0;
    compare(d, was, is, scratch);
    arena_free(scratch);
    build_c(&b, "file", value_str(str_copy(d->a, file)));
    build_c(&b, "change", value_c(change));
    build_c(&b, "lines", build_list(&d->lines));
    build_c(&b, "more", value_int(d->more));
    build_item(out, build_ctx(&b));
}

Value pack_diff(Value was, Value is, Arena *a) {
    assert(was.kind == VALUE_CONTEXT && is.kind == VALUE_CONTEXT && a);
    Diff d = {.a = a};
    ValueBuild out = {.a = a};
    Value other;
    for (uint32_t i = 0; i < was.size; i++) {
        Str file = was.u.ctx[i].key, text = value_text(was.u.ctx[i].value);
        if (!value_find(is, file, &other)) add_file(&d, &out, file, "removed", text, STR(""));
        else if (!str_eq(text, value_text(other))) add_file(&d, &out, file, "changed", text, value_text(other));
    }
    for (uint32_t i = 0; i < is.size; i++)
        if (!value_find(was, is.u.ctx[i].key, &other)) add_file(&d, &out, is.u.ctx[i].key, "added", STR(""), value_text(is.u.ctx[i].value));
    return build_list(&out);
}
