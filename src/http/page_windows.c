/* page_windows: the windows of the halls on the supervisor's board: who sits where, which number is there, since when, and how
 * long people wait. It shows numbers and clerks, never who was called. */
#include "http/page_in.h"

#include <inttypes.h>

enum { LONG_MINUTES = 20, WINDOWS = 100 };

static Str number(const HttpPage *p, int64_t n) { return str_printf(p->a, "%" PRId64, n); }

static int64_t minutes_since(const HttpPage *p, int64_t us) { return us > 0 && us < p->r->now_us ? (p->r->now_us - us) / 60000000 : 0; }

/* The ticket at a counter; null when nobody is there. */
static Value ticket_at(Value hall, Str id) {
    static const char *const states[] = {"called", "serving"};
    for (size_t i = 0; id.n > 0 && i < COUNT_OF(states); i++) {
        Value list = value_get(hall, states[i]);
        for (uint32_t k = 0; list.kind == VALUE_LIST && k < list.size; k++)
            if (str_eq(value_get_str(list.u.list[k], "id"), id)) return list.u.list[k];
    }
    return value_null();
}

static Value window_view(const HttpPage *p, Value hall, Value counter) {
    AccessWho clerk = {0};
    Err none = {0};
    Str login = value_get_str(counter, "clerk");
    Value ticket = ticket_at(hall, value_get_str(counter, "ticket"));
    bool busy = !value_is_null(ticket), known = login.n > 0 && access_person(p->r->site->store, login, p->r->now_us, p->a, &clerk, &none);
    int64_t minutes = minutes_since(p, value_get_int(ticket, "called_us", 0));
    ValueBuild b = {.a = p->a};
    build_c(&b, "no", value_str(number(p, value_get_int(counter, "no", 0))));
    build_c(&b, "clerk", value_str(known ? clerk.name : login));
    build_c(&b, "tag", value_str(http_word_tag(p, known ? clerk.name : login)));
    build_c(&b, "ticket", value_str(busy ? value_get_str(ticket, "label") : STR("")));
    build_c(&b, "minutes", value_str(busy ? number(p, minutes) : STR("")));
    build_c(&b, "long", value_bool(busy && minutes >= LONG_MINUTES));
    return build_ctx(&b);
}

typedef struct Waiting { /* of all halls */
    int64_t n, longest; /* people; minutes */
} Waiting;

static void count_waiting(const HttpPage *p, Value hall, Waiting *out) {
    Value list = value_get(hall, "waiting");
    for (uint32_t i = 0; list.kind == VALUE_LIST && i < list.size; i++) {
        int64_t minutes = minutes_since(p, value_get_int(list.u.list[i], "issued_us", 0));
        out->n++;
        if (minutes > out->longest) out->longest = minutes;
    }
}

static Value hall_view(const HttpPage *p, Str office, Value hall, size_t *shown) {
    Value counters = value_get(hall, "counters");
    ValueBuild list = {.a = p->a}, b = {.a = p->a};
    for (uint32_t i = 0; counters.kind == VALUE_LIST && i < counters.size && *shown < WINDOWS; i++, ++*shown)
        build_item(&list, window_view(p, hall, counters.u.list[i]));
    build_c(&b, "office", value_str(http_life_office(p, office)));
    build_c(&b, "windows", build_list(&list));
    return build_ctx(&b);
}

bool http_windows_put(HttpPage *p, Value offices, Err *err) {
    ValueBuild halls = {.a = p->a};
    Waiting waiting = {0};
    size_t shown = 0;
    for (uint32_t i = 0; offices.kind == VALUE_LIST && i < offices.size; i++) {
        Err trouble = {0};
        Value hall;
        Str office = value_text(offices.u.list[i]);
        if (desk_hall(p->r->site->desk, &p->r->who, office, p->r->now_us, p->a, &hall, &trouble)) {
            count_waiting(p, hall, &waiting);
            build_item(&halls, hall_view(p, office, hall, &shown));
        } else if (trouble.code != ERR_NOT_FOUND && trouble.code != ERR_DENIED) { /* most offices have no hall */
            *err = trouble;
            return false;
        }
    }
    http_page_put(p, "has_halls", value_bool(halls.n > 0));
    http_page_put(p, "halls", build_list(&halls));
    http_page_str(p, "waiting", http_page_say(p, "board.waiting", "n", number(p, waiting.n), "m", number(p, waiting.longest), NULL));
    return true;
}
