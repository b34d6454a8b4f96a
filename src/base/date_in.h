/* date, inside: units and the helpers the date_*.c files share. */
#ifndef YC_DATE_IN_H
#define YC_DATE_IN_H

#include "base/base.h"

#define DATE_YEAR_MAX    INT64_C(999999999)
#define DATE_DAY         INT64_C(86400)
#define DATE_DAY_NANOS   (DATE_DAY * DATE_NANOS)
#define DATE_SECONDS_MAX (INT64_C(400000000000) * DATE_DAY)

/* Within ±999,999,999 years. */
bool date_in_range(int64_t days);
/* Offset at a moment from one zone's TZif bytes (version 2 block); false when they are wrong. */
bool date_tzif_offset(Str tzif, int64_t utc, int32_t *offset);

#endif
