/* Offices and users as an administrator sees them: who is where, what each may do, and who is signed in. Never a
 * password, a hash, a token or what opens a session. */
#include "access/access_in.h"

static bool rows_of(Store *s, const char *statement, const StoreArg *args, size_t n, Arena *a, StoreRows *out, Err *err) {
    return store_query(s, store_statement(s, statement), args, n, a, out, err);
}

static Value bilingual(Arena *a, Str zh, Str en) {
    ValueBuild b = {.a = a};
    build_c(&b, "zh", value_str(zh));
    build_c(&b, "en", value_str(en));
    return build_ctx(&b);
}

static Value moment(StoreArg us) { return us.kind == STORE_INT ? value_int(us.i) : value_null(); }

/* ---- offices: below each its own, in the order of their ids ---- */
typedef struct Tree { /* a walk from the roots down */
    const StoreRows *rows; /* all offices */
    ValueBuild list;       /* found so far */
} Tree;

static void add_below(Tree *t, Str parent, int depth) {
    for (size_t i = 0; i < t->rows->n && depth <= ACCESS_DEEP; i++) {
        const StoreArg *c = t->rows->cells + i * t->rows->columns;
        ValueBuild b = {.a = t->list.a};
        if (!str_eq(c[1].s, parent)) continue;
        build_c(&b, "id", value_str(c[0].s));
        build_c(&b, "parent", value_str(c[1].s));
        build_c(&b, "name", bilingual(b.a, c[2].s, c[3].s));
        build_c(&b, "depth", value_int(depth));
        build_item(&t->list, build_ctx(&b));
        add_below(t, c[0].s, depth + 1);
    }
}

bool access_office_list(Store *s, Arena *a, Value *out, Err *err) {
    assert(s && a && out);
    StoreRows rows;
    TRY(rows_of(s, "access_office_list", NULL, 0, a, &rows, err));
    Tree tree = {.rows = &rows, .list = {.a = a}};
    add_below(&tree, STR(""), 0);
    *out = build_list(&tree.list);
    return true;
}

/* ---- users ---- */
static Value user_value(Arena *a, const StoreArg *c) {
    ValueBuild b = {.a = a};
    build_c(&b, "login", value_str(c[0].s));
    build_c(&b, "name", bilingual(a, c[1].s, c[2].s));
    build_c(&b, "office", value_str(c[3].s));
    build_c(&b, "role", value_str(c[4].s));
    build_c(&b, "disabled", value_bool(c[5].i != 0));
    build_c(&b, "first_password", value_bool(c[6].i != 0));
    return build_ctx(&b);
}

/* Of the machine itself nobody asks. */
static bool sees(Store *s, const AccessWho *who, Str office) {
    return who->user.n == 0 || access_may(s, who, ACCESS_USER_ADMIN, office);
}

bool access_user_list(Store *s, const AccessWho *who, Arena *a, Value *out, Err *err) {
    assert(s && who && a && out);
    StoreRows rows;
    ValueBuild list = {.a = a};
    TRY(rows_of(s, "access_user_list", NULL, 0, a, &rows, err));
    for (size_t i = 0; i < rows.n; i++) {
        const StoreArg *c = rows.cells + i * rows.columns;
        if (sees(s, who, c[3].s)) build_item(&list, user_value(a, c));
    }
    *out = build_list(&list);
    return true;
}

static Value grants_value(Arena *a, const StoreRows *rows, int64_t now_us) {
    ValueBuild list = {.a = a};
    for (size_t i = 0; i < rows->n; i++) {
        const StoreArg *c = rows->cells + i * rows->columns;
        ValueBuild b = {.a = a};
        build_c(&b, "no", value_int(c[0].i));
        build_c(&b, "what", value_str(c[1].s));
        build_c(&b, "office", value_str(c[2].s));
        build_c(&b, "below", value_bool(c[3].i != 0));
        build_c(&b, "service", value_str(c[4].s));
        build_c(&b, "until_us", moment(c[5]));
        build_c(&b, "expired", value_bool(c[5].kind == STORE_INT && c[5].i <= now_us));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

static Value qualifications_value(Arena *a, const StoreRows *rows, int64_t now_us) {
    ValueBuild list = {.a = a};
    for (size_t i = 0; i < rows->n; i++) {
        const StoreArg *c = rows->cells + i * rows->columns;
        ValueBuild b = {.a = a};
        build_c(&b, "service", value_str(c[0].s));
        build_c(&b, "until_us", moment(c[1]));
        build_c(&b, "expired", value_bool(c[1].i <= now_us));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

static Value sessions_value(Arena *a, const StoreRows *rows) {
    ValueBuild list = {.a = a};
    for (size_t i = 0; i < rows->n; i++) {
        const StoreArg *c = rows->cells + i * rows->columns;
        ValueBuild b = {.a = a};
        build_c(&b, "since_us", value_int(c[0].i));
        build_c(&b, "seen_us", value_int(c[1].i));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

bool access_user_view(Store *s, const AccessWho *who, Str login, int64_t now_us, Arena *a, Value *out, Err *err) {
    assert(s && who && a && out);
    StoreArg args[] = {store_text(login)};
    StoreRows user, grants, qualifications, sessions;
    StoreEvents last;
    TRY(rows_of(s, "access_user_one", args, 1, a, &user, err));
    if (user.n == 0 || !sees(s, who, user.cells[3].s)) return err_set(err, ERR_NOT_FOUND, "access", "there is no user " STR_FMT, STR_ARG(str_head(login, 60)));
    TRY(rows_of(s, "access_grants_of", args, 1, a, &grants, err));
    TRY(rows_of(s, "access_qualifications_of", args, 1, a, &qualifications, err));
    TRY(rows_of(s, "access_sessions_of", (StoreArg[]){args[0], store_int(now_us - ACCESS_IDLE_US), store_int(now_us - ACCESS_ABSOLUTE_US)}, 3, a, &sessions, err));
    TRY(store_latest(s, str_join2(a, STR("user/"), login), 1, a, &last, err));
    Value v = user_value(a, user.cells);
    v = value_with(a, v, STR("version"), value_int(last.n > 0 ? last.items[0].seq : 0));
    v = value_with(a, v, STR("grants"), grants_value(a, &grants, now_us));
    v = value_with(a, v, STR("qualifications"), qualifications_value(a, &qualifications, now_us));
    *out = value_with(a, v, STR("sessions"), sessions_value(a, &sessions));
    return true;
}
