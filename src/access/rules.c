/* Which services ask for a qualification, as it was read at most a second ago: the store is not asked for each command
 * what changes when an authority does. Whoever changes it in another process is heard a second later; what one person is
 * qualified for is always read. When it cannot be read, every service asks. */
#include "access/access_in.h"

#include <pthread.h>
#include <string.h>

enum { NAMES_MAX = 8192, FRESH_US = 1000000 };

struct AccessRules {
    pthread_mutex_t lock;  /* guards the rest */
    int64_t read_us;       /* when */
    bool known;            /* it was read */
    size_t n;              /* bytes of `names` */
    char names[NAMES_MAX]; /* each with a line end */
};

AccessRules *access_rules_new(Arena *house) {
    assert(house);
    AccessRules *r = NEW(house, AccessRules);
    pthread_mutex_init(&r->lock, NULL);
    return r;
}

/* Out: false, there are more than there is room for. */
static bool keep(AccessRules *r, const StoreRows *rows) {
    r->n = 0;
    for (size_t i = 0; i < rows->n; i++) {
        Str name = rows->cells[i].s;
        if (name.n >= NAMES_MAX - r->n) return false;
        memcpy(r->names + r->n, name.p, name.n);
        r->names[r->n + name.n] = '\n';
        r->n += name.n + 1;
    }
    return true;
}

static void read_again(AccessRules *r, Store *s, int64_t now_us) {
    Arena *a = arena_new(0);
    StoreRows rows;
    r->known = store_query(s, store_statement(s, "access_rule_qualified"), NULL, 0, a, &rows, NULL) && keep(r, &rows);
    r->read_us = now_us;
    arena_free(a);
}

static bool is_named(const AccessRules *r, Str service) {
    Str rest = {r->names, r->n};
    while (rest.n > 0)
        if (str_eq(str_cut(rest, '\n', &rest), service)) return true;
    return false;
}

bool access_asks(Store *s, AccessRules *r, Str service, int64_t now_us) {
    assert(s && r);
    pthread_mutex_lock(&r->lock);
    bool fresh = r->known && now_us >= r->read_us && now_us - r->read_us < FRESH_US; /* clocks are set back, too */
    if (!fresh) read_again(r, s, now_us);
    bool asks = !r->known || is_named(r, service);
    pthread_mutex_unlock(&r->lock);
    return asks;
}
