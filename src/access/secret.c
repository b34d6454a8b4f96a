/* Secrets: derived from a seed that came from outside, encoded, and passwords hashed with Argon2id within
 * a bounded amount of memory. Draws no randomness of its own and never keeps a password. */
#include "access/access_in.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

enum {
    PASSES = 2,             /* Argon2id: 19 MiB and 2 passes, about 15 ms */
    MEMORY_KIB = 19 * 1024, /* fits a small post's computer, twice */
    AT_ONCE = 2,            /* hashings at the same time */
    WAITING_MAX = 64,       /* sign-ins that may wait for their turn */
    GROUPS = 3,             /* of a password made here: XXXX-XXXX-XXXX */
    GROUP = 4,              /* symbols of each */
};

/* Memory is the process's, not a store's: a flood of sign-ins must not become a flood of memory. */
static struct {
    pthread_mutex_t lock; /* guards the two counts */
    pthread_cond_t free;  /* a hashing ended */
    int busy, waiting;    /* hashings now; sign-ins waiting for one */
} hashing = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0};

void access_derive(const uint8_t seed[ACCESS_SECRET], const char *label, Str subject, uint8_t out[ACCESS_SECRET]) {
    crypto_generichash_state h;
    crypto_generichash_init(&h, seed, ACCESS_SECRET, ACCESS_SECRET);
    crypto_generichash_update(&h, (const uint8_t *)label, strlen(label) + 1);
    crypto_generichash_update(&h, (const uint8_t *)subject.p, subject.n);
    crypto_generichash_final(&h, out, ACCESS_SECRET);
}

Str access_encode(Arena *a, const uint8_t secret[ACCESS_SECRET]) {
    char text[sodium_base64_ENCODED_LEN(ACCESS_SECRET, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
    sodium_bin2base64(text, sizeof text, secret, ACCESS_SECRET, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return str_copy(a, str_of(text));
}

bool access_decode(Str text, uint8_t secret[ACCESS_SECRET]) {
    size_t n = 0;
    return text.n == 43 &&
           sodium_base642bin(secret, ACCESS_SECRET, text.p, text.n, NULL, &n, NULL,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
           n == ACCESS_SECRET;
}

bool access_hash_enter(Err *err) {
    pthread_mutex_lock(&hashing.lock);
    bool turn = hashing.waiting < WAITING_MAX;
    if (turn) {
        hashing.waiting++;
        while (hashing.busy == AT_ONCE) pthread_cond_wait(&hashing.free, &hashing.lock);
        hashing.waiting--;
        hashing.busy++;
    }
    pthread_mutex_unlock(&hashing.lock);
    return turn || err_set(err, ERR_BUSY, "access", "too many people are signing in; try again");
}

void access_hash_leave(void) {
    pthread_mutex_lock(&hashing.lock);
    hashing.busy--;
    pthread_cond_signal(&hashing.free);
    pthread_mutex_unlock(&hashing.lock);
}

static bool argon2id(Str password, const AccessHash *h, uint8_t out[ACCESS_SECRET], Err *err) {
    assert(password.n <= ACCESS_PASSWORD_MAX);
    const char *bytes = password.n > 0 ? password.p : "";
    if (crypto_pwhash(out, ACCESS_SECRET, bytes, password.n, h->salt, (unsigned long long)h->passes,
                      (size_t)h->memory_kib * 1024, crypto_pwhash_ALG_ARGON2ID13) == 0)
        return true;
    return err_set(err, ERR_BUSY, "access", "there is not enough memory to check a password; try again");
}

bool access_hash_make(Str password, AccessHash *h, Err *err) {
    h->passes = PASSES;
    h->memory_kib = MEMORY_KIB;
    return argon2id(password, h, h->hash, err);
}

bool access_hash_check(Str password, const AccessHash *h, bool *same, Err *err) {
    uint8_t hash[ACCESS_SECRET];
    TRY(argon2id(password, h, hash, err));
    *same = sodium_memcmp(hash, h->hash, ACCESS_SECRET) == 0;
    sodium_memzero(hash, sizeof hash);
    return true;
}

/* ---- passwords ---------------------------------------------------------------------------------------------------- */
bool access_hash_in_turn(Str password, AccessHash *h, Err *err) {
    TRY(access_hash_enter(err));
    bool ok = access_hash_make(password, h, err);
    access_hash_leave();
    return ok;
}

Str access_readable(const uint8_t secret[ACCESS_SECRET], Arena *a) {
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    Buf out = {.a = a};
    for (size_t i = 0; i < GROUPS * GROUP; i++) {
        if (i > 0 && i % GROUP == 0) buf_byte(&out, '-');
        buf_byte(&out, alphabet[secret[i] & 31]);
    }
    return buf_str(&out);
}

bool access_password_make(const uint8_t seed[ACCESS_SECRET], Str login, Arena *a, Str *password, AccessHash *h, Err *err) {
    uint8_t secret[ACCESS_SECRET], salt[ACCESS_SECRET];
    access_derive(seed, "password", login, secret);
    access_derive(seed, "salt", login, salt);
    memcpy(h->salt, salt, ACCESS_SALT);
    *password = access_readable(secret, a);
    return access_hash_in_turn(*password, h, err);
}

void access_password_keep(Store *s, StoreBatch *b, Str login, const AccessHash *h) {
    StoreArg args[] = {store_text(login), store_blob((Str){(const char *)h->salt, ACCESS_SALT}),
                       store_blob((Str){(const char *)h->hash, ACCESS_SECRET}), store_int(h->passes), store_int(h->memory_kib)};
    store_expect(b, store_statement(s, "access_secret_set"), args, COUNT_OF(args), 1);
}
