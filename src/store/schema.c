/* Reads the rooms' .sql files: "-- migration N: why" and "-- statement NAME" headings with SQL beneath, and within a
 * migration a line "-- table NAME: kind" for each table that it makes.
 * The files are compiled in, so a fault here is the programmer's; it is refused at start with its line,
 * never skipped. Knows nothing about what the SQL means. */
#include "store/store_in.h"

#include <stdlib.h>
#include <string.h>

static const Str migration_mark = STR_INIT("-- migration ");
static const Str statement_mark = STR_INIT("-- statement ");
static const Str table_mark = STR_INIT("-- table ");

typedef struct Reader {
    const char *room; /* whose file */
    Str rest;         /* not read yet */
    int line;         /* of the heading being read */
} Reader;

static Str next_line(Reader *r) {
    r->line++;
    return str_cut(r->rest, '\n', &r->rest);
}

static bool is_heading(Str line) {
    return str_starts(line, migration_mark) || str_starts(line, statement_mark);
}

static bool fault(const Reader *r, Err *err, const char *what, Str text) {
    err_set(err, ERR_INVALID, "store", "%s.sql: %s: " STR_FMT, r->room, what, STR_ARG(text));
    if (err) err_at(err, r->line, 0, -1);
    return false;
}

/* The SQL up to the next heading. */
static Str read_body(Reader *r) {
    const char *from = r->rest.p;
    size_t before = r->rest.n;
    while (r->rest.n > 0) {
        Str ahead;
        if (is_heading(str_cut(r->rest, '\n', &ahead))) break;
        next_line(r);
    }
    return str_trim((Str){from, before - r->rest.n});
}

/* "(a text, b integer)" */
static bool read_keys(Str list, StoreTable *t) {
    if (list.n < 2 || list.p[0] != '(' || list.p[list.n - 1] != ')') return false;
    list = str_sub(list, 1, list.n - 2);
    while (list.n > 0 && t->n_keys < STORE_KEYS) {
        Str type;
        str_cut(str_trim(str_cut(list, ',', &list)), ' ', &type);
        type = str_trim(type);
        if (!str_is(type, "text") && !str_is(type, "integer")) return false;
        t->keys[t->n_keys++] = str_is(type, "text") ? STORE_TEXT : STORE_INT;
    }
    return list.n == 0 && t->n_keys > 0;
}

static bool read_table(Reader *r, Str line, StoreCatalog *c, Err *err) {
    Str rest, keys, name = str_cut(str_sub(line, table_mark.n, line.n - table_mark.n), ':', &rest);
    Str kind = str_trim(str_cut(str_trim(rest), '(', &keys));
    StoreTable t = {.room = r->room, .name = str_trim(name)};
    bool projection = str_is(kind, "projection");
    if (projection) t.kind = STORE_PROJECTION;
    ptrdiff_t open = str_find(line, STR("("));
    bool good = projection ? open > 0 && read_keys(str_trim(str_sub(line, (size_t)open, line.n - (size_t)open)), &t)
                           : str_is(kind, "log") || str_is(kind, "scratch") || str_is(kind, "secret");
    if (!good) return fault(r, err, "a table is log, scratch, secret or projection (its key)", line);
    c->tables[c->n_tables++] = t;
    c->n_projections += projection;
    return true;
}

/* Each table of a migration has its line. */
static bool read_tables(Reader *r, Str sql, StoreCatalog *c, Err *err) {
    size_t told = c->n_tables, made = 0;
    while (sql.n > 0) {
        Str line = str_trim(str_cut(sql, '\n', &sql));
        if (str_starts(line, table_mark)) TRY(read_table(r, line, c, err));
        made += str_starts(line, STR("create table ")) || str_starts(line, STR("CREATE TABLE "));
    }
    return c->n_tables - told == made || fault(r, err, "each table of a migration has a line \"-- table NAME: kind\"", STR(""));
}

static bool read_migration(Reader *r, Str heading, StoreCatalog *c, Err *err) {
    Str why;
    Str number = str_cut(str_sub(heading, migration_mark.n, heading.n), ':', &why);
    StoreMigration m = {.room = r->room, .why = str_trim(why)};
    bool first = c->n_migrations == 0 || strcmp(c->migrations[c->n_migrations - 1].room, r->room) != 0;
    int64_t before = first ? 0 : c->migrations[c->n_migrations - 1].number;
    if (!str_to_int(number, &m.number) || (first ? m.number < 1 : m.number != before + 1))
        return fault(r, err, "migrations must be numbered in order", heading);
    m.sql = read_body(r);
    c->migrations[c->n_migrations++] = m;
    return read_tables(r, m.sql, c, err);
}

static bool read_statement(Reader *r, Str heading, StoreCatalog *c, Err *err) {
    StoreNamed s = {.name = str_trim(str_sub(heading, statement_mark.n, heading.n))};
    size_t prefix = strlen(r->room);
    if (!str_starts(s.name, str_of(r->room)) || s.name.n <= prefix + 1 || s.name.p[prefix] != '_')
        return fault(r, err, "a statement's name begins with its room", s.name);
    s.sql = read_body(r);
    c->statements[c->n_statements++] = s;
    return true;
}

static bool read_schema(const StoreSchema *schema, StoreCatalog *c, Err *err) {
    Reader r = {schema->room, schema->sql, 0};
    if (r.rest.n == 0) r.rest = str_of(schema->sql.p);
    read_body(&r); /* the file's own comment */
    while (r.rest.n > 0) {
        Str heading = str_trim(next_line(&r));
        if (str_starts(heading, migration_mark))
            TRY(read_migration(&r, heading, c, err));
        else
            TRY(read_statement(&r, heading, c, err));
    }
    c->rooms[c->n_rooms++] = schema->room;
    return true;
}

/* Of statements, migrations and tables together. */
static size_t count_headings(Str sql) {
    size_t n = 0;
    if (sql.n == 0) sql = str_of(sql.p);
    while (sql.n > 0) {
        Str line = str_cut(sql, '\n', &sql);
        n += is_heading(line) || str_starts(str_trim(line), table_mark);
    }
    return n;
}

static int projections_first(const void *x, const void *y) {
    const StoreTable *a = x, *b = y;
    if ((a->kind == STORE_PROJECTION) != (b->kind == STORE_PROJECTION)) return a->kind == STORE_PROJECTION ? -1 : 1;
    return str_cmp(a->name, b->name);
}

/* Every projection can be compared with what the log gives. */
static bool check_projections(const StoreCatalog *c, Arena *a, Err *err) {
    for (size_t i = 0; i < c->n_projections; i++) {
        const char *dump = str_c(a, str_join2(a, c->tables[i].name, STR("_dump")));
        if (store_catalog_find(c, dump) < 0) return err_set(err, ERR_INVALID, "store", "there is no statement %s", dump);
    }
    return true;
}

static int by_name(const void *x, const void *y) {
    return str_cmp(((const StoreNamed *)x)->name, ((const StoreNamed *)y)->name);
}

bool store_catalog(const StoreSchema *schemas, size_t n, Arena *a, StoreCatalog *out, Err *err) {
    const StoreSchema own = {"store", {store_sql, 0}};
    size_t most = count_headings(own.sql);
    for (size_t i = 0; i < n; i++) most += count_headings(schemas[i].sql);
    StoreCatalog c = {.statements = NEW_ARRAY(a, StoreNamed, most),
                      .migrations = NEW_ARRAY(a, StoreMigration, most),
                      .tables = NEW_ARRAY(a, StoreTable, most),
                      .rooms = NEW_ARRAY(a, const char *, n + 1)};
    TRY(read_schema(&own, &c, err));
    for (size_t i = 0; i < n; i++) TRY(read_schema(&schemas[i], &c, err));
    qsort(c.statements, c.n_statements, sizeof *c.statements, by_name);
    for (size_t i = 1; i < c.n_statements; i++)
        if (by_name(&c.statements[i - 1], &c.statements[i]) == 0)
            return err_set(err, ERR_INVALID, "store", "two statements are named " STR_FMT,
                           STR_ARG(c.statements[i].name));
    qsort(c.tables, c.n_tables, sizeof *c.tables, projections_first);
    TRY(check_projections(&c, a, err));
    *out = c;
    return true;
}

int store_catalog_find(const StoreCatalog *catalog, const char *name) {
    StoreNamed key = {.name = str_of(name)};
    if (catalog->n_statements == 0) return -1;
    const StoreNamed *found =
        bsearch(&key, catalog->statements, catalog->n_statements, sizeof *catalog->statements, by_name);
    return found ? (int)(found - catalog->statements) : -1;
}
