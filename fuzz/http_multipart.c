/* A form with files, on arbitrary bytes: the first line is its boundary. What is taken is text under distinct names, and
 * files that lie within the bytes.
 * Longest input: 2048. */
#include "fuzz/fuzz.h"
#include "http/body.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena *a = fuzz_arena(0);
    Str body, boundary = str_cut(fuzz_text(data, size), '\n', &body);
    HttpRequest r = {.a = a, .body = body};
    Err err = {0};
    r.headers.content_type = str_join2(a, STR("multipart/form-data; boundary="), boundary);
    if (!http_read_multipart(&r, &err)) {
        assert(err.code == ERR_INPUT || err.code == ERR_LIMIT);
        return 0;
    }
    for (uint32_t i = 0; i < r.form.size; i++) assert(utf8_valid(r.form.u.ctx[i].key) && utf8_valid(value_text(r.form.u.ctx[i].value)));
    for (size_t i = 0; i < r.n_sent; i++)
        assert(r.sent[i].bytes.n == 0 || (r.sent[i].bytes.p >= body.p && r.sent[i].bytes.p + r.sent[i].bytes.n <= body.p + body.n));
    return 0;
}
