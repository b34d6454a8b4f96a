/* What the page_*.c files share: a page under construction (request, texts, view), the words of a service in
 * the reader's language, and dates as people read them. A page shows what the rooms say; it holds no rule
 * and asks no question of its own. */
#ifndef YC_HTTP_PAGE_IN_H
#define YC_HTTP_PAGE_IN_H

#include "http/http_in.h"

typedef struct HttpPage { /* one page from its first word to the reply */
    HttpRequest *r;   /* who asks, for what, in which language */
    Arena *a;         /* the request's arena */
    Value t;          /* texts of the pages in the reader's language */
    bool staff;       /* a page behind the sign-in */
    ValueBuild view;  /* what its template sees */
} HttpPage;

/* ---- page.c: templates, texts, the frame around every page ---------------------------------------- */
void http_page_begin(HttpPage *p, HttpRequest *r, bool staff);
void http_page_put(HttpPage *p, const char *key, Value v); /* the last word on a key counts */
void http_page_str(HttpPage *p, const char *key, Str s);
bool http_page_send(HttpPage *p, HttpResponse *out, int status, const char *template_name, Err *err) MUST_USE;
Str http_page_lang(const HttpPage *p);
/* A text by its dotted path; asserts that it is there (the test of equal keys covers both languages). */
Str http_page_text(const HttpPage *p, const char *path);
/* The same with {name} parts filled in: pairs of (const char *name, Str value), then NULL. */
Str http_page_say(const HttpPage *p, const char *path, ...);
/* The same path and query, with lang replaced. */
Str http_page_in(const HttpPage *p, Str lang);
/* name=value pairs of a context (strings; lists repeat the name), percent-encoded and joined with &. */
Str http_page_query(Arena *a, Value fields);
void http_page_services(HttpPage *p);                        /* services: [{id, title, subtitle}] */
/* Errors for shared/errors.html: list of {key, text}. */
void http_page_errors(HttpPage *p, Str head, Value errors);

/* ---- page_words.c: how a service's codes and values read -------------------------------------------- */
Str http_word_pick(const HttpPage *p, Value zh_en);          /* of {zh, en} */
Value http_word_texts(const HttpPage *p, const Pack *pack);
Str http_word(Value texts, const char *group, Str key, Str otherwise);
Str http_word_step(const HttpPage *p, const Pack *pack, Str id, Str name); /* of a process; name: as it is drawn */
Str http_word_evidence(const HttpPage *p, const Pack *pack, Str id); /* name of a kind of paper */
Str http_word_outcome(const HttpPage *p, const Pack *pack, Str code);
/* An answer or a decision's value; key = form field it belongs to, "" when none. */
Str http_word_value(const HttpPage *p, const Pack *pack, Str key, Value v);
Str http_word_wanted(const HttpPage *p, const Pack *pack, Str key, Str test); /* a table cell: "on_scene", "camera" */
Value http_word_articles(const HttpPage *p, const Pack *pack, Value refs);    /* for shared/statute.html */
Value http_word_folded(const HttpPage *p, const Pack *pack, Value refs);      /* the same, each behind its name */
Str http_word_appeal(const HttpPage *p, Value appeal, Str government);
Value http_word_notices(const HttpPage *p, const Pack *pack);
/* "zh-CN" for a text with Chinese characters on an English page, else "": the lang of what people typed. */
Str http_word_tag(const HttpPage *p, Str text);
/* A date and time in office time: 2026-11-23 10:41 · 2026-11-23T10:41 · 10:41 · 11 月 23 日 10:41 · 11 月 23 日（周一）. */
Str http_word_time(const HttpPage *p, Value when);
Str http_word_iso(const HttpPage *p, Value when);
Str http_word_clock(const HttpPage *p, Value when);
Str http_word_moment(const HttpPage *p, Value when);
Str http_word_day(const HttpPage *p, Value when);
Str http_word_date(const HttpPage *p, Value date); /* a date as a letter writes it: 2026 年 11 月 23 日; "" when none */

/* ---- page_why.c: the explanation of a decision ------------------------------------------------------- */
Value http_why_reasons(const HttpPage *p, const Pack *pack, Value rules);     /* sentences, deciding rule first */
Value http_why_refs(HttpPage *p, Value rules);                                /* articles of the deciding rules */
/* proposal, why, nots, tables, articles, appeal of the clerk's page. In: a kept record and its explanation. */
void http_why_put(HttpPage *p, const Pack *pack, Value record, Value trace);

/* ---- page_clock.c: deadlines ---------------------------------------------------------------------------- */
Value http_clock_chip(const HttpPage *p, Value due); /* {chip, late, soon, ok, text}, null without a day */
/* clocks and has_clocks, from a case's view; may: the reader may act on them. */
void http_clock_put(HttpPage *p, const Pack *pack, Value clocks, bool may, bool may_grant);

/* ---- page_guide.c: before applying ----------------------------------------------------------------------- */
/* lines, items, clocks, total of resident/guide. In: what pack_guide gives. */
void http_guide_put(HttpPage *p, const Pack *pack, Value guide);
Str http_guide_fee(const HttpPage *p, const Pack *pack);     /* what it costs in general, with its mark when not verified */
Value http_guide_items(const HttpPage *p, const Pack *pack); /* [{name, amount, unverified}] in force today */
Str http_guide_promise(const HttpPage *p, const Pack *pack); /* days until the decision, as promised, else by law; "" = none */
void http_guide_terms(HttpPage *p, const Pack *pack);        /* promised, statutory, statutory_cited of resident/service */

/* ---- page_form.c, page_facts.c: a form-js form as HTML fields -------------------------------------------- */
typedef struct HttpForm { /* a form to be shown */
    const Pack *pack;          /* its service: words in the reader's language, and which answers decide */
    const Paper *form;         /* pack->form, or another of the pack's */
    Value given;               /* what the service itself says, see paper_check; or null */
    Value answers;             /* so far, as paper_from_post or paper_check gives them */
    const PaperFaults *faults; /* to be shown at their fields, or NULL */
    Value files;               /* stored files: context of reference → {name, note}; or null: references are shown */
    Str action;                /* where the page's form is sent: the buttons of lists need it */
    bool deciding_only;        /* leave out groups that decide nothing */
} HttpForm;
/* Groups for shared/fields.html: [{group, title, tag, open, fields}]; parts outside any group come first. The page
 * includes {{>shared/fields}} inside {{#groups}}, in a <form> whose action is f->action. A post of it may be a button of
 * a list: ask paper_post_rows before anything else, and show the form again with the answers it gives. Files chosen
 * in a filepicker come as "file:KEY"; stored ones stay by a hidden field KEY with their reference. */
Value http_form_groups(HttpPage *p, const HttpForm *f);
/* For http_page_errors: one line per fault, linked to its field. */
Value http_form_errors(HttpPage *p, const Pack *pack, const PaperFaults *faults);
/* What was answered: [{label, value, tag}] per group; unticked boxes are named in `absent`. */
Value http_form_facts(HttpPage *p, const Pack *pack, Value answers, Str *absent);
HttpHandler http_picture_get;
Str http_form_shown(const HttpPage *p, Value field);          /* one field's answer in words */
Value http_form_view(const HttpPage *p, const HttpForm *f);   /* paper_view's parts */
Value http_form_ungrouped(const HttpPage *p, Value parts);    /* those that are no group */
Value http_form_fields(const HttpPage *p, const HttpForm *f, Value parts); /* the same as shared/fields.html takes them */
/* [{label, value, tag}] of some parts; names of unticked boxes are added to `absent`. */
Value http_form_rows(const HttpPage *p, Value parts, Buf *absent);

/* ---- page_case.c ---------------------------------------------------------------------------------------- */
typedef struct HttpTyped { /* what the officer typed and where it is wrong; zero when nothing */
    Str outcome, reason;                     /* as typed */
    const char *outcome_error, *reason_error; /* paths of the texts that say so, NULL when right */
    const char *clock_error;                 /* of an act on a clock */
    Str external;                            /* reference in another system, as typed */
    const char *external_error;              /* of it */
    const char *second_error;                /* of a second person's yes or no */
    const char *assign_error;                /* of who shall have it */
    const char *life_error;                  /* of an act before the decision */
    Str file_error;                          /* of a paper that was not taken; "" when right */
    Value check;                             /* what the counter found out, as typed; null when nothing */
    const PaperFaults *faults;               /* of that, or NULL */
} HttpTyped;
/* The clerk's case page, with what was typed still in its fields. */
bool http_case_show(HttpRequest *r, HttpResponse *out, const HttpTyped *typed, Err *err) MUST_USE;
Value http_case_decisions(const HttpPage *p, Value decisions);                /* newest first */
Str http_case_state(const HttpPage *p, Str state);

/* ---- page_upload.c: papers on their way ------------------------------------------------------------------- */
Str http_megabytes(const HttpPage *p, int64_t bytes); /* "0.3 MB", as people count them */
/* [{upload, name, tag, size, whole, part, href}]. In: evidence "" = of every kind; files = path under which they can be read, "" = none. */
Value http_upload_views(const HttpPage *p, const CaseUploads *all, Str evidence, bool whole_only, Str files);
Str http_upload_accept(const HttpPage *p, Value evidence); /* for an input's `accept`; "" = it comes as no file */
/* The form's first file, whole. Err: as case_upload_begin and _piece. */
bool http_upload_take(HttpRequest *r, const Pack *pack, Str key, Str evidence, Err *err) MUST_USE;
Str http_upload_hint(const HttpPage *p, const Pack *pack, Str evidence);   /* what may come, and how large */
Str http_upload_fault(const HttpPage *p, const Pack *pack, Str evidence, const Err *trouble); /* in a sentence that says what to do */
Str http_upload_oversize(const HttpPage *p);                  /* the same when the form was too large to be read */
/* The paper under a name of ours that can run nothing. In: name without its ending; shown: a picture in the browser, else a
 * download, as a PDF always is. */
void http_paper(const HttpRequest *r, HttpResponse *out, Str name, Str type, Str bytes, bool shown);

/* ---- page_own.c: papers of a case, for its applicant ------------------------------------------------------- */
Str http_own_proof(const HttpRequest *r, Str code); /* what this device has shown for half an hour; "" = nothing */
/* The same, asked for anew: own is set when it still holds. */
bool http_own_known(HttpRequest *r, Str code, CaseOwn *own, bool *known, Err *err) MUST_USE;

void http_second_put(HttpPage *p, const Pack *pack, Value view, const char *error); /* page_second.c */

bool http_windows_put(HttpPage *p, Value offices, Err *err) MUST_USE; /* page_windows.c: halls, waiting of clerk/board */

/* ---- page_assign.c: who has it ------------------------------------------------------------------------------- */
void http_assign_put(HttpPage *p, Value view, const char *error); /* assign of clerk/assign; nothing once it has ended */
/* Those who may be given cases of some offices: [{user, name, office, selected}]. */
Value http_assign_people(const HttpPage *p, Value offices, Str chosen);
Value http_assign_args(const HttpRequest *r);

Value http_rate_low(const HttpPage *p, Value low); /* page_rate.c: one matter to follow up */
bool http_rate_month(HttpPage *p, Err *err) MUST_USE; /* rate_month: how many, how many answered, how content */

/* ---- page_life.c: before a decision ------------------------------------------------------------------------ */
void http_life_put(HttpPage *p, const Pack *pack, Value view, const HttpTyped *typed); /* for clerk/life */
Value http_life_checked(const HttpRequest *r, const Pack *pack); /* {answers}: staff fields of a posted form; one left empty is null */
Value http_life_item(const HttpPage *p, Value item); /* of a notice: {kind, id, name, what, text, tag} */
Str http_life_office(const HttpPage *p, Str id);     /* its name */

/* ---- page_papers.c ---------------------------------------------------------------------------------------- */
/* What staff have scanned for an applicant and not yet handed in: waiting, kinds. */
bool http_papers_put(HttpPage *p, const Pack *pack, Value view, const HttpTyped *typed, Err *err) MUST_USE;

/* The notice that a redirect carried in its query: what was just done, and its letter. */
void http_notice_put(HttpPage *p);
/* Fields typed into a form, without its token: [{name, value}]. */
Value http_typed_fields(const HttpRequest *r, Value form);

/* A page after a form that must be shown again, not carried out: the language was switched, or the
 * officer has just signed in again. */
bool http_page_only_show(const HttpRequest *r);

/* The form for a tracking code; wrong: `typed` names no case, and the page says what may be miscopied. */
bool http_track_form(HttpRequest *r, HttpResponse *out, Str typed, bool wrong, Err *err) MUST_USE;

/* ---- page_book.c, page_appointment.c: appointments ---------------------------------------------------------- */
Str http_book_key(const HttpRequest *r); /* a fresh idempotency key for a form */
/* A command with the key of the form or of the header, else a fresh one. In: code = of the appointment, "" when none is. */
DeskCommand http_book_command(const HttpRequest *r, DeskDo what, Str office, Str code);
Value http_book_start(const HttpRequest *r, const char *service); /* {service (unless NULL), start} as typed */
Value http_one(Arena *a, const char *member, Str text);           /* {member: text} */
/* days, times, day and the rest of resident/times. In: base = the page's address up to the query's `day`. */
bool http_book_put(HttpPage *p, Str office, Str service, Str base, Err *err) MUST_USE;
typedef struct HttpAppointment { /* one seen by its code */
    HttpPage p;                      /* its page */
    Value view;                      /* what desk_appointment told */
    Str code, office, service, when; /* in words */
} HttpAppointment;
/* Begins the page; a code that is none is answered with the form for codes. */
bool http_appointment_open(HttpAppointment *x, HttpRequest *r, HttpResponse *out, bool *found, Err *err) MUST_USE;
bool http_appointment_form(HttpRequest *r, HttpResponse *out, Str typed, bool wrong, Err *err) MUST_USE;
HttpHandler http_book_get, http_book_post, http_appointments_get, http_appointment_get, http_appointment_post, http_appointment_file_get;
HttpHandler http_appointment_move_get, http_appointment_move_post, http_appointment_cancel_get, http_appointment_cancel_post;
HttpHandler http_booked_get, http_booked_post, http_check_in_get, http_check_in_post, http_messages_get;

HttpHandler http_home_get, http_services_get, http_service_get, http_about_services_get;
HttpHandler http_track_form_get, http_track_get, http_track_access_get, http_track_letter_get;
HttpHandler http_precheck_get, http_precheck_post;
/* page_apply.c, page_apply_end.c, page_resume.c: an application without an account */
HttpHandler http_apply_get, http_apply_post, http_apply_page_get, http_apply_page_post, http_apply_check_get, http_apply_check_post;
HttpHandler http_apply_files_get, http_apply_files_post, http_apply_file_get;
HttpHandler http_apply_later_get, http_apply_forget_post, http_apply_save_get, http_apply_receipt_get, http_resume_get, http_resume_post;
HttpHandler http_kiosk_get, http_kiosk_post, http_slip_get, http_ticket_get, http_ticket_post, http_display_get, http_display_events, http_reprint_post;
HttpHandler http_staff_get, http_sign_in_get, http_sign_in_post, http_sign_out_post;
HttpHandler http_cases_get, http_case_new_get, http_case_new_post, http_case_page_get;
HttpHandler http_case_process_get, http_case_process_post, http_drawing_get, http_stuck_get, http_stuck_post;
HttpHandler http_track_notice_get, http_track_notice_post, http_track_withdraw_get, http_track_withdraw_post, http_track_rate_get, http_track_rate_post;
HttpHandler http_track_files_get, http_track_files_post, http_track_file_get, http_case_files_post, http_case_file_get;
HttpHandler http_password_get, http_password_post;
HttpHandler http_admin_get, http_admin_post, http_admin_user_get, http_admin_user_post;
HttpHandler http_packs_get, http_pack_get, http_calendars_get;
HttpHandler http_board_get, http_board_assign_post, http_board_export_get, http_case_assign_post;
HttpHandler http_board_get, http_board_assign_post, http_board_export_get, http_case_assign_post, http_case_second_post;
HttpHandler http_ticket_rate_get, http_ticket_rate_post;
HttpHandler http_ratings_get, http_ratings_post, http_register_get;
HttpHandler http_case_check_post, http_case_accept_post, http_case_refuse_post, http_case_notice_post, http_case_supply_post, http_case_withdraw_post;
/* page_desk.c, page_desk_act.c, page_cash.c */
HttpHandler http_desk_get, http_desk_post, http_desk_ticket_get, http_desk_ticket_post, http_desk_register_post, http_desk_case_post;
HttpHandler http_receipt_get, http_receipt_post, http_track_receipt_get, http_cash_get, http_cash_post, http_track_pay_post;
void http_cash_track_put(HttpPage *p, Value view); /* fees, notes and agent of resident/case */
HttpHandler http_case_adopt_post, http_case_depart_post, http_case_correct_post, http_case_clock_post, http_case_letter_get;

#endif
