/* Fees: what is due, taken, asked of a provider, given back. Part of the pure middle. What is due is computed from the
 * pack's decision and from what was paid before, never typed; each item is paid once. Room pack says what an item costs. */
#include "case/middle_in.h"

enum { MAX_REFERENCE = 100, MAX_COUNTER = 60, PROVIDER_RETRIES = 100 };

/* ---- what is due ------------------------------------------------------------------------------------------------- */

bool case_payment_holds(Value payment) {
    Str state = value_get_str(payment, "state");
    return str_is(state, "created") || (str_is(state, "success") && value_is_null(value_get(payment, "refund")));
}

/* The payment that holds an item: paid and not given back, or on its way; 0 = none. */
static int64_t paid_by(Value payments, Str item) {
    for (uint32_t i = 0; payments.kind == VALUE_LIST && i < payments.size; i++) {
        Value items = value_get(payments.u.list[i], "items");
        for (uint32_t k = 0; case_payment_holds(payments.u.list[i]) && k < items.size; k++)
            if (str_eq(value_get_str(items.u.list[k], "id"), item)) return value_get_int(payments.u.list[i], "no", 0);
    }
    return 0;
}

static Value due_item(Value item, int64_t payment, Arena *a) {
    ValueBuild b = {.a = a};
    build_c(&b, "id", value_get(item, "id"));
    build_c(&b, "name", value_get(item, "name"));
    build_c(&b, "fen", value_get(item, "fen"));
    build_c(&b, "checked_by", value_get(item, "checked_by"));
    build_c(&b, "payment", payment > 0 ? value_int(payment) : value_null());
    return build_ctx(&b);
}

bool case_fees_due(const Pack *pack, Value answers, Value payments, FeelRun *run, Value *out, Err *err) {
    Value fee, items;
    ValueBuild list = {.a = run->arena}, b = {.a = run->arena};
    int64_t due = 0;
    bool known = true;
    TRY(pack_fees(pack, case_typed(pack, answers, run), run, &fee, err));
    items = value_get(fee, "items");
    for (uint32_t i = 0; i < items.size; i++) {
        int64_t payment = paid_by(payments, value_get_str(items.u.list[i], "id")), fen = value_get_int(items.u.list[i], "fen", -1);
        build_item(&list, due_item(items.u.list[i], payment, run->arena));
        known = known && (payment > 0 || fen >= 0);
        due += payment == 0 && fen > 0 ? fen : 0;
    }
    build_c(&b, "due", known ? value_int(due) : value_null());
    build_c(&b, "items", build_list(&list));
    *out = build_ctx(&b);
    return true;
}

bool case_fees_hold(CaseMiddle *m, const CaseRecord *before, const char *act, Err *err) {
    Value fees;
    if (!str_is(m->pack->fees_before, act)) return true;
    TRY(case_fees_due(m->pack, before->answers, before->payments, m->run, &fees, err));
    return value_get_int(fees, "due", 0) == 0 || case_middle_refuse(err, ERR_STATE, "fees", "the fee is to be paid first");
}

/* ---- taking ------------------------------------------------------------------------------------------------------- */

static bool takes(const CaseMiddle *m, Str method) {
    bool online = str_is(method, "online");
    return m->c->code.n > 0 ? online : online || str_is(method, "cash") || str_is(method, "card") || str_is(method, "qr");
}

static bool check_short(Value args, const char *name, size_t most, Err *err) {
    if (utf8_count(value_get_str(args, name)) <= most) return true;
    return case_middle_refuse(err, ERR_INVALID, name, "this is too long");
}

/* All that is due, each with its amount: what was seen must still be it. */
static bool items_due(CaseMiddle *m, const CaseRecord *before, Value *out, int64_t *fen, Err *err) {
    Value fees, items;
    int64_t seen;
    ValueBuild list = {.a = m->out->a};
    TRY(case_fees_due(m->pack, before->answers, before->payments, m->run, &fees, err));
    if (value_is_null(value_get(fees, "due"))) return case_middle_refuse(err, ERR_STATE, "fees", "the amount is not known: nothing can be taken");
    *fen = value_get_int(fees, "due", 0);
    if (*fen == 0) return case_middle_refuse(err, ERR_STATE, "fees", "nothing is due");
    if (value_to_int(value_get(m->c->args, "fen"), &seen) && seen != *fen) return case_middle_refuse(err, ERR_STALE, "fees", "another amount is due now");
    items = value_get(fees, "items");
    for (uint32_t i = 0; i < items.size; i++) {
        Value item = items.u.list[i];
        ValueBuild b = {.a = m->out->a};
        if (!value_is_null(value_get(item, "payment"))) continue;
        build_c(&b, "id", value_get(item, "id"));
        build_c(&b, "fen", value_get(item, "fen"));
        build_item(&list, build_ctx(&b));
    }
    *out = build_list(&list);
    return true;
}

/* Number of the receipt, and the drawer that it lies in: of a person of the counter. */
static void put_receipt(const CaseMiddle *m, const CaseRecord *before, ValueBuild *b) {
    const AccessWho *who = &m->c->who;
    bool person = m->c->code.n == 0 && !str_is(who->user, "system");
    build_c(b, "office", value_str(before->money.office));
    build_c(b, "year", value_int(before->money.year));
    build_c(b, "receipt", value_int(before->money.receipt));
    if (!person) return;
    build_c(b, "clerk", value_str(who->user));
    build_c(b, "by_name", value_str(who->name));
    build_c(b, "counter", value_str(before->money.counter));
    build_c(b, "day", value_int(before->money.day));
}

/* A provider is asked by an effect; its answer says whether it is paid. Its key is the same on every try. */
static void ask_provider(CaseMiddle *m, int64_t no, int64_t fen) {
    Arena *a = m->out->a;
    const CaseRecord *r = &m->out->after;
    ValueBuild inputs = {.a = a}, b = {.a = a};
    build_c(&inputs, "payment", value_int(no));
    build_c(&inputs, "fen", value_int(fen));
    build_c(&inputs, "service", value_str(r->service));
    build_c(&b, "key", value_str(str_printf(a, STR_FMT "/0/%lld", STR_ARG(r->id), (long long)r->version + 1)));
    build_c(&b, "kind", value_c("payment"));
    build_c(&b, "element", value_c(""));
    build_c(&b, "token", value_int(0));
    build_c(&b, "waits", value_bool(false));
    build_c(&b, "retries", value_int(PROVIDER_RETRIES));
    build_c(&b, "inputs", build_ctx(&inputs));
    build_c(&b, "headers", value_ctx(NULL, 0));
    case_change_event(m->out, "effect", build_ctx(&b));
}

bool case_pay(CaseMiddle *m, const CaseRecord *before, Err *err) {
    Value items;
    Str method = value_get_str(m->c->args, "method"), reference = str_trim(value_get_str(m->c->args, "reference"));
    int64_t fen = 0, no = before->payments.kind == VALUE_LIST ? (int64_t)before->payments.size + 1 : 1;
    TRY(case_middle_version(m, before, err));
    if (str_is(before->state, "withdrawn") || str_is(before->state, "rejected"))
        return err_set(err, ERR_STATE, "case", "the case is " STR_FMT ": nothing is paid for it any more", STR_ARG(before->state));
    if (!takes(m, method)) return case_middle_refuse(err, ERR_INVALID, "method", "this is no way to pay here");
    TRY(check_short(m->c->args, "reference", MAX_REFERENCE, err) && check_short(m->c->args, "counter", MAX_COUNTER, err));
    TRY(items_due(m, before, &items, &fen, err));
    bool online = str_is(method, "online");
    ValueBuild b = {.a = m->out->a};
    build_c(&b, "no", value_int(no));
    build_c(&b, "items", items);
    build_c(&b, "fen", value_int(fen));
    build_c(&b, "method", value_str(method));
    if (reference.n > 0) build_c(&b, "reference", value_str(reference));
    if (!online) put_receipt(m, before, &b);
    case_change_event(m->out, online ? "payment_asked" : "paid", build_ctx(&b));
    if (online) ask_provider(m, no, fen);
    return true;
}

/* ---- what the provider says ---------------------------------------------------------------------------------------- */

static Value payment_no(Value payments, int64_t no) {
    for (uint32_t i = 0; payments.kind == VALUE_LIST && i < payments.size; i++)
        if (value_get_int(payments.u.list[i], "no", 0) == no) return payments.u.list[i];
    return value_null();
}

void case_pay_report(CaseMiddle *m, const CaseRecord *before, int64_t no, bool dead) {
    Value variables = value_get(m->c->args, "variables"), payment = payment_no(before->payments, no);
    Str state = dead ? STR("error") : value_get_str(variables, "state"), reference = value_get_str(variables, "reference");
    bool success = str_is(state, "success"), known = success || str_is(state, "failed") || str_is(state, "cancelled");
    if (value_is_null(payment) || str_is(value_get_str(payment, "state"), "success")) return;
    ValueBuild b = {.a = m->out->a};
    build_c(&b, "no", value_int(no));
    if (!success) build_c(&b, "state", value_str(known ? state : STR("error")));
    if (success) {
        build_c(&b, "items", value_get(payment, "items"));
        build_c(&b, "fen", value_get(payment, "fen"));
        build_c(&b, "method", value_c("online"));
        put_receipt(m, before, &b);
    }
    if (reference.n > 0 && utf8_count(reference) <= MAX_REFERENCE) build_c(&b, "reference", value_str(reference));
    case_change_event(m->out, success ? "paid" : "payment_ended", build_ctx(&b));
}

/* ---- giving back ---------------------------------------------------------------------------------------------------- */

bool case_refund(CaseMiddle *m, const CaseRecord *before, Err *err) {
    Str reason = str_trim(value_get_str(m->c->args, "reason")), reference = str_trim(value_get_str(m->c->args, "reference"));
    int64_t no = value_get_int(m->c->args, "payment", 0);
    Value payment = payment_no(before->payments, no);
    TRY(case_middle_version(m, before, err));
    if (value_is_null(payment) || !str_is(value_get_str(payment, "state"), "success")) return case_middle_refuse(err, ERR_INVALID, "payment", "there is no such payment");
    if (!value_is_null(value_get(payment, "refund"))) return case_middle_refuse(err, ERR_STATE, "payment", "it was given back already");
    if (str_eq(value_get_str(payment, "clerk"), m->c->who.user))
        return case_middle_refuse(err, ERR_DENIED, "payment", "who took a payment does not give it back: somebody else does");
    TRY(case_middle_reason(reason, err) && check_short(m->c->args, "reference", MAX_REFERENCE, err) && check_short(m->c->args, "counter", MAX_COUNTER, err));
    ValueBuild b = {.a = m->out->a};
    build_c(&b, "payment", value_int(no));
    build_c(&b, "fen", value_get(payment, "fen"));
    build_c(&b, "method", value_get(payment, "method"));
    build_c(&b, "reason", value_str(reason));
    if (reference.n > 0) build_c(&b, "reference", value_str(reference));
    put_receipt(m, before, &b);
    case_change_event(m->out, "refunded", build_ctx(&b));
    if (str_is(value_get_str(payment, "method"), "online")) ask_provider(m, no, -value_get_int(payment, "fen", 0));
    return true;
}

/* ---- what events tell of it ------------------------------------------------------------------------------------------- */

static Value put_in(Value list, int64_t no, const char *member, Value v, Arena *a) {
    ValueBuild b = {.a = a};
    for (uint32_t i = 0; list.kind == VALUE_LIST && i < list.size; i++) {
        Value one = list.u.list[i];
        build_item(&b, value_get_int(one, "no", 0) == no ? value_with(a, one, str_of(member), v) : one);
    }
    return build_list(&b);
}

static Value without(Value list, int64_t no, Arena *a) {
    ValueBuild b = {.a = a};
    for (uint32_t i = 0; list.kind == VALUE_LIST && i < list.size; i++)
        if (value_get_int(list.u.list[i], "no", 0) != no) build_item(&b, list.u.list[i]);
    return build_list(&b);
}

static Value added(Value list, Value payment, const char *state, Arena *a) {
    ValueBuild b = {.a = a};
    for (uint32_t i = 0; list.kind == VALUE_LIST && i < list.size; i++) build_item(&b, list.u.list[i]);
    build_item(&b, value_with(a, payment, STR("state"), value_c(state)));
    return build_list(&b);
}

Value case_payments_tell(Value payments, Str kind, Value fact, Arena *a) {
    int64_t no = value_get_int(fact, "no", 0);
    if (str_is(kind, "payment_asked")) return added(payments, fact, "created", a);
    if (str_is(kind, "paid")) return added(without(payments, no, a), fact, "success", a);
    if (str_is(kind, "payment_ended")) return put_in(payments, no, "state", value_get(fact, "state"), a);
    if (str_is(kind, "refunded")) return put_in(payments, value_get_int(fact, "payment", 0), "refund", fact, a);
    return payments;
}
