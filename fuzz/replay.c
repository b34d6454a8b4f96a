/* Replays kept inputs without libFuzzer: each file of the given folders goes to the target once, and so does the
 * empty input. A finding ends the program (assert or sanitizer); its file's name stands on the line before.
 * Usage: TARGET FOLDER. Writes nothing but TAP. */
#include "fuzz/fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

enum { LONGEST = 1 << 20 };

static bool replay(const char *folder, const char *name) {
    Arena *a = arena_new(0);
    FILE *f = fopen(str_c(a, str_printf(a, "%s/%s", folder, name)), "rb");
    bool good = f != NULL;
    if (good) {
        uint8_t *bytes = malloc(LONGEST); /* exactly long enough below, so that a sanitizer sees a read past the end */
        size_t n = fread(bytes, 1, LONGEST, f);
        bytes = realloc(bytes, n ? n : 1);
        printf("# %s\n", name);
        fflush(stdout);
        LLVMFuzzerTestOneInput(bytes, n);
        free(bytes);
        fclose(f);
    }
    arena_free(a);
    return good;
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    struct dirent **files;
    int n = scandir(argv[1], &files, NULL, alphasort), played = 0;
    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int i = 0; i < n; i++) {
        if (files[i]->d_name[0] != '.') played += replay(argv[1], files[i]->d_name);
        free(files[i]);
    }
    if (n > 0) free(files);
    printf("1..1\n%s 1 - %d kept inputs\n", played > 0 ? "ok" : "not ok", played);
    return played > 0 ? 0 : 1;
}
