/* Signing in and out. The cookie's token is never stored, only its hash; the form token is derived from
 * another hash of it, so neither a copy of the database nor a page's source opens a session. */
#include "access/access_in.h"

#include <sodium.h>
#include <string.h>

static const int64_t throttle_us = 15 * ACCESS_MINUTE_US;
enum { FAILURES_MAX = 10, PASSWORD_MIN = 10 };

static Str bytes(const uint8_t secret[ACCESS_SECRET]) {
    return (Str){(const char *)secret, ACCESS_SECRET};
}

/* ---- the password ---------------------------------------------------------------------------------------- */
static bool not_throttled(Store *s, Str user, int64_t now_us, Arena *a, Err *err) {
    StoreArg args[] = {store_text(user), store_int(now_us - throttle_us)};
    StoreRows rows;
    TRY(store_query(s, store_statement(s, "access_failure_get"), args, COUNT_OF(args), a, &rows, err));
    if (rows.n == 0 || rows.cells[0].i < FAILURES_MAX) return true;
    return err_set(err, ERR_BUSY, "access", "too many wrong tries; wait 15 minutes");
}

static bool deny(Store *s, Str user, int64_t now_us, Arena *a, Err *err) {
    StoreArg args[] = {store_text(user), store_int(now_us), store_int(now_us - throttle_us)};
    StoreBatch *b = store_batch(a);
    store_add(b, store_statement(s, "access_failure_add"), args, COUNT_OF(args));
    TRY(store_commit(s, b, err));
    return err_set(err, ERR_DENIED, "access", "user or password is wrong");
}

/* Out: who without a session. An unknown user costs the same time as a known one. */
static bool check_password(Store *s, Str user, Str password, int64_t now_us, Arena *a, AccessWho *who, Err *err) {
    StoreArg args[] = {store_text(user)};
    StoreRows rows;
    AccessHash h = {0};
    bool same = false;
    TRY(not_throttled(s, user, now_us, a, err));
    TRY(store_query(s, store_statement(s, "access_user_get"), args, COUNT_OF(args), a, &rows, err));
    if (rows.n == 0) {
        TRY(access_hash_make(password, &h, err));
        return deny(s, user, now_us, a, err);
    }
    const StoreArg *row = rows.cells;
    assert(row[4].s.n == ACCESS_SALT && row[5].s.n == ACCESS_SECRET);
    memcpy(h.salt, row[4].s.p, ACCESS_SALT);
    memcpy(h.hash, row[5].s.p, ACCESS_SECRET);
    h.passes = row[6].i;
    h.memory_kib = row[7].i;
    TRY(access_hash_check(password, &h, &same, err));
    if (!same || row[8].i) return deny(s, user, now_us, a, err); /* who is disabled is told no more than who guesses */
    *who = (AccessWho){
        .user = str_copy(a, user), .name = row[0].s, .name_en = row[1].s, .office = row[2].s, .role = row[3].s,
        .first_password = row[9].i != 0};
    return true;
}

/* ---- another proof ----------------------------------------------------------------------------------------- */
bool access_prove(Store *s, Str subject, bool right, int64_t now_us, Arena *a, Err *err) {
    assert(s && subject.n > 0 && subject.n <= ACCESS_LOGIN_MAX && a);
    TRY(not_throttled(s, subject, now_us, a, err));
    if (right) return true;
    Err denied = {0};
    if (deny(s, subject, now_us, a, &denied) || denied.code != ERR_DENIED) {
        if (err) *err = denied;
        return false;
    }
    return err_set(err, ERR_DENIED, "access", "these characters are not those that the application gave");
}

/* ---- the session ------------------------------------------------------------------------------------------ */
static void stored_hash(const uint8_t token[ACCESS_SECRET], uint8_t out[ACCESS_SECRET]) {
    access_derive(token, "stored session", (Str){0}, out);
}

static Str public_half(const uint8_t token[ACCESS_SECRET], Arena *a) {
    uint8_t half[ACCESS_SECRET];
    access_derive(token, "form tokens", (Str){0}, half);
    return access_encode(a, half);
}

static bool start_session(Store *s, const uint8_t token[ACCESS_SECRET], Str user, int64_t now_us, Arena *a, Err *err) {
    uint8_t hash[ACCESS_SECRET];
    stored_hash(token, hash);
    StoreArg old[] = {store_int(now_us - ACCESS_IDLE_US), store_int(now_us - ACCESS_ABSOLUTE_US)};
    StoreArg forget[] = {store_text(user), store_int(now_us - throttle_us)};
    StoreArg session[] = {store_blob(bytes(hash)), store_text(user), store_int(now_us)};
    StoreBatch *b = store_batch(a);
    store_add(b, store_statement(s, "access_session_expire"), old, COUNT_OF(old));
    store_add(b, store_statement(s, "access_failure_clear"), forget, COUNT_OF(forget));
    store_expect(b, store_statement(s, "access_session_add"), session, COUNT_OF(session), 1);
    return store_commit(s, b, err);
}

static bool prove_password(Store *s, Str user, Str password, int64_t now_us, Arena *a, AccessWho *who, Err *err) {
    if (user.n > ACCESS_LOGIN_MAX || password.n > ACCESS_PASSWORD_MAX)
        return err_set(err, ERR_DENIED, "access", "user or password is wrong");
    TRY(access_hash_enter(err));
    bool ok = check_password(s, user, password, now_us, a, who, err);
    access_hash_leave();
    return ok;
}

bool access_cosign(Store *s, Str user, Str password, int64_t now_us, Arena *a, AccessWho *who, Err *err) {
    assert(s && a && who);
    AccessWho found;
    TRY(prove_password(s, user, password, now_us, a, &found, err));
    if (found.first_password) return err_set(err, ERR_DENIED, "access", "who has not chosen a password of his own cannot answer for others");
    return access_person(s, user, now_us, a, who, err);
}

bool access_sign_in(Store *s, Str user, Str password, const uint8_t seed[32], int64_t now_us, Arena *a, Str *token,
                    AccessWho *who, Err *err) {
    assert(s && seed && a && token && who);
    uint8_t secret[ACCESS_SECRET];
    AccessWho found;
    access_derive(seed, "session", user, secret);
    TRY(prove_password(s, user, password, now_us, a, &found, err));
    TRY(start_session(s, secret, user, now_us, a, err));
    bool first = found.first_password;
    TRY(access_person(s, user, now_us, a, &found, err));
    found.first_password = first;
    found.session = public_half(secret, a);
    *token = access_encode(a, secret);
    *who = found;
    return true;
}

static bool fresh_fits(const AccessWho *who, Str old, Str fresh, Err *err) {
    bool fits = fresh.n >= PASSWORD_MIN && fresh.n <= ACCESS_PASSWORD_MAX && !str_eq(fresh, old) && !str_eq(fresh, who->user);
    if (fits) return true;
    err_set(err, ERR_INVALID, "access", "a password has at least %d bytes, and is neither the old one nor the login", PASSWORD_MIN);
    if (err) err_element(err, STR("fresh"));
    return false;
}

bool access_password_change(Store *s, const AccessWho *who, Str old, Str fresh, const uint8_t seed[32], int64_t now_us, Arena *a, Err *err) {
    assert(s && who && who->user.n > 0 && seed && a);
    AccessWho found;
    AccessHash *h = NEW(a, AccessHash); /* the batch points into it */
    uint8_t salt[ACCESS_SECRET];
    StoreEvents last;
    StoreBatch *b = store_batch(a);
    StoreArg login[] = {store_text(who->user)};
    TRY(prove_password(s, who->user, old, now_us, a, &found, err));
    TRY(fresh_fits(who, old, fresh, err));
    access_derive(seed, "salt", who->user, salt);
    memcpy(h->salt, salt, ACCESS_SALT);
    TRY(access_hash_in_turn(fresh, h, err));
    StoreEvent e = {.stream = str_join2(a, STR("user/"), who->user), .kind = STR("password_set"), .actor = access_actor(a, who), .at_us = now_us, .payload = STR("{\"first\":false}")};
    TRY(store_latest(s, e.stream, 1, a, &last, err));
    e.seq = (last.n > 0 ? last.items[0].seq : 0) + 1;
    store_event(b, e.stream, e.seq, e.kind, e.actor, e.at_us, e.payload);
    TRY(access_fold(s, b, &e, err));
    access_password_keep(s, b, who->user, h);
    store_add(b, store_statement(s, "access_session_end_all"), login, COUNT_OF(login));
    return store_commit(s, b, err);
}

bool access_sign_out(Store *s, Str token, Err *err) {
    assert(s);
    uint8_t secret[ACCESS_SECRET], hash[ACCESS_SECRET];
    if (!access_decode(token, secret)) return true;
    stored_hash(secret, hash);
    Arena *a = arena_new(0);
    StoreArg args[] = {store_blob(bytes(hash))};
    StoreBatch *b = store_batch(a);
    store_add(b, store_statement(s, "access_session_end"), args, COUNT_OF(args));
    bool ok = store_commit(s, b, err);
    arena_free(a);
    return ok;
}

/* A full disk must not sign people out: they may still read. */
static bool touch(Store *s, const uint8_t hash[ACCESS_SECRET], int64_t now_us, Arena *a, Err *err) {
    Err seen = {0};
    StoreArg args[] = {store_blob(bytes(hash)), store_int(now_us)};
    StoreBatch *b = store_batch(a);
    store_add(b, store_statement(s, "access_session_touch"), args, COUNT_OF(args));
    if (store_commit(s, b, &seen) || seen.code == ERR_DISK_FULL || seen.code == ERR_READ_ONLY || seen.code == ERR_BUSY) return true;
    if (err) *err = seen;
    return false;
}

/* Who he is and what he may do is read at each request: what was taken from him is gone at once. */
bool access_session(Store *s, Str token, int64_t now_us, Arena *a, AccessWho *who, Err *err) {
    enum { CREATED, SEEN, LOGIN, NAME, NAME_EN, OFFICE, ROLE, DISABLED, FIRST, GRANTS = 12 }; /* columns */
    assert(s && a && who);
    uint8_t secret[ACCESS_SECRET] = {0}, hash[ACCESS_SECRET];
    bool readable = access_decode(token, secret);
    stored_hash(secret, hash);
    StoreArg args[] = {store_blob(bytes(hash))};
    StoreRows rows = {0};
    if (readable) TRY(store_query(s, store_statement(s, "access_session_get"), args, COUNT_OF(args), a, &rows, err));
    const StoreArg *row = rows.cells;
    if (rows.n == 0 || row[DISABLED].i || now_us - row[CREATED].i > ACCESS_ABSOLUTE_US || now_us - row[SEEN].i > ACCESS_IDLE_US)
        return err_set(err, ERR_NO_SESSION, "access", "please sign in");
    if (now_us - row[SEEN].i >= ACCESS_MINUTE_US) TRY(touch(s, hash, now_us, a, err));
    AccessWho found = {.user = row[LOGIN].s, .name = row[NAME].s, .name_en = row[NAME_EN].s, .office = row[OFFICE].s,
                       .role = row[ROLE].s, .session = public_half(secret, a), .first_password = row[FIRST].i != 0};
    access_grants_read(&rows, GRANTS, now_us, a, &found);
    *who = found;
    return true;
}

/* ---- form tokens --------------------------------------------------------------------------------------------- */
Str access_form_token(Arena *a, const AccessWho *who) {
    assert(a && who);
    uint8_t half[ACCESS_SECRET], token[ACCESS_SECRET];
    if (!access_decode(who->session, half)) return (Str){0};
    access_derive(half, "form", who->user, token);
    return access_encode(a, token);
}

bool access_form_token_ok(const AccessWho *who, Str token) {
    assert(who);
    Arena *a = arena_new(0);
    Str right = access_form_token(a, who);
    bool ok = right.n > 0 && token.n == right.n && sodium_memcmp(token.p, right.p, right.n) == 0;
    arena_free(a);
    return ok;
}
