/* Bytes of a stranger's file: named by their marks, and a picture's head read for its size, or refused.
 * Longest input: 4096. */
#include "fuzz/fuzz.h"

#include "case/case_in.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Str head = {(const char *)data, size};
    Str type = case_sniff(head);
    bool fits = case_sniff_fits(type, head);
    assert(type.n > 0 || fits); /* what is no picture has no size */
    return 0;
}
