/* Any bytes as a form, then a zero byte, then any bytes as an answer. What loads is checked, shown and
 * read back.
 * clang -g -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -Isrc fuzz/paper_form.c src/paper/ src/feel/ src/base/ ...
 */
#include "paper/paper.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void answer(const Paper *form, Value answers, Arena *a) {
    FeelRun run = {.arena = a, .fuel = FEEL_FUEL, .now_us = 1795003200000000};
    Value clean = value_null();
    PaperFaults faults;
    paper_check(form, answers, &run, &clean, &faults);
    for (size_t i = 0; i < faults.n; i++) {
        assert(paper_fault_text(form, &faults.items[i], STR("zh"), a).n > 0);
        assert(paper_fault_text(form, &faults.items[i], STR("en"), a).n > 0);
    }
    assert(value_get(paper_view(form, answers, &faults, value_null(), &run), "fields").kind == VALUE_LIST);
    (void)paper_from_post(form, answers, a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena *a = arena_new(0);
    ErrList faults = {.a = a};
    Paper *form = NULL;
    Str all = {(const char *)data, size}, tail;
    Str head = str_cut(all, '\0', &tail);
    bool good = paper_load(STR("f.json"), head, a, &faults, &form);
    assert(good == (faults.n == 0));
    Value answers;
    if (good && json_parse(tail, (JsonLimits){0}, a, &answers, NULL)) answer(form, answers, a);
    arena_free(a);
    return 0;
}
