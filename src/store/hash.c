/* See hash.h. OpenSSL and not libsodium, whose SHA-256 takes four times as long: the chain is hashed while others
 * wait for the commit. Never fails: what cannot be had is memory. */
#include "store/hash.h"

#include <assert.h>
#include <openssl/evp.h>

StoreHash store_hash_begin(void) {
    EVP_MD_CTX *state = EVP_MD_CTX_new();
    int ok = state && EVP_DigestInit_ex(state, EVP_sha256(), NULL);
    assert(ok == 1);
    return (StoreHash){state};
}

void store_hash_add(StoreHash h, const void *bytes, size_t n) {
    int ok = EVP_DigestUpdate(h.state, bytes, n);
    assert(ok == 1);
}

void store_hash_end(StoreHash h, uint8_t out[32]) {
    int ok = EVP_DigestFinal_ex(h.state, out, NULL);
    assert(ok == 1);
    EVP_MD_CTX_free(h.state);
}
