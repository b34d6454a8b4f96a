/* Orders of an administrator: one wish, the events that follow from it, their rows and secrets, in one commit. Nobody
 * changes his own rights, nobody gives away more ground than his own, and an order given on an old view is refused. */
#include "access/access_in.h"

#include <sodium.h>
#include <string.h>

enum { NAME_MAX_BYTES = 200, GRANTS_MAX = 50 };

typedef struct Order { /* one order on its way */
    Store *s;
    const AccessOrder *o;
    Arena *a;
    StoreBatch *b;
    Str stream;       /* of the office or user */
    int64_t seq;      /* of its last event, 0 = there is none */
    Str password;     /* made for it, "" none */
} Order;

static bool refuse(Err *err, const char *element, const char *text) {
    err_set(err, ERR_INVALID, "access", "%s", text);
    if (err) err_element(err, str_of(element));
    return false;
}

static bool has_row(const Order *j, const char *statement, Str key, bool *has, Err *err) {
    StoreArg args[] = {store_text(key)};
    StoreRows rows;
    TRY(store_query(j->s, store_statement(j->s, statement), args, COUNT_OF(args), j->a, &rows, err));
    *has = rows.n > 0;
    return true;
}

static bool need_office(const Order *j, const char *element, Str id, Err *err) {
    bool has;
    TRY(has_row(j, "access_office_own", id, &has, err));
    return has || refuse(err, element, "there is no such office");
}

/* ---- events ---- */
static bool happen(Order *j, const char *kind, Value payload, Err *err) {
    const AccessOrder *o = j->o;
    StoreEvent e = {.seq = ++j->seq, .at_us = o->now_us, .stream = j->stream, .kind = str_of(kind),
                    .actor = o->who.user.n > 0 ? access_actor(j->a, &o->who) : STR("operator"), .payload = json_text(j->a, payload)};
    store_event(j->b, e.stream, e.seq, e.kind, e.actor, e.at_us, e.payload);
    return access_fold(j->s, j->b, &e, err);
}

static bool read_seq(Order *j, Err *err) {
    StoreEvents last;
    TRY(store_latest(j->s, j->stream, 1, j->a, &last, err));
    j->seq = last.n > 0 ? last.items[0].seq : 0;
    if (j->o->version < 0 || j->o->version == j->seq) return true;
    return err_set(err, ERR_STALE, "access", "somebody else changed this meanwhile: look again before you change it");
}

/* ---- may he ---- */
/* Of the machine itself nobody asks. An office that has yet to be is asked for by the one above it. */
static bool may(const Order *j, Str office, Err *err) {
    const AccessWho *who = &j->o->who;
    if (who->user.n == 0 || access_may(j->s, who, ACCESS_USER_ADMIN, office)) return true;
    return err_set(err, ERR_DENIED, "access", "your right to manage offices and users does not reach this office");
}

/* "" is every office: only who reaches every office gives that. */
static bool may_give(const Order *j, Str office, Err *err) {
    if (office.n > 0) return may(j, office, err);
    StoreRows rows;
    TRY(store_query(j->s, store_statement(j->s, "access_office_all"), NULL, 0, j->a, &rows, err));
    for (size_t i = 0; i < rows.n; i++) TRY(may(j, rows.cells[i].s, err));
    return true;
}

static bool read_user(Order *j, AccessWho *user, Err *err) {
    StoreArg args[] = {store_text(j->o->subject)};
    StoreRows rows;
    TRY(store_query(j->s, store_statement(j->s, "access_user_who"), args, COUNT_OF(args), j->a, &rows, err));
    if (rows.n == 0) return err_set(err, ERR_NOT_FOUND, "access", "there is no user " STR_FMT, STR_ARG(str_head(j->o->subject, 60)));
    *user = (AccessWho){.user = j->o->subject, .name = rows.cells[0].s, .name_en = rows.cells[1].s, .office = rows.cells[2].s, .role = rows.cells[3].s};
    TRY(may(j, user->office, err));
    if (!str_eq(j->o->who.user, j->o->subject)) return true;
    return err_set(err, ERR_DENIED, "access", "nobody changes his own rights: somebody else has to");
}

/* ---- users ---- */
static bool login_fits(Str login) {
    bool fits = login.n > 0 && login.n <= ACCESS_LOGIN_MAX;
    for (size_t i = 0; i < login.n && fits; i++) {
        char c = login.p[i];
        fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
    }
    return fits;
}

static bool names_fit(Value names, Err *err) {
    Str zh = value_get_str(names, "zh"), en = value_get_str(names, "en");
    if (zh.n == 0 || zh.n > NAME_MAX_BYTES) return refuse(err, "name_zh", "a Chinese name of 1 to 200 bytes is needed");
    return (en.n > 0 && en.n <= NAME_MAX_BYTES) || refuse(err, "name_en", "an English name of 1 to 200 bytes is needed");
}

static bool give_password(Order *j, Err *err) {
    AccessHash *h = NEW(j->a, AccessHash); /* the batch points into it */
    TRY(access_password_make(j->o->seed, j->o->subject, j->a, &j->password, h, err));
    access_password_keep(j->s, j->b, j->o->subject, h);
    return true;
}

static bool add_user(Order *j, Err *err) {
    Value names = value_get(j->o->args, "name");
    Str office = value_get_str(j->o->args, "office"), role = value_get_str(j->o->args, "role");
    if (!login_fits(j->o->subject)) return refuse(err, "login", "a login has 1 to 64 of a-z, 0-9, '.', '-' and '_'");
    if (j->seq > 0) return refuse(err, "login", "this login is taken");
    TRY(names_fit(names, err));
    TRY(need_office(j, "office", office, err));
    if (!access_role(role)) return refuse(err, "role", "there is no such role");
    TRY(may(j, office, err));
    if (access_role(role)->reach == ACCESS_REACH_ALL) TRY(may_give(j, STR(""), err));
    ValueBuild b = {.a = j->a};
    build_c(&b, "user", value_str(j->o->subject));
    build_c(&b, "name", names);
    build_c(&b, "office", value_str(office));
    build_c(&b, "role", value_str(role));
    build_c(&b, "first_password", value_bool(true));
    TRY(happen(j, "installed", build_ctx(&b), err));
    return give_password(j, err);
}

static void end_sessions(Order *j) {
    StoreArg args[] = {store_text(j->o->subject)};
    store_add(j->b, store_statement(j->s, "access_session_end_all"), args, COUNT_OF(args));
}

static Value reason_of(const Order *j) {
    ValueBuild b = {.a = j->a};
    Str reason = str_trim(value_get_str(j->o->args, "reason"));
    if (reason.n > 0) build_c(&b, "reason", value_str(reason));
    return build_ctx(&b);
}

static bool disable(Order *j, Err *err) {
    end_sessions(j);
    return happen(j, "disabled", reason_of(j), err);
}

static bool enable(Order *j, Err *err) {
    return happen(j, "enabled", reason_of(j), err);
}

static bool count_grants(Order *j, StoreRows *rows, Err *err) {
    StoreArg args[] = {store_text(j->o->subject)};
    return store_query(j->s, store_statement(j->s, "access_grants_of"), args, COUNT_OF(args), j->a, rows, err);
}

static bool grant(Order *j, Err *err) {
    Value args = j->o->args;
    Str what = value_get_str(args, "what"), office = value_get_str(args, "office");
    unsigned rights;
    StoreRows grants;
    int64_t until = value_get_int(args, "until_us", INT64_MAX);
    if (!access_rights_of(what, &rights)) return refuse(err, "what", "there is no such scope or role");
    if (office.n > 0) TRY(need_office(j, "office", office, err));
    if (until <= j->o->now_us) return refuse(err, "until", "that day is past");
    TRY(may_give(j, office, err));
    TRY(count_grants(j, &grants, err));
    if (grants.n >= GRANTS_MAX) return err_set(err, ERR_LIMIT, "access", "a person has at most %d grants", GRANTS_MAX);
    ValueBuild b = {.a = j->a};
    build_c(&b, "what", value_str(what));
    build_c(&b, "office", value_str(office));
    build_c(&b, "below", value_bool(value_get_bool(args, "below", false)));
    build_c(&b, "service", value_str(value_get_str(args, "service")));
    if (until != INT64_MAX) build_c(&b, "until_us", value_int(until));
    return happen(j, "granted", build_ctx(&b), err);
}

static bool revoke(Order *j, Err *err) {
    int64_t no = value_get_int(j->o->args, "no", 0);
    StoreRows grants;
    bool has = false;
    TRY(count_grants(j, &grants, err));
    for (size_t i = 0; i < grants.n; i++) has |= grants.cells[i * grants.columns].i == no;
    if (!has) return refuse(err, "no", "this person has no grant of that number");
    ValueBuild b = {.a = j->a};
    build_c(&b, "no", value_int(no));
    return happen(j, "revoked", build_ctx(&b), err);
}

static bool move_user(Order *j, Str from, Err *err) {
    Str to = value_get_str(j->o->args, "office");
    TRY(need_office(j, "office", to, err));
    TRY(may(j, to, err));
    if (str_eq(from, to)) return refuse(err, "office", "this person is at that office already");
    ValueBuild b = {.a = j->a};
    build_c(&b, "from", value_str(from));
    build_c(&b, "to", value_str(to));
    return happen(j, "moved", build_ctx(&b), err);
}

/* until_us 0 takes it back. */
static bool qualify(Order *j, Err *err) {
    Str service = value_get_str(j->o->args, "service");
    int64_t until = value_get_int(j->o->args, "until_us", 0);
    ValueBuild b = {.a = j->a};
    if (service.n == 0 || service.n > NAME_MAX_BYTES) return refuse(err, "service", "which service is it for?");
    build_c(&b, "service", value_str(service));
    if (until == 0) return happen(j, "unqualified", build_ctx(&b), err);
    if (until <= j->o->now_us) return refuse(err, "until", "that day is past");
    build_c(&b, "until_us", value_int(until));
    return happen(j, "qualified", build_ctx(&b), err);
}

/* A password for the first time only: whoever reads it out must not be able to use it later. */
static bool new_password(Order *j, Err *err) {
    ValueBuild b = {.a = j->a};
    build_c(&b, "first", value_bool(true));
    end_sessions(j);
    TRY(happen(j, "password_set", build_ctx(&b), err));
    return give_password(j, err);
}

static bool sign_out_all(Order *j, Err *err) {
    end_sessions(j);
    return happen(j, "sessions_ended", value_ctx(NULL, 0), err);
}

static bool order_user(Order *j, Err *err) {
    AccessWho user;
    if (j->o->what == ACCESS_USER_ADD) return add_user(j, err);
    TRY(read_user(j, &user, err));
    switch (j->o->what) {
    case ACCESS_USER_DISABLE: return disable(j, err);
    case ACCESS_USER_ENABLE: return enable(j, err);
    case ACCESS_USER_GRANT: return grant(j, err);
    case ACCESS_USER_REVOKE: return revoke(j, err);
    case ACCESS_USER_MOVE: return move_user(j, user.office, err);
    case ACCESS_USER_QUALIFY: return qualify(j, err);
    case ACCESS_USER_PASSWORD: return new_password(j, err);
    default: return sign_out_all(j, err);
    }
}

/* ---- offices ---- */
static bool id_fits(Str id) { return login_fits(id) && str_find(id, STR(".")) < 0 && str_find(id, STR("_")) < 0; }

/* Offices from the root down to this one: none may be the one that moves, and the tree has a depth. */
static bool no_loop(const Order *j, Str parent, Err *err) {
    Str at = parent;
    for (int depth = 0; at.n > 0; depth++) {
        AccessOffice office;
        if (str_eq(at, j->o->subject)) return refuse(err, "parent", "an office cannot lie below itself");
        if (depth == ACCESS_DEEP) return refuse(err, "parent", "the tree of offices would be too deep");
        TRY(access_office(j->s, at, j->a, &office, err));
        at = office.parent;
    }
    return true;
}

static bool add_office(Order *j, Err *err) {
    Value args = j->o->args, names = value_get(args, "name");
    Str parent = value_get_str(args, "parent");
    bool has;
    if (!id_fits(j->o->subject)) return refuse(err, "id", "an office's id has 1 to 64 of a-z, 0-9 and '-'");
    TRY(has_row(j, "access_office_own", j->o->subject, &has, err));
    if (has) return refuse(err, "id", "this id is taken");
    TRY(names_fit(names, err));
    if (parent.n > 0) TRY(need_office(j, "parent", parent, err));
    TRY(may_give(j, parent, err));
    TRY(no_loop(j, parent, err));
    ValueBuild b = {.a = j->a};
    build_c(&b, "id", value_str(j->o->subject));
    build_c(&b, "parent", value_str(parent));
    build_c(&b, "name", names);
    build_c(&b, "government", value_get(args, "government"));
    return happen(j, "installed", build_ctx(&b), err);
}

static bool move_office(Order *j, Err *err) {
    Str parent = value_get_str(j->o->args, "parent");
    if (parent.n > 0) TRY(need_office(j, "parent", parent, err));
    TRY(may_give(j, parent, err));
    TRY(no_loop(j, parent, err));
    ValueBuild b = {.a = j->a};
    build_c(&b, "parent", value_str(parent));
    /* Two moves at once must not make a loop that neither sees: each holds only while no office has another parent. */
    StoreArg tree[] = {store_text(j->o->subject), store_text(parent)};
    store_expect(j->b, store_statement(j->s, "access_office_unlooped"), tree, COUNT_OF(tree), 1);
    return happen(j, "moved", build_ctx(&b), err);
}

static bool rename_office(Order *j, Err *err) {
    Value names = value_get(j->o->args, "name");
    TRY(names_fit(names, err));
    ValueBuild b = {.a = j->a};
    build_c(&b, "name", names);
    return happen(j, "renamed", build_ctx(&b), err);
}

static bool order_office(Order *j, Err *err) {
    if (j->o->what == ACCESS_OFFICE_ADD) return add_office(j, err);
    AccessOffice office;
    TRY(access_office(j->s, j->o->subject, j->a, &office, err));
    TRY(may(j, office.id, err));
    return j->o->what == ACCESS_OFFICE_MOVE ? move_office(j, err) : rename_office(j, err);
}

/* ---- the door ---- */
bool access_order(Store *s, const AccessOrder *o, Arena *a, AccessOrdered *out, Err *err) {
    assert(s && o && a && out);
    int ready = sodium_init();
    assert(ready >= 0);
    bool office = o->what >= ACCESS_OFFICE_ADD;
    Err trouble = {0};
    Order j = {.s = s, .o = o, .a = a, .b = store_batch(a), .stream = str_join2(a, office ? STR("office/") : STR("user/"), o->subject)};
    if (o->subject.n == 0) return refuse(err, office ? "id" : "login", "a name is needed");
    TRY(read_seq(&j, err));
    TRY(office ? order_office(&j, err) : order_user(&j, err));
    if (!o->dry_run && !store_commit(s, j.b, &trouble)) {
        if (trouble.code == ERR_CONFLICT) return err_set(err, ERR_STALE, "access", "somebody else changed this meanwhile: look again before you change it");
        if (err) *err = trouble;
        return false;
    }
    *out = (AccessOrdered){.version = j.seq, .password = o->dry_run ? STR("") : j.password};
    return true;
}
