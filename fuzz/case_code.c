/* Any bytes as a tracking code: refused, or thirteen symbols that read back the same, and no other symbol in any one
 * place reads. Eight bytes as chance make a code that reads.
 * Longest input: 40. */
#include "case/case.h"
#include "fuzz/fuzz.h"

#include <string.h>

static void check_code(const char code[14]) {
    char again[14], wrong[14];
    bool good = case_code_read(str_of(code), again);
    assert(good && strlen(code) == 13 && strcmp(code, again) == 0);
    for (int i = 0; i < 13; i++) {
        memcpy(wrong, code, 14);
        wrong[i] = code[i] == '7' ? '8' : '7';
        assert(!case_code_read(str_of(wrong), again));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char code[14];
    if (case_code_read(fuzz_text(data, size), code)) check_code(code);
    if (size < 8) return 0;
    bool good = case_code_read(case_code_make(data, fuzz_arena(0)), code);
    assert(good);
    check_code(code);
    return 0;
}
