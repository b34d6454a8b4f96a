/* yichuang verify: does the event log fit its chain, is every paper what was handed in, and do the tables fit the log? For
 * the last it reads a snapshot, so that a counter may go on, and folds the log into an empty store beside it. It
 * repairs nothing. */
#include "access/access.h"
#include "case/case.h"
#include "desk/desk.h"
#include "main/house.h"
#include "main/main_in.h"
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char main_verify_usage[] =
    "usage: yichuang verify --store PLACE [--projections] [--json]\n"
    "  --projections  fold all events again and compare every table that follows from them; takes twice the\n"
    "                 room of the data in TMPDIR; the counter may go on\n"
    "  --json         one object: events, bad (first event that does not fit, 0 = none), papers, damaged (each with its case),\n"
    "                 tables, difference\n"
    "It always reads every paper that was handed over and compares it with the hash that its case names.\n"
    "Exit 1 when something does not fit. What it cannot see: a log whose end was cut together with the head it keeps\n"
    "and the rows that followed. For that, keep the number of events and a backup's last_hash elsewhere.\n"
    MAIN_PLACE_HELP;

typedef struct Verify { /* one run of the verb */
    const char *data;        /* the place */
    bool projections, json;  /* options */
    Arena *a;                /* of the run */
    int64_t events, bad;     /* of the chain */
    CasePapers papers;       /* what became of them */
    double begun, told;      /* for progress: when this part began, when a line was printed last */
    ValueBuild tables;       /* {table, rows, same} of each */
    Value difference;        /* the first, or null */
} Verify;

static bool read_options(int argc, char **argv, Verify *v) {
    for (int i = 1; i < argc; i++) {
        if ((strcmp(argv[i], "--dir") == 0 || strcmp(argv[i], "--store") == 0) && i + 1 < argc) v->data = argv[++i];
        else if (strcmp(argv[i], "--projections") == 0) v->projections = true;
        else if (strcmp(argv[i], "--json") == 0) v->json = true;
        else return false;
    }
    return v->data != NULL;
}

/* After two seconds a line a second, with the time left. */
static void progress(Verify *v, const char *what, int64_t done, int64_t all) {
    double now = main_clock();
    if (now - v->begun < 2 || now - v->told < 1 || done <= 0) return;
    v->told = now;
    double left = (now - v->begun) * (double)(all - done) / (double)done;
    fprintf(stderr, "%s: %lld of %lld, about %.0f s left\n", what, (long long)done, (long long)all, left);
}

static void folded_so_far(void *who, int64_t events) {
    Verify *v = who;
    progress(v, "events folded", events, v->events);
}

static void read_so_far(void *who, int64_t bytes, int64_t all) {
    progress(who, "bytes of papers read", bytes, all);
}

static void note_difference(Verify *v, Str table, const StoreDifference *d) {
    ValueBuild b = {.a = v->a};
    build_c(&b, "table", value_str(table));
    build_c(&b, "key", value_str(d->key));
    build_c(&b, "kept", value_str(d->here));
    build_c(&b, "folded", value_str(d->there));
    if (value_is_null(v->difference)) v->difference = build_ctx(&b);
}

static bool compare_all(Verify *v, Store *kept, Store *folded, Err *err) {
    for (size_t i = 0; i < store_projections(kept); i++) {
        Str table = str_copy(v->a, store_projection(kept, i)); /* it is told after the store is closed */
        StoreDifference d;
        ValueBuild b = {.a = v->a};
        TRY(store_compare(kept, folded, i, v->a, &d, err));
        build_c(&b, "table", value_str(table));
        build_c(&b, "rows", value_int(d.rows));
        build_c(&b, "same", value_bool(!d.differs));
        build_item(&v->tables, build_ctx(&b));
        if (d.differs) note_difference(v, table, &d);
    }
    return true;
}

static bool fold_and_compare(Verify *v, Store *kept, const char *beside, Err *err) {
    Store *folded;
    TRY(main_open_store(beside, false, &folded, err));
    v->begun = main_clock();
    bool ok = case_refold(kept, folded, desk_fold, folded_so_far, v, err) && compare_all(v, kept, folded, err);
    store_close(folded);
    return ok;
}

static void remove_store(const char *dir, Arena *a) {
    static const char *const names[] = {"yichuang.db", "yichuang.db-wal", "yichuang.db-shm", "yichuang.db.lock", "manifest.json"};
    for (size_t i = 0; i < COUNT_OF(names); i++) unlink(str_c(a, str_printf(a, "%s/%s", dir, names[i])));
    rmdir(dir);
}

static bool check_projections(Verify *v, Store *store, const char *temp, Err *err) {
    const char *snapshot = str_c(v->a, str_printf(v->a, "%s/snapshot", temp)), *beside = str_c(v->a, str_printf(v->a, "%s/folded", temp));
    Store *kept = NULL;
    bool ok = store_backup(store, snapshot, err) && main_open_store(snapshot, true, &kept, err) && fold_and_compare(v, kept, beside, err);
    if (kept) store_close(kept);
    remove_store(snapshot, v->a);
    remove_store(beside, v->a);
    return ok;
}

static bool with_temp(Verify *v, Store *store, Err *err) {
    const char *base = getenv("TMPDIR");
    char *temp = str_c(v->a, str_printf(v->a, "%s/yichuang-verify-XXXXXX", base && *base ? base : "/tmp"));
    if (!mkdtemp(temp)) return err_set(err, ERR_IO, "main", "no folder for the work can be made in %s", base ? base : "/tmp");
    bool ok = check_projections(v, store, temp, err);
    rmdir(temp);
    return ok;
}

static bool verify(Verify *v, Err *err) {
    Store *store;
    TRY(main_open_store(v->data, true, &store, err));
    v->begun = main_clock();
    bool ok = store_verify(store, &v->events, &v->bad, err) && case_papers_check(store, read_so_far, v, v->a, &v->papers, err);
    if (ok && v->projections && v->bad == 0) ok = with_temp(v, store, err);
    store_close(store);
    return ok;
}

static void print_json(const Verify *v) {
    ValueBuild b = {.a = v->a};
    build_c(&b, "events", value_int(v->events));
    build_c(&b, "bad", value_int(v->bad));
    build_c(&b, "papers", value_int(v->papers.papers));
    build_c(&b, "damaged", v->papers.list);
    if (v->projections && v->bad == 0) build_c(&b, "tables", build_list(&v->tables));
    if (v->projections) build_c(&b, "difference", v->difference);
    Str text = json_text(v->a, build_ctx(&b));
    printf(STR_FMT "\n", STR_ARG(text));
}

static void print_papers(const CasePapers *p) {
    for (uint32_t i = 0; i < p->list.size; i++) {
        Value one = p->list.u.list[i];
        Str id = value_get_str(one, "case"), evidence = value_get_str(one, "evidence"), name = value_get_str(one, "name"), blob = value_get_str(one, "blob");
        const char *what = str_is(value_get_str(one, "what"), "missing") ? "is missing" : "is not what was handed in";
        if (id.n > 0) printf("case " STR_FMT ": the paper " STR_FMT " (" STR_FMT ") %s; SHA-256 " STR_FMT "\n", STR_ARG(id), STR_ARG(evidence), STR_ARG(name), what, STR_ARG(blob));
        else printf("a paper of an application that is not handed in yet %s; SHA-256 " STR_FMT "\n", what, STR_ARG(blob));
    }
    if (p->damaged > (int64_t)p->list.size) printf("and more: %lld papers are damaged or missing in all\n", (long long)p->damaged);
    else if (p->damaged == 0) printf("%lld papers, each as it was handed in\n", (long long)p->papers);
}

static void print_plain(const Verify *v) {
    if (v->bad > v->events) printf("the log ends after event %lld, but its last commit had more: its end is missing or changed\n", (long long)v->events);
    else if (v->bad) printf("event %lld does not fit the chain; %lld events before it do\n", (long long)v->bad, (long long)v->events);
    else printf("%lld events, the chain holds\n", (long long)v->events);
    print_papers(&v->papers);
    for (size_t i = 0; i < v->tables.n; i++) {
        Value t = v->tables.u.items[i];
        Str name = value_get_str(t, "table");
        bool same = value_get_bool(t, "same", false);
        printf(STR_FMT ": %lld rows%s\n", STR_ARG(name), (long long)value_get_int(t, "rows", 0), same ? " as the events have them" : ", then a difference");
    }
    if (value_is_null(v->difference)) return;
    Str table = value_get_str(v->difference, "table"), key = value_get_str(v->difference, "key");
    Str kept = value_get_str(v->difference, "kept"), folded = value_get_str(v->difference, "folded");
    printf("first difference: " STR_FMT " " STR_FMT "\n  kept:   " STR_FMT "\n  events: " STR_FMT "\n", STR_ARG(table), STR_ARG(key),
           STR_ARG(kept), STR_ARG(folded));
}

int main_verify(int argc, char **argv) {
    Verify v = {.a = arena_new(0)};
    Err err = {0};
    v.tables.a = v.a;
    int code = EXIT_USAGE;
    if (read_options(argc, argv, &v)) {
        if (!verify(&v, &err)) code = main_trouble(&err);
        else {
            (v.json ? print_json : print_plain)(&v);
            code = v.bad || v.papers.damaged > 0 || !value_is_null(v.difference) ? EXIT_NO : EXIT_YES;
        }
    }
    arena_free(v.a);
    return code;
}
