/* See hash.h. OpenSSL and not libsodium, whose SHA-256 takes four times as long: the chain is hashed while others
 * wait for the commit. Its older interface, which the newer one (EVP) calls too: a state without memory of its own, and
 * no search for the algorithm each time. Never fails. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "store/hash.h"

#include <assert.h>
#include <openssl/sha.h>

_Static_assert(sizeof(SHA256_CTX) <= sizeof(StoreHash) && _Alignof(SHA256_CTX) <= _Alignof(StoreHash), "the state fits");

static SHA256_CTX *state_of(StoreHash *h) {
    return (SHA256_CTX *)(void *)h->state;
}

void store_hash_begin(StoreHash *h) {
    int ok = SHA256_Init(state_of(h));
    assert(ok == 1);
}

void store_hash_add(StoreHash *h, const void *bytes, size_t n) {
    int ok = SHA256_Update(state_of(h), bytes, n);
    assert(ok == 1);
}

void store_hash_end(StoreHash *h, uint8_t out[32]) {
    int ok = SHA256_Final(out, state_of(h));
    assert(ok == 1);
}
