/* Which papers have come, and on which day: files handed in and originals seen at a window, as the events tell. For written
 * proofs, which must not change with what comes later. Source: all:32. */
#include "case/case_in.h"

static bool is_told(const ValueBuild *list, Str evidence, int64_t day) {
    for (size_t i = 0; i < list->n; i++) {
        Value one = list->u.items[i];
        if (str_eq(value_get_str(one, "evidence"), evidence) && (day < 0 || value_get_int(one, "day", 0) == day)) return true;
    }
    return false;
}

static void add(ValueBuild *list, Str evidence, int64_t day) {
    ValueBuild b = {.a = list->a};
    build_c(&b, "evidence", value_str(evidence));
    build_c(&b, "day", value_int(day));
    build_item(list, build_ctx(&b));
}

Value case_received(const Pack *pack, const CaseStory *story, int64_t letter, Arena *a) {
    ValueBuild list = {.a = a};
    for (size_t i = 0; i < story->events.n; i++) {
        const StoreEvent *e = &story->events.items[i];
        Value payload = story->payloads[i], files = value_get(payload, "files"), seen = value_get(payload, "seen");
        int64_t day = case_day(e->at_us, case_office_offset(pack));
        if (letter > 0 && str_is(e->kind, "letter") && value_get_int(payload, "no", 0) == letter) break;
        for (uint32_t k = 0; files.kind == VALUE_LIST && k < files.size; k++) {
            Str evidence = value_get_str(files.u.list[k], "evidence");
            if (!is_told(&list, evidence, day)) add(&list, evidence, day);
        }
        for (uint32_t k = 0; str_is(e->kind, "seen") && k < seen.size; k++) /* it names all that were seen so far */
            if (!is_told(&list, value_text(seen.u.list[k]), -1)) add(&list, value_text(seen.u.list[k]), day);
    }
    return build_list(&list);
}
