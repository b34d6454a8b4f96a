/* Secrets of appointments and what people are told about them. An identifier is kept as a keyed hash alone; a code that
 * confirms is reckoned from the store's own key and kept nowhere; a message holds no more than its reader needs. */
#include "desk/book_in.h"

#include <sodium.h>
#include <string.h>

enum { KEY = 32, HASH = 16, CODES = 1000000 };

/* ---- the key ----------------------------------------------------------------------------------------------------------- */

static bool read_key(DeskHouse *h, Arena *a, uint8_t key[KEY], bool *found, Err *err) {
    StoreRows rows;
    TRY(store_query(h->store, store_statement(h->store, "desk_secret_get"), NULL, 0, a, &rows, err));
    *found = rows.n > 0 && rows.cells[0].s.n == KEY;
    if (*found) memcpy(key, rows.cells[0].s.p, KEY);
    return true;
}

/* The first who needs it makes it; of two, one. */
static bool house_key(DeskHouse *h, const uint8_t seed[32], Arena *a, uint8_t key[KEY], Err *err) {
    static const char label[] = "the hall's key";
    bool found;
    TRY(read_key(h, a, key, &found, err));
    if (found) return true;
    uint8_t made[KEY];
    crypto_generichash(made, KEY, (const uint8_t *)label, sizeof label, seed, 32);
    StoreBatch *b = store_batch(a);
    StoreArg arg = store_blob((Str){(const char *)made, KEY});
    store_add(b, store_statement(h->store, "desk_secret_add"), &arg, 1);
    TRY(store_commit(h->store, b, err));
    TRY(read_key(h, a, key, &found, err));
    return found || err_set(err, ERR_IO, "desk", "the hall's key is not where it was put");
}

static bool keyed(DeskHouse *h, const char *label, Str text, const uint8_t seed[32], Arena *a, uint8_t out[HASH], Err *err) {
    uint8_t key[KEY];
    TRY(house_key(h, seed, a, key, err));
    Str said = str_printf(a, "%s " STR_FMT, label, STR_ARG(text));
    crypto_generichash(out, HASH, (const uint8_t *)said.p, said.n, key, KEY);
    return true;
}

bool desk_hash(DeskHouse *h, const char *label, Str text, const uint8_t seed[32], Arena *a, Str *out, Err *err) {
    uint8_t hash[HASH];
    Buf b = {.a = a};
    TRY(keyed(h, label, text, seed, a, hash, err));
    for (int i = 0; i < HASH; i++) buf_printf(&b, "%02x", hash[i]);
    *out = buf_str(&b);
    return true;
}

static bool keyed_number(DeskAct *act, const char *label, Str text, uint32_t below, uint32_t *out, Err *err) {
    uint8_t hash[HASH];
    uint64_t wide;
    TRY(keyed(act->h, label, text, act->c->seed, act->a, hash, err));
    memcpy(&wide, hash, sizeof wide);
    *out = (uint32_t)(wide % below);
    return true;
}

bool desk_confirm_code(DeskAct *act, const DeskBooking *b, int64_t sent, Str *out, Err *err) {
    uint32_t n;
    TRY(keyed_number(act, "confirm", str_printf(act->a, STR_FMT " %lld", STR_ARG(b->id), (long long)sent), CODES, &n, err));
    *out = str_printf(act->a, "%06u", n);
    return true;
}

/* By chance, but the same for everybody who folds: it is told in the event. */
bool desk_booking_back(DeskAct *act, const DeskBooking *b, ValueBuild *payload, Err *err) {
    DeskPlan plan;
    uint32_t more;
    TRY(desk_plan(act->config.json, &plan, err));
    int64_t spread = plan.set ? (plan.back_to - plan.back_from) * 60 : 0, least = plan.set ? plan.back_from * 60 : 0;
    TRY(keyed_number(act, "back", str_printf(act->a, STR_FMT " %lld", STR_ARG(b->id), (long long)b->version), (uint32_t)spread + 1, &more, err));
    build_c(payload, "back", value_int(act->at_us + (least + more) * INT64_C(1000000)));
    return true;
}

/* ---- who is told -------------------------------------------------------------------------------------------------------- */

bool desk_contact(DeskHouse *h, int64_t appointment, Arena *a, DeskContact *out, Err *err) {
    StoreRows rows;
    StoreArg arg = store_int(appointment);
    *out = (DeskContact){.known = false};
    TRY(store_query(h->store, store_statement(h->store, "desk_contact_get"), &arg, 1, a, &rows, err));
    if (rows.n > 0) *out = (DeskContact){.known = true, .name = rows.cells[0].s, .phone = rows.cells[1].s, .lang = rows.cells[2].s, .sent = rows.cells[3].i};
    return true;
}

/* ---- what is told ------------------------------------------------------------------------------------------------------- */

static Str when_text(DeskZone zone, int64_t us, bool zh, Arena *a) {
    static const char *const zh_days[] = {"一", "二", "三", "四", "五", "六", "日"};
    static const char *const en_days[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
    static const char *const months[] = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"};
    Value at = desk_time(zone, us, a);
    int64_t year, minutes = at.u.time->nanos / DATE_NANOS / 60;
    int month, day, weekday = date_weekday(at.u.time->days) - 1;
    date_civil(at.u.time->days, &year, &month, &day);
    if (zh) return str_printf(a, "%d 月 %d 日（周%s）%02d:%02d", month, day, zh_days[weekday], (int)(minutes / 60), (int)(minutes % 60));
    return str_printf(a, "%s %d %s, %02d:%02d", en_days[weekday], day, months[month - 1], (int)(minutes / 60), (int)(minutes % 60));
}

static const struct {
    const char *zh, *en; /* {when} {office} {service} {code}: of the appointment; {more}: the code that confirms, or a reason */
} sayings[] = {
    [DESK_SAY_CODE] = {"预约验证码 {more}，10 分钟内有效。预约：{when}，{office}，{service}。不要把验证码告诉别人",
                       "Your code is {more}. It holds for 10 minutes. Appointment: {when}, {office}, {service}. Tell it to nobody"},
    [DESK_SAY_BOOKED] = {"已预约：{when}，{office}，{service}。预约码 {code}。开始前可以改期或取消",
                         "Booked: {when}, {office}, {service}. Appointment code {code}. You can move or cancel it until it begins"},
    [DESK_SAY_MOVED] = {"预约已改到 {when}，{office}，{service}。预约码不变：{code}",
                        "Your appointment is now {when}, {office}, {service}. The code is the same: {code}"},
    [DESK_SAY_CANCELLED] = {"{when} 在 {office} 的预约已取消（{service}）", "The appointment {when}, {office}, is cancelled ({service})"},
    [DESK_SAY_OFFICE] = {"{office} 取消了您 {when} 的预约（{service}）。原因：{more}。您可以另约时间",
                         "{office} cancelled your appointment {when} ({service}). Reason: {more}. You can book another time"},
    [DESK_SAY_SOON] = {"提醒：您预约了 {when}，{office}，{service}。来不了请取消，让给别人。预约码 {code}",
                       "Reminder: {when}, {office}, {service}. If you cannot come, please cancel, so that others can. Code {code}"},
};

typedef struct Saying { /* the words of one appointment */
    Str when, office, service, code, more; /* see sayings */
} Saying;

static Str word_of(const Saying *s, Str name) {
    if (str_is(name, "when")) return s->when;
    if (str_is(name, "office")) return s->office;
    if (str_is(name, "service")) return s->service;
    return str_is(name, "code") ? s->code : s->more;
}

static Str said(const char *pattern, const Saying *s, Arena *a) {
    Buf b = {.a = a};
    Str rest = str_of(pattern);
    while (rest.n > 0) {
        buf_add(&b, str_cut(rest, '{', &rest));
        Str name = str_cut(rest, '}', &rest);
        if (name.n > 0) buf_add(&b, word_of(s, name));
    }
    return str_head(buf_str(&b), CASE_MESSAGE_TEXT);
}

bool desk_say(DeskAct *act, const DeskBooking *b, const DeskContact *to, DeskSay what, Str more, Err *err) {
    AccessOffice office;
    if (!to->known) return true;
    TRY(access_office(act->h->store, b->office, act->a, &office, err));
    bool zh = !str_is(to->lang, "en");
    const Pack *pack = case_pack(act->h->cases, b->service);
    Value title = pack ? value_get(pack->json, "title") : value_null();
    Saying s = {.when = when_text(desk_zone(act->h, &act->config), b->start_us, zh, act->a), .office = zh ? office.name_zh : office.name_en,
                .service = pack ? value_get_str(title, zh ? "zh" : "en") : b->service, .code = b->code, .more = more};
    CaseMessage m = {.key = str_printf(act->a, STR_FMT "/%lld/%d", STR_ARG(b->id), (long long)b->version, (int)what), .kind = STR("sms"), .about = b->id,
                     .to = to->phone, .text = said(zh ? sayings[what].zh : sayings[what].en, &s, act->a), .lang = to->lang};
    case_message_add(act->h->cases, act->b, &m, act->c->now_us);
    return true;
}
