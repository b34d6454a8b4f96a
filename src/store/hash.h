/* SHA-256 with the processor's own instructions where it has them. Stands apart from base.h, some of whose names
 * OpenSSL has too; knows nothing of events. */
#ifndef YC_STORE_HASH_H
#define YC_STORE_HASH_H

#include <stddef.h>
#include <stdint.h>

enum { STORE_HASH_STATE = 16 };
typedef struct StoreHash {
    uint64_t state[STORE_HASH_STATE]; /* OpenSSL's */
} StoreHash;
void store_hash_begin(StoreHash *h);
void store_hash_add(StoreHash *h, const void *bytes, size_t n);
void store_hash_end(StoreHash *h, uint8_t out[32]);

#endif
