/* Any bytes as a page template, then a zero byte, then any bytes as the view in JSON. What parses is rendered, with
 * itself as the partial "p", so that partials may call themselves.
 * Longest input: 512. */
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena *a = fuzz_arena(64 << 20);
    Str json, text = str_cut(fuzz_text(data, size), '\0', &json), name = STR("p");
    const Template *t;
    Value view;
    Err err = {0};
    if (!template_parse(text, a, &t, &err)) {
        assert(err.text[0] != '\0');
        return 0;
    }
    if (!json_parse(json, (JsonLimits){0}, a, &view, NULL)) view = value_null();
    Buf b = {.a = a, .limit = 1 << 16};
    TemplateSet partials = {&name, &t, 1};
    if (!template_render(t, view, &partials, &b, &err)) assert(err.text[0] != '\0');
    return 0;
}
