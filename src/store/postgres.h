/* Inside store: what the files of the PostgreSQL engine share: one connection, its plans and how its errors
 * are told. Names no SQL of a room. libpq's own header stays in the .c files. */
#ifndef YC_STORE_POSTGRES_H
#define YC_STORE_POSTGRES_H

#include "store/store_in.h"

struct pg_conn;
struct pg_result;

typedef struct StorePgPlan { /* one prepared statement of a connection */
    bool ready;              /* the server has it */
    int n;                   /* its parameters */
    unsigned *types;         /* their types, by OID */
} StorePgPlan;
struct StoreConn {
    Arena *a;                    /* owner of this struct and the plans */
    const char *url;             /* where the database is; may hold a password: never printed */
    struct pg_conn *pg;          /* NULL while there is no connection */
    const StoreCatalog *catalog; /* statement texts */
    StorePgPlan *plans;          /* by statement number; behind them their guarded forms */
    bool writes;                 /* a writer */
    bool alone;                  /* nobody else has written since this writer last did */
    bool plans_all;              /* plan everything at each new connection */
    int64_t retry_ms;            /* no new connection before this moment of the steady clock */
    int64_t patience_ms;         /* pause after the next failure */
};
enum { STORE_PG_PARAMETERS = 48 }; /* most of one statement */
/* The writer's own statements, prepared under these names: TURN gives the transaction's number once nobody else
 * writes, HEAD the number of migrations and place and hash of the newest event. */
#define STORE_PG_BEGIN    "begin"
#define STORE_PG_TURN     "turn"
#define STORE_PG_HEAD     "head"
#define STORE_PG_COMMIT   "commit"
#define STORE_PG_ROLLBACK "rollback"
#define STORE_PG_MARK     "mark"
#define STORE_PG_UNDO     "undo"

/* Connects again where the connection is lost and the pause after the last failure is over. Err: ERR_BUSY; at a
 * server or database that cannot serve as a store ERR_INVALID. */
bool store_pg_alive(StoreConn *c, Err *err) MUST_USE;
void store_pg_drop(StoreConn *c); /* the connection is of no use any more */
int64_t store_pg_clock_ms(void);  /* steady */
/* The error of a result, or of the connection when r is NULL; always false. */
bool store_pg_trouble(StoreConn *c, const struct pg_result *r, Err *err);
/* Whether this result says that the same transaction may succeed when it is tried again. */
bool store_pg_again(const struct pg_result *r);
/* Runs SQL text without parameters; the last of its results must be good. */
bool store_pg_exec(StoreConn *c, const char *sql, Err *err) MUST_USE;
/* Queues a statement in pipeline mode. Err: ERR_INVALID when an argument is not of the parameter's type. */
bool store_pg_send(StoreConn *c, int statement, const StoreArg *args, size_t n, Err *err) MUST_USE;
/* Prepares the guarded forms that the group needs; not in pipeline mode. */
bool store_pg_guards(StoreConn *c, StoreWaiting **group, size_t n, Err *err) MUST_USE;
/* As store_pg_send, in a form that fails (ERR_INVALID) unless step->expect rows change. */
bool store_pg_send_guarded(StoreConn *c, const StoreStep *step, Err *err) MUST_USE;
/* Rows of a good result, copied to the arena. */
bool store_pg_rows(const struct pg_result *r, Arena *a, StoreRows *out, Err *err) MUST_USE;
/* Of StoreEngine. */
bool store_pg_tables(StoreConn *c, Arena *a, StoreRows *out, Err *err);
bool store_pg_scan(StoreConn *c, Str table, StoreSink sink, Err *err);
bool store_pg_load_begin(StoreConn *c, Str table, size_t columns, Err *err);
bool store_pg_load_row(StoreConn *c, const StoreArg *cells, size_t n, Err *err);
bool store_pg_load_end(StoreConn *c, Err *err);
bool store_pg_copy(StoreConn *c, const char *to_path, Err *err);
void store_pg_group(Store *s, StoreWaiting **group, size_t n, StoreCounters *done);

#endif
