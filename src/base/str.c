/* Str: borrowed text by pointer and length, and strict UTF-8. Copies only into arenas. */
#include "base/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

Str str_of(const char *cstring) { return (Str){cstring, cstring ? strlen(cstring) : 0}; }

bool str_eq(Str a, Str b) { return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0); }

bool str_is(Str a, const char *cstring) { return str_eq(a, str_of(cstring)); }

int str_cmp(Str a, Str b) {
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    if (order) return order;
    return (a.n > b.n) - (a.n < b.n);
}

bool str_starts(Str s, Str prefix) { return s.n >= prefix.n && str_eq(str_sub(s, 0, prefix.n), prefix); }

bool str_ends(Str s, Str suffix) { return s.n >= suffix.n && str_eq(str_sub(s, s.n - suffix.n, suffix.n), suffix); }

ptrdiff_t str_find(Str s, Str needle) {
    if (needle.n == 0) return 0;
    if (needle.n > s.n) return -1;
    const char *hit = memmem(s.p, s.n, needle.p, needle.n);
    return hit ? hit - s.p : -1;
}

Str str_sub(Str s, size_t from, size_t n) {
    if (from > s.n) from = s.n;
    if (n > s.n - from) n = s.n - from;
    return (Str){s.n ? s.p + from : s.p, n};
}

Str str_head(Str s, size_t most) {
    if (s.n <= most) return s;
    while (most > 0 && ((unsigned char)s.p[most] & 0xC0) == 0x80) most--;
    return (Str){s.p, most};
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

Str str_trim(Str s) {
    while (s.n && is_blank(s.p[0])) s = str_sub(s, 1, s.n);
    while (s.n && is_blank(s.p[s.n - 1])) s.n--;
    return s;
}

Str str_cut(Str s, char separator, Str *rest) {
    const char *hit = s.n ? memchr(s.p, separator, s.n) : NULL;
    size_t head = hit ? (size_t)(hit - s.p) : s.n;
    *rest = hit ? str_sub(s, head + 1, s.n) : str_sub(s, s.n, 0);
    return str_sub(s, 0, head);
}

Str str_copy(Arena *a, Str s) { return (Str){str_c(a, s), s.n}; }

char *str_c(Arena *a, Str s) {
    char *p = arena_alloc(a, s.n + 1);
    if (s.n) memcpy(p, s.p, s.n);
    p[s.n] = '\0';
    return p;
}

Str str_join2(Arena *a, Str x, Str y) {
    char *p = arena_alloc(a, x.n + y.n + 1);
    if (x.n) memcpy(p, x.p, x.n);
    if (y.n) memcpy(p + x.n, y.p, y.n);
    p[x.n + y.n] = '\0';
    return (Str){p, x.n + y.n};
}

Str str_printf(Arena *a, const char *format, ...) {
    assert(a && format);
    va_list first, second;
    va_start(first, format);
    va_copy(second, first);
    int n = vsnprintf(NULL, 0, format, first);
    va_end(first);
    assert(n >= 0);
    char *p = arena_alloc(a, (size_t)n + 1);
    vsnprintf(p, (size_t)n + 1, format, second);
    va_end(second);
    return (Str){p, (size_t)n};
}

bool str_to_int(Str s, int64_t *out) {
    bool negative = s.n && s.p[0] == '-';
    size_t i = negative || (s.n && s.p[0] == '+') ? 1 : 0;
    if (i == s.n || s.n - i > 19) return false;
    uint64_t v = 0;
    for (; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') return false;
        v = v * 10 + (uint64_t)(s.p[i] - '0');
    }
    if (v > (uint64_t)INT64_MAX + (negative ? 1 : 0)) return false;
    *out = negative ? (int64_t)(0 - v) : (int64_t)v;
    return true;
}

uint64_t str_hash(Str s) {
    uint64_t h = 0x9E3779B97F4A7C15u ^ s.n;
    size_t i = 0;
    for (; i + 8 <= s.n; i += 8) {
        uint64_t w;
        memcpy(&w, s.p + i, 8);
        h = (h ^ w) * 0xFF51AFD7ED558CCDu;
        h ^= h >> 32;
    }
    uint64_t tail = 0;
    if (i < s.n) memcpy(&tail, s.p + i, s.n - i);
    h = (h ^ tail) * 0xC4CEB9FE1A85EC53u;
    return h ^ (h >> 29);
}

/* Length of the well-formed sequence at p (n bytes left), 0 when there is none.
 * Source: Unicode 15 table 3-7. */
static size_t sequence(const unsigned char *p, size_t n) {
    if (p[0] < 0x80) return 1;
    if (p[0] < 0xC2 || p[0] > 0xF4) return 0;
    size_t len = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    if (n < len) return 0;
    for (size_t i = 1; i < len; i++)
        if ((p[i] & 0xC0) != 0x80) return 0;
    if (p[0] == 0xE0 && p[1] < 0xA0) return 0; /* overlong */
    if (p[0] == 0xED && p[1] > 0x9F) return 0; /* surrogate */
    if (p[0] == 0xF0 && p[1] < 0x90) return 0; /* overlong */
    if (p[0] == 0xF4 && p[1] > 0x8F) return 0; /* past U+10FFFF */
    return len;
}

/* How many of the first n bytes are surely ASCII, eight at a time. */
static size_t ascii_run(const unsigned char *p, size_t n) {
    size_t i = 0;
    for (uint64_t w; i + 8 <= n; i += 8) {
        memcpy(&w, p + i, 8);
        if (w & UINT64_C(0x8080808080808080)) break;
    }
    return i;
}

bool utf8_valid(Str s) {
    const unsigned char *p = (const unsigned char *)s.p;
    for (size_t i = 0; i < s.n;) {
        i += ascii_run(p + i, s.n - i);
        for (size_t end = i + 8; i < s.n && i < end;) {
            size_t len = sequence(p + i, s.n - i);
            if (!len) return false;
            i += len;
        }
    }
    return true;
}

uint32_t utf8_next(Str s, size_t *at) {
    assert(*at < s.n);
    const unsigned char *p = (const unsigned char *)s.p + *at;
    size_t len = sequence(p, s.n - *at);
    assert(len);
    *at += len;
    if (len == 1) return p[0];
    uint32_t cp = p[0] & (0x7Fu >> len);
    for (size_t i = 1; i < len; i++) cp = cp << 6 | (p[i] & 0x3Fu);
    return cp;
}

size_t utf8_count(Str s) {
    size_t count = 0;
    for (size_t i = 0; i < s.n; i++) count += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return count;
}

size_t utf8_put(char out[4], uint32_t cp) {
    assert(cp <= 0x10FFFF);
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    size_t len = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (cp & 0x3F));
        cp >>= 6;
    }
    out[0] = (char)((0xF00u >> len) & 0xFF) | (char)cp;
    return len;
}
