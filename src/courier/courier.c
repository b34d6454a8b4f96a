/* Rounds of a courier: lease, hand over, report. A crash at any point loses nothing: what was handed over and not
 * reported is handed over again with the same key when the lease has ended. */
#include "courier/courier_in.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

static const int64_t SECOND_US = 1000000;

struct Courier {
    CourierOptions options;
    Arena *a;       /* of one round */
    int64_t rounds; /* so far: each claim has an owner of its own */
};

Courier *courier_new(const CourierOptions *options, Arena *house) {
    assert(options && options->house && options->now_us && house);
    Courier *c = NEW(house, Courier);
    *c = (Courier){.options = *options, .a = arena_new(0)};
    return c;
}

void courier_free(Courier *c) {
    if (c) arena_free(c->a);
}

static int64_t now_us(const Courier *c) { return c->options.now_us(c->options.clock); }

int64_t courier_wait_us(const uint8_t seed[32], Str key, int64_t n) {
    assert(n >= 1);
    int64_t wait_s = COURIER_WAIT_FIRST_S;
    for (int64_t i = 1; i < n && wait_s < COURIER_WAIT_MOST_S; i++) wait_s *= 2;
    if (wait_s > COURIER_WAIT_MOST_S) wait_s = COURIER_WAIT_MOST_S;
    uint64_t lot;
    crypto_generichash_state state;
    crypto_generichash_init(&state, seed, 32, sizeof lot < crypto_generichash_BYTES_MIN ? crypto_generichash_BYTES_MIN : sizeof lot);
    crypto_generichash_update(&state, (const uint8_t *)key.p, key.n);
    crypto_generichash_update(&state, (const uint8_t *)&n, sizeof n);
    uint8_t hash[crypto_generichash_BYTES_MIN];
    crypto_generichash_final(&state, hash, sizeof hash);
    memcpy(&lot, hash, sizeof lot);
    int64_t half = wait_s * SECOND_US / 2;
    return half + (int64_t)(lot % (uint64_t)half);
}

Str courier_body(const CaseEffect *e, Arena *a) {
    Str rest;
    ValueBuild b = {.a = a};
    build_c(&b, "key", value_str(e->key));
    build_c(&b, "kind", value_str(e->kind));
    build_c(&b, "case", value_str(str_cut(e->key, '/', &rest)));
    build_c(&b, "at", date_from_unix_us(a, e->at_us - e->at_us % SECOND_US, 0));
    build_c(&b, "inputs", e->inputs);
    build_c(&b, "headers", e->headers);
    return json_text(a, build_ctx(&b));
}

static const CourierAdapter *adapter_for(const Courier *c, const CaseEffect *e) {
    Str target = value_get_str(e->headers, "target");
    for (size_t i = 0; i < c->options.adapters.n; i++) {
        const CourierAdapter *adapter = &c->options.adapters.items[i];
        bool kind = str_is(adapter->kind, "*") || str_eq(adapter->kind, e->kind);
        if (kind && (adapter->target.n == 0 || str_eq(adapter->target, target))) return adapter;
    }
    return NULL;
}

/* A provider that has not ended with a payment is asked again. */
static CourierAnswer settled(const CaseEffect *e, CourierAnswer answer, Arena *a) {
    Str state = value_get_str(answer.variables, "state");
    if (answer.said != COURIER_DID || !str_is(e->kind, "payment") || !courier_is_underway(state)) return answer;
    return (CourierAnswer){.said = COURIER_LATER, .reason = str_printf(a, "the payment is " STR_FMT, STR_ARG(state))};
}

static CourierAnswer try_once(Courier *c, const CaseEffect *e) {
    const CourierAdapter *adapter = adapter_for(c, e);
    if (adapter) return settled(e, adapter->deliver(adapter->self, e, now_us(c), c->a), c->a);
    Str target = value_get_str(e->headers, "target"), none = str_printf(c->a, "no way out is configured for " STR_FMT, STR_ARG(e->kind));
    if (target.n) none = str_printf(c->a, STR_FMT " to " STR_FMT, STR_ARG(none), STR_ARG(target));
    return (CourierAnswer){.said = COURIER_NEVER, .reason = none};
}

/* What becomes of it: told to the case, or kept for another try. */
static bool conclude(Courier *c, Str owner, const CaseEffect *e, const CourierAnswer *answer, Err *err) {
    CaseReport report = {.key = e->key, .now_us = now_us(c), .variables = answer->variables, .code = answer->code, .reason = answer->reason};
    int64_t failed = e->attempts + 1;
    switch (answer->said) {
    case COURIER_DID: report.how = CASE_DONE; break;
    case COURIER_REFUSED: report.how = CASE_REFUSED; break;
    case COURIER_NEVER: report.how = CASE_DEAD; break;
    case COURIER_LATER:
        if (failed < e->retries)
            return case_later(c->options.house, e->key, owner, report.now_us + courier_wait_us(c->options.seed, e->key, failed), answer->reason, err);
        report.how = CASE_DEAD;
        report.reason = str_printf(c->a, "given up after %" PRId64 " tries: " STR_FMT, failed, STR_ARG(answer->reason));
    }
    return case_report(c->options.house, &report, c->a, err);
}

static Str next_owner(Courier *c) {
    char hex[17];
    sodium_bin2hex(hex, sizeof hex, c->options.seed, 8);
    return str_printf(c->a, "%s-%" PRId64, hex, ++c->rounds);
}

bool courier_round(Courier *c, size_t *tried, Err *err) {
    assert(c && tried);
    arena_reset(c->a);
    CaseEffects got;
    CaseClaim claim = {.owner = next_owner(c), .now_us = now_us(c), .limit = COURIER_LOT};
    claim.until_us = claim.now_us + COURIER_LEASE_S * SECOND_US;
    claim.beyond_us = claim.now_us + 2 * COURIER_WAIT_MOST_S * SECOND_US;
    TRY(case_claim(c->options.house, &claim, c->a, &got, err));
    for (size_t i = 0; i < got.n; i++) {
        /* Whoever slept past the lease leaves the rest to others. */
        if (now_us(c) > claim.until_us - COURIER_PATIENCE_S * SECOND_US) break;
        CourierAnswer answer = try_once(c, &got.items[i]);
        TRY(conclude(c, claim.owner, &got.items[i], &answer, err));
    }
    *tried = got.n;
    return true;
}
