/* Any bytes as a government's published calendar in JSON; the period to reckon with comes from its last bytes. A due
 * day is a working day after the start, and nothing that counts days runs on for ever.
 * Longest input: 1024. */
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena *a = fuzz_arena(0);
    Value json;
    Calendar none = {0}, one, two;
    Err err = {0};
    if (!json_parse(fuzz_text(data, size), (JsonLimits){0}, a, &json, NULL)) return 0;
    if (!calendar_with(a, &none, json, &one, &err)) {
        assert((err.code == ERR_INPUT || err.code == ERR_LIMIT) && err.text[0] != '\0');
        return 0;
    }
    if (!calendar_with(a, &one, json, &two, &err)) two = one; /* the same year again */
    int64_t n = 1 + data[0] % 64, start = 20454 + data[size - 1] + (int64_t)data[size / 2] * 4; /* from 2026-01-01 */
    CalendarDue due = calendar_due(&two, start, n, CALENDAR_WORKING);
    assert(due.day >= start + n && calendar_count(&two, start, due.day, CALENDAR_WORKING) == n);
    assert(calendar_due(&two, start, n, CALENDAR_ALL).day >= start + n);
    return 0;
}
