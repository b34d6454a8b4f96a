/* Any bytes as a form, then a zero byte, then any bytes as an answer. What loads is checked, shown and
 * read back.
 * Longest input: 4000. */
#include "fuzz/fuzz.h"
#include "paper/paper.h"

static void answer(const Paper *form, Value answers, Arena *a) {
    FeelRun run = {.arena = a, .fuel = FEEL_FUEL, .now_us = FUZZ_NOW};
    Value clean = value_null();
    PaperFaults faults;
    paper_check(form, value_null(), answers, &run, &clean, &faults);
    for (size_t i = 0; i < faults.n; i++) {
        assert(paper_fault_text(form, &faults.items[i], STR("zh"), a).n > 0);
        assert(paper_fault_text(form, &faults.items[i], STR("en"), a).n > 0);
    }
    assert(value_get(paper_view(form, value_null(), answers, &faults, value_null(), &run), "fields").kind == VALUE_LIST);
    Value posted = paper_from_post(form, answers, a);
    bool row = paper_post_rows(form, answers, posted, a, &posted);
    assert(!row || posted.kind == VALUE_CONTEXT);
    paper_check(form, answers, posted, &run, &clean, &faults);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena *a = fuzz_arena(0);
    ErrList faults = {.a = a};
    Paper *form = NULL;
    Str all = fuzz_text(data, size), tail;
    Str head = str_cut(all, '\0', &tail);
    bool good = paper_load(STR("f.json"), head, a, &faults, &form);
    assert(good == (faults.n == 0));
    Value answers;
    if (good && json_parse(tail, (JsonLimits){0}, a, &answers, NULL)) answer(form, answers, a);
    return 0;
}
