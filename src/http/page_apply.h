/* What the pages of an application share: the draft of this service on this device, its steps, and what is shown when
 * there is none any more. A page keeps what was typed before it judges it; it holds no rule of the form. */
#ifndef YC_HTTP_PAGE_APPLY_H
#define YC_HTTP_PAGE_APPLY_H

#include "http/page_in.h"

enum { HTTP_STEPS = 40 }; /* most pages of one form */

typedef struct HttpStep { /* one page of a form: one of its outermost groups */
    Str title;   /* of the group */
    Value parts; /* those that a resident sees, as paper_view gives them */
    Value keys;  /* list: names of its fields and lists */
} HttpStep;

typedef struct HttpApply {       /* an application on its way */
    HttpPage p;                  /* the page */
    const Pack *pack;            /* the service in force */
    CaseDraft draft;             /* what was typed so far */
    CaseLook look;               /* against the form in force */
    HttpForm form;               /* the same as a form */
    HttpStep steps[HTTP_STEPS];  /* those that the answers leave visible */
    size_t n_steps;              /* of steps */
} HttpApply;

/* The draft of the service in the path, from this device. Out: go = false: out holds another page already: it expired,
 * was handed in, the service was withdrawn, or there is none. */
bool http_apply_open(HttpRequest *r, HttpResponse *out, HttpApply *x, bool *go, Err *err) MUST_USE;
/* Looks at the draft's answers again: x->look, x->steps. */
bool http_apply_look(HttpApply *x, Err *err) MUST_USE;
/* Keeps answers; what somebody else kept meanwhile stays where these say nothing. */
bool http_apply_keep(HttpApply *x, Value answers, Str office, Err *err) MUST_USE;
/* "/apply/SERVICE/REST" */
Str http_apply_path(const HttpApply *x, const char *rest);
Str http_apply_other(const HttpApply *x, Str path); /* the same page in the other language */
/* What every page of an application shows: caption, save link, what a new version changed. In: step from 1. */
void http_apply_frame(HttpApply *x, size_t step, Str title);
/* What a form's fields answer, staff's own left out. In: name → text or list of texts. */
Value http_apply_answers(const Pack *pack, Value posted, Arena *a);
bool http_apply_is_staff(const Pack *pack, Str key);
/* Those faults that belong to a step. */
PaperFaults http_apply_faults(const HttpApply *x, const HttpStep *step);
/* Does the service take papers as files? Then a page for them stands between the form and the check. */
bool http_apply_takes_files(const HttpApply *x);
bool http_apply_put_files(HttpApply *x, Err *err) MUST_USE; /* has_files, papers: what was handed over */
/* The first page with something to put right; 0 = none. And the way there. */
size_t http_apply_first_faulty(const HttpApply *x);
void http_apply_go_to_fault(const HttpApply *x, HttpResponse *out, size_t n, bool judge);
/* The code of this device's draft, and its change; "" takes it away. */
Str http_draft_cookie(const HttpRequest *r, Str service);
void http_draft_cookie_set(const HttpRequest *r, HttpResponse *out, Str service, Str code);
/* A page that says one thing about a draft. In: which = "expired" "withdrawn" "none". */
bool http_apply_ended(HttpRequest *r, HttpResponse *out, const CaseDraft *draft, const char *which, Err *err) MUST_USE;

#endif
