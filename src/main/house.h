/* What verbs share that need the authority's packs: the folder, compiled once. */
#ifndef YC_MAIN_HOUSE_H
#define YC_MAIN_HOUSE_H

#include "case/case.h"
#include "desk/desk.h"

enum { MAIN_PACKS_MAX = 200, MAIN_SCHEMAS = 3 };
typedef struct MainPacks { /* an authority and its services */
    const char *dir;                        /* the folder */
    Value authority;                        /* authority.json with its calendars */
    CasePackSource sources[MAIN_PACKS_MAX]; /* each compiled */
    size_t n;                               /* of sources */
} MainPacks;
/* In: dir: the folder, NULL = the demo authority's. Faults are printed. Err: ERR_NOT_FOUND, ERR_INVALID. */
bool main_open_packs(const char *dir, Arena *house, MainPacks *out, Err *err) MUST_USE;
void main_schemas(StoreSchema out[MAIN_SCHEMAS]); /* the tables of every room */
/* The data with every room's tables. place: a folder or a database's URL. */
bool main_open_store(const char *place, bool read_only, Store **out, Err *err) MUST_USE;

#endif
