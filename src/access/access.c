/* Offices, what a person may do where, and the events that say who looked at which record. A right is there only
 * where a grant says so; when the answer cannot be found out, the answer is no. */
#include "access/access_in.h"

#include <stdlib.h>

const StoreSchema access_schema = {"access", {access_sql, 0}};

enum { LOOKS_MAX = 1000, PEOPLE_MAX = 500 };
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

/* The role that is shown and logged is that of the first grant that is one. */
void access_grants_read(const StoreRows *rows, size_t from, int64_t now_us, Arena *a, AccessWho *who) {
    AccessGrant *grants = NEW_ARRAY(a, AccessGrant, rows->n + 1);
    bool named = false;
    who->grants = grants;
    who->n_grants = 0;
    for (size_t i = 0; i < rows->n; i++) {
        const StoreArg *c = rows->cells + i * rows->columns + from;
        AccessGrant g = {.no = c[0].i, .what = c[1].s, .office = c[2].s, .below = c[3].i != 0, .service = c[4].s,
                         .until_us = c[5].kind == STORE_INT ? c[5].i : INT64_MAX};
        if (c[0].kind != STORE_INT || g.until_us <= now_us || !access_rights_of(g.what, &g.rights)) continue;
        if (!named && access_role(g.what)) who->role = g.what;
        named |= access_role(g.what) != NULL;
        grants[who->n_grants++] = g;
    }
}

bool access_person(Store *s, Str login, int64_t now_us, Arena *a, AccessWho *out, Err *err) {
    assert(s && a && out);
    StoreArg args[] = {store_text(login)};
    StoreRows rows, grants;
    TRY(store_query(s, store_statement(s, "access_user_who"), args, COUNT_OF(args), a, &rows, err));
    if (rows.n == 0 || rows.cells[4].i) return err_set(err, ERR_NOT_FOUND, "access", "there is no user " STR_FMT, STR_ARG(str_head(login, 60)));
    const StoreArg *row = rows.cells;
    AccessWho who = {.user = str_copy(a, login), .name = row[0].s, .name_en = row[1].s, .office = row[2].s, .role = row[3].s};
    TRY(store_query(s, store_statement(s, "access_grants_of"), args, COUNT_OF(args), a, &grants, err));
    access_grants_read(&grants, 0, now_us, a, &who);
    *out = who;
    return true;
}

bool access_people(Store *s, Str office, AccessRight right, int64_t now_us, Arena *a, AccessPeople *out, Err *err) {
    assert(s && a && out);
    StoreRows rows;
    TRY(store_query(s, store_statement(s, "access_user_of"), (StoreArg[]){store_text(office), store_int(PEOPLE_MAX)}, 2, a, &rows, err));
    AccessPeople people = {.items = NEW_ARRAY(a, AccessWho, rows.n + 1)};
    for (size_t i = 0; i < rows.n; i++) {
        Err gone = {0};
        AccessWho *who = &people.items[people.n];
        if (access_person(s, rows.cells[i].s, now_us, a, who, &gone) && access_may(s, who, right, office)) people.n++;
    }
    *out = people;
    return true;
}

/* ---- what a person may do -------------------------------------------------------------------------------------- */
static bool is_above(Store *s, Str above, Str office) {
    Arena *a = arena_new(0);
    StoreArg args[] = {store_text(office), store_text(above)};
    StoreRows rows;
    bool ok = store_query(s, store_statement(s, "access_office_above"), args, COUNT_OF(args), a, &rows, NULL);
    ok = ok && rows.n > 0;
    arena_free(a);
    return ok;
}

/* What a role gives at an office, for a person whose grants were not read. */
static AccessGrant of_role(const AccessRole *role, Str office) {
    return (AccessGrant){.what = str_of(role->name), .rights = role->rights, .office = role->reach == ACCESS_REACH_ALL ? STR("") : office,
                         .below = role->reach != ACCESS_REACH_OWN, .until_us = INT64_MAX};
}

typedef struct Grants { /* of one person */
    const AccessGrant *items; /* n of them */
    size_t n;
    AccessGrant one;          /* made of his role */
} Grants;

/* False: he is nobody here. */
static bool grants_of(const AccessWho *who, Grants *out) {
    const AccessRole *role = access_role(who->role);
    *out = (Grants){.items = who->grants, .n = who->n_grants};
    if (who->user.n == 0 || (!who->grants && !role)) return false;
    if (who->grants) return true;
    out->one = of_role(role, who->office);
    out->items = &out->one;
    out->n = 1;
    return true;
}

static bool gives(Store *s, const AccessGrant *g, AccessRight right, Str office, Str service) {
    if (!(g->rights & 1u << right)) return false;
    if (service.n > 0 && g->service.n > 0 && !str_eq(service, g->service)) return false;
    if (office.n == 0 || g->office.n == 0 || str_eq(office, g->office)) return true;
    return g->below && is_above(s, g->office, office);
}

bool access_may_for(Store *s, const AccessWho *who, AccessRight right, Str office, Str service) {
    assert(s && who);
    Grants grants;
    if (right == ACCESS_PUBLIC) return true;
    if (!grants_of(who, &grants)) return false;
    if (right == ACCESS_SIGNED_IN || who->first_password) return right == ACCESS_SIGNED_IN;
    bool may = false;
    for (size_t i = 0; i < grants.n && !may; i++) may = gives(s, &grants.items[i], right, office, service);
    return may;
}

bool access_may(Store *s, const AccessWho *who, AccessRight right, Str office) {
    return access_may_for(s, who, right, office, STR(""));
}

/* The offices that a grant reaches, by id. */
static bool reached(Store *s, const AccessGrant *g, Arena *a, StoreRows *out, Err *err) {
    StoreArg args[] = {store_text(g->office)};
    const char *statement = g->office.n == 0 ? "access_office_all" : g->below ? "access_office_below" : "access_office_own";
    return store_query(s, store_statement(s, statement), args, g->office.n == 0 ? 0 : 1, a, out, err);
}

static int by_office(const void *x, const void *y) {
    const AccessPlace *a = x, *b = y;
    int order = str_cmp(a->office, b->office);
    return order ? order : str_cmp(a->service, b->service);
}

/* Sorted, each once; where a whole office is there, its single services are not. */
static void settle(AccessPlaces *p) {
    size_t kept = 0;
    if (p->n > 1) qsort(p->items, p->n, sizeof *p->items, by_office);
    for (size_t i = 0; i < p->n; i++) {
        AccessPlace *last = kept > 0 ? &p->items[kept - 1] : NULL;
        bool again = last && str_eq(last->office, p->items[i].office) && (last->service.n == 0 || str_eq(last->service, p->items[i].service));
        if (!again) p->items[kept++] = p->items[i];
    }
    p->n = kept;
}

bool access_places(Store *s, const AccessWho *who, AccessRight right, Arena *a, AccessPlaces *out, Err *err) {
    assert(s && who && a && out);
    Grants grants;
    AccessPlaces places = {0};
    if (!grants_of(who, &grants) || who->first_password) grants.n = 0;
    for (size_t i = 0; i < grants.n; i++) {
        const AccessGrant *g = &grants.items[i];
        StoreRows rows;
        if (!(g->rights & 1u << right)) continue;
        TRY(reached(s, g, a, &rows, err));
        AccessPlace *more = NEW_ARRAY(a, AccessPlace, places.n + rows.n + 1);
        for (size_t k = 0; k < places.n; k++) more[k] = places.items[k];
        for (size_t k = 0; k < rows.n; k++) more[places.n + k] = (AccessPlace){rows.cells[k].s, g->service};
        places = (AccessPlaces){places.n + rows.n, more};
    }
    settle(&places);
    *out = places;
    return true;
}

bool access_offices(Store *s, const AccessWho *who, Arena *a, StoreRows *out, Err *err) {
    AccessPlaces places;
    TRY(access_places(s, who, ACCESS_CASE_READ, a, &places, err));
    StoreRows rows = {.columns = 1, .cells = NEW_ARRAY(a, StoreArg, places.n + 1)};
    for (size_t i = 0; i < places.n; i++)
        if (i == 0 || !str_eq(places.items[i].office, places.items[i - 1].office)) rows.cells[rows.n++] = store_text(places.items[i].office);
    *out = rows;
    return true;
}

bool access_qualified(Store *s, const AccessWho *who, Str service, int64_t now_us) {
    assert(s && who);
    Arena *a = arena_new(0);
    StoreArg args[] = {store_text(who->user), store_text(service), store_int(now_us)};
    StoreRows rows;
    bool ok = store_query(s, store_statement(s, "access_unqualified"), args, COUNT_OF(args), a, &rows, NULL) && rows.n == 0;
    arena_free(a);
    return ok;
}

/* ---- the log --------------------------------------------------------------------------------------------------- */
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
