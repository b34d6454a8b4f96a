/* Any bytes as what a browser posts (application/x-www-form-urlencoded) for the form paper_post.json, which has each
 * type of component: the answers are clean or have faults that can be said in both languages, and can be shown again.
 * Longest input: 512. */
#include "fuzz/fuzz.h"
#include "http/head.h"
#include "paper/paper.h"

extern const char fuzz_paper_post[];
extern const size_t fuzz_paper_post_size;

static const Paper *form(void) {
    static Paper *p;
    ErrList faults = {.a = fuzz_house()};
    if (!p) {
        Str json = {fuzz_paper_post, fuzz_paper_post_size};
        bool good = paper_load(STR("paper_post.json"), json, fuzz_house(), &faults, &p);
        assert(good);
    }
    return p;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena *a = fuzz_arena(0);
    Value posted, clean = value_null();
    PaperFaults faults = {0};
    if (!http_read_form(fuzz_text(data, size), a, &posted, NULL)) return 0;
    Value answers = paper_from_post(form(), posted, a);
    bool row = paper_post_rows(form(), posted, answers, a, &answers);
    assert(!row || answers.kind == VALUE_CONTEXT);
    FeelRun run = {.arena = a, .fuel = 20000, .now_us = FUZZ_NOW};
    paper_check(form(), value_null(), answers, &run, &clean, &faults);
    assert(faults.n > 0 || clean.kind == VALUE_CONTEXT);
    for (size_t i = 0; i < faults.n; i++) {
        assert(paper_fault_text(form(), &faults.items[i], STR("zh"), a).n > 0);
        assert(paper_fault_text(form(), &faults.items[i], STR("en"), a).n > 0);
    }
    Value view = paper_view(form(), value_null(), answers, &faults, value_null(), &run);
    assert(value_get(view, "fields").kind == VALUE_LIST);
    json_text(a, view);
    return 0;
}
