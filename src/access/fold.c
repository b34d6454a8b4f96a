/* The fold of room access: offices and users from the events that installed them. What the log must not know, the
 * hashes of passwords, is no part of it: folding a log gives users who cannot sign in until they are given one. */
#include "access/access_in.h"

static StoreArg words(Value v, const char *key, const char *lang) {
    return store_text(value_get_str(value_get(v, key), lang));
}

static void fold_office(Store *s, StoreBatch *b, Value o) {
    StoreArg args[] = {store_text(value_get_str(o, "id")), store_text(value_get_str(o, "parent")),
                       words(o, "name", "zh"),             words(o, "name", "en"),
                       words(o, "government", "zh"),       words(o, "government", "en")};
    store_add(b, store_statement(s, "access_office_add"), args, COUNT_OF(args));
}

static void fold_user(Store *s, StoreBatch *b, Value u, int64_t at_us) {
    StoreArg args[] = {store_text(value_get_str(u, "user")),   words(u, "name", "zh"),
                       words(u, "name", "en"),                 store_text(value_get_str(u, "office")),
                       store_text(value_get_str(u, "role")),   store_int(at_us)};
    store_add(b, store_statement(s, "access_user_add"), args, COUNT_OF(args));
}

bool access_fold(Store *s, StoreBatch *b, const StoreEvent *e, Err *err) {
    assert(s && b && e);
    bool office = str_starts(e->stream, STR("office/")), user = str_starts(e->stream, STR("user/"));
    Value payload;
    if (!str_is(e->kind, "installed") || (!office && !user)) return true;
    TRY(json_parse(e->payload, (JsonLimits){0}, store_batch_arena(b), &payload, err));
    if (office) fold_office(s, b, payload);
    else fold_user(s, b, payload, e->at_us);
    return true;
}
