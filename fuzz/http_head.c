/* Everything that reads heads, cookies and forms, on arbitrary bytes. What is taken must be valid text.
 * Longest input: 512. */
#include "fuzz/fuzz.h"
#include "http/head.h"
#include "http/http_in.h"
#include "http/tongue.h"

#include <string.h>

static void check_text(Str s) {
    assert(utf8_valid(s) && (s.n == 0 || !memchr(s.p, 0, s.n)));
}

static void check_form(Str text, Arena *a) {
    Value form;
    Err err = {0};
    if (!http_read_form(text, a, &form, &err)) {
        assert(err.code == ERR_INPUT || err.code == ERR_LIMIT);
        return;
    }
    assert(form.kind == VALUE_CONTEXT && form.size <= HTTP_FORM_FIELDS);
    for (uint32_t i = 0; i < form.size; i++) check_text(form.u.ctx[i].key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena *a = fuzz_arena(0);
    Str text = fuzz_text(data, size), path, query, out;
    int64_t version;
    if (http_split_target(text, &path, &query)) {
        assert(path.n > 0 && path.p[0] == '/');
        check_form(query, a);
    }
    if (http_decode(text, false, a, &out)) check_text(out);
    check_form(text, a);
    Str lang = http_language(text, STR("zh"));
    assert(http_tongue(lang));
    (void)http_prefers(text, "application/ld+json", "application/json");
    if (http_read_version(text, &version)) assert(version >= 0);
    Str cookie = http_cookie(text, "yc_session");
    assert(cookie.n <= size);
    (void)http_accepts_gzip(text);
    (void)http_media_type(text);
    (void)http_key_ok(text);
    (void)http_origin_is(text, text, false);
    return 0;
}
