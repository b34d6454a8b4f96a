/* Opens what a counter stands on: the packs of an authority and the store with every room's tables. */
#include "main/house.h"
#include "access/access.h"
#include "main/main_in.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool compile_all(MainPacks *p, Arena *house, ErrList *faults, Err *err) {
    struct dirent **names;
    int n = scandir(p->dir, &names, NULL, alphasort);
    if (n < 0) return err_set(err, ERR_NOT_FOUND, "main", "no packs in %s", p->dir);
    for (int i = 0; i < n; i++) {
        const char *dir = str_c(house, str_printf(house, "%s/%s", p->dir, names[i]->d_name));
        const char *json = str_c(house, str_printf(house, "%s/pack.json", dir));
        FILE *there = names[i]->d_name[0] == '.' ? NULL : fopen(json, "rb");
        free(names[i]);
        if (!there) continue;
        fclose(there);
        MainPack made;
        ErrList own = {.a = house};
        bool ok = p->n < MAIN_PACKS_MAX && main_compile_pack(dir, house, &own, &made);
        main_add_faults(faults, &own, str_of(strrchr(dir, '/') + 1), house);
        if (ok) p->sources[p->n++] = (CasePackSource){made.pack, made.files, made.n_files};
    }
    free(names);
    return true;
}

bool main_open_packs(const char *dir, Arena *house, MainPacks *out, Err *err) {
    ErrList faults = {.a = house};
    *out = (MainPacks){.dir = dir};
    if (!dir) TRY(main_authority_dir("demo-prefecture", house, &out->dir, err));
    TRY(main_read_authority(out->dir, house, &out->authority, err));
    TRY(compile_all(out, house, &faults, err));
    main_print_faults(&faults, house);
    if (faults.n) return err_set(err, ERR_INVALID, "main", "the packs have %zu faults", faults.n + faults.more);
    return out->n > 0 || err_set(err, ERR_NOT_FOUND, "main", "no packs in %s", out->dir);
}

void main_schemas(StoreSchema out[MAIN_SCHEMAS]) {
    out[0] = access_schema;
    out[1] = case_schema;
    out[2] = desk_schema;
}

bool main_open_store(const char *place, bool read_only, Store **out, Err *err) {
    StoreSchema schemas[MAIN_SCHEMAS];
    main_schemas(schemas);
    return store_open((StoreOptions){.dir = place, .read_only = read_only}, schemas, COUNT_OF(schemas), out, err);
}
