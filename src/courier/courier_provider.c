/* A payment provider that is none: for a demonstration and for tests. It goes through the states of a real one, one for
 * each time it is asked, and never moves money. The same key is the same payment. */
#include "courier/courier_in.h"

enum { UNLUCKY = 13 }; /* an amount that ends so many fen over a yuan fails */

bool courier_is_underway(Str state) { return str_is(state, "created") || str_is(state, "started") || str_is(state, "submitted"); }

CourierAnswer courier_to_provider(void *self, const CaseEffect *e, int64_t now_us, Arena *a) {
    (void)self, (void)now_us;
    static const char *const states[] = {"created", "started", "submitted"};
    int64_t fen = value_get_int(e->inputs, "fen", 0);
    ValueBuild b = {.a = a};
    bool ends = fen < 0 || e->attempts >= (int64_t)COUNT_OF(states); /* what is given back ends at once */
    build_c(&b, "state", value_c(!ends ? states[e->attempts] : fen % 100 == UNLUCKY ? "failed" : "success"));
    build_c(&b, "reference", value_str(str_join2(a, STR("SIM-"), e->key)));
    return (CourierAnswer){.said = COURIER_DID, .variables = build_ctx(&b)};
}
