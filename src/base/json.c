/* JSON (RFC 8259), strict both ways: numbers stay exact decimals, duplicate keys and bad UTF-8 are
 * refused with their place. Reads text into Values, writes Values as text. */
#include "base/base.h"

#include <string.h>

enum { DEFAULT_DEPTH = 64, MAX_DEPTH = 200, MANY_KEYS = 16 };
static const size_t DEFAULT_BYTES = 4u << 20;

typedef struct Reader {
    Str text;     /* the document */
    size_t at;    /* next byte */
    int depth;    /* levels still allowed */
    Arena *a;     /* owner of the result */
    Err *err;     /* may be NULL */
} Reader;

static bool fail_at(const Reader *r, size_t at, ErrCode code, const char *what) {
    int line = 1;
    size_t start = 0;
    for (size_t i = 0; i < at; i++)
        if (r->text.p[i] == '\n') {
            line++;
            start = i + 1;
        }
    err_set(r->err, code, "base", "%s", what);
    err_at(r->err, line, (int)(at - start) + 1, (int64_t)at);
    return false;
}

static bool fail(const Reader *r, const char *what) { return fail_at(r, r->at, ERR_INPUT, what); }

static char peek(const Reader *r) { return r->at < r->text.n ? r->text.p[r->at] : '\0'; }

static bool is_blank(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static void skip_blanks(Reader *r) {
    while (r->at < r->text.n && is_blank(r->text.p[r->at])) r->at++;
}

static bool hex4(Reader *r, uint32_t *out) {
    uint32_t v = 0;
    for (int i = 0; i < 4; i++) {
        char c = peek(r);
        uint32_t digit;
        if (c >= '0' && c <= '9') digit = (uint32_t)(c - '0');
        else if (c >= 'a' && c <= 'f') digit = (uint32_t)(c - 'a') + 10;
        else if (c >= 'A' && c <= 'F') digit = (uint32_t)(c - 'A') + 10;
        else return fail(r, "\\u needs four hexadecimal digits");
        v = v << 4 | digit;
        r->at++;
    }
    *out = v;
    return true;
}

/* After "\u": a surrogate pair is one code point, a lone surrogate is refused. */
static bool read_unicode(Reader *r, Buf *b) {
    uint32_t cp;
    TRY(hex4(r, &cp));
    if (cp >= 0xDC00 && cp <= 0xDFFF) return fail(r, "a low surrogate stands alone");
    if (cp >= 0xD800 && cp <= 0xDBFF) {
        uint32_t low = 0;
        if (!str_starts(str_sub(r->text, r->at, 2), STR("\\u"))) return fail(r, "a high surrogate stands alone");
        r->at += 2;
        TRY(hex4(r, &low));
        if (low < 0xDC00 || low > 0xDFFF) return fail(r, "a high surrogate needs a low one after it");
        cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
    }
    char bytes[4];
    buf_add(b, (Str){bytes, utf8_put(bytes, cp)});
    return true;
}

static bool read_escape(Reader *r, Buf *b) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    char c = peek(r);
    r->at++;
    if (c == 'u') return read_unicode(r, b);
    const char *hit = c ? strchr(from, c) : NULL;
    if (!hit) {
        r->at--;
        return fail(r, "unknown escape in a string");
    }
    buf_byte(b, to[hit - from]);
    return true;
}

/* Not zero when one of the eight bytes of w is c. */
static uint64_t bytes_equal(uint64_t w, char c) {
    uint64_t x = w ^ UINT64_C(0x0101010101010101) * (unsigned char)c;
    return (x - UINT64_C(0x0101010101010101)) & ~x & UINT64_C(0x8080808080808080);
}

static bool has_special(uint64_t w) {
    uint64_t control = (w - UINT64_C(0x2020202020202020)) & ~w & UINT64_C(0x8080808080808080);
    return (bytes_equal(w, '"') | bytes_equal(w, '\\') | control) != 0;
}

static bool is_special(char c) {
    return c == '"' || c == '\\' || (unsigned char)c < 0x20;
}

/* Bytes from `at` on that stand for themselves in a JSON string. */
static size_t plain_run(Str s, size_t at) {
    size_t i = at;
    for (uint64_t w; i + 8 <= s.n; i += 8) {
        memcpy(&w, s.p + i, 8);
        if (has_special(w)) break;
    }
    while (i < s.n && !is_special(s.p[i])) i++;
    return i - at;
}

static bool read_string(Reader *r, Str *out) {
    r->at++; /* the opening quote */
    Str run = str_sub(r->text, r->at, plain_run(r->text, r->at));
    r->at += run.n;
    if (peek(r) == '"') {
        r->at++;
        *out = str_copy(r->a, run);
        return true;
    }
    Buf b = {.a = r->a};
    buf_add(&b, run);
    for (;;) {
        if (r->at >= r->text.n) return fail(r, "the string does not end");
        if ((unsigned char)peek(r) < 0x20) return fail(r, "a control character must be escaped");
        char c = peek(r);
        if (c == '"') break;
        if (c == '\\') {
            r->at++;
            TRY(read_escape(r, &b));
            continue;
        }
        run = str_sub(r->text, r->at, plain_run(r->text, r->at));
        buf_add(&b, run);
        r->at += run.n;
    }
    r->at++;
    *out = buf_str(&b);
    return true;
}

static size_t digits(const Reader *r, size_t at) {
    size_t i = at;
    while (i < r->text.n && r->text.p[i] >= '0' && r->text.p[i] <= '9') i++;
    return i - at;
}

/* Nearly all numbers: whole, and short enough for the inline form. In: `n` digits at `at`. */
static bool is_short_whole(const Reader *r, size_t at, size_t n) {
    if (n > 18) return false;
    char next = at + n < r->text.n ? r->text.p[at + n] : '\0';
    return next != '.' && next != 'e' && next != 'E';
}

static Value short_whole(const Reader *r, size_t at, size_t n, bool negative) {
    int64_t sum = 0;
    for (size_t i = at; i < at + n; i++) sum = sum * 10 + (r->text.p[i] - '0');
    return value_int(negative ? -sum : sum);
}

/* RFC 8259 §6: stricter than FEEL (no leading zeros, no bare point), then one exact decimal. */
static bool read_number(Reader *r, Value *out) {
    size_t from = r->at, i = from;
    if (r->text.p[i] == '-') i++;
    size_t whole = digits(r, i);
    if (whole == 0 || (whole > 1 && r->text.p[i] == '0')) return fail(r, "not a JSON number");
    if (is_short_whole(r, i, whole)) {
        *out = short_whole(r, i, whole, i > from);
        r->at = i + whole;
        return true;
    }
    i += whole;
    if (i < r->text.n && r->text.p[i] == '.') {
        size_t n = digits(r, i + 1);
        if (!n) return fail(r, "digits must follow the decimal point");
        i += 1 + n;
    }
    if (i < r->text.n && (r->text.p[i] == 'e' || r->text.p[i] == 'E')) {
        i++;
        if (i < r->text.n && (r->text.p[i] == '+' || r->text.p[i] == '-')) i++;
        size_t n = digits(r, i);
        if (!n) return fail(r, "digits must follow the exponent sign");
        i += n;
    }
    if (!dec_parse_exact(r->a, str_sub(r->text, from, i - from), out)) return fail(r, "the number has more than 34 digits or is out of range");
    r->at = i;
    return true;
}

static bool read_word(Reader *r, const char *word, Value value, Value *out) {
    if (!str_starts(str_sub(r->text, r->at, r->text.n), str_of(word))) return fail(r, "not a JSON value");
    r->at += strlen(word);
    *out = value;
    return true;
}

static bool read_value(Reader *r, Value *out);

static bool read_list(Reader *r, Value *out) {
    ValueBuild b = {.a = r->a};
    r->at++;
    skip_blanks(r);
    if (peek(r) == ']') {
        r->at++;
        *out = build_list(&b);
        return true;
    }
    for (;;) {
        Value item;
        TRY(read_value(r, &item));
        build_item(&b, item);
        skip_blanks(r);
        char c = peek(r);
        if (c != ',' && c != ']') return fail(r, "a comma or ] must follow");
        r->at++;
        if (c == ']') break;
    }
    *out = build_list(&b);
    return true;
}

typedef struct KeySet { /* open addressing over entry numbers + 1; only built for many keys */
    uint32_t *slots; /* cap of them, a power of two */
    size_t cap;
} KeySet;

static bool keyset_add(KeySet *set, Arena *a, const ValueEntry *entries, size_t n) {
    if (set->cap < 2 * (n + 1)) { /* rebuild at twice the size */
        set->cap = set->cap ? set->cap * 2 : 4 * MANY_KEYS;
        set->slots = NEW_ARRAY(a, uint32_t, set->cap);
        for (size_t i = 0; i + 1 < n; i++) {
            size_t h = str_hash(entries[i].key) & (set->cap - 1);
            while (set->slots[h]) h = (h + 1) & (set->cap - 1);
            set->slots[h] = (uint32_t)i + 1;
        }
    }
    Str key = entries[n - 1].key;
    size_t h = str_hash(key) & (set->cap - 1);
    for (; set->slots[h]; h = (h + 1) & (set->cap - 1))
        if (str_eq(entries[set->slots[h] - 1].key, key)) return false;
    set->slots[h] = (uint32_t)n;
    return true;
}

static bool key_is_new(KeySet *set, const ValueBuild *b) {
    if (b->n > MANY_KEYS) return keyset_add(set, b->a, b->u.entries, b->n);
    for (size_t i = 0; i + 1 < b->n; i++)
        if (str_eq(b->u.entries[i].key, b->u.entries[b->n - 1].key)) return false;
    return true;
}

static bool read_entry(Reader *r, ValueBuild *b, KeySet *seen) {
    skip_blanks(r);
    size_t from = r->at;
    Str key;
    Value value;
    if (peek(r) != '"') return fail(r, "a key in quotes must follow");
    TRY(read_string(r, &key));
    build_entry(b, key, value_null());
    if (!key_is_new(seen, b)) return fail_at(r, from, ERR_INPUT, "the key occurs twice");
    skip_blanks(r);
    if (peek(r) != ':') return fail(r, "a colon must follow the key");
    r->at++;
    TRY(read_value(r, &value));
    b->u.entries[b->n - 1].value = value;
    return true;
}

static bool read_context(Reader *r, Value *out) {
    ValueBuild b = {.a = r->a};
    KeySet seen = {0};
    r->at++;
    skip_blanks(r);
    if (peek(r) == '}') {
        r->at++;
        *out = build_ctx(&b);
        return true;
    }
    for (;;) {
        TRY(read_entry(r, &b, &seen));
        skip_blanks(r);
        char c = peek(r);
        if (c != ',' && c != '}') return fail(r, "a comma or } must follow");
        r->at++;
        if (c == '}') break;
    }
    *out = build_ctx(&b);
    return true;
}

static bool read_nested(Reader *r, Value *out) {
    if (r->depth == 0) return fail_at(r, r->at, ERR_LIMIT, "nested too deeply");
    r->depth--;
    TRY(peek(r) == '[' ? read_list(r, out) : read_context(r, out));
    r->depth++;
    return true;
}

static bool read_value(Reader *r, Value *out) {
    skip_blanks(r);
    Str text;
    switch (peek(r)) {
    case '{':
    case '[': return read_nested(r, out);
    case '"':
        TRY(read_string(r, &text));
        *out = value_str(text);
        return true;
    case 't': return read_word(r, "true", value_bool(true), out);
    case 'f': return read_word(r, "false", value_bool(false), out);
    case 'n': return read_word(r, "null", value_null(), out);
    case '-':
    case '0': case '1': case '2': case '3': case '4':
    case '5': case '6': case '7': case '8': case '9': return read_number(r, out);
    default: return fail(r, r->at < r->text.n ? "not a JSON value" : "the text ends where a value must stand");
    }
}

/* Place of the first byte that is no UTF-8. */
static size_t bad_byte(Str s) {
    size_t good = 0, step = s.n;
    while (step) { /* binary search over valid prefixes that end on a character */
        size_t end = good + step;
        while (end < s.n && ((unsigned char)s.p[end] & 0xC0) == 0x80) end++;
        if (end <= s.n && utf8_valid(str_sub(s, good, end - good)) && end > good) good = end;
        else step /= 2;
        if (good == s.n) break;
    }
    return good;
}

bool json_parse(Str text, JsonLimits limits, Arena *a, Value *out, Err *err) {
    assert(a && out);
    int depth = limits.depth ? limits.depth : DEFAULT_DEPTH;
    assert(depth <= MAX_DEPTH);
    Reader r = {.text = text, .depth = depth, .a = a, .err = err};
    if (text.n > (limits.bytes ? limits.bytes : DEFAULT_BYTES)) return err_set(err, ERR_LIMIT, "base", "the JSON text is too large");
    if (!utf8_valid(text)) return fail_at(&r, bad_byte(text), ERR_INPUT, "not UTF-8");
    Value v;
    TRY(read_value(&r, &v));
    skip_blanks(&r);
    if (r.at != text.n) return fail(&r, "something follows the JSON value");
    *out = v;
    return true;
}

/* ---- writing ---- */

static void write_escape(Buf *b, unsigned char c) {
    static const char hex[] = "0123456789abcdef";
    if (c == '"' || c == '\\')
        buf_add(b, (Str){(char[]){'\\', (char)c}, 2});
    else if (c == '\n')
        buf_c(b, "\\n");
    else
        buf_add(b, (Str){(char[]){'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, 6});
}

static void write_string(Buf *b, Str s) {
    buf_byte(b, '"');
    for (size_t at = 0; at < s.n; at++) {
        size_t run = plain_run(s, at);
        buf_add(b, str_sub(s, at, run));
        at += run;
        if (at < s.n) write_escape(b, (unsigned char)s.p[at]);
    }
    buf_byte(b, '"');
}

static void write_deep(Buf *b, Value v, int depth);

static void write_list(Buf *b, Value v, int depth) {
    buf_byte(b, '[');
    for (uint32_t i = 0; i < v.size; i++) {
        if (i) buf_byte(b, ',');
        write_deep(b, v.u.list[i], depth);
    }
    buf_byte(b, ']');
}

static void write_context(Buf *b, Value v, int depth) {
    buf_byte(b, '{');
    for (uint32_t i = 0; i < v.size; i++) {
        if (i) buf_byte(b, ',');
        write_string(b, v.u.ctx[i].key);
        buf_byte(b, ':');
        write_deep(b, v.u.ctx[i].value, depth);
    }
    buf_byte(b, '}');
}

static void write_range(Buf *b, const ValueRange *range, int depth) {
    buf_byte(b, '{');
    buf_c(b, "\"start\":");
    write_deep(b, range->lo, depth);
    buf_c(b, ",\"end\":");
    write_deep(b, range->hi, depth);
    buf_printf(b, ",\"start included\":%s,\"end included\":%s}", range->lo_in ? "true" : "false", range->hi_in ? "true" : "false");
}

static void write_deep(Buf *b, Value v, int depth) {
    assert(depth < MAX_DEPTH + 56);
    switch ((ValueKind)v.kind) {
    case VALUE_NULL: buf_c(b, "null"); return;
    case VALUE_BOOL: buf_c(b, v.u.i ? "true" : "false"); return;
    case VALUE_NUMBER: dec_write(b, v); return;
    case VALUE_STRING: write_string(b, value_text(v)); return;
    case VALUE_LIST: write_list(b, v, depth + 1); return;
    case VALUE_CONTEXT: write_context(b, v, depth + 1); return;
    case VALUE_RANGE: write_range(b, v.u.range, depth + 1); return;
    case VALUE_FUNCTION: buf_c(b, "\"function\""); return;
    case VALUE_DATE:
    case VALUE_TIME:
    case VALUE_DATETIME:
    case VALUE_DAYTIME:
    case VALUE_MONTHS:
        buf_byte(b, '"');
        date_write(b, v);
        buf_byte(b, '"');
        return;
    }
}

void json_write(Buf *b, Value v) { write_deep(b, v, 0); }

Str json_text(Arena *a, Value v) {
    Buf b = {.a = a};
    json_write(&b, v);
    return buf_str(&b);
}
