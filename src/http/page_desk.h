/* What the files of the desk's page share: one person at one counter, and the visit in front of him. It shows what room
 * desk and room case say; every act is one command of theirs. */
#ifndef YC_HTTP_PAGE_DESK_H
#define YC_HTTP_PAGE_DESK_H

#include "http/page_in.h"

typedef struct HttpDesk { /* the page of one moment */
    HttpPage p;             /* the page */
    Value hall;             /* desk_hall */
    Value counter;          /* where the person sits, as in the hall; null = nowhere */
    Value ticket;           /* desk_ticket_view of the one that the page is about; null = none */
    Str ticket_id;          /* of it, "" = none */
    Str case_id;            /* that is shown, "" = none */
    Str service;            /* whose form is shown, "" = none */
    const HttpTyped *typed; /* what was typed on the case; never NULL */
    const char *trouble;    /* path of the text that says why an act was not done, or NULL */
} HttpDesk;

/* The desk with what was typed, after an act on a case of the visit. In: the form's field `ticket`. */
bool http_desk_show(HttpRequest *r, HttpResponse *out, Str case_id, const HttpTyped *typed, Err *err) MUST_USE;
/* "/staff/desk/TICKET", the way back to the desk that a form carries in its field `ticket`; "" when it came from elsewhere. */
Str http_desk_back(const HttpRequest *r);

/* page_desk_visit.c: the middle and the right column. */
bool http_desk_visit_put(HttpDesk *d, Err *err) MUST_USE;
/* The form of a new service, with its faults or what the visit has told already. */
bool http_desk_form_put(HttpDesk *d, Value answers, const PaperFaults *faults, const char *agent_error, Err *err) MUST_USE;
bool http_desk_begin(HttpDesk *d, HttpRequest *r, Str ticket, const HttpTyped *typed, Err *err) MUST_USE;
bool http_desk_send(HttpDesk *d, HttpResponse *out, int status, Err *err) MUST_USE;
Str http_desk_key(const HttpRequest *r); /* that the form carries, else a new one */

#endif
