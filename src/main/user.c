/* yichuang user and office: the administrator's hand on who is where and may do what, without a page. Who has the machine
 * is asked for no right; everything else is checked as for a page. Passwords are made here and printed once. */
#include "access/access.h"
#include "main/house.h"
#include "main/main_in.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#define HELD "While a server holds a data folder, lists work beside it; for a change use the page /staff/admin then.\n"

const char main_user_usage[] =
    "usage: yichuang user list|roles --store PLACE [--json]\n"
    "       yichuang user show|sessions LOGIN --store PLACE [--end] [--json]\n"
    "       yichuang user add LOGIN --office ID --role ROLE --name-zh TEXT --name-en TEXT --store PLACE\n"
    "       yichuang user grant LOGIN --what SCOPE|ROLE [--office ID] [--below] [--service ID] [--until DATE] --store PLACE\n"
    "       yichuang user revoke LOGIN --grant NUMBER --store PLACE\n"
    "       yichuang user qualify LOGIN --service ID [--until DATE] --store PLACE\n"
    "       yichuang user move LOGIN --office ID --store PLACE\n"
    "       yichuang user disable|enable LOGIN [--reason TEXT] --store PLACE\n"
    "       yichuang user password LOGIN --store PLACE\n"
    "  roles           the roles and scopes that can be granted\n"
    "  sessions --end  signs the person out everywhere\n"
    "  grant           without --office over every office; --below: over what lies below it too; --until: last day\n"
    "  qualify         until and with DATE; without --until it is taken back\n"
    "  password        makes one for the first time and prints it; it must be changed then\n"
    "  disable         signs the person out, and what cases they had are nobody's then\n"
    "  --dry-run       checks everything and changes nothing\n"
    "  --packs FOLDER  the authority's packs, for its time zone and its services; packs/demo-prefecture unless given\n"
    MAIN_PLACE_HELP HELD;

const char main_office_usage[] =
    "usage: yichuang office list --store PLACE [--json]\n"
    "       yichuang office add ID [--parent ID] --name-zh TEXT --name-en TEXT --store PLACE [--dry-run] [--json]\n"
    "       yichuang office move ID [--parent ID] --store PLACE [--dry-run] [--json]\n"
    "       yichuang office rename ID --name-zh TEXT --name-en TEXT --store PLACE [--dry-run] [--json]\n"
    "Without --parent the office is a root of the tree.\n"
    MAIN_PLACE_HELP HELD;

typedef struct Ask { /* the command line, read */
    Arena *a;
    const char *verb, *subject, *place, *packs;
    const char *office, *role, *name_zh, *name_en, *what, *service, *until, *grant, *reason, *parent;
    bool below, end, dry_run, json;
} Ask;

static bool read_line(int argc, char **argv, Ask *ask) {
    static const struct option options[] = {
        {"dir", 1, NULL, 'd'},     {"store", 1, NULL, 'd'},   {"packs", 1, NULL, 'k'},  {"office", 1, NULL, 'o'}, {"role", 1, NULL, 'r'},
        {"name-zh", 1, NULL, 'z'}, {"name-en", 1, NULL, 'e'}, {"what", 1, NULL, 'w'},   {"service", 1, NULL, 's'}, {"until", 1, NULL, 'u'},
        {"grant", 1, NULL, 'g'},   {"reason", 1, NULL, 'R'},  {"parent", 1, NULL, 'p'}, {"below", 0, NULL, 'b'},  {"end", 0, NULL, 'E'},
        {"dry-run", 0, NULL, 'n'}, {"json", 0, NULL, 'j'},    {0},
    };
    const struct {
        int letter;
        const char **slot;
    } slots[] = {{'d', &ask->place}, {'k', &ask->packs}, {'o', &ask->office}, {'r', &ask->role}, {'z', &ask->name_zh}, {'e', &ask->name_en}, {'w', &ask->what},
                 {'s', &ask->service}, {'u', &ask->until}, {'g', &ask->grant}, {'R', &ask->reason}, {'p', &ask->parent}};
    optind = 1;
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (o == '?') return false;
        for (size_t i = 0; i < COUNT_OF(slots); i++)
            if (slots[i].letter == o) *slots[i].slot = optarg;
        ask->below |= o == 'b';
        ask->end |= o == 'E';
        ask->dry_run |= o == 'n';
        ask->json |= o == 'j';
    }
    ask->verb = optind < argc ? argv[optind++] : "";
    ask->subject = optind < argc ? argv[optind++] : NULL;
    return optind == argc && ask->place;
}

static Str given(const char *text) { return text ? str_of(text) : STR(""); }

/* ---- what an order needs ---- */
static void put_names(const Ask *ask, ValueBuild *b) {
    ValueBuild names = {.a = ask->a};
    build_c(&names, "zh", value_str(given(ask->name_zh)));
    build_c(&names, "en", value_str(given(ask->name_en)));
    build_c(b, "name", build_ctx(&names));
}

/* The end of the last day, in the authority's time. */
static bool put_until(const Ask *ask, ValueBuild *b, Err *err) {
    const char *dir = ask->packs;
    Value authority, day;
    if (!ask->until) return true;
    if (strlen(ask->until) != 10 || !date_parse(str_of(ask->until), &day)) return err_set(err, ERR_INPUT, "main", "--until must be a date YYYY-MM-DD, not \"%s\"", ask->until);
    if (!dir) TRY(main_authority_dir("demo-prefecture", ask->a, &dir, err));
    TRY(main_read_authority(dir, ask->a, &authority, err));
    int64_t offset = value_get_int(authority, "timezone_offset", 0);
    build_c(b, "until_us", value_int(((day.u.i + 1) * 86400 - offset) * 1000000));
    return true;
}

static bool make_args(const Ask *ask, Value *out, Err *err) {
    ValueBuild b = {.a = ask->a};
    int64_t no = 0;
    if (ask->grant && !str_to_int(str_of(ask->grant), &no)) return err_set(err, ERR_INPUT, "main", "--grant must be the number of a grant");
    put_names(ask, &b);
    build_c(&b, "office", value_str(given(ask->office)));
    build_c(&b, "role", value_str(given(ask->role)));
    build_c(&b, "what", value_str(given(ask->what)));
    build_c(&b, "service", value_str(given(ask->service)));
    build_c(&b, "reason", value_str(given(ask->reason)));
    build_c(&b, "parent", value_str(given(ask->parent)));
    build_c(&b, "below", value_bool(ask->below));
    build_c(&b, "no", value_int(no));
    TRY(put_until(ask, &b, err));
    *out = build_ctx(&b);
    return true;
}

/* ---- orders ---- */
static void print_ordered(const Ask *ask, const AccessOrdered *done, int64_t released) {
    ValueBuild b = {.a = ask->a};
    build_c(&b, "id", value_c(ask->subject));
    build_c(&b, "version", value_int(done->version));
    build_c(&b, "changed", value_bool(!ask->dry_run));
    if (done->password.n > 0) build_c(&b, "password", value_str(done->password));
    if (released >= 0) build_c(&b, "released", value_int(released));
    Str text = json_text(ask->a, build_ctx(&b));
    if (ask->json) printf(STR_FMT "\n", STR_ARG(text));
    else printf("%s: %s\n", ask->subject, ask->dry_run ? "this can be done; nothing is changed" : "done");
    if (!ask->json && done->password.n > 0) printf("password " STR_FMT "\n", STR_ARG(done->password));
    if (!ask->json && released > 0) printf("cases released: %lld\n", (long long)released);
}

/* What a disabled person had goes back to those who are there, in the name of who has the machine. */
static bool release_cases(const Ask *ask, Store *store, const MainPacks *packs, const AccessOrder *o, int64_t *released, Err *err) {
    CaseHouse *cases;
    AccessWho machine = {.user = STR("operator"), .name = STR("系统管理"), .name_en = STR("System administration"), .office = STR("-"), .role = STR("operator")};
    int32_t offset = (int32_t)value_get_int(packs->authority, "timezone_offset", 0);
    TRY(case_house(store, packs->sources, packs->n, o->now_us, ask->a, &cases, err));
    return case_release_all(cases, &machine, o->subject, value_get_str(o->args, "reason"), o->now_us, offset, ask->a, released, err);
}

static bool order(const Ask *ask, Store *store, AccessDo what, Err *err) {
    AccessOrder o = {.what = what, .subject = str_of(ask->subject), .version = -1, .dry_run = ask->dry_run, .now_us = main_now_us()};
    AccessOrdered done;
    MainPacks *packs = NEW(ask->a, MainPacks);
    int64_t released = -1;
    bool leaves = what == ACCESS_USER_DISABLE && !ask->dry_run;
    TRY(make_args(ask, &o.args, err));
    TRY(main_random(o.seed, sizeof o.seed, err));
    if (leaves) TRY(main_open_packs(ask->packs, ask->a, packs, err));
    TRY(access_order(store, &o, ask->a, &done, err));
    if (leaves) TRY(release_cases(ask, store, packs, &o, &released, err));
    print_ordered(ask, &done, released);
    return true;
}

/* ---- lists ---- */
static void print_row(Value one, const char *const *keys, size_t n) {
    for (size_t i = 0; i < n; i++) {
        Value v = value_get(one, keys[i]);
        Str text = v.kind == VALUE_CONTEXT ? value_get_str(v, "en") : v.kind == VALUE_STRING ? value_text(v) : STR("");
        printf("%s" STR_FMT, i > 0 ? "  " : "", STR_ARG(text));
    }
    printf("%s\n", value_get_bool(one, "disabled", false) ? "  disabled" : value_get_bool(one, "expired", false) ? "  expired" : "");
}

static void print_list(const Ask *ask, Value list, const char *const *keys, size_t n) {
    Str text = json_text(ask->a, list);
    if (ask->json) printf(STR_FMT "\n", STR_ARG(text));
    for (uint32_t i = 0; !ask->json && i < list.size; i++) {
        printf("%*s", (int)value_get_int(list.u.list[i], "depth", 0) * 2, "");
        print_row(list.u.list[i], keys, n);
    }
}

static bool list_users(const Ask *ask, Store *store, Err *err) {
    static const char *const keys[] = {"login", "role", "office", "name"};
    AccessWho machine = {0};
    Value list;
    TRY(access_user_list(store, &machine, ask->a, &list, err));
    print_list(ask, list, keys, COUNT_OF(keys));
    return true;
}

static bool show_user(const Ask *ask, Store *store, Err *err) {
    static const char *const one[] = {"login", "role", "office", "name"}, *const qualification[] = {"service"};
    AccessWho machine = {0};
    Value v;
    TRY(access_user_view(store, &machine, str_of(ask->subject), main_now_us(), ask->a, &v, err));
    Str text = json_text(ask->a, v);
    if (ask->json) return printf(STR_FMT "\n", STR_ARG(text)) > 0;
    print_row(v, one, COUNT_OF(one));
    Value grants = value_get(v, "grants"), qualifications = value_get(v, "qualifications");
    for (uint32_t i = 0; i < grants.size; i++) {
        Value g = grants.u.list[i];
        Str what = value_get_str(g, "what"), office = value_get_str(g, "office"), service = value_get_str(g, "service");
        printf("grant %lld  " STR_FMT "  " STR_FMT "%s  " STR_FMT "%s\n", (long long)value_get_int(g, "no", 0), STR_ARG(what), STR_ARG(office.n ? office : STR("every office")),
               value_get_bool(g, "below", false) ? " and below" : "", STR_ARG(service.n ? service : STR("every service")), value_get_bool(g, "expired", false) ? "  expired" : "");
    }
    for (uint32_t i = 0; i < qualifications.size; i++) {
        printf("qualified  ");
        print_row(qualifications.u.list[i], qualification, 1);
    }
    printf("%u sessions\n", value_get(v, "sessions").size);
    return true;
}

static bool list_roles(const Ask *ask, Store *store, Err *err) {
    static const char *const keys[] = {"id", "reach", "en"};
    (void)store;
    (void)err;
    ValueBuild b = {.a = ask->a};
    Value roles = access_role_list(ask->a), scopes = access_scope_list(ask->a);
    build_c(&b, "roles", roles);
    build_c(&b, "scopes", scopes);
    Str text = json_text(ask->a, build_ctx(&b));
    if (ask->json) return printf(STR_FMT "\n", STR_ARG(text)) > 0;
    print_list(ask, roles, keys, COUNT_OF(keys));
    print_list(ask, scopes, keys, COUNT_OF(keys));
    return true;
}

static bool list_offices(const Ask *ask, Store *store, Err *err) {
    static const char *const keys[] = {"id", "name"};
    Value list;
    TRY(access_office_list(store, ask->a, &list, err));
    print_list(ask, list, keys, COUNT_OF(keys));
    return true;
}

/* ---- the verbs ---- */
typedef struct Word { /* the second word of a verb */
    const char *word;
    bool (*look)(const Ask *ask, Store *store, Err *err); /* NULL: an order */
    AccessDo what;
    bool subject; /* needs a login or an office */
} Word;
static const Word user_words[] = {
    {"list", list_users, 0, false},          {"roles", list_roles, 0, false},
    {"show", show_user, 0, true},            {"sessions", show_user, ACCESS_USER_SESSIONS, true},
    {"add", NULL, ACCESS_USER_ADD, true},    {"disable", NULL, ACCESS_USER_DISABLE, true},
    {"enable", NULL, ACCESS_USER_ENABLE, true}, {"grant", NULL, ACCESS_USER_GRANT, true},
    {"revoke", NULL, ACCESS_USER_REVOKE, true}, {"move", NULL, ACCESS_USER_MOVE, true},
    {"qualify", NULL, ACCESS_USER_QUALIFY, true}, {"password", NULL, ACCESS_USER_PASSWORD, true},
};
static const Word office_words[] = {
    {"list", list_offices, 0, false},
    {"add", NULL, ACCESS_OFFICE_ADD, true},
    {"move", NULL, ACCESS_OFFICE_MOVE, true},
    {"rename", NULL, ACCESS_OFFICE_RENAME, true},
};

static bool carry_out(const Ask *ask, const Word *w, Err *err) {
    Store *store;
    bool looks = w->look && !ask->end;
    TRY(main_open_store(ask->place, looks || ask->dry_run, &store, err));
    bool ok = looks ? w->look(ask, store, err) : order(ask, store, w->what, err);
    store_close(store);
    return ok;
}

static int run(int argc, char **argv, const Word *words, size_t n) {
    Ask ask = {.a = arena_new(0)};
    Err err = {0};
    const Word *word = NULL;
    bool read = read_line(argc, argv, &ask);
    for (size_t i = 0; read && i < n; i++)
        if (strcmp(words[i].word, ask.verb) == 0) word = &words[i];
    bool fits = word && word->subject == (ask.subject != NULL) && (!ask.end || strcmp(word->word, "sessions") == 0);
    int code = !fits ? EXIT_USAGE : carry_out(&ask, word, &err) ? EXIT_YES : main_trouble(&err);
    arena_free(ask.a);
    return code;
}

int main_user(int argc, char **argv) { return run(argc, argv, user_words, COUNT_OF(user_words)); }
int main_office(int argc, char **argv) { return run(argc, argv, office_words, COUNT_OF(office_words)); }
