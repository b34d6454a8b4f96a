/* Installs an authority: creates the offices and demonstration users of its authority.json that are
 * missing. Never changes or removes what is there, never creates a user for an authority in earnest. */
#include "access/access_in.h"

#include <sodium.h>
#include <string.h>

enum { GROUPS = 3, GROUP = 4 }; /* of a demonstration password: XXXX-XXXX-XXXX */

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

static StoreArg words(Value v, const char *key, const char *lang) {
    return store_text(value_get_str(value_get(v, key), lang));
}

static bool add_offices(Store *s, Value offices, StoreBatch *b, Err *err) {
    for (uint32_t i = 0; i < offices.size; i++) {
        Value o = offices.u.list[i];
        Str id = value_get_str(o, "id"), parent = value_get_str(o, "parent");
        if (id.n == 0) return fault(err, STR("offices"), "an office has no id");
        if (parent.n > 0 && !has_id(offices, parent)) return fault(err, id, "the office's parent is not in the list");
        StoreArg args[] = {store_text(id),         store_text(parent),           words(o, "name", "zh"),
                           words(o, "name", "en"), words(o, "government", "zh"), words(o, "government", "en")};
        store_add(b, store_statement(s, "access_office_add"), args, COUNT_OF(args));
    }
    return true;
}

typedef struct Install { /* what every step of one installation needs */
    Store *s;            /* where to */
    Value offices;       /* the authority's */
    const uint8_t *seed; /* 32 bytes */
    int64_t now_us;      /* when */
    StoreBatch *b;       /* all of it or nothing */
    ValueBuild logins;   /* demonstration users so far */
} Install;

/* Crockford's alphabet: no letter that is taken for another when read aloud or copied by hand. */
static Str readable_password(const uint8_t secret[ACCESS_SECRET], Arena *a) {
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    Buf out = {.a = a};
    for (size_t i = 0; i < GROUPS * GROUP; i++) {
        if (i > 0 && i % GROUP == 0) buf_byte(&out, '-');
        buf_byte(&out, alphabet[secret[i] & 31]);
    }
    return buf_str(&out);
}

static bool hash_in_turn(Str password, AccessHash *h, Err *err) {
    TRY(access_hash_enter(err));
    bool ok = access_hash_make(password, h, err);
    access_hash_leave();
    return ok;
}

static bool add_user(Install *in, Value user, Str *password, Err *err) {
    Arena *a = in->logins.a;
    Str login = value_get_str(user, "user");
    uint8_t secret[ACCESS_SECRET], salt[ACCESS_SECRET];
    AccessHash *h = NEW(a, AccessHash); /* the batch points into it */
    access_derive(in->seed, "password", login, secret);
    access_derive(in->seed, "salt", login, salt);
    memcpy(h->salt, salt, ACCESS_SALT);
    *password = readable_password(secret, a);
    TRY(hash_in_turn(*password, h, err));
    StoreArg args[] = {store_text(login),
                       words(user, "name", "zh"),
                       words(user, "name", "en"),
                       store_text(value_get_str(user, "office")),
                       store_text(value_get_str(user, "role")),
                       store_blob((Str){(const char *)h->salt, ACCESS_SALT}),
                       store_blob((Str){(const char *)h->hash, ACCESS_SECRET}),
                       store_int(h->passes),
                       store_int(h->memory_kib),
                       store_int(in->now_us)};
    StoreArg demo[] = {store_text(login), store_text(*password)};
    store_expect(in->b, store_statement(in->s, "access_user_add"), args, COUNT_OF(args), 1);
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
    if (!access_role_known(role)) return fault(err, login, "the user's role is not one this program knows");
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

bool access_install(Store *s, Value authority, const uint8_t seed[32], int64_t now_us, Arena *a, Value *logins,
                    Err *err) {
    assert(s && seed && a && logins);
    int ready = sodium_init();
    assert(ready >= 0);
    Value users = value_get(authority, "demo_users");
    Install in = {s, value_get(authority, "offices"), seed, now_us, store_batch(a), {.a = a}};
    if (!is_list_or_absent(in.offices)) return fault(err, STR("offices"), "offices must be a list");
    if (!is_list_or_absent(users)) return fault(err, STR("demo_users"), "demo_users must be a list");
    if (users.size > 0 && !value_get_bool(authority, "sample", false))
        return fault(err, STR("demo_users"), "only a sample authority may have demonstration users");
    TRY(add_offices(s, in.offices, in.b, err));
    for (uint32_t i = 0; i < users.size; i++) TRY(install_user(&in, users.u.list[i], err));
    TRY(store_commit(s, in.b, err));
    *logins = build_list(&in.logins);
    return true;
}
