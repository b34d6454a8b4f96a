/* What the files of the key share. main opens files, clocks and randomness; rooms get values. */
#ifndef YC_MAIN_IN_H
#define YC_MAIN_IN_H

#include "pack/pack.h"
#include "study/study.h"

/* EXIT_TOLD: a refusal whose reason is printed already; it ends as EXIT_USAGE does. */
enum { EXIT_YES = 0, EXIT_NO = 1, EXIT_USAGE = 2, EXIT_TOLD = 3 };

int64_t main_now_us(void);                                      /* microseconds since 1970 UTC */
double main_clock(void);                                        /* seconds, monotonic */
bool main_random(uint8_t *bytes, size_t n, Err *err) MUST_USE;

/* Reads a whole file. Err: ERR_IO, ERR_LIMIT past `limit` bytes. */
bool main_read_file(const char *path, size_t limit, Arena *a, Str *out, Err *err) MUST_USE;
/* Every file of a pack's folder (two levels) with its path inside, sorted; hidden files are left out. */
bool main_read_pack(const char *dir, Arena *a, PackFile **files, size_t *n, Err *err) MUST_USE;
/* A folder given as a path, or a service id searched under the packs folder. */
bool main_find_pack(Str name, Arena *a, const char **dir, Err *err) MUST_USE;
/* Where the packs of an authority lie: beside the program's build folder, or under the working folder. */
bool main_authority_dir(const char *name, Arena *a, const char **dir, Err *err) MUST_USE;
/* authority.json of the folder that holds a pack, with its calendars/<year>.json as member `calendars`;
 * null when there is none. */
bool main_read_authority(const char *authority_dir, Arena *a, Value *out, Err *err) MUST_USE;
typedef struct MainPack { /* a compiled pack and its files */
    Pack *pack;
    PackFile *files; /* n_files that it is made of */
    size_t n_files;
} MainPack;
/* Reads and compiles, with common/ of the folder above; all faults are in `faults`. */
bool main_compile_pack(const char *dir, Arena *a, ErrList *faults, MainPack *out) MUST_USE;
/* Adds a pack's faults to those of its folder: each names its pack, one in a shared file is there once. */
void main_add_faults(ErrList *all, const ErrList *some, Str pack, Arena *a);
void main_print_faults(const ErrList *faults, Arena *a);
void main_print_faults_json(const ErrList *faults, Arena *a); /* one list of {file, element, cell, line, text} */
int main_trouble(const Err *err);                               /* prints it, returns EXIT_NO */

/* The one rule for every verb that opens a store. */
#define MAIN_PLACE_HELP                                                                                                \
    "  --store PLACE   where all data is: a folder, or postgres://USER@HOST/DATABASE (any libpq URI; keep the\n"        \
    "                  password in ~/.pgpass); several servers may share one database, one only a folder\n"             \
    "  --dir DIR       the same for a folder\n"
/* Verbs: argv[0] is the verb. EXIT_USAGE makes main print the usage. */
int main_replay(int argc, char **argv);
int main_serve(int argc, char **argv);
int main_calendar(int argc, char **argv);
int main_years(int argc, char **argv); /* calendar show, calendar check */
int main_pack(int argc, char **argv);
int main_versions(int argc, char **argv); /* pack list, pack diff */
int main_verify(int argc, char **argv);
int main_outbox(int argc, char **argv);
int main_migrate(int argc, char **argv);
int main_doctor(int argc, char **argv);
int main_slots(int argc, char **argv);
int main_user(int argc, char **argv);
int main_office(int argc, char **argv);
extern const char main_user_usage[], main_office_usage[];
extern const char main_verify_usage[], main_pack_usage[], main_replay_usage[], main_serve_usage[], main_calendar_usage[], main_outbox_usage[], main_slots_usage[], main_migrate_usage[],
    main_doctor_usage[];

#endif
