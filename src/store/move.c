/* From one database to another, whichever they are: the tables as the migrations make them, then every row of every
 * table. Reads a snapshot that its caller has begun and writes in its caller's transaction; changes nothing on the way.
 */
#include "store/store_in.h"

typedef struct Load {      /* the table being filled */
    const StoreEngine *to; /* its engine */
    StoreConn *target;     /* its connection */
} Load;

static bool load_one(void *load, const StoreArg *cells, size_t n, Err *err) {
    const Load *l = load;
    return l->to->load_row(l->target, cells, n, err);
}

bool store_move_rows(const StoreEngine *from, StoreConn *source, const StoreEngine *to, StoreConn *target,
                     const StoreRows *list, Err *err) {
    Load load = {to, target};
    for (size_t i = 0; i < list->n; i++) {
        Str table = list->cells[i * list->columns].s;
        int64_t columns = list->cells[i * list->columns + 1].i;
        bool ok = to->load_begin(target, table, (size_t)columns, err) &&
                  from->scan(source, table, (StoreSink){load_one, &load}, err) && to->load_end(target, err);
        if (!ok && err) err_element(err, table);
        TRY(ok);
    }
    return true;
}

/* How many of a room's migrations have run. */
static int64_t newest_of(const StoreRows *ran, Str room) {
    for (size_t i = 0; i < ran->n; i++)
        if (str_eq(ran->cells[2 * i].s, room)) return ran->cells[2 * i + 1].i;
    return 0;
}

static bool knows_all(const StoreCatalog *catalog, const StoreRows *ran, Err *err) {
    for (size_t i = 0; i < ran->n; i++) {
        Str room = ran->cells[2 * i].s;
        int64_t known = 0;
        for (size_t k = 0; k < catalog->n_migrations; k++)
            if (str_is(room, catalog->migrations[k].room)) known = catalog->migrations[k].number;
        if (ran->cells[2 * i + 1].i <= known) continue;
        return err_set(err, ERR_INVALID, "store",
                       "this data was written by a newer program (" STR_FMT " migration %lld, this program knows %lld)",
                       STR_ARG(room), (long long)ran->cells[2 * i + 1].i, (long long)known);
    }
    return true;
}

bool store_move_tables(const StoreEngine *to, StoreConn *target, const StoreCatalog *catalog, const StoreRows *ran,
                       Err *err) {
    TRY(knows_all(catalog, ran, err));
    TRY(to->script(target, str_of(store_migration_table), err));
    for (size_t i = 0; i < catalog->n_migrations; i++) {
        const StoreMigration *m = &catalog->migrations[i];
        if (m->number <= newest_of(ran, str_of(m->room))) TRY(to->script(target, m->sql, err));
    }
    return true;
}
