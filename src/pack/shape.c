/* Which keys may stand where in a pack's JSON, and of what shape their values are. It names every
 * difference and never accepts a key that it does not know: a misspelt one would be silently without effect. */
#include <stdio.h>

#include "pack/pack_in.h"

static const char *const WANTED[] = {
    [PACK_NAME] = "a text that is not empty",
    [PACK_TEXT] = "a text",
    [PACK_FLAG] = "true or false",
    [PACK_DATE] = "a date YYYY-MM-DD",
    [PACK_PAIR] = "a text in both languages: {\"zh\": …, \"en\": …}",
    [PACK_LIST] = "a list of at most 1000 objects",
    [PACK_TEXTS] = "a list of texts",
    [PACK_CONTEXT] = "an object",
    [PACK_ANY] = "a value",
};

static bool filled(Value v) {
    return v.kind == VALUE_STRING && v.size > 0;
}

static bool each(Value list, ValueKind kind) {
    if (list.kind != VALUE_LIST || list.size > PACK_ITEMS_MAX) return false;
    for (uint32_t i = 0; i < list.size; i++)
        if (list.u.list[i].kind != kind) return false;
    return true;
}

static bool fits(Value v, PackShape shape) {
    Value date;
    switch (shape) {
    case PACK_NAME:
        return filled(v);
    case PACK_TEXT:
        return v.kind == VALUE_STRING;
    case PACK_FLAG:
        return v.kind == VALUE_BOOL;
    case PACK_DATE:
        return v.kind == VALUE_STRING && v.size == 10 && date_parse(value_text(v), &date);
    case PACK_PAIR:
        return v.kind == VALUE_CONTEXT && v.size == 2 && filled(value_get(v, "zh")) && filled(value_get(v, "en"));
    case PACK_LIST:
        return each(v, VALUE_CONTEXT);
    case PACK_TEXTS:
        return each(v, VALUE_STRING);
    case PACK_CONTEXT:
        return v.kind == VALUE_CONTEXT;
    case PACK_ANY:
        return true;
    }
    return false;
}

static bool known(Str key, const PackKey *keys, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (str_is(key, keys[i].name)) return true;
    return false;
}

bool pack_shape(PackCompile *c, Str file, Str at, Value v, const PackKey *keys, size_t n) {
    assert(c && keys);
    size_t before = c->faults->n + c->faults->more;
    if (v.kind != VALUE_CONTEXT) {
        pack_fault(c, file, at, "This must be an object, not %s.", value_kind_name(v.kind));
        return false;
    }
    for (uint32_t i = 0; i < v.size; i++)
        if (!known(v.u.ctx[i].key, keys, n))
            pack_fault(c, file, pack_at(c->a, at, v.u.ctx[i].key), "This key is unknown.");
    for (size_t i = 0; i < n; i++) {
        Value member;
        Str key = str_of(keys[i].name);
        if (value_find(v, key, &member)) {
            if (!fits(member, keys[i].shape))
                pack_fault(c, file, pack_at(c->a, at, key), "This must be %s.", WANTED[keys[i].shape]);
        } else if (!keys[i].optional)
            pack_fault(c, file, pack_at(c->a, at, key), "This key is missing: it must be %s.", WANTED[keys[i].shape]);
    }
    return c->faults->n + c->faults->more == before;
}

int64_t pack_days(Value text) {
    Value date;
    bool ok = date_parse(value_text(text), &date);
    assert(ok);
    return date.u.i;
}

Str pack_at(Arena *a, Str at, Str key) {
    return str_printf(a, STR_FMT "/" STR_FMT, STR_ARG(at), STR_ARG(key));
}

Str pack_at_item(Arena *a, Str at, size_t item) {
    return str_printf(a, STR_FMT "/%zu", STR_ARG(at), item);
}
