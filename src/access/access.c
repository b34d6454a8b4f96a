/* Offices, rights by role, and the events that say who looked at which record. A right is granted only
 * where the table below says so; when the answer cannot be found out, the answer is no. */
#include "access/access_in.h"

const StoreSchema access_schema = {"access", {access_sql, 0}};

enum { LOOKS_MAX = 1000 };
typedef enum Reach { REACH_OWN, REACH_BELOW, REACH_ALL } Reach;
typedef struct Role {
    const char *name; /* as in access_user.role */
    unsigned rights;  /* bits of AccessRight */
    Reach reach;      /* over which offices' records */
} Role;
enum {
    CREATE = 1u << ACCESS_CASE_CREATE,
    READ = 1u << ACCESS_CASE_READ,
    DECIDE = 1u << ACCESS_CASE_DECIDE,
    MOVE = 1u << ACCESS_CASE_MOVE,
    MIGRATE = 1u << ACCESS_CASE_MIGRATE,
    STUCK = 1u << ACCESS_STUCK,
    RATINGS = 1u << ACCESS_RATINGS,
    SERVE = 1u << ACCESS_TICKET_SERVE,
    CASH = 1u << ACCESS_CASH,
    BOARD = 1u << ACCESS_BOARD,
    DESK_ADMIN = 1u << ACCESS_DESK_ADMIN,
    USER_ADMIN = 1u << ACCESS_USER_ADMIN,
    PACK_ADMIN = 1u << ACCESS_PACK_ADMIN,
    ADMIN = 1u << ACCESS_ADMIN,
};
/* No role can do everything: who manages the system reads no case, who reads all of them decides none. */
static const Role roles[] = {
    {"clerk", CREATE | READ | DECIDE | SERVE | CASH, REACH_OWN},
    {"officer", CREATE | READ | DECIDE | SERVE | CASH, REACH_OWN},
    {"supervisor", READ | DECIDE | MOVE | MIGRATE | STUCK | RATINGS | BOARD, REACH_BELOW},
    {"legal", READ | MIGRATE, REACH_ALL},
    {"admin", ADMIN | DESK_ADMIN | USER_ADMIN | PACK_ADMIN | STUCK, REACH_BELOW},
};

static const Role *role_of(Str name) {
    for (size_t i = 0; i < COUNT_OF(roles); i++)
        if (str_is(name, roles[i].name)) return &roles[i];
    return NULL;
}

bool access_role_known(Str role) {
    return role_of(role) != NULL;
}

bool access_office(Store *s, Str id, Arena *a, AccessOffice *out, Err *err) {
    assert(s && a && out);
    StoreArg args[] = {store_text(id)};
    StoreRows rows;
    TRY(store_query(s, store_statement(s, "access_office_get"), args, COUNT_OF(args), a, &rows, err));
    if (rows.n == 0) return err_set(err, ERR_NOT_FOUND, "access", "there is no office " STR_FMT, STR_ARG(id));
    const StoreArg *row = rows.cells;
    *out = (AccessOffice){row[0].s, row[1].s, row[2].s, row[3].s, row[4].s, row[5].s};
    return true;
}

bool access_person(Store *s, Str login, Arena *a, AccessWho *out, Err *err) {
    assert(s && a && out);
    StoreArg args[] = {store_text(login)};
    StoreRows rows;
    TRY(store_query(s, store_statement(s, "access_user_who"), args, COUNT_OF(args), a, &rows, err));
    if (rows.n == 0) return err_set(err, ERR_NOT_FOUND, "access", "there is no user " STR_FMT, STR_ARG(str_head(login, 60)));
    const StoreArg *row = rows.cells;
    *out = (AccessWho){.user = str_copy(a, login), .name = row[0].s, .name_en = row[1].s, .office = row[2].s, .role = row[3].s};
    return true;
}

static bool is_above(Store *s, Str above, Str office) {
    Arena *a = arena_new(0);
    StoreArg args[] = {store_text(office), store_text(above)};
    StoreRows rows;
    bool ok = store_query(s, store_statement(s, "access_office_above"), args, COUNT_OF(args), a, &rows, NULL);
    ok = ok && rows.n > 0;
    arena_free(a);
    return ok;
}

bool access_may(Store *s, const AccessWho *who, AccessRight right, Str office) {
    assert(s && who);
    if (right == ACCESS_PUBLIC) return true;
    const Role *role = who->user.n > 0 ? role_of(who->role) : NULL;
    if (!role) return false;
    if (right == ACCESS_SIGNED_IN) return true;
    if (!(role->rights & 1u << right)) return false;
    if (office.n == 0 || role->reach == REACH_ALL || str_eq(office, who->office)) return true;
    return role->reach == REACH_BELOW && is_above(s, who->office, office);
}

bool access_offices(Store *s, const AccessWho *who, Arena *a, StoreRows *out, Err *err) {
    assert(s && who && a && out);
    static const char *const statements[] = {"access_office_own", "access_office_below", "access_office_all"};
    StoreArg args[] = {store_text(who->office)};
    if (!access_may(s, who, ACCESS_CASE_READ, STR(""))) {
        *out = (StoreRows){.columns = 1};
        return true;
    }
    Reach reach = role_of(who->role)->reach;
    size_t n_args = reach == REACH_ALL ? 0 : 1;
    return store_query(s, store_statement(s, statements[reach]), args, n_args, a, out, err);
}

Str access_actor(Arena *a, const AccessWho *who) {
    assert(a && who && who->user.n > 0);
    return str_printf(a, STR_FMT " " STR_FMT " " STR_FMT, STR_ARG(who->role), STR_ARG(who->office), STR_ARG(who->user));
}

/* Neither roles nor offices have blanks in their names; a login may. */
bool access_actor_read(Str actor, AccessWho *out) {
    Str office, login;
    Str role = str_cut(actor, ' ', &office);
    office = str_cut(office, ' ', &login);
    if (login.n == 0) return false;
    *out = (AccessWho){.user = login, .office = office, .role = role};
    return true;
}

void access_line(StoreBatch *b, const AccessWho *who, Str record, Str purpose, int64_t now_us) {
    assert(b && who && record.n > 0 && purpose.n > 0);
    Arena *a = store_batch_arena(b);
    ValueBuild payload = {.a = a};
    build_c(&payload, "purpose", value_str(purpose));
    store_event(b, str_join2(a, STR("access/"), record), STORE_NEXT, STR("looked"), access_actor(a, who), now_us,
                json_text(a, build_ctx(&payload)));
}

bool access_looks(Store *s, Str record, Arena *a, AccessLooks *out, Err *err) {
    assert(s && a && out);
    StoreEvents events;
    TRY(store_latest(s, str_join2(a, STR("access/"), record), LOOKS_MAX, a, &events, err));
    AccessLooks looks = {.items = NEW_ARRAY(a, AccessLook, events.n)};
    for (size_t i = 0; i < events.n; i++) {
        const StoreEvent *e = &events.items[i];
        AccessWho who;
        Value payload;
        TRY(json_parse(e->payload, (JsonLimits){0}, a, &payload, err));
        if (access_actor_read(e->actor, &who))
            looks.items[looks.n++] = (AccessLook){e->at_us, who.user, who.office, who.role, value_get_str(payload, "purpose")};
    }
    *out = looks;
    return true;
}
