/* Answers to forms, one a line, as the counter sees them: for tests/differential/forms.mjs, which asks form-js the same.
 * In: lines of JSON {form, answers}. Out: a line each, {refused: why} or {visible: [field], faults: [{key, code}], data};
 * what the service is said to hold is what the answers say, as form-js takes it. */
#include <stdio.h>
#include <stdlib.h>

#include "paper/paper.h"

static void list_visible(Value fields, ValueBuild *out) {
    for (uint32_t i = 0; fields.kind == VALUE_LIST && i < fields.size; i++) {
        Value field = fields.u.list[i], rows = value_get(field, "rows");
        bool list = value_get_bool(field, "is_dynamiclist", false);
        if (value_get_str(field, "key").n > 0 && !list) build_item(out, value_get(field, "key"));
        list_visible(value_get(field, "fields"), out);
        for (uint32_t k = 0; list && k < rows.size; k++) list_visible(value_get(rows.u.list[k], "fields"), out);
    }
}

static Value answer(const Paper *p, Value answers, Arena *a) {
    FeelRun run = {.arena = a, .fuel = FEEL_FUEL, .now_us = INT64_C(1795000000000000)};
    PaperFaults faults = {0};
    ValueBuild visible = {.a = a}, list = {.a = a}, b = {.a = a};
    Value data = value_null();
    paper_check(p, answers, answers, &run, &data, &faults);
    for (size_t i = 0; i < faults.n; i++) {
        ValueBuild one = {.a = a};
        build_c(&one, "key", value_str(faults.items[i].key));
        build_c(&one, "code", value_c(faults.items[i].code));
        build_item(&list, build_ctx(&one));
    }
    list_visible(value_get(paper_view(p, answers, answers, NULL, value_null(), &run), "fields"), &visible);
    build_c(&b, "visible", build_list(&visible));
    build_c(&b, "faults", build_list(&list));
    build_c(&b, "data", data);
    return build_ctx(&b);
}

static Value tell(Str line, Arena *a) {
    ErrList faults = {.a = a};
    ValueBuild b = {.a = a};
    Value both;
    Err err = {0};
    Paper *p;
    bool good = json_parse(line, (JsonLimits){0}, a, &both, &err);
    if (good && paper_load(STR("form"), json_text(a, value_get(both, "form")), a, &faults, &p))
        return answer(p, value_get(both, "answers"), a);
    build_c(&b, "refused", value_str(err_line(a, good ? &faults.items[0] : &err)));
    return build_ctx(&b);
}

int main(void) {
    char *line = NULL;
    size_t room = 0;
    for (ssize_t n; (n = getline(&line, &room, stdin)) > 0;) {
        Arena *a = arena_new(0);
        Str text = json_text(a, tell((Str){line, (size_t)n}, a));
        printf(STR_FMT "\n", STR_ARG(text));
        arena_free(a);
    }
    free(line);
    return 0;
}
