/* date_zone: offsets of IANA time zones from the table embedded at build time (tools/zones). Reads
 * no file and keeps no state; an unknown name is refused, never read as UTC. */
#include "base/date_in.h"

#include <string.h>

extern const char date_zones[];
extern const size_t date_zones_size;

static uint32_t word(size_t at) {
    const uint8_t *p = (const uint8_t *)date_zones + at;
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Entry i: name offset, name length, data offset, data length. */
static Str field(uint32_t i, int which) {
    size_t at = 4 + 16 * (size_t)i + 8 * (size_t)which;
    return (Str){date_zones + word(at), word(at + 4)};
}

static bool find_zone(Str name, Str *tzif) {
    uint32_t lo = 0, hi = word(0);
    while (lo < hi) {
        uint32_t middle = lo + (hi - lo) / 2;
        int order = str_cmp(name, field(middle, 0));
        if (order == 0) {
            *tzif = field(middle, 1);
            return true;
        }
        if (order < 0)
            hi = middle;
        else
            lo = middle + 1;
    }
    return false;
}

bool date_zone_known(Str zone) {
    Str tzif;
    return find_zone(zone, &tzif);
}

/* In a gap the offset before it holds, in an overlap the earlier one, as in java.time. */
static bool local_offset(Str tzif, int64_t local, int32_t *offset) {
    int32_t before, after, check;
    TRY(date_tzif_offset(tzif, local - DATE_DAY, &before) && date_tzif_offset(tzif, local + DATE_DAY, &after));
    *offset = before;
    if (before == after) return true;
    TRY(date_tzif_offset(tzif, local - before, &check));
    if (check == before) return true;
    TRY(date_tzif_offset(tzif, local - after, &check));
    if (check == after) *offset = after;
    return true;
}

bool date_zone_offset(Str zone, int64_t unix_seconds, bool is_local, int32_t *offset) {
    Str tzif;
    TRY(find_zone(zone, &tzif));
    return is_local ? local_offset(tzif, unix_seconds, offset) : date_tzif_offset(tzif, unix_seconds, offset);
}
