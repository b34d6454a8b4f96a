/* What the files of room http share: a request that is already read and checked, the response a handler
 * fills in, and the row of the one route table. A handler sees no socket and no libmicrohttpd; it runs on
 * a worker thread, gets everything from its HttpRequest, and allocates only from the request's arena. */
#ifndef YC_HTTP_IN_H
#define YC_HTTP_IN_H

#include "http/http.h"
#include "http/pace.h"

enum {
    HTTP_BODY_LIMIT = 1024 * 1024, /* most bytes of any request body */
    HTTP_URI_LIMIT = 4096,         /* most bytes of the request target */
    HTTP_PARAMS = 3,               /* most {name} parts in one path pattern */
    HTTP_HEADERS_OUT = 20,         /* most extra headers of one response */
    HTTP_FORM_FIELDS = 500,        /* most fields of one form or query */
    HTTP_FILES = 4,                /* most files of one form */
    HTTP_SPOOL_LIMIT = 10 * 1024 * 1024 + 64 * 1024, /* most bytes of a form with a file; it lies on disk */
};

/* ---- the house as handlers see it: from start to stop, shared by all threads, read only ------------- */
typedef struct HttpPages HttpPages; /* templates and texts; owned by the page_*.c files */
typedef struct HttpAsset {          /* one embedded file, served at /assets/NAME */
    const char *name;               /* "clerk.css" */
    const char *type;               /* "text/css; charset=utf-8" */
    const char *bytes;              /* what tools/embed made of the file */
    const size_t *size;             /* its length */
} HttpAsset;
typedef struct HttpSite {
    CaseHouse *house; /* cases and packs */
    DeskHouse *desk;  /* the hall */
    Store *store;     /* for room access only */
    Value authority;  /* authority.json */
    int32_t offset;   /* authority's time zone, seconds east of UTC */
    bool demo;        /* a demonstration */
    bool secure;      /* behind TLS: __Host- cookies, HSTS, https origin */
    HttpPace *pace;   /* of what anybody may do; NULL = no limit */
    const char *client_header; /* in which a proxy of ours names its client; NULL = there is none */
    HttpPages *pages; /* set by http_pages_open */
    Str *asset_tags;  /* content hash of each asset, 16 hex digits, in table order */
    Str *asset_gzips; /* each asset compressed; "" when that is no gain */
    Str openapi;      /* the document, made once */
} HttpSite;

/* ---- request ---------------------------------------------------------------------------------------- */
typedef struct HttpRoute HttpRoute;
typedef struct HttpHeaders { /* the request headers we read; "" when absent */
    Str host, origin, fetch_site, cookie;
    Str content_type, if_match, if_none_match, key; /* key: Idempotency-Key */
    Str accept, accept_language, accept_encoding;
    Str upload_offset, draft, proof; /* Upload-Offset; Draft: the code of a draft; Proof: of a case's applicant */
    Str client;               /* of site->client_header, the last one */
} HttpHeaders;
typedef struct HttpSent { /* a file of a form */
    Str field, name, type; /* as sent, name and type by the browser: believed by nobody */
    Str bytes;             /* borrowed from the spooled body */
} HttpSent;
typedef struct HttpRequest {
    const HttpSite *site;    /* the house */
    const HttpRoute *route;  /* the row that matched; NULL while none has */
    Arena *a;                /* the request's lifetime: gone once the reply is sent */
    Str method;              /* "GET" also for HEAD, "POST", "DELETE" */
    Str path;                /* as sent, still percent-encoded, without the query */
    Str target;              /* path and query as sent, for links back to this page */
    Str params[HTTP_PARAMS]; /* decoded values of the pattern's {name} parts, in order */
    Value query;             /* context name → string, decoded */
    HttpHeaders headers;     /* see there */
    Str body;                /* as sent */
    Value form;              /* pages: form fields, name → string, or list of strings when repeated; else null */
    HttpSent sent[HTTP_FILES]; /* files of the form */
    size_t n_sent;           /* of them */
    uint64_t oversize;       /* the form was larger than HTTP_SPOOL_LIMIT: its bytes; then form is empty. Else 0 */
    Value json;              /* api: the body, an object whose members fit route->body; else null */
    AccessWho who;           /* who.user is "" when nobody is signed in */
    Str token;               /* the session cookie's value, "" when none */
    Str tongue;              /* language asked for, of tongue.c: ?lang=, then cookie yc_lang, then Accept-Language */
    Str lang;                /* "zh" or "en": the language that stands in for it where it has no words */
    uint8_t client[HTTP_CLIENT]; /* who asks, see http_client_of */
    int64_t now_us;          /* moment of the request, microseconds since 1970 UTC */
    int32_t offset;          /* authority's time zone, seconds east of UTC */
    uint8_t seed[32];        /* fresh randomness of this request */
    int64_t version;         /* of If-Match where the route needs it; else -1 */
} HttpRequest;
Str http_param(const HttpRequest *r, const char *name); /* {name} of the path; asserts it is in the pattern */
Str http_query(const HttpRequest *r, const char *name); /* "" when absent */
Str http_field(const HttpRequest *r, const char *name); /* form field, first of repeated ones; "" when absent */
Str http_cookie(Str cookie_header, const char *name);   /* "" when absent */
bool http_signed_in(const HttpRequest *r);
Str http_form_token(const HttpRequest *r); /* for the hidden field form_token; "" when not signed in */

/* ---- response: starts as an empty 200 ----------------------------------------------------------------- */
typedef struct HttpHeader {
    const char *name;
    Str value;
} HttpHeader;
typedef struct HttpResponse {
    int status;                           /* 200 … 599 */
    const char *type;                     /* Content-Type; NULL with an empty body */
    Str body;                             /* in the request's or the house's lifetime */
    bool encoded;                         /* the body is gzip already */
    const char *cache;                    /* Cache-Control; NULL = "no-store" */
    HttpHeader headers[HTTP_HEADERS_OUT]; /* more headers, n of them */
    size_t n_headers;                     /* used */
    Str stream;                           /* HTTP_STREAM: the office whose hall is watched from here on */
} HttpResponse;
void http_header(HttpResponse *out, const char *name, Str value);
/* Sets a cookie: Path=/, SameSite=Lax, Secure when the site is. In: seconds 0 = until the browser closes,
 * negative = delete it; hidden = HttpOnly. */
void http_set_cookie(const HttpRequest *r, HttpResponse *out, const char *name, Str value, int64_t seconds,
                     bool hidden);
/* The session cookie after access_sign_in, or its removal (token ""). */
void http_set_session(const HttpRequest *r, HttpResponse *out, Str token);
void http_json(const HttpRequest *r, HttpResponse *out, int status, Value body);
void http_html(HttpResponse *out, int status, Str html);
void http_redirect(HttpResponse *out, Str location); /* 303 See Other, to a path of ours; else to "/" */
void http_etag(const HttpRequest *r, HttpResponse *out, int64_t version); /* ETag: "VERSION" */

/* ---- problems: RFC 9457 for the API, an error page for people ----------------------------------------- */
typedef struct HttpProblem {
    int status;       /* 4xx or 5xx */
    const char *code; /* stable last part of the type: "stale" */
    Str detail;       /* one sentence about this occurrence, may be "" */
    Value errors;     /* list of {field, code, message}, or null */
    int64_t position; /* byte of the body where reading failed, 0-based; -1 = does not apply */
    int line, column; /* the same place, 1-based; 0 = does not apply */
    int retry_s;      /* seconds until it may be tried again; 0 = as long as the status usually says */
} HttpProblem;
HttpProblem http_problem_of(const HttpRequest *r, const Err *err); /* trouble → status, code, sentence */
const char *http_title(int status, Str lang);                      /* the problem's title in "zh" or "en" */
/* Answers with a problem: application/problem+json on API routes, else http_page_problem(). */
void http_problem(HttpRequest *r, HttpResponse *out, const HttpProblem *p);
/* In: one sentence in each language. */
void http_refuse(HttpRequest *r, HttpResponse *out, int status, const char *code, const char *zh, const char *en);
/* 422 about one member of the body or of the query. */
void http_member_fault(HttpRequest *r, HttpResponse *out, Str field, const char *code, Str message);
/* What is wrong with one answer, with the pack's name of the field in the reader's language. */
Str http_fault_text(const HttpRequest *r, const Pack *pack, const PaperFault *f);
/* 422 with one entry per refused answer. */
void http_faults(HttpRequest *r, HttpResponse *out, const Pack *pack, const PaperFaults *faults);

/* ---- the one route table ------------------------------------------------------------------------------- */
typedef enum HttpKind {
    HTTP_API,   /* JSON in and out, problems as JSON, in OpenAPI */
    HTTP_PAGE,  /* HTML, forms; error pages */
    HTTP_STREAM, /* server-sent events: the handler answers the first of them, stream.c goes on */
    HTTP_ASSET, /* short answers from memory, given by the loop itself: no worker, no session, must not block */
} HttpKind;
typedef enum HttpType { HTTP_STRING, HTTP_INTEGER, HTTP_BOOLEAN, HTTP_OBJECT, HTTP_LIST, HTTP_ANY } HttpType;
typedef struct HttpMember { /* one member of a JSON body or one query parameter; rows end with name NULL */
    const char *name;       /* as sent */
    HttpType type;          /* another type is refused by name; query values are text in the URL */
    bool required;          /* its absence is refused by name */
    const char *doc;        /* one phrase, for OpenAPI */
} HttpMember;
/* Bits of HttpRoute.needs; GIVES_LD: JSON-LD too, by Accept. */
enum { HTTP_NEEDS_KEY = 1, HTTP_NEEDS_VERSION = 2, HTTP_TAKES_KEY = 4, HTTP_GIVES_LD = 8, HTTP_TAKES_FILES = 16 };

/* Fills out, or returns false with err (then out is ignored and err answered as a problem). */
typedef bool HttpHandler(HttpRequest *r, HttpResponse *out, Err *err);
struct HttpRoute {
    const char *method;      /* "GET" (serves HEAD too), "POST", "PATCH", "DELETE" */
    const char *path;        /* "/api/v1/cases/{id}"; a {name} matches one non-empty segment */
    HttpKind kind;           /* see there */
    AccessRight right;       /* checked before the handler runs */
    const char *purpose;     /* written to the access line when a record is read; NULL: reads no record */
    HttpHandler *handler;    /* what answers */
    const char *doc;         /* one sentence, for OpenAPI and people */
    const HttpMember *query; /* api: query parameters; others are refused. NULL: none */
    const HttpMember *body;  /* api: members of the JSON body; others are refused. NULL: no body is read */
    const HttpMember *reply; /* api: members of the reply; NULL: none */
    int success;             /* api: status when all is well, 0 = 200 */
    unsigned needs;          /* HTTP_NEEDS_KEY … */
    int cost;                /* what it takes from the client's pace; 0 = nothing */
};
/* The table is these two lists, in this order; a literal path wins over a {name}. */
extern const HttpRoute http_api_routes[]; /* routes.c */
extern const size_t http_api_route_count;
extern const HttpRoute http_page_routes[]; /* routes_pages.c: append page rows there */
extern const size_t http_page_route_count;
extern const HttpAsset http_assets[]; /* routes_pages.c: append embedded files there */
extern const size_t http_asset_count;
size_t http_route_count(void);
const HttpRoute *http_route_at(size_t i);
typedef enum HttpMatch { HTTP_MATCHED, HTTP_NO_PATH, HTTP_NO_METHOD } HttpMatch;
/* In: path percent-encoded. Out: the route and its decoded parameters; or the allowed methods ("GET, HEAD"). */
HttpMatch http_match(Str method, Str path, Arena *a, const HttpRoute **route, Str params[HTTP_PARAMS], Str *allow);
/* "/assets/NAME?v=HASH": may be cached for ever. Asserts that the asset exists. */
Str http_asset_url(const HttpSite *site, const char *name, Arena *a);

/* ---- what the pages provide (page_*.c, routes_pages.c) ------------------------------------------------- */
/* Parses templates and texts once at start; sets site->pages. */
bool http_pages_open(HttpSite *site, Arena *house, Err *err) MUST_USE;
/* The words of the pages in "zh" or "en". */
Value http_page_texts(const HttpSite *site, Str lang);
/* An error page in r->lang. */
void http_page_problem(HttpRequest *r, const HttpProblem *p, HttpResponse *out);
/* Nobody is signed in (any more): the sign-in page; typed fields (r->form, r->target) travel along. */
void http_page_no_session(HttpRequest *r, HttpResponse *out);

#endif
