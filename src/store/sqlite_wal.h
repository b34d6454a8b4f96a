/* The writer's view of the file system, which gathers what goes to the WAL; see sqlite_wal.c. Only sqlite.c includes this. */
#ifndef YC_STORE_SQLITE_WAL_H
#define YC_STORE_SQLITE_WAL_H

#include <sqlite3.h>

typedef struct StoreWalVfs {
    sqlite3_vfs vfs;     /* what SQLite is given */
    sqlite3_vfs *system; /* beneath: the one that is in force */
    char name[32];       /* to open by */
} StoreWalVfs;
/* From before a connection is opened with its name until after it is closed. Out: SQLITE_OK, or SQLite's code. */
int store_wal_register(StoreWalVfs *v);
void store_wal_unregister(StoreWalVfs *v);

#endif
