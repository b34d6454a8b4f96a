/* Seven bytes of a moment, then any bytes as a zone in TZif: an offset, or "unknown".
 * Longest input: 4096. */
#include "base/date_in.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    enum { MOMENT = 7 };
    if (size < MOMENT) return 0;
    uint64_t bits = 0;
    for (int i = 0; i < MOMENT; i++) bits = bits << 8 | data[i];
    int64_t utc = (int64_t)bits - (INT64_C(1) << 55);
    int32_t offset = 1 << 30;
    if (!date_tzif_offset(fuzz_text(data + MOMENT, size - MOMENT), utc, &offset)) assert(offset == 1 << 30);
    return 0;
}
