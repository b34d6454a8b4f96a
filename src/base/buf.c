/* Buf: a text that grows in an arena up to a hard limit. Past the limit it sets `over` and drops the
 * rest, so a writer checks once at its end. */
#include "base/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const size_t DEFAULT_LIMIT = 64u << 20;

static bool make_room(Buf *b, size_t n) {
    assert(b->a);
    size_t limit = b->limit ? b->limit : DEFAULT_LIMIT;
    if (b->over || n > limit - b->n) {
        b->over = true;
        return false;
    }
    if (b->n + n <= b->cap) return true;
    size_t cap = b->cap ? b->cap * 2 : 256;
    if (cap < b->n + n) cap = b->n + n;
    if (cap > limit) cap = limit;
    b->p = arena_grow(b->a, b->p, b->cap, cap);
    b->cap = cap;
    return true;
}

/* Short pieces into room that is there: nearly every call. */
static inline bool fits(const Buf *b, size_t n) {
    return n <= b->cap - b->n && !b->over;
}

void buf_add(Buf *b, Str s) {
    if (!s.n || (!fits(b, s.n) && !make_room(b, s.n))) return;
    memcpy(b->p + b->n, s.p, s.n);
    b->n += s.n;
}

void buf_c(Buf *b, const char *cstring) { buf_add(b, str_of(cstring)); }

void buf_byte(Buf *b, char c) {
    if (fits(b, 1) || make_room(b, 1)) b->p[b->n++] = c;
}

/* Straight into the room that is there; again only when it was too small. */
void buf_printf(Buf *b, const char *format, ...) {
    assert(b && format);
    va_list first, second;
    va_start(first, format);
    va_copy(second, first);
    size_t room = b->over ? 0 : b->cap - b->n;
    int n = vsnprintf(room > 0 ? b->p + b->n : NULL, room, format, first);
    va_end(first);
    assert(n >= 0);
    bool whole = (size_t)n < room;
    if (!whole && make_room(b, (size_t)n + 1)) whole = vsnprintf(b->p + b->n, (size_t)n + 1, format, second) == n;
    if (whole) b->n += (size_t)n;
    va_end(second);
}

static const char *html_entity(char c) {
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return NULL;
    }
}

void buf_html(Buf *b, Str s) {
    size_t from = 0;
    for (size_t i = 0; i < s.n; i++) {
        const char *entity = html_entity(s.p[i]);
        if (!entity) continue;
        buf_add(b, str_sub(s, from, i - from));
        buf_c(b, entity);
        from = i + 1;
    }
    buf_add(b, str_sub(s, from, s.n));
}

Str buf_str(const Buf *b) { return (Str){b->p, b->n}; }
