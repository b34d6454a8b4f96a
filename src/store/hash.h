/* SHA-256 with the processor's own instructions where it has them. Stands apart from base.h, some of whose names
 * OpenSSL has too; knows nothing of events. */
#ifndef YC_STORE_HASH_H
#define YC_STORE_HASH_H

#include <stddef.h>
#include <stdint.h>

typedef struct StoreHash {
    void *state; /* OpenSSL's; from begin to end */
} StoreHash;
StoreHash store_hash_begin(void);
void store_hash_add(StoreHash h, const void *bytes, size_t n);
void store_hash_end(StoreHash h, uint8_t out[32]);

#endif
