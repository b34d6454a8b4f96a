/* An appointment as a calendar program takes it (Source: RFC 5545). Times are in UTC, so that no zone has to be described;
 * the UID stays through every change and the sequence grows, so that a moved one replaces itself. Pure. */
#include "desk/desk.h"

enum { LINE = 75 }; /* octets of a line without its break; Source: RFC 5545 §3.1 */

/* One content line, folded between characters. */
static void put_line(Buf *b, Str line) {
    size_t used = 0;
    for (size_t at = 0; at < line.n;) {
        size_t next = at;
        utf8_next(line, &next);
        if (used + (next - at) > LINE) {
            buf_c(b, "\r\n ");
            used = 1;
        }
        buf_add(b, str_sub(line, at, next - at));
        used += next - at;
        at = next;
    }
    buf_c(b, "\r\n");
}

/* A TEXT value; Source: RFC 5545 §3.3.11. */
static Str escaped(Str s, Arena *a) {
    Buf b = {.a = a};
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '\\' || c == ';' || c == ',') buf_byte(&b, '\\');
        if (c == '\n') buf_c(&b, "\\n");
        else if ((unsigned char)c >= ' ') buf_byte(&b, c);
    }
    return buf_str(&b);
}

static void put_text(Buf *b, const char *name, Str s) { put_line(b, str_printf(b->a, "%s:" STR_FMT, name, STR_ARG(escaped(s, b->a)))); }

static void put_time(Buf *b, const char *name, int64_t us) {
    int64_t seconds = us / 1000000, days = seconds / 86400, of_day = seconds % 86400, year;
    int month, day;
    date_civil(days, &year, &month, &day);
    put_line(b, str_printf(b->a, "%s:%04lld%02d%02dT%02d%02d%02dZ", name, (long long)year, month, day, (int)(of_day / 3600), (int)(of_day / 60 % 60), (int)(of_day % 60)));
}

static void put_alarm(Buf *b, Str title) {
    put_line(b, STR("BEGIN:VALARM"));
    put_line(b, STR("ACTION:DISPLAY"));
    put_text(b, "DESCRIPTION", title);
    put_line(b, STR("TRIGGER:-PT2H"));
    put_line(b, STR("END:VALARM"));
}

Str desk_ics(const DeskIcs *e, Arena *a) {
    assert(e && a && e->start_us >= 0 && e->now_us >= 0);
    Buf b = {.a = a};
    put_line(&b, STR("BEGIN:VCALENDAR"));
    put_line(&b, STR("VERSION:2.0"));
    put_line(&b, STR("PRODID:-//Yichuang//Appointments//EN"));
    put_line(&b, e->cancelled ? STR("METHOD:CANCEL") : STR("METHOD:PUBLISH"));
    put_line(&b, STR("BEGIN:VEVENT"));
    put_text(&b, "UID", str_printf(a, STR_FMT "@" STR_FMT, STR_ARG(e->id), STR_ARG(e->host)));
    put_line(&b, str_printf(a, "SEQUENCE:%lld", (long long)e->version));
    put_time(&b, "DTSTAMP", e->now_us);
    put_time(&b, "DTSTART", e->start_us);
    put_time(&b, "DTEND", e->start_us + e->minutes * INT64_C(60000000));
    put_text(&b, "SUMMARY", e->title);
    put_text(&b, "LOCATION", e->place);
    put_text(&b, "DESCRIPTION", e->text);
    put_line(&b, e->cancelled ? STR("STATUS:CANCELLED") : STR("STATUS:CONFIRMED"));
    if (!e->cancelled) put_alarm(&b, e->title);
    put_line(&b, STR("END:VEVENT"));
    put_line(&b, STR("END:VCALENDAR"));
    return buf_str(&b);
}
