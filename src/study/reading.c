/* The words by which a person changes a reading of history: window=P12M, revoked=count, order=recorded.
 * It must never take a word that it does not know. */
#include "study/study.h"

/* One of two words. Out: is it the second? */
static bool either(Str name, Str word, const char *first, const char *second, bool *out, Err *err) {
    bool is_second = str_is(word, second);
    if (!is_second && !str_is(word, first))
        return err_set(err, ERR_INVALID, "study", STR_FMT " must be %s or %s, not \"" STR_FMT "\".", STR_ARG(name),
                       first, second, STR_ARG(word));
    *out = is_second;
    return true;
}

bool study_reading(Str assignment, PackHistory *reading, Err *err) {
    assert(reading);
    Str word, name = str_cut(assignment, '=', &word);
    if (str_is(name, "window")) return pack_history_window(word, reading, err);
    if (str_is(name, "revoked")) return either(name, word, "ignore", "count", &reading->count_revoked, err);
    if (str_is(name, "order")) return either(name, word, "occurred", "recorded", &reading->by_recorded, err);
    return err_set(err, ERR_INVALID, "study", "\"" STR_FMT "\" is none of window=, revoked=, order=.",
                   STR_ARG(str_head(assignment, 60)));
}
