/* Installs an authority: creates the offices and demonstration users of its authority.json that are
 * missing. Never changes or removes what is there, never creates a user for an authority in earnest. */
#include "access/access_in.h"

#include <sodium.h>

static const char *const office_members[4] = {"id", "parent", "name", "government"};
static const char *const user_members[4] = {"user", "name", "office", "role"};

static bool fault(Err *err, Str id, const char *text) {
    err_set(err, ERR_INVALID, "access", "%s", text);
    if (err) err_element(err, id);
    return false;
}

static bool has_id(Value list, Str id) {
    for (uint32_t i = 0; i < list.size; i++)
        if (str_eq(value_get_str(list.u.list[i], "id"), id)) return true;
    return false;
}

static bool is_list_or_absent(Value v) {
    return v.kind == VALUE_LIST || v.kind == VALUE_NULL;
}

typedef struct Install { /* what every step of one installation needs */
    Store *s;            /* where to */
    Value offices;       /* the authority's */
    const uint8_t *seed; /* 32 bytes */
    int64_t now_us;      /* when */
    StoreBatch *b;       /* all of it or nothing */
    ValueBuild logins;   /* demonstration users so far */
} Install;

/* The named members, so that the log knows nothing else. */
static Value picked(Arena *a, Value v, const char *const members[4]) {
    ValueBuild b = {.a = a};
    for (size_t i = 0; i < 4; i++) build_c(&b, members[i], value_get(v, members[i]));
    return build_ctx(&b);
}

/* An event and the rows that the fold makes of it. */
static bool happen(Install *in, const char *kind, Str id, Value told, const char *const members[4], Err *err) {
    StoreEvent e = {.seq = 1, .at_us = in->now_us, .kind = STR("installed"), .actor = STR("system")};
    Arena *a = in->logins.a;
    e.stream = str_join2(a, str_of(kind), id);
    e.payload = json_text(a, picked(a, told, members));
    store_event(in->b, e.stream, e.seq, e.kind, e.actor, e.at_us, e.payload);
    return access_fold(in->s, in->b, &e, err);
}

static bool add_office(Install *in, Value o, Err *err) {
    Str id = value_get_str(o, "id"), parent = value_get_str(o, "parent");
    StoreArg args[] = {store_text(id)};
    StoreRows known;
    if (id.n == 0 || str_find(id, STR(" ")) >= 0) return fault(err, STR("offices"), "an office has no id, or one with blanks");
    if (parent.n > 0 && !has_id(in->offices, parent)) return fault(err, id, "the office's parent is not in the list");
    TRY(store_query(in->s, store_statement(in->s, "access_office_own"), args, 1, in->logins.a, &known, err));
    return known.n > 0 || happen(in, "office/", id, o, office_members, err);
}

static bool add_user(Install *in, Value user, Str *password, Err *err) {
    Arena *a = in->logins.a;
    Str login = value_get_str(user, "user");
    AccessHash *h = NEW(a, AccessHash); /* the batch points into it */
    TRY(access_password_make(in->seed, login, a, password, h, err));
    StoreArg demo[] = {store_text(login), store_text(*password)};
    TRY(happen(in, "user/", login, user, user_members, err));
    access_password_keep(in->s, in->b, login, h);
    store_expect(in->b, store_statement(in->s, "access_demo_add"), demo, COUNT_OF(demo), 1);
    return true;
}

static void list_login(ValueBuild *logins, Str login, Str password, Str role) {
    ValueBuild one = {.a = logins->a};
    build_c(&one, "name", value_str(login));
    build_c(&one, "password", value_str(password));
    build_c(&one, "role", value_str(role));
    build_item(logins, build_ctx(&one));
}

/* Lists a demonstration user with the password kept from before, or creates it; a real user of that name stays. */
static bool install_user(Install *in, Value user, Err *err) {
    Str login = value_get_str(user, "user"), role = value_get_str(user, "role"), password;
    StoreArg args[] = {store_text(login)};
    StoreRows demo, known;
    if (login.n == 0 || login.n > ACCESS_LOGIN_MAX) return fault(err, login, "a user needs a name of 1 to 64 bytes");
    if (!access_role(role)) return fault(err, login, "the user's role is not one this program knows");
    if (!has_id(in->offices, value_get_str(user, "office")))
        return fault(err, login, "the user's office is not in the list");
    TRY(store_query(in->s, store_statement(in->s, "access_demo_get"), args, 1, in->logins.a, &demo, err));
    TRY(store_query(in->s, store_statement(in->s, "access_user_get"), args, 1, in->logins.a, &known, err));
    if (demo.n > 0) list_login(&in->logins, login, demo.cells[0].s, demo.cells[1].s);
    if (known.n > 0) return true;
    TRY(add_user(in, user, &password, err));
    list_login(&in->logins, login, password, role);
    return true;
}

/* What the authority asks of its staff, as an event whenever it has changed: {qualified: [service], code: [role]}. */
static bool install_rules(Install *in, Value staff, Err *err) {
    static const char *const lists[] = {"qualified", "code"};
    Arena *a = in->logins.a;
    ValueBuild b = {.a = a};
    StoreEvents last;
    StoreEvent e = {.seq = 1, .at_us = in->now_us, .stream = STR("rules/access"), .kind = STR("installed"), .actor = STR("system")};
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        Value list = value_get(staff, lists[i]);
        if (!is_list_or_absent(list)) return fault(err, STR("staff"), "staff.qualified and staff.code must be lists");
        build_c(&b, lists[i], list.kind == VALUE_LIST ? list : value_list(NULL, 0));
    }
    e.payload = json_text(a, build_ctx(&b));
    TRY(store_latest(in->s, e.stream, 1, a, &last, err));
    if (last.n > 0 && str_eq(last.items[0].payload, e.payload)) return true;
    if (last.n > 0) e.seq = last.items[0].seq + 1;
    else if (value_is_null(staff)) return true;
    store_event(in->b, e.stream, e.seq, e.kind, e.actor, e.at_us, e.payload);
    return access_fold(in->s, in->b, &e, err);
}

static bool install(Store *s, Value authority, const uint8_t seed[32], int64_t now_us, Arena *a, Value *logins, Err *err) {
    Value users = value_get(authority, "demo_users");
    Install in = {s, value_get(authority, "offices"), seed, now_us, store_batch(a), {.a = a}};
    if (!is_list_or_absent(in.offices)) return fault(err, STR("offices"), "offices must be a list");
    if (!is_list_or_absent(users)) return fault(err, STR("demo_users"), "demo_users must be a list");
    if (users.size > 0 && !value_get_bool(authority, "sample", false))
        return fault(err, STR("demo_users"), "only a sample authority may have demonstration users");
    for (uint32_t i = 0; i < in.offices.size; i++) TRY(add_office(&in, in.offices.u.list[i], err));
    for (uint32_t i = 0; i < users.size; i++) TRY(install_user(&in, users.u.list[i], err));
    TRY(install_rules(&in, value_get(authority, "staff"), err));
    TRY(store_commit(s, in.b, err));
    *logins = build_list(&in.logins);
    return true;
}

bool access_install(Store *s, Value authority, const uint8_t seed[32], int64_t now_us, Arena *a, Value *logins,
                    Err *err) {
    assert(s && seed && a && logins);
    int ready = sodium_init();
    assert(ready >= 0);
    Err first = {0};
    if (install(s, authority, seed, now_us, a, logins, &first)) return true;
    if (first.code == ERR_CONFLICT) return install(s, authority, seed, now_us, a, logins, err); /* another process was first */
    if (err) *err = first;
    return false;
}
