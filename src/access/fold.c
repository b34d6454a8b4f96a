/* The fold of room access: offices, users, what they may do and what is asked of them, from the events of their streams.
 * What the log must not know, the hashes of passwords and the secrets of second factors, is no part of it: folding a
 * log gives users who cannot sign in until they are given one. */
#include "access/access_in.h"

typedef struct Fold { /* one event on its way into rows */
    Store *s;        /* whose statements */
    StoreBatch *b;   /* where to */
    Str id;          /* of the office or user */
    Value payload;   /* what happened */
    int64_t no;      /* place of the event in its stream */
    int64_t at_us;   /* when */
} Fold;

static StoreArg words(Value v, const char *key, const char *lang) {
    return store_text(value_get_str(value_get(v, key), lang));
}

static void add(const Fold *f, const char *statement, const StoreArg *args, size_t n) {
    store_add(f->b, store_statement(f->s, statement), args, n);
}

/* ---- offices ---- */
static void office_installed(const Fold *f) {
    Value o = f->payload;
    StoreArg args[] = {store_text(value_get_str(o, "id")), store_text(value_get_str(o, "parent")),
                       words(o, "name", "zh"),             words(o, "name", "en"),
                       words(o, "government", "zh"),       words(o, "government", "en")};
    add(f, "access_office_add", args, COUNT_OF(args));
}

static void office_moved(const Fold *f) {
    StoreArg args[] = {store_text(f->id), store_text(value_get_str(f->payload, "parent"))};
    add(f, "access_office_move", args, COUNT_OF(args));
}

static void office_renamed(const Fold *f) {
    StoreArg args[] = {store_text(f->id), words(f->payload, "name", "zh"), words(f->payload, "name", "en")};
    add(f, "access_office_rename", args, COUNT_OF(args));
}

/* ---- users ---- */
static void add_grant(const Fold *f, Str what, Str office, bool below) {
    Value until;
    bool ends = value_find(f->payload, STR("until_us"), &until) && until.kind == VALUE_NUMBER;
    StoreArg args[] = {store_text(f->id), store_int(f->no), store_text(what), store_text(office), store_int(below),
                       store_text(value_get_str(f->payload, "service")), ends ? store_int(value_get_int(f->payload, "until_us", 0)) : store_null()};
    add(f, "access_grant_add", args, COUNT_OF(args));
}

/* A user begins with his role at his office. */
static void user_installed(const Fold *f) {
    Value u = f->payload;
    Str name = value_get_str(u, "role"), office = value_get_str(u, "office");
    const AccessRole *role = access_role(name);
    StoreArg args[] = {store_text(f->id), words(u, "name", "zh"), words(u, "name", "en"), store_text(office),
                       store_text(name), store_int(f->at_us), store_int(value_get_bool(u, "first_password", false))};
    add(f, "access_user_add", args, COUNT_OF(args));
    if (role) add_grant(f, name, role->reach == ACCESS_REACH_ALL ? STR("") : office, role->reach != ACCESS_REACH_OWN);
}

static void user_granted(const Fold *f) {
    add_grant(f, value_get_str(f->payload, "what"), value_get_str(f->payload, "office"), value_get_bool(f->payload, "below", false));
}

static void user_revoked(const Fold *f) {
    StoreArg args[] = {store_text(f->id), store_int(value_get_int(f->payload, "no", 0))};
    add(f, "access_grant_drop", args, COUNT_OF(args));
}

/* What he was granted at the old office he has at the new one. */
static void user_moved(const Fold *f) {
    StoreArg to = store_text(value_get_str(f->payload, "to"));
    add(f, "access_user_move", (StoreArg[]){store_text(f->id), to}, 2);
    add(f, "access_grant_move", (StoreArg[]){store_text(f->id), store_text(value_get_str(f->payload, "from")), to}, 3);
}

static void user_disabled(const Fold *f) {
    add(f, "access_user_disable", (StoreArg[]){store_text(f->id), store_int(1)}, 2);
}

static void user_enabled(const Fold *f) {
    add(f, "access_user_disable", (StoreArg[]){store_text(f->id), store_int(0)}, 2);
}

static void user_password(const Fold *f) {
    add(f, "access_user_first", (StoreArg[]){store_text(f->id), store_int(value_get_bool(f->payload, "first", false))}, 2);
}

static void user_qualified(const Fold *f) {
    StoreArg args[] = {store_text(f->id), store_text(value_get_str(f->payload, "service")), store_int(value_get_int(f->payload, "until_us", 0))};
    add(f, "access_qualification_set", args, COUNT_OF(args));
}

static void user_unqualified(const Fold *f) {
    add(f, "access_qualification_drop", (StoreArg[]){store_text(f->id), store_text(value_get_str(f->payload, "service"))}, 2);
}

/* ---- what is asked of staff ---- */
static void add_rules(const Fold *f, const char *rule, Value names) {
    for (uint32_t i = 0; names.kind == VALUE_LIST && i < names.size; i++)
        if (names.u.list[i].kind == VALUE_STRING)
            add(f, "access_rule_add", (StoreArg[]){store_text(str_of(rule)), store_text(value_text(names.u.list[i]))}, 2);
}

static void rules_installed(const Fold *f) {
    add(f, "access_rule_clear", NULL, 0);
    add_rules(f, "qualified", value_get(f->payload, "qualified"));
    add_rules(f, "code", value_get(f->payload, "code"));
}

static const struct {
    const char *stream, *kind;   /* of the events */
    void (*fold)(const Fold *f); /* their rows */
} folds[] = {
    {"office/", "installed", office_installed}, {"office/", "moved", office_moved},       {"office/", "renamed", office_renamed},
    {"user/", "installed", user_installed},     {"user/", "granted", user_granted},       {"user/", "revoked", user_revoked},
    {"user/", "moved", user_moved},             {"user/", "disabled", user_disabled},     {"user/", "enabled", user_enabled},
    {"user/", "password_set", user_password},   {"user/", "qualified", user_qualified},   {"user/", "unqualified", user_unqualified},
    {"rules/", "installed", rules_installed},
};

bool access_fold(Store *s, StoreBatch *b, const StoreEvent *e, Err *err) {
    assert(s && b && e);
    Str id;
    (void)str_cut(e->stream, '/', &id);
    for (size_t i = 0; i < COUNT_OF(folds); i++) {
        if (!str_is(e->kind, folds[i].kind) || !str_starts(e->stream, str_of(folds[i].stream))) continue;
        Fold f = {.s = s, .b = b, .id = id, .no = e->seq, .at_us = e->at_us};
        TRY(json_parse(e->payload, (JsonLimits){0}, store_batch_arena(b), &f.payload, err));
        folds[i].fold(&f);
    }
    return true;
}
