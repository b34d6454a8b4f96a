// Made from the route table by tools/api-types.mjs; `make test` compares it with the program.

export interface Problem {
    /** /problems/CODE */
    "type": string;
    /** What kind of problem, by Accept-Language */
    "title": string;
    /** The HTTP status */
    "status": number;
    /** This occurrence in one sentence */
    "detail"?: string;
    /** One entry per wrong member: field, code, message */
    "errors"?: unknown[];
    /** Byte where reading the JSON failed, from 0 */
    "position"?: number;
    /** The same place: line, from 1 */
    "line"?: number;
    /** The same place: column, from 1 */
    "column"?: number;
}

export interface Api {
    /** Is the server alive, and does its store answer? */
    "GET /healthz": {
        body: never;
        reply: {
            /** ok; unavailable (with status 503) when the store does not answer */
            "status": string;
            /** Why it is unavailable */
            "detail"?: string;
        };
    };
    /** A file of the pages. */
    "GET /assets/{name}": {
        body: never;
        reply: never;
    };
    /** This description. */
    "GET /api/v1/openapi.json": {
        body: never;
        reply: never;
    };
    /** Signs in; sets the session cookie. */
    "POST /api/v1/sessions": {
        body: {
            /** Login name */
            "user": string;
            /** Password */
            "password": string;
        };
        reply: never;
    };
    /** Signs out. */
    "DELETE /api/v1/sessions": {
        body: never;
        reply: never;
    };
    /** Services of this authority. */
    "GET /api/v1/services": {
        body: never;
        reply: {
            /** Of each: id, version, status, title, keywords, life_events, channels, competent_authorities, costs */
            "services": unknown[];
        };
    };
    /** One service, whole. */
    "GET /api/v1/services/{service}": {
        body: never;
        reply: {
            /** Of the service */
            "id": string;
            /** Of its pack */
            "version": string;
            /** sample, or adopted */
            "status": string;
            /** zh, en */
            "title": Record<string, unknown>;
            /** zh, en */
            "description"?: Record<string, unknown>;
            /** Lists: zh, en */
            "keywords"?: Record<string, unknown>;
            /** id, title */
            "life_events": unknown[];
            /** id, title */
            "channels": unknown[];
            /** Offices that decide: id, title, kind, parent */
            "competent_authorities": unknown[];
            /** Dated: id, title, value in yuan, currency, valid_from, valid_to, source, checked_on, checked_by */
            "costs": unknown[];
            /** What one gets: title */
            "output"?: Record<string, unknown>;
            /** Papers that may be asked for */
            "evidence_types": unknown[];
            /** Articles it rests on: id, title */
            "legal_resources": unknown[];
            /** id, title, days, unit (working, calendar), promised_days, law */
            "periods": unknown[];
            /** Until the decision, when the law counts calendar days */
            "processing_time"?: string;
            /** What is verified by whom and when, and what is not: kind, id, zh, en, source, checked_on, checked_by */
            "checks": unknown[];
        };
    };
    /** Who may have it, and which papers may be asked for. */
    "GET /api/v1/services/{service}/requirements": {
        body: never;
        reply: {
            /** kind eligibility: id, title, description, eligible; kind evidence: id, title, evidence_type_list */
            "requirements": unknown[];
        };
    };
    /** Kinds of papers of all services. */
    "GET /api/v1/evidence-types": {
        body: never;
        reply: {
            /** id, title, accept, max_bytes, issuer, exempt */
            "evidence_types": unknown[];
        };
    };
    /** Ways to apply. */
    "GET /api/v1/channels": {
        body: never;
        reply: {
            /** id, title */
            "channels": unknown[];
        };
    };
    /** Articles that services rest on, with their text. */
    "GET /api/v1/legal-resources": {
        body: never;
        reply: {
            /** id, title, description (the text, zh), version, status, source, checked_on, checked_by */
            "legal_resources": unknown[];
        };
    };
    /** What services are grouped by. */
    "GET /api/v1/life-events": {
        body: never;
        reply: {
            /** id, title */
            "life_events": unknown[];
        };
    };
    /** Offices of this authority. */
    "GET /api/v1/public-organisations": {
        body: never;
        reply: {
            /** id, title, kind, parent */
            "public_organisations": unknown[];
        };
    };
    /** What the rules would give; nothing is stored. */
    "POST /api/v1/pre-checks/{service}": {
        body: {
            /** Answers to the service's form */
            "inputs": Record<string, unknown>;
        };
        reply: {
            /** Outcome code that the rules give */
            "outcome": string;
            /** Rules that matched: table, rule, articles */
            "rules": unknown[];
            /** Every table, rule and input, and why not */
            "trace": unknown;
        };
    };
    /** What the resident sees of a case, and who looked at it. */
    "GET /api/v1/tracking/{code}": {
        body: never;
        reply: {
            /** Where the case stands */
            "state": string;
        };
    };
    /** The applicant answers the notice; the papers that he has handed over go with it. */
    "POST /api/v1/tracking/{code}/actions/supply": {
        body: {
            /** Last four characters of the telephone or identity number given in the application */
            "proof": string;
            /** Answers that change, by form key */
            "answers"?: Record<string, unknown>;
            /** A word to the counter */
            "note"?: string;
        };
        reply: {
            /** Version after the action */
            "version": number;
            /** State after the action */
            "state": string;
        };
    };
    /** The applicant withdraws. */
    "POST /api/v1/tracking/{code}/actions/withdraw": {
        body: {
            /** Last four characters of the telephone or identity number given in the application */
            "proof": string;
            /** Why; need not be said */
            "reason"?: string;
        };
        reply: {
            /** Version after the action */
            "version": number;
            /** State after the action */
            "state": string;
        };
    };
    /** Somebody pays what is due: the provider is asked. */
    "POST /api/v1/tracking/{code}/actions/pay": {
        body: {
            /** online */
            "method": string;
            /** What was seen to be due */
            "fen"?: number;
        };
        reply: {
            /** Version after the action */
            "version": number;
            /** State after the action */
            "state": string;
        };
    };
    /** On which days an appointment is free. */
    "GET /api/v1/availability": {
        body: never;
        reply: {
            /** Offices that give appointments for the service: office, name */
            "offices": unknown[];
            /** Of the office: date, day (since 1970-01-01), free (beginnings) */
            "days": unknown[];
            /** How long it takes there */
            "minutes"?: number;
        };
    };
    /** The free times of a day. */
    "GET /api/v1/slots": {
        body: never;
        reply: {
            /** at, start (microseconds since 1970), free (counters) */
            "slots": unknown[];
        };
    };
    /** Today's appointments of an office, without names. */
    "GET /api/v1/appointments": {
        body: never;
        reply: {
            /** id, end (of the code), service, queue, counter, state, at, minutes, ticket; never a name */
            "appointments": unknown[];
        };
    };
    /** Holds a time for ten minutes; its code is shown here. */
    "POST /api/v1/appointments": {
        body: {
            /** Service */
            "service": string;
            /** Office */
            "office": string;
            /** As /api/v1/slots tells it */
            "start": number;
        };
        reply: {
            /** Whoever has it has the appointment */
            "code": string;
            /** Opens nothing */
            "id": string;
            /** held, booked, checked_in, fulfilled, missed or cancelled */
            "state": string;
            /** Of the appointment */
            "version": number;
            /** Office */
            "office": string;
            /** Service */
            "service": string;
            /** When it begins */
            "at": string;
            /** How long it takes */
            "minutes": number;
            /** held: kept until then */
            "until"?: string;
            /** Once checked in: label, code */
            "ticket"?: Record<string, unknown>;
            /** What may be done now: tell, confirm, move, cancel, check_in */
            "may": Record<string, unknown>;
        };
    };
    /** An appointment by its code; who it is for is not told. */
    "GET /api/v1/appointments/{code}": {
        body: never;
        reply: {
            /** Whoever has it has the appointment */
            "code": string;
            /** Opens nothing */
            "id": string;
            /** held, booked, checked_in, fulfilled, missed or cancelled */
            "state": string;
            /** Of the appointment */
            "version": number;
            /** Office */
            "office": string;
            /** Service */
            "service": string;
            /** When it begins */
            "at": string;
            /** How long it takes */
            "minutes": number;
            /** held: kept until then */
            "until"?: string;
            /** Once checked in: label, code */
            "ticket"?: Record<string, unknown>;
            /** What may be done now: tell, confirm, move, cancel, check_in */
            "may": Record<string, unknown>;
        };
    };
    /** Says who comes; a code goes to the telephone. */
    "POST /api/v1/appointments/{code}/actions/details": {
        body: {
            /** Who comes; fixed once it is booked */
            "name": string;
            /** Identity number; only a keyed hash is kept */
            "person": string;
            /** Where the code goes */
            "phone": string;
            /** zh or en: language of the messages */
            "lang"?: string;
        };
        reply: {
            /** Whoever has it has the appointment */
            "code": string;
            /** Opens nothing */
            "id": string;
            /** held, booked, checked_in, fulfilled, missed or cancelled */
            "state": string;
            /** Of the appointment */
            "version": number;
            /** Office */
            "office": string;
            /** Service */
            "service": string;
            /** When it begins */
            "at": string;
            /** How long it takes */
            "minutes": number;
            /** held: kept until then */
            "until"?: string;
            /** Once checked in: label, code */
            "ticket"?: Record<string, unknown>;
            /** What may be done now: tell, confirm, move, cancel, check_in */
            "may": Record<string, unknown>;
        };
    };
    /** Books it, with the code that was sent. */
    "POST /api/v1/appointments/{code}/actions/confirm": {
        body: {
            /** The six digits that were sent */
            "confirm": string;
        };
        reply: {
            /** Whoever has it has the appointment */
            "code": string;
            /** Opens nothing */
            "id": string;
            /** held, booked, checked_in, fulfilled, missed or cancelled */
            "state": string;
            /** Of the appointment */
            "version": number;
            /** Office */
            "office": string;
            /** Service */
            "service": string;
            /** When it begins */
            "at": string;
            /** How long it takes */
            "minutes": number;
            /** held: kept until then */
            "until"?: string;
            /** Once checked in: label, code */
            "ticket"?: Record<string, unknown>;
            /** What may be done now: tell, confirm, move, cancel, check_in */
            "may": Record<string, unknown>;
        };
    };
    /** Moves it to another time. */
    "POST /api/v1/appointments/{code}/actions/move": {
        body: {
            /** As /api/v1/slots tells it */
            "start": number;
        };
        reply: {
            /** Whoever has it has the appointment */
            "code": string;
            /** Opens nothing */
            "id": string;
            /** held, booked, checked_in, fulfilled, missed or cancelled */
            "state": string;
            /** Of the appointment */
            "version": number;
            /** Office */
            "office": string;
            /** Service */
            "service": string;
            /** When it begins */
            "at": string;
            /** How long it takes */
            "minutes": number;
            /** held: kept until then */
            "until"?: string;
            /** Once checked in: label, code */
            "ticket"?: Record<string, unknown>;
            /** What may be done now: tell, confirm, move, cancel, check_in */
            "may": Record<string, unknown>;
        };
    };
    /** Cancels it, until it begins. */
    "POST /api/v1/appointments/{code}/actions/cancel": {
        body: never;
        reply: {
            /** Whoever has it has the appointment */
            "code": string;
            /** Opens nothing */
            "id": string;
            /** held, booked, checked_in, fulfilled, missed or cancelled */
            "state": string;
            /** Of the appointment */
            "version": number;
            /** Office */
            "office": string;
            /** Service */
            "service": string;
            /** When it begins */
            "at": string;
            /** How long it takes */
            "minutes": number;
            /** held: kept until then */
            "until"?: string;
            /** Once checked in: label, code */
            "ticket"?: Record<string, unknown>;
            /** What may be done now: tell, confirm, move, cancel, check_in */
            "may": Record<string, unknown>;
        };
    };
    /** On its day: it becomes a ticket. */
    "POST /api/v1/appointments/{code}/actions/check-in": {
        body: never;
        reply: {
            /** Whoever has it has the appointment */
            "code": string;
            /** Opens nothing */
            "id": string;
            /** held, booked, checked_in, fulfilled, missed or cancelled */
            "state": string;
            /** Of the appointment */
            "version": number;
            /** Office */
            "office": string;
            /** Service */
            "service": string;
            /** When it begins */
            "at": string;
            /** How long it takes */
            "minutes": number;
            /** held: kept until then */
            "until"?: string;
            /** Once checked in: label, code */
            "ticket"?: Record<string, unknown>;
            /** What may be done now: tell, confirm, move, cancel, check_in */
            "may": Record<string, unknown>;
        };
    };
    /** Begins a draft; its code is shown here only. */
    "POST /api/v1/drafts": {
        body: {
            /** Service, as listed by /api/v1/services */
            "service": string;
            /** Answers so far, right or wrong */
            "answers"?: Record<string, unknown>;
        };
        reply: {
            /** Its code; whoever has it has the draft */
            "draft": string;
            /** Service */
            "service": string;
            /** Version of the draft */
            "version": number;
            /** Answers so far */
            "answers": Record<string, unknown>;
            /** What is missing or wrong in the form in force: field, code, message */
            "faults"?: unknown[];
            /** When it is deleted */
            "expires_at": string;
            /** Of the case that it has become */
            "tracking_code"?: string;
        };
    };
    /** A draft, with what is still wrong in it. */
    "GET /api/v1/drafts/{draft}": {
        body: never;
        reply: {
            /** Its code; whoever has it has the draft */
            "draft": string;
            /** Service */
            "service": string;
            /** Version of the draft */
            "version": number;
            /** Answers so far */
            "answers": Record<string, unknown>;
            /** What is missing or wrong in the form in force: field, code, message */
            "faults"?: unknown[];
            /** When it is deleted */
            "expires_at": string;
            /** Of the case that it has become */
            "tracking_code"?: string;
        };
    };
    /** Keeps its answers. */
    "POST /api/v1/drafts/{draft}": {
        body: {
            /** All answers so far, right or wrong */
            "answers": Record<string, unknown>;
        };
        reply: {
            /** Its code; whoever has it has the draft */
            "draft": string;
            /** Service */
            "service": string;
            /** Version of the draft */
            "version": number;
            /** Answers so far */
            "answers": Record<string, unknown>;
            /** What is missing or wrong in the form in force: field, code, message */
            "faults"?: unknown[];
            /** When it is deleted */
            "expires_at": string;
            /** Of the case that it has become */
            "tracking_code"?: string;
        };
    };
    /** Deletes it with its files. */
    "DELETE /api/v1/drafts/{draft}": {
        body: never;
        reply: never;
    };
    /** Hands a draft in; again: the same case. */
    "POST /api/v1/applications": {
        body: {
            /** Code of the draft that is handed in */
            "draft": string;
            /** Office that receives it */
            "office": string;
            /** true: the applicant declares that the information is true */
            "declaration": boolean;
        };
        reply: {
            /** Code for the applicant; the same when handed in again */
            "tracking_code": string;
            /** Was it handed in before? */
            "again": boolean;
        };
    };
    /** Begins to hand over a paper: to a draft, or to a case whose notice is open. */
    "POST /api/v1/uploads": {
        body: {
            /** Kind of paper, an id of the checklist */
            "evidence": string;
            /** Name of the file */
            "name": string;
            /** image/jpeg, image/png or application/pdf; the content decides */
            "type"?: string;
            /** Bytes, at most 10 MiB */
            "size": number;
            /** Of the whole file, 64 hexadecimal digits; compared at the end */
            "sha256"?: string;
        };
        reply: {
            /** The upload */
            "id": string;
            /** Kind of paper */
            "evidence": string;
            /** Name, made harmless */
            "name": string;
            /** By content; empty until the first piece */
            "type": string;
            /** Bytes announced */
            "size": number;
            /** Bytes here: where the next piece begins */
            "have": number;
            /** Is all here, and right? */
            "complete": boolean;
        };
    };
    /** Adds a piece (application/octet-stream, 64 to 512 KiB, the last one any size) at Upload-Offset. */
    "PATCH /api/v1/uploads/{id}": {
        body: never;
        reply: {
            /** The upload */
            "id": string;
            /** Kind of paper */
            "evidence": string;
            /** Name, made harmless */
            "name": string;
            /** By content; empty until the first piece */
            "type": string;
            /** Bytes announced */
            "size": number;
            /** Bytes here: where the next piece begins */
            "have": number;
            /** Is all here, and right? */
            "complete": boolean;
        };
    };
    /** How far it is. */
    "GET /api/v1/uploads/{id}": {
        body: never;
        reply: {
            /** The upload */
            "id": string;
            /** Kind of paper */
            "evidence": string;
            /** Name, made harmless */
            "name": string;
            /** By content; empty until the first piece */
            "type": string;
            /** Bytes announced */
            "size": number;
            /** Bytes here: where the next piece begins */
            "have": number;
            /** Is all here, and right? */
            "complete": boolean;
        };
    };
    /** Takes it back. */
    "DELETE /api/v1/uploads/{id}": {
        body: never;
        reply: never;
    };
    /** A paper of a case, as it came; your reading it is logged. */
    "GET /api/v1/cases/{id}/files/{no}": {
        body: never;
        reply: never;
    };
    /** Queues of an office, and how long they are. */
    "GET /api/v1/queues": {
        body: never;
        reply: {
            /** Office */
            "office": string;
            /** Its name: zh, en */
            "name": Record<string, unknown>;
            /** Are tickets given now? */
            "open": boolean;
            /** Opening hours of today: from, to */
            "hours": unknown[];
            /** Why it is closed today: weekday, exception, holiday; else empty */
            "why": string;
            /** id, letter, name, services, booked, waiting, counters, minutes (from, to; null: no estimate yet), closed, away */
            "queues": unknown[];
        };
    };
    /** Calls the first who waits to your counter: of one queue, or of all that it serves (id: all). */
    "POST /api/v1/queues/{id}/call-next": {
        body: {
            /** Office; your own unless given */
            "office"?: string;
        };
        reply: {
            /** The ticket; null: nobody waits */
            "id"?: string;
            /** Version to expect in If-Match */
            "version": number;
            /** waiting, called, serving, parked, served, missed or cancelled */
            "state": string;
            /** Opens its page /tickets/CODE */
            "code"?: string;
            /** The ticket: label, queue, counter, note … */
            "ticket"?: Record<string, unknown>;
        };
    };
    /** Closes a queue for today. */
    "POST /api/v1/queues/{id}/actions/close": {
        body: {
            /** Office; your own unless given */
            "office"?: string;
            /** What happens to those who wait: serve (they are served still) or away (their tickets end) */
            "waiting": string;
            /** Why; kept */
            "reason": string;
            /** What those who wait are told: zh, en */
            "text": Record<string, unknown>;
        };
        reply: {
            /** The ticket; null: nobody waits */
            "id"?: string;
            /** Version to expect in If-Match */
            "version": number;
            /** waiting, called, serving, parked, served, missed or cancelled */
            "state": string;
            /** Opens its page /tickets/CODE */
            "code"?: string;
            /** The ticket: label, queue, counter, note … */
            "ticket"?: Record<string, unknown>;
        };
    };
    /** Opens it again. */
    "POST /api/v1/queues/{id}/actions/reopen": {
        body: {
            /** Office; your own unless given */
            "office"?: string;
        };
        reply: {
            /** The ticket; null: nobody waits */
            "id"?: string;
            /** Version to expect in If-Match */
            "version": number;
            /** waiting, called, serving, parked, served, missed or cancelled */
            "state": string;
            /** Opens its page /tickets/CODE */
            "code"?: string;
            /** The ticket: label, queue, counter, note … */
            "ticket"?: Record<string, unknown>;
        };
    };
    /** Takes a number; the same key gives the same one. */
    "POST /api/v1/tickets": {
        body: {
            /** Office */
            "office": string;
            /** Queue */
            "queue": string;
            /** What it is about, ids of services of the queue */
            "services"?: unknown[];
        };
        reply: {
            /** The ticket; null: nobody waits */
            "id"?: string;
            /** Version to expect in If-Match */
            "version": number;
            /** waiting, called, serving, parked, served, missed or cancelled */
            "state": string;
            /** Opens its page /tickets/CODE */
            "code"?: string;
            /** The ticket: label, queue, counter, note … */
            "ticket"?: Record<string, unknown>;
        };
    };
    /** One ticket. */
    "GET /api/v1/tickets/{id}": {
        body: never;
        reply: {
            /** The ticket */
            "id": string;
            /** Letter and number */
            "label": string;
            /** waiting, called, serving, parked, served, missed or cancelled */
            "state": string;
            /** Version to expect in If-Match */
            "version": number;
            /** Office */
            "office": string;
            /** Queue */
            "queue": string;
            /** Counter; empty before a call */
            "counter": string;
            /** Cases of this visit */
            "cases": unknown[];
        };
    };
    /** One's own ticket, by its code. */
    "GET /api/v1/tickets/by-code/{code}": {
        body: never;
        reply: {
            /** Letter and number */
            "label": string;
            /** waiting, called, serving, parked, served, missed or cancelled */
            "state": string;
            /** How many wait before */
            "ahead": number;
            /** Estimate: from, to; null: none yet */
            "minutes"?: Record<string, unknown>;
            /** Number of the counter to go to */
            "counter"?: number;
            /** What those who wait are told when the queue is closed: zh, en */
            "closed"?: Record<string, unknown>;
        };
    };
    /** recall, arrive, park, resume, transfer, miss, restore, finish, cancel, call (out of turn), reprint, link. */
    "POST /api/v1/tickets/{id}/actions/{act}": {
        body: {
            /** transfer: the other queue */
            "queue"?: string;
            /** transfer, cancel, call, park: why */
            "reason"?: string;
            /** transfer: for the next counter */
            "note"?: string;
            /** link: a case of this visit */
            "case"?: string;
        };
        reply: {
            /** The ticket; null: nobody waits */
            "id"?: string;
            /** Version to expect in If-Match */
            "version": number;
            /** waiting, called, serving, parked, served, missed or cancelled */
            "state": string;
            /** Opens its page /tickets/CODE */
            "code"?: string;
            /** The ticket: label, queue, counter, note … */
            "ticket"?: Record<string, unknown>;
        };
    };
    /** The hall as staff see it. */
    "GET /api/v1/counters": {
        body: never;
        reply: {
            /** As /api/v1/queues tells them */
            "queues": unknown[];
            /** id, no, name, queues; clerk, since_us and ticket where somebody sits */
            "counters": unknown[];
            /** Tickets in turn */
            "waiting": unknown[];
            /** Put aside; never called by themselves */
            "parked": unknown[];
            /** Did not come */
            "missed": unknown[];
            /** Counter at which you sit, or empty */
            "mine": string;
            /** Ticket at your counter */
            "ticket"?: string;
        };
    };
    /** Sits down at a counter. */
    "POST /api/v1/counters/{id}/actions/sit": {
        body: {
            /** Office; your own unless given */
            "office"?: string;
        };
        reply: {
            /** The ticket; null: nobody waits */
            "id"?: string;
            /** Version to expect in If-Match */
            "version": number;
            /** waiting, called, serving, parked, served, missed or cancelled */
            "state": string;
            /** Opens its page /tickets/CODE */
            "code"?: string;
            /** The ticket: label, queue, counter, note … */
            "ticket"?: Record<string, unknown>;
        };
    };
    /** Gets up from it. */
    "POST /api/v1/counters/{id}/actions/leave": {
        body: {
            /** Office; your own unless given */
            "office"?: string;
        };
        reply: {
            /** The ticket; null: nobody waits */
            "id"?: string;
            /** Version to expect in If-Match */
            "version": number;
            /** waiting, called, serving, parked, served, missed or cancelled */
            "state": string;
            /** Opens its page /tickets/CODE */
            "code"?: string;
            /** The ticket: label, queue, counter, note … */
            "ticket"?: Record<string, unknown>;
        };
    };
    /** What the wall of an office shows. */
    "GET /api/v1/displays/{office}": {
        body: never;
        reply: {
            /** label, counter, calls, at, now; newest first */
            "calls": unknown[];
            /** id, letter, name, waiting, closed, away */
            "queues": unknown[];
        };
    };
    /** Registers a case. */
    "POST /api/v1/cases": {
        body: {
            /** Service, as listed by /api/v1/services */
            "service": string;
            /** Answers to the service's form */
            "inputs": Record<string, unknown>;
            /** Who acts for the applicant: name, id_kind (id-card, residence-permit, passport, other), id_number, basis, paper */
            "agent"?: Record<string, unknown>;
            /** How the one who came was known: card-seen, card-read, checked-online, known-by-papers */
            "identified"?: string;
        };
        reply: {
            /** Case */
            "id": string;
            /** Version to expect in If-Match */
            "version": number;
            /** Code for the resident */
            "tracking_code": string;
        };
    };
    /** The worklist. */
    "GET /api/v1/cases": {
        body: never;
        reply: {
            /** Cases you may read */
            "cases": unknown[];
            /** Where the next page starts */
            "next"?: string;
            /** Cases per state */
            "counts": Record<string, unknown>;
        };
    };
    /** One case; your reading it is logged. */
    "GET /api/v1/cases/{id}": {
        body: never;
        reply: {
            /** Case */
            "id": string;
            /** Version to expect in If-Match */
            "version": number;
            /** submitted, awaiting_correction, accepted, proposed, decided, closed …, as the service names it */
            "state": string;
            /** What the form was answered */
            "answers": Record<string, unknown>;
            /** Proposed outcome with rules and articles */
            "proposal": Record<string, unknown>;
            /** Every table, rule and input, and why not */
            "trace": Record<string, unknown>;
            /** What officers decided, oldest first */
            "decisions": unknown[];
            /** Letters written */
            "letters": unknown[];
            /** Deadlines: promised and statutory last days, and what moved them */
            "clocks": unknown[];
            /** What stands still in it: incidents, timers, effects, each with its reason */
            "stuck": unknown[];
            /** What may be done now: check, accept, notice, supply, withdraw, decide */
            "acts": Record<string, unknown>;
            /** Notices of what is missing, with every item */
            "notices": unknown[];
            /** Does its process wait for a decision now? */
            "wants_decision": boolean;
        };
    };
    /** Adopts the proposal. */
    "POST /api/v1/cases/{id}/actions/adopt": {
        body: {
            /** Reference in the system that issues the document */
            "external"?: string;
        };
        reply: {
            /** Version after the action */
            "version": number;
            /** State after the action */
            "state": string;
        };
    };
    /** Decides otherwise than proposed, with the reason. */
    "POST /api/v1/cases/{id}/actions/depart": {
        body: {
            /** Outcome code of the service */
            "outcome": string;
            /** Why; kept and cited */
            "reason": string;
            /** Reference in the system that issues the document */
            "external"?: string;
        };
        reply: {
            /** Version after the action */
            "version": number;
            /** State after the action */
            "state": string;
        };
    };
    /** Corrects an earlier decision by a further one, with the reason. */
    "POST /api/v1/cases/{id}/actions/correct": {
        body: {
            /** Outcome code of the service */
            "outcome": string;
            /** Why; kept and cited */
            "reason": string;
            /** Reference in the system that issues the document */
            "external"?: string;
        };
        reply: {
            /** Version after the action */
            "version": number;
            /** State after the action */
            "state": string;
        };
    };
    /** Notes what the counter found out; the proposal is made anew. */
    "POST /api/v1/cases/{id}/actions/check": {
        body: {
            /** What the counter found out, by form key */
            "answers": Record<string, unknown>;
        };
        reply: {
            /** Version after the action */
            "version": number;
            /** State after the action */
            "state": string;
        };
    };
    /** Accepts the application, or refuses to with the reason. */
    "POST /api/v1/cases/{id}/actions/accept": {
        body: {
            /** false: it is not accepted */
            "accept": boolean;
            /** Why it is not accepted; the applicant gets it in writing */
            "reason"?: string;
        };
        reply: {
            /** Version after the action */
            "version": number;
            /** State after the action */
            "state": string;
        };
    };
    /** Tells the applicant once all that is missing; the clocks stand still until it is answered. */
    "POST /api/v1/cases/{id}/correction-notices": {
        body: {
            /** All that is missing: {evidence or field, fault (a word of the service), text} */
            "items": unknown[];
            /** Working days to answer, 1 to 365 */
            "days": number;
            /** Why a second notice is needed; supervisors only */
            "reason"?: string;
        };
        reply: {
            /** Version after the action */
            "version": number;
            /** State after the action */
            "state": string;
        };
    };
    /** Answers a notice at the counter, for the applicant, with the papers handed over for him. */
    "POST /api/v1/cases/{id}/actions/supply": {
        body: {
            /** Answers that change, by form key */
            "answers"?: Record<string, unknown>;
            /** What else was handed in */
            "note"?: string;
        };
        reply: {
            /** Version after the action */
            "version": number;
            /** State after the action */
            "state": string;
        };
    };
    /** Withdraws the application for the applicant who asked for it. */
    "POST /api/v1/cases/{id}/actions/withdraw": {
        body: {
            /** How the applicant asked for it */
            "reason": string;
        };
        reply: {
            /** Version after the action */
            "version": number;
            /** State after the action */
            "state": string;
        };
    };
    /** Notes which originals the counter has seen. */
    "POST /api/v1/cases/{id}/actions/see": {
        body: {
            /** All papers whose originals were seen so far, ids of the checklist */
            "seen": unknown[];
        };
        reply: {
            /** Version after the action */
            "version": number;
            /** State after the action */
            "state": string;
        };
    };
    /** Leaves a word to the next desk. */
    "POST /api/v1/cases/{id}/actions/note": {
        body: {
            /** To the next desk; the applicant can read it too */
            "text": string;
        };
        reply: {
            /** Version after the action */
            "version": number;
            /** State after the action */
            "state": string;
        };
    };
    /** Takes what is due; pressed twice, it is taken once. */
    "POST /api/v1/cases/{id}/actions/pay": {
        body: {
            /** cash, card, qr; online: a provider is asked */
            "method": string;
            /** What was seen to be due; refused when it is another sum by now */
            "fen"?: number;
            /** Of the terminal or provider */
            "reference"?: string;
            /** At which it is taken: whose drawer */
            "counter"?: string;
        };
        reply: {
            /** Version after the action */
            "version": number;
            /** State after the action */
            "state": string;
        };
    };
    /** Gives a payment back, with the reason; not by who took it. */
    "POST /api/v1/cases/{id}/actions/refund": {
        body: {
            /** Number of the payment in the case */
            "payment": number;
            /** Why; kept */
            "reason": string;
            /** Of the terminal or provider */
            "reference"?: string;
            /** At which it is given back */
            "counter"?: string;
        };
        reply: {
            /** Version after the action */
            "version": number;
            /** State after the action */
            "state": string;
        };
    };
    /** What is due for a case, and what was paid. */
    "GET /api/v1/fees": {
        body: never;
        reply: {
            /** In fen; null: the amount is not known */
            "due"?: number;
            /** id, name, fen, checked_by, payment (number, or null) */
            "items": unknown[];
            /** no, state (created, success, failed, cancelled, error), method, fen, items, receipt, refund */
            "payments": unknown[];
        };
    };
    /** What was taken and given back on a drawer's day: your own, or of your offices. */
    "GET /api/v1/payments": {
        body: never;
        reply: {
            /** receipt, case, kind (paid, refunded), no, clerk, counter, method, fen, at; newest first */
            "payments": unknown[];
        };
    };
    /** One receipt, by its number. */
    "GET /api/v1/receipts/{receipt}": {
        body: never;
        reply: {
            /** OFFICE-YEAR-NUMBER */
            "receipt": string;
            /** Case */
            "case": string;
            /** paid or refunded */
            "kind": string;
            /** How */
            "method": string;
            /** Amount; below zero: given back */
            "fen": number;
        };
    };
    /** Drawers of a day: what must lie in them, and what was counted. */
    "GET /api/v1/cash-ups": {
        body: never;
        reply: {
            /** office, clerk, counter, day, payments, expected, closed, counted, difference, reason, closed_by, closed_at */
            "cash_ups": unknown[];
        };
    };
    /** Closes a drawer with its counts; again with the same counts: nothing happens. */
    "POST /api/v1/cash-ups": {
        body: {
            /** Silent: your own */
            "office"?: string;
            /** Whose drawer; silent: yours */
            "clerk"?: string;
            /** Of which counter */
            "counter"?: string;
            /** YYYY-MM-DD; silent: today */
            "day"?: string;
            /** cash, card, qr: whole fen */
            "counted": Record<string, unknown>;
            /** Of a difference */
            "reason"?: string;
        };
        reply: never;
    };
    /** Suspends, resumes or ends a deadline; asks for its extension, which a supervisor approves or refuses. */
    "POST /api/v1/cases/{id}/actions/clock": {
        body: {
            /** Clock of the case */
            "clock": string;
            /** suspend, resume, extend (asks for an extension), approve or refuse (what somebody else asked for; supervisors only), done */
            "do": string;
            /** extend: by how many days of the clock's unit */
            "days"?: number;
            /** suspend, extend, refuse: why; kept, and shown to the applicant when it stands still or is extended */
            "reason"?: string;
        };
        reply: {
            /** Version after the action */
            "version": number;
            /** State after the action */
            "state": string;
        };
    };
    /** Agrees to what somebody else decided where the service wants two people, or does not. */
    "POST /api/v1/cases/{id}/actions/second": {
        body: {
            /** false: it is not decided so */
            "agree": boolean;
            /** Why not; kept in the record */
            "reason"?: string;
        };
        reply: {
            /** Version after the action */
            "version": number;
            /** State after the action */
            "state": string;
        };
    };
    /** Takes a case, hands it over, gives it to somebody (supervisors) or releases it. */
    "POST /api/v1/cases/{id}/actions/assign": {
        body: {
            /** Login of who has it from now on; empty: nobody */
            "to": string;
            /** For whoever had it and whoever gets it; needed when it goes from one to another */
            "note"?: string;
        };
        reply: {
            /** Version after the action */
            "version": number;
            /** State after the action */
            "state": string;
        };
    };
    /** The supervisor's board: cases by deadline and service, and which to act on first. */
    "GET /api/v1/board": {
        body: never;
        reply: {
            /** Moment of these figures, office time */
            "at": string;
            /** Offices counted */
            "offices": unknown[];
            /** Open cases: late, soon (the last day is today), ok, held, none (no deadline runs), free (of soon: nobody has it), open; closed today, of them in_time */
            "counts": Record<string, unknown>;
            /** First last day that is past */
            "oldest"?: string;
            /** Next last day to come */
            "nearest"?: string;
            /** Cases to act on, the least time left first */
            "first": unknown[];
            /** Where the next page starts */
            "next"?: string;
            /** Open cases of each service, counted likewise */
            "services": unknown[];
        };
    };
    /** Puts a case at another place of its process, with the reason; supervisors only. */
    "POST /api/v1/cases/{id}/actions/move": {
        body: {
            /** Element of the process at which the case waits and shall wait no more */
            "cancel"?: string;
            /** Element at which it goes on */
            "begin"?: string;
            /** Why; kept in the record */
            "reason": string;
        };
        reply: {
            /** Version after the action */
            "version": number;
            /** State after the action */
            "state": string;
        };
    };
    /** Incidents, dead letters, overdue effects and timers that could not fire. */
    "GET /api/v1/stuck": {
        body: never;
        reply: {
            /** What stands still in the cases you may have tried again, oldest first */
            "stuck": unknown[];
        };
    };
    /** Has what stands still tried again, with the reason. */
    "POST /api/v1/cases/{id}/actions/retry": {
        body: {
            /** incident, timer or effect, as /api/v1/stuck tells it */
            "what": string;
            /** Which one, as /api/v1/stuck tells it */
            "key": string;
            /** Why it is tried again; kept in the record */
            "reason": string;
            /** incident: variables of the process, corrected; supervisors only */
            "variables"?: Record<string, unknown>;
        };
        reply: {
            /** Version after the action */
            "version": number;
            /** State after the action */
            "state": string;
        };
    };
    /** A letter; your reading it is logged. */
    "GET /api/v1/cases/{id}/letters/{no}": {
        body: never;
        reply: {
            /** Number of the letter */
            "no": number;
            /** zh or en */
            "lang": string;
            /** The letter */
            "html": string;
        };
    };
    /** Its calls as they happen. */
    "GET /display/{office}/events": {
        body: never;
        reply: never;
    };
}
