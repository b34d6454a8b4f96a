/* What the files of room courier share: the back-off and the ways out. */
#ifndef YC_COURIER_IN_H
#define YC_COURIER_IN_H

#include "courier/courier.h"

enum { COURIER_WAIT_FIRST_S = 5, COURIER_WAIT_MOST_S = 3600, COURIER_LEASE_S = 300, COURIER_LOT = 8 };
/* How long to wait after the n-th failed try (n ≥ 1): doubles from 5 s to an hour, and of that the second half by lot,
 * so that what failed together does not come back together. */
int64_t courier_wait_us(const uint8_t seed[32], Str key, int64_t n);
/* What goes out, as JSON: {key, kind, case, at, inputs, headers}. */
Str courier_body(const CaseEffect *e, Arena *a);

/* courier_folder.c. Err: ERR_IO when the folder cannot be made. */
bool courier_folder(const char *path, Arena *house, void **self, Err *err) MUST_USE;
CourierDeliver courier_to_folder;
/* courier_webhook.c. In: secret: at least 16 bytes. Err: ERR_INVALID. */
bool courier_webhook(Str url, Str secret, Arena *house, void **self, Err *err) MUST_USE;
CourierDeliver courier_to_webhook;
/* courier_provider.c: a simulated payment provider; and whether a provider's state is not its last. */
CourierDeliver courier_to_provider;
bool courier_is_underway(Str state);
/* The signature of a body sent at a moment: "v1," and base64 of HMAC-SHA256 over "KEY.SECONDS.BODY". */
Str courier_signature(Str secret, Str key, int64_t seconds, Str body, Arena *a);

#endif
