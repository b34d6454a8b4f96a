/* date_zone: offsets of IANA time zones, from the table embedded at build time. Reads no file and
 * keeps no state; an unknown name is refused, never read as UTC. */
#include "base/date_in.h"

bool date_zone_known(Str zone) {
    int32_t offset;
    return date_zone_offset(zone, 0, false, &offset);
}

bool date_zone_offset(Str zone, int64_t unix_seconds, bool is_local, int32_t *offset) {
    (void)unix_seconds, (void)is_local;
    if (!str_is(zone, "Etc/UTC") && !str_is(zone, "UTC")) return false;
    *offset = 0;
    return true;
}
