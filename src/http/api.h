/* The handlers of /api/v1, named by the rows of routes.c. Each turns a checked request into one call of a room
 * and its answer into JSON; a rule about cases has no place here. */
#ifndef YC_HTTP_API_H
#define YC_HTTP_API_H

#include "http/http_in.h"

HttpHandler http_api_health, http_api_openapi, http_asset_handler;
HttpHandler http_api_sign_in, http_api_sign_out;
HttpHandler http_api_services, http_api_service, http_api_requirements, http_api_evidence_types, http_api_channels, http_api_life_events,
    http_api_legal_resources, http_api_organisations; /* api_catalogue.c */
HttpHandler http_api_availability, http_api_slots, http_api_appointment_hold, http_api_appointment_get, http_api_appointments, http_api_appointment_details,
    http_api_appointment_confirm, http_api_appointment_move, http_api_appointment_cancel, http_api_appointment_check_in; /* api_book.c */
HttpHandler http_api_precheck, http_api_track;
HttpHandler http_api_case_create, http_api_case_list, http_api_case_get, http_api_case_adopt, http_api_case_depart,
    http_api_case_correct, http_api_case_clock, http_api_case_move, http_api_case_retry, http_api_case_assign, http_api_case_second, http_api_board, http_api_stuck, http_api_case_letter;
HttpHandler http_api_case_check, http_api_case_accept, http_api_case_notice, http_api_case_supply, http_api_case_withdraw;
HttpHandler http_api_track_supply, http_api_track_withdraw, http_api_track_pay;
HttpHandler http_api_case_pay, http_api_case_refund, http_api_case_see, http_api_case_note;
HttpHandler http_api_fees, http_api_payments, http_api_receipt, http_api_cash, http_api_cash_close; /* api_cash.c */
HttpHandler http_api_draft_open, http_api_draft_get, http_api_draft_save, http_api_draft_drop, http_api_application;
HttpHandler http_api_upload_begin, http_api_upload_piece, http_api_upload_get, http_api_upload_drop, http_api_case_file;
/* A draft that can still be filled in. Err: ERR_NOT_FOUND, ERR_STATE. */
bool http_api_live_draft(HttpRequest *r, Str code, CaseDraft *d, Err *err) MUST_USE;
/* Trouble with a proof: too many wrong ones are answered here, all else is err's. */
bool http_api_tries(HttpRequest *r, HttpResponse *out, const Err *trouble, Err *err) MUST_USE;
HttpHandler http_api_queues, http_api_call_next, http_api_queue_close, http_api_queue_reopen, http_api_ticket_issue, http_api_ticket_get,
    http_api_ticket_look, http_api_ticket_act, http_api_hall, http_api_counter_sit, http_api_counter_leave, http_api_display; /* api_hall.c */
/* Compresses and tags the embedded files once, at start. */
void http_assets_open(HttpSite *site, Arena *house);

#endif
