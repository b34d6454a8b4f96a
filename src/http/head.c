/* Reading what a client sends before and around the body. Bytes from outside come in, text or a refusal goes
 * out; nothing here knows a route, a session or a socket. */
#include "http/head.h"
#include "http/http_in.h"
#include "http/tongue.h"

#include <string.h>
#include <strings.h>

static bool same_word(Str s, const char *word) {
    return s.n == str_of(word).n && strncasecmp(s.p, word, s.n) == 0;
}

static bool starts_word(Str s, const char *word) {
    size_t n = str_of(word).n;
    return s.n >= n && strncasecmp(s.p, word, n) == 0;
}

bool http_split_target(Str target, Str *path, Str *query) {
    for (size_t i = 0; i < target.n; i++)
        if (target.p[i] <= ' ' || target.p[i] > '~') return false;
    Str rest = target;
    for (int i = 0; i < 2; i++) {
        Str scheme = i ? STR("https://") : STR("http://");
        if (!str_starts(target, scheme)) continue;
        rest = str_sub(target, scheme.n, target.n);
        ptrdiff_t slash = str_find(rest, STR("/"));
        if (slash < 0) return false;
        rest = str_sub(rest, (size_t)slash, rest.n);
    }
    if (rest.n == 0 || rest.p[0] != '/') return false;
    *path = str_cut(rest, '?', query);
    return true;
}

static int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

static bool is_control(unsigned char c) {
    return (c < 32 && c != '\t' && c != '\r' && c != '\n') || c == 127;
}

bool http_decode(Str encoded, bool plus, Arena *a, Str *out) {
    char *p = arena_alloc(a, encoded.n);
    size_t n = 0;
    for (size_t i = 0; i < encoded.n; i++) {
        char c = encoded.p[i];
        if (c == '%') {
            if (i + 2 >= encoded.n) return false;
            int high = hex(encoded.p[i + 1]), low = hex(encoded.p[i + 2]);
            if (high < 0 || low < 0) return false;
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        if (is_control((unsigned char)c)) return false;
        p[n++] = c;
    }
    Str text = {p, n};
    if (!utf8_valid(text)) return false;
    *out = text;
    return true;
}

/* Adds a value under its name; a second value turns the entry into a list. */
static void add_field(ValueBuild *fields, Str name, Value value) {
    for (size_t i = 0; i < fields->n; i++) {
        ValueEntry *e = &fields->u.entries[i];
        if (!str_eq(e->key, name)) continue;
        ValueBuild list = {.a = fields->a};
        if (e->value.kind == VALUE_LIST)
            for (size_t k = 0; k < e->value.size; k++) build_item(&list, e->value.u.list[k]);
        else
            build_item(&list, e->value);
        build_item(&list, value);
        e->value = build_list(&list);
        return;
    }
    build_entry(fields, name, value);
}

bool http_read_form(Str text, Arena *a, Value *out, Err *err) {
    ValueBuild fields = {.a = a};
    size_t count = 0;
    for (Str rest = text; rest.n > 0;) {
        Str encoded_value, name, value;
        Str pair = str_cut(rest, '&', &rest);
        if (pair.n == 0) continue;
        if (++count > HTTP_FORM_FIELDS)
            return err_set(err, ERR_LIMIT, "http", "More than %d fields.", HTTP_FORM_FIELDS);
        Str encoded_name = str_cut(pair, '=', &encoded_value);
        if (!http_decode(encoded_name, true, a, &name) || !http_decode(encoded_value, true, a, &value)) {
            err_set(err, ERR_INPUT, "http", "Field %zu is not percent-encoded UTF-8 text.", count);
            err_at(err, 0, 0, pair.p - text.p);
            return false;
        }
        add_field(&fields, name, value_str(value));
    }
    *out = build_ctx(&fields);
    return true;
}

Str http_cookie(Str cookie_header, const char *name) {
    for (Str rest = cookie_header; rest.n > 0;) {
        Str value;
        Str pair = str_trim(str_cut(rest, ';', &rest));
        if (str_is(str_cut(pair, '=', &value), name)) return value;
    }
    return STR("");
}

/* The q of one list element "x;q=0.5" in thousandths; 0 when it is no number. */
static int quality(Str parameters) {
    for (Str rest = parameters; rest.n > 0;) {
        Str p = str_trim(str_cut(rest, ';', &rest));
        if (!starts_word(p, "q=")) continue;
        p = str_sub(p, 2, p.n);
        if (p.n == 0 || p.n > 5 || (p.p[0] != '0' && p.p[0] != '1')) return 0;
        int thousandths = (p.p[0] - '0') * 1000;
        for (size_t i = 2, unit = 100; i < p.n && p.p[1] == '.' && p.p[i] >= '0' && p.p[i] <= '9'; i++, unit /= 10)
            thousandths += (p.p[i] - '0') * (int)unit;
        return thousandths > 1000 ? 1000 : thousandths;
    }
    return 1000;
}

/* The registry's language of a tag: "zh-Hans-CN" is zh; NULL when it has none. */
static const HttpTongue *tongue_of(Str tag) {
    for (size_t i = 0; i < http_tongue_count(); i++) {
        const HttpTongue *t = http_tongue_at(i);
        size_t n = strlen(t->id);
        if (starts_word(tag, t->id) && (tag.n == n || tag.p[n] == '-')) return t;
    }
    return NULL;
}

Str http_language(Str accept_language, Str otherwise) {
    Str best = otherwise;
    int best_q = 0;
    for (Str rest = accept_language; rest.n > 0;) {
        Str parameters;
        Str tag = str_trim(str_cut(str_cut(rest, ',', &rest), ';', &parameters));
        const HttpTongue *t = tongue_of(tag);
        if (!t) continue;
        int q = quality(parameters);
        if (q <= best_q) continue;
        best_q = q;
        best = str_of(t->id);
    }
    return best;
}

bool http_accepts_gzip(Str accept_encoding) {
    for (Str rest = accept_encoding; rest.n > 0;) {
        Str parameters;
        Str coding = str_trim(str_cut(str_cut(rest, ',', &rest), ';', &parameters));
        if (same_word(coding, "gzip")) return quality(parameters) > 0;
    }
    return false;
}

/* The weight of the type where the list names it; a wildcard names none. */
static int weight_of(Str accept, const char *type) {
    for (Str rest = accept; rest.n > 0;) {
        Str parameters;
        Str one = str_trim(str_cut(str_cut(rest, ',', &rest), ';', &parameters));
        if (same_word(one, type)) return quality(parameters);
    }
    return 0;
}

bool http_prefers(Str accept, const char *type, const char *other) {
    int weight = weight_of(accept, type);
    return weight > 0 && weight >= weight_of(accept, other);
}

bool http_read_version(Str if_match, int64_t *out) {
    Str s = str_trim(if_match);
    if (s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"') s = str_sub(s, 1, s.n - 2);
    if (s.n == 0 || s.n > 18) return false;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9') return false;
    return str_to_int(s, out);
}

bool http_key_ok(Str key) {
    for (size_t i = 0; i < key.n; i++)
        if (key.p[i] <= ' ' || key.p[i] > '~') return false;
    return key.n >= 1 && key.n <= 200;
}

bool http_origin_is(Str origin, Str host, bool secure) {
    Str scheme = secure ? STR("https://") : STR("http://");
    if (host.n == 0 || !str_starts(origin, scheme)) return false;
    Str rest = str_sub(origin, scheme.n, origin.n);
    return rest.n == host.n && strncasecmp(rest.p, host.p, host.n) == 0;
}

const char *http_media_type(Str content_type) {
    static const char *const known[] = {"application/json", "application/x-www-form-urlencoded", "multipart/form-data", "application/octet-stream"};
    Str parameters;
    Str type = str_trim(str_cut(content_type, ';', &parameters));
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (same_word(type, known[i])) return known[i];
    return "";
}
